// Made-up people with the matters of the design's pages. Times are relative to now, so that clocks run.
import { randomUUID } from 'node:crypto';

const at = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const words = { answer: 'Answer within four working hours', repair: 'Put right what we broke in two working days', 'stay-engaged': 'Tell us within seven days whether it helps', privacy: 'Send us what we ask for, in private' };
const within = { answer: '4 working hours', repair: '2 working days', 'stay-engaged': '7 days', privacy: '3 days' };
let number = 4700;

function obligation(article, party, state, started, due, more = {}) {
  return { id: randomUUID(), article, party, owes: words[article], state, started_at: at(started), started_by: null, due_at: at(due), settled_at: null, settled_by: null, within: within[article], ...more };
}

function post(author, party, minutes, text, more = {}) {
  return { id: randomUUID(), external_id: randomUUID(), party, author, at: at(minutes), text, lang: 'en', url: 'https://example.org/post', parent_id: null, visibility: 'public', deleted_at: null, edits: 0, revisions: [], decision_id: null, ...more };
}

function decision(caseId, reason, rules, effects, dropped, minutes, postId) {
  return { id: randomUUID(), case_id: caseId, event: { id: randomUUID(), kind: 'post', at: at(minutes), post_id: postId }, policy_version: { id: randomUUID(), number: 2, hash: '7f3c9a1b22' }, as_of: at(minutes), decided_at: at(minutes), reason, fallback: null, rules, effects, dropped, facts: null };
}

const us = { id: randomUUID(), handle: 'northwind.example', display_name: 'Northwind Air' };

function one({ handle, name, subject, connector = 'bluesky', labels = [], held = null, obligations = [], texts, more = {} }) {
  const id = randomUUID();
  const contact = handle ? { id: randomUUID(), handle, display_name: name ?? null } : null;
  const posts = texts.map(([party, minutes, text, about]) => post(party === 'consumer' ? (contact ?? us) : us, party, minutes, text, about));
  const running = obligations.filter((each) => each.state === 'running').sort((a, b) => a.due_at.localeCompare(b.due_at));
  const next = running[0] ?? null;
  const last = posts.at(-1);
  number += 1;
  const brief = ({ article, party, due_at, owes }) => ({ article, party, due_at, owes });
  const rules = [
    { rule: 'first-answer', because: 'Everybody gets an answer in time', article: 'answer', outcome: 'fired', terms: [{ source: 'event.is_post', line: 4, value: 'true', note: null }, { source: '!author.is_staff', line: 4, value: 'true', note: 'not a member of staff' }] },
    { rule: 'charged-twice', because: 'Money first, words second', article: 'repair', outcome: 'unknown', terms: [{ source: 'event.text.mentions(words("double-charge"))', line: 12, value: 'true', note: 'found “charged twice”' }, { source: 'author.customer_since', line: 12, value: 'unknown', note: 'customer_since is not known' }, { source: 'case.refunds < 3', line: 12, value: 'not_reached', note: null }] },
    { rule: 'rant-and-run', because: 'We asked twice and heard nothing', article: 'stay-engaged', outcome: 'not_fired', terms: [{ source: 'event.is_breach_of("stay-engaged")', line: 25, value: 'false', note: 'this event is a post' }, { source: 'case.company_replies >= 2', line: 25, value: 'not_reached', note: null }] }
  ];
  const effects = [{ effect: 'start', rule: 'first-answer', article: 'answer', because: 'Everybody gets an answer in time', text: 'Started “answer”' }];
  const dropped = held ? [{ effect: 'draft_reply', rule: 'charged-twice', article: null, because: 'Money first', text: 'Prepare a reply from “sorry-and-look”', reason: 'replies are held' }] : [];
  const trace = [decision(id, 'An answer is owed: first-answer fired. One rule could not be decided.', rules, effects, dropped, -6, last.id), decision(id, 'Nothing to do.', rules.slice(2), [], [], -90, posts[0].id)];
  last.decision_id = trace[0].id;
  return {
    id, number, key: `NW-${number}`, subject, excerpt: last.text, status: 'open', priority: 'normal', labels, team: null, assignee: null, company: null, connector, contact,
    turn: next?.party ?? null, next_due: next ? brief(next) : null, overdue: obligations.filter((each) => each.state === 'breached').map(brief), held_for: held,
    opened_at: posts[0].at, updated_at: last.at, version: 3, has_draft: false, closed_reason: null, posts, obligations, escalations: [], questions: [], draft: null, notes: [], deliveries: [], kudos: [],
    reply: { connector, text_limit: { count: 300, unit: 'graphemes' }, visibilities: ['public', 'private'], can_reply: true, why_not: null }, trace, ...more
  };
}

export function makeCases() {
  const cases = [
    one({ handle: 'harriet.example', name: 'Harriet Boone', subject: 'Wheelchair did not arrive', connector: 'webhook', labels: ['assistance'], obligations: [obligation('answer', 'company', 'breached', -1300, -5), obligation('repair', 'company', 'running', -1300, 1500)], texts: [['consumer', -1300, 'My wheelchair did not arrive when I did. I waited an hour and nobody could tell me where it was.']], more: { team: 'Assistance' } }),
    one({ handle: 'tlindqvist.example', name: 'T. Lindqvist', subject: 'Says the boarding method is theirs', labels: ['patent'], held: 'counsel', obligations: [obligation('answer', 'company', 'running', -230, 9)], texts: [['consumer', -60, 'Your new boarding method is mine. I have the filing and the dates, and I will publish both.']], more: { escalations: [{ flow: 'counsel', at: at(-60), rule: 'legal-claim', because: 'Legal claims need counsel.' }] } }),
    one({ handle: 'quietflyer77.example', subject: 'Lies about delays', labels: ['we asked twice'], obligations: [obligation('answer', 'company', 'met', -9900, -9700, { settled_at: at(-9800) }), obligation('stay-engaged', 'consumer', 'running', -9800, 48)], texts: [['consumer', -9900, 'Northwind lies about every delay. Ask anyone.'], ['company', -9800, 'We would like to look at your flight. Which one was it?']] }),
    one({
      handle: 'mira.example', name: 'Mira Okonjo', subject: 'Charged twice for one seat', labels: ['payment', 'legal'], held: 'counsel',
      obligations: [obligation('answer', 'company', 'running', -8, 232), obligation('repair', 'company', 'running', -45, 1920), obligation('answer', 'company', 'met', -160, 80, { settled_at: at(-81) }), obligation('stay-engaged', 'consumer', 'running', -81, 8600), obligation('privacy', 'consumer', 'met', -81, 4000, { settled_at: at(-55) })],
      texts: [['consumer', -160, 'Third time @northwindair charged my card twice. One seat, two payments. At this point I call it theft. #northwindfail', { edits: 1, revisions: [{ at: at(-151), text: 'Third time @northwindair charged my card twice. One seat, two payments. At this point I call it a joke. #northwindfail' }] }], ['company', -81, 'Hello Mira, one seat should mean one charge, and we are sorry. I have written to you directly, so that we can look at the booking without sharing it here.'], ['consumer', -55, 'The app showed an error, I pressed once more.', { visibility: 'private' }], ['consumer', -31, '', { deleted_at: at(-10) }], ['consumer', -8, 'Still charged twice for one seat. This is fraud now, and my lawyer thinks so too. #northwindfail']],
      more: { notes: [{ id: randomUUID(), at: at(-42), author: { id: randomUUID(), name: 'Tomás Rey' }, text: 'Two captures, so this is ours. Refund of the second one is prepared.' }], escalations: [{ flow: 'counsel', at: at(-8), rule: 'legal-claim', because: 'Legal claims need counsel.' }], questions: [{ text: 'Is this our customer? No booking is linked.', rule: 'charged-twice', at: at(-8) }], team: 'Payments' }
    }),
    one({ handle: 'jonas.example', name: 'Jonas Weber', subject: 'Four hours on the tarmac', labels: ['delay', 'review'], obligations: [obligation('answer', 'company', 'running', -120, 118)], texts: [['consumer', -120, 'Crew was kind. Four hours on the tarmac without water was not.']], more: { has_draft: true, draft: { template: 'sorry-and-look', text: 'Thank you, Jonas. Four hours without water is not how it should be. Which flight was it?', rule: 'delay', at: at(-119) } } }),
    one({ handle: null, subject: 'A certain northern airline', connector: 'webhook', labels: ['is it ours?'], texts: [['consumer', -4, '“A certain northern airline” lost my application and never called back.']], more: { questions: [{ text: 'Is this about us?', rule: 'nobody-named', at: at(-4) }] } }),
    one({ handle: 'priya.example', name: 'Priya Nair', subject: 'The rabbit', labels: ['praise'], texts: [['consumer', -3, 'Your Porto gate crew found my daughter’s rabbit before I knew it was gone.']], more: { kudos: ['Porto'] } }),
    one({ handle: 'rosa.example', name: 'Rosa Delgado', subject: 'The stroller inside', labels: ['sides disagree'], obligations: [obligation('repair', 'company', 'running', -2000, 1500)], texts: [['consumer', -2000, 'You call this solved. The bag came back, the stroller inside it did not.']], more: { deliveries: [{ id: randomUUID(), case_id: '', text: 'We are looking for the stroller and will tell you tonight.', visibility: 'public', state: 'dead', attempts: 5, created_at: at(-1900), due_at: at(-1800), author: { by: 'rule', rule: 'second-look' }, last_error: 'The platform answered 502.', external_id: null, url: null }, { id: randomUUID(), case_id: '', text: 'We have it.', visibility: 'public', state: 'unknown', attempts: 1, created_at: at(-20), due_at: at(0), author: { by: 'rule', rule: 'second-look' }, last_error: 'The connection broke while sending.', external_id: null, url: null }] } }),
    one({ handle: 'ines.example', name: 'Ines Castro', subject: 'Voucher', texts: [['consumer', -5000, 'Thank you, the voucher arrived.']], more: { status: 'closed', closed_reason: 'resolved' } })
  ];
  for (const each of cases) for (const delivery of each.deliveries) delivery.case_id = each.id;
  return cases;
}
