// The rest of the studio in the made-up server: evidence, backtests, rule pages, coverage, explanations, tests of cases.
// Figures are made up, and grow with how much a draft differs from what is live.
import { randomUUID } from 'node:crypto';
import { vocabulary } from './fake-bundle.mjs';
import { makeLife } from './fake-life.mjs';
import { articles, check, marks, runTests } from './fake-policy.mjs';

const DAY = 24 * 60 * 60_000;
const TOTAL = 100_000;
const STEP = TOTAL / 25;
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

export function studioRoutes({ cases, ok, problem, tell, who, users }) {
  const backtests = [];
  const life = makeLife({ ok, problem, tell, who, users, differences, lastBacktest: (version) => backtests.find((one) => one.summary && one.version?.id === version.id)?.summary ?? null });
  const effect = (name, text, rule) => ({ effect: name, rule, article: 'answer', because: 'A reason', text });

  /** Something that differs, the more the larger `size`. */
  function differences(size) {
    const some = size > 0;
    const diffs = cases.slice(0, some ? 6 : 0).map((one, index) => ({
      case: { id: one.id, number: one.number, subject: one.subject, status: one.status, closed_reason: one.closed_reason }, event: { id: randomUUID(), kind: 'post', at: one.posts[0].at, post_id: one.posts[0].id }, at: one.posts[0].at,
      before: index % 2 ? [] : [effect('send_reply', 'Reply with “sorry-and-look”', 'charged-twice')], after: index % 2 ? [effect('escalate', 'Escalate to “counsel”', 'legal-claim')] : [effect('ask', 'Ask a person: is this our customer?', 'charged-twice')],
      rules: [index % 2 ? 'legal-claim' : 'charged-twice'], rules_gone: index === 2 ? ['loud-first'] : []
    }));
    return {
      different: size, cases: diffs,
      by_effect: [['escalate', 14, 0], ['send_reply', 0, 3], ['ask', 22, 0], ['priority', 1, 9], ['close', 0, 0]].map(([name, more, fewer]) => ({ effect: name, more: some ? more : 0, fewer: some ? fewer : 0 })),
      by_rule: [['legal-claim', 120, 134, 0, 0], ['charged-twice', 41, 38, 190, 212], ['loud-first', 9, 0, 0, 0], ['rant-and-run', 17, 17, 0, 0]].map(([rule, fired_before, fired_after, unknown_before, unknown_after]) => ({ rule, fired_before, fired_after, unknown_before, unknown_after }))
    };
  }

  function pin(one, files, now) {
    const at = now ? Date.parse(now) : Date.now();
    const events = one.posts.map((post) => ({ at: post.at, kind: 'event', text: post.party === 'consumer' ? `${one.contact?.display_name ?? 'somebody'} wrote` : 'we answered' }));
    const clocks = one.obligations.filter((each) => each.state === 'running').map((each) => ({ at: each.due_at, kind: Date.parse(each.due_at) <= at ? 'breach' : 'due', text: `“${each.article}” ${Date.parse(each.due_at) <= at ? 'is missed' : 'is due'}` }));
    const flows = one.escalations.map((each) => ({ at: new Date(Date.parse(each.at) + 15 * 60_000).toISOString(), kind: 'flow', text: `flow ${each.flow} tells the general counsel` }));
    const missed = clocks.some((clock) => clock.kind === 'breach' && clock.text.includes('stay-engaged'));
    const last = events.filter((event) => Date.parse(event.at) <= at).at(-1) ?? events[0];
    const seen = { 'legal-claim': ['fired'], 'charged-twice': ['unknown', 'author.customer_since < now', 'unknown', 'no booking is linked'], 'loud-first': ['not_fired', 'author.followers > 10_000', 'false', 'it is 212'], 'rant-and-run': missed ? ['fired'] : ['not_fired', 'event.is_breach_of("stay-engaged")', 'false', 'this is a post'] };
    const outcome = ({ rule, file, line }) => {
      const [what, source, value, note] = seen[rule] ?? ['not_fired', 'event.is_consumer_post', 'false', null];
      return { rule, file, line, outcome: what, event_at: last.at, first_false: source ? { source, line: line + 1, value, note } : null };
    };
    return { case: { id: one.id, number: one.number, subject: one.subject, handle: one.contact?.handle ?? null }, marks: marks(files).map(outcome), timeline: [...events, ...clocks, ...flows].sort((a, b) => a.at.localeCompare(b.at)) };
  }

  const size = (files) => Object.keys(files).filter((path) => files[path] !== life.live().files[path]).length * 31;
  const pause = (value) => new Promise((done) => setTimeout(() => done(value), Number(process.env.SLOW ?? 150)));

  function run(one) {
    const timer = setInterval(() => {
      if (one.state === 'running') one.done = Math.min(one.total, one.done + STEP);
      if (one.done === one.total) {
        const { cases: _, different, ...by } = differences(31);
        Object.assign(one, { state: 'done', finished_at: ago(0), summary: { events: TOTAL, decided_differently: 4712, cases_differently: 1203, failed: 2, ...by, by_outcome: [{ outcome: 'resolved', cases: 61_000, different: 640 }, { outcome: 'abandoned', cases: 4_100, different: 402 }, { outcome: 'open', cases: 912, different: 161 }] } });
      }
      if (one.state !== 'running') clearInterval(timer);
      tell('backtest', { id: one.id });
    }, 400);
  }

  const routes = [
    ...life.routes,
    ['POST', '/policy/check', ({ body }) => ok(check(body.files))],
    ['POST', '/policy/test', ({ body }) => pause(ok(runTests(body.files)))],
    ['GET', '/policy/vocabulary', () => ok({ items: vocabulary })],
    ['POST', '/policy/evidence', ({ body }) => {
      const { diagnostics } = check(body.files);
      if (diagnostics.some((one) => one.severity === 'error')) return problem(422, 'policy-rejected', 'The policy has errors', 'It cannot be tried.', { diagnostics });
      const one = cases.find((each) => each.id === body.case_id);
      return pause(ok({ events: 1000, took_ms: 118.4, failed: 0, ...differences(size(body.files)), unknown: [{ rule: 'charged-twice', fact: 'author.customer_since', events: 212 }], pinned: one ? pin(one, body.files, body.now) : null }));
    }],
    ['GET', '/policy/backtests', () => ok({ items: backtests.slice(0, 20) })],
    ['POST', '/policy/backtests', ({ body }) => {
      if (backtests.some((one) => one.state === 'running')) return problem(409, 'busy', 'One runs already', 'Wait until it is done, or stop it.');
      const version = body.version_id ? life.find(body.version_id) : null;
      backtests.unshift({ id: randomUUID(), version: version && { id: version.id, number: version.number, hash: version.hash }, state: 'running', done: 0, total: TOTAL, started_at: ago(0), finished_at: null, by: { id: who().id, name: who().name }, error: null, summary: null });
      run(backtests[0]);
      return ok(backtests[0], 202);
    }],
    ['GET', '/policy/backtests/:id', ({ params }) => (backtests.some((one) => one.id === params.id) ? ok(backtests.find((one) => one.id === params.id)) : problem(404, 'not-found', 'Not found', 'There is no such backtest.'))],
    ['POST', '/policy/backtests/:id/cancel', ({ params }) => {
      const one = backtests.find((each) => each.id === params.id);
      Object.assign(one, { state: 'cancelled', finished_at: ago(0) });
      return ok(one);
    }],
    ['GET', '/policy/backtests/:id/cases', ({ query }) => {
      const wanted = differences(31).cases.filter((one) => (!query.get('rule') || one.rules.includes(query.get('rule'))) && (!query.get('effect') || one.after.some((each) => each.effect === query.get('effect'))) && (!query.get('outcome') || (one.case.closed_reason ?? 'open') === query.get('outcome')));
      return ok(query.get('after') ? { items: wanted.slice(4), next_cursor: null } : { items: wanted.slice(0, 4), next_cursor: wanted.length > 4 ? 'more' : null });
    }],
    ['GET', '/policy/rules/:rule', ({ params, query }) => {
      const mark = marks(life.live().files).find((one) => one.rule === params.rule);
      if (!mark) return problem(404, 'not-found', 'Not found', 'There is no such rule.');
      const days = Array.from({ length: Number(query.get('days') ?? 30) }, (_, back) => ({ day: new Date(Date.now() - back * DAY).toISOString().slice(0, 10), fired: mark.rule === 'rant-and-run' ? 0 : Math.round(12 + 9 * Math.sin(back)), unknown: mark.rule === 'charged-twice' ? 6 + (back % 4) : 0, dropped: back % 7 === 0 ? 3 : 0 }));
      return ok({ ...mark, because: 'Money first, words second', article: 'repair', is_public: mark.rule === 'charged-twice', days, outcomes: [{ outcome: 'resolved', cases: 210 }, { outcome: 'open', cases: 12 }, { outcome: 'abandoned', cases: 4 }], tests: mark.rule === 'loud-first' ? [] : ['A legal word from our own staff is not escalated'], events: 20_411 });
    }],
    ['POST', '/policy/coverage', ({ body }) => {
      const rules = marks(body.files).map(({ rule }) => ({ id: rule, article: rule === 'rant-and-run' ? 'stay-engaged' : 'answer', tests: rule === 'legal-claim' ? 2 : 0 }));
      return ok({ articles: articles(body.files).map((id) => ({ id, party: id === 'stay-engaged' ? 'consumer' : 'company', owes: 'What one side owes the other, in a sentence.', rules: rules.filter((one) => one.article === id).map((one) => one.id), tests: id === 'answer' ? 3 : 0 })), rules });
    }],
    ['POST', '/policy/cases/:case_id/test', ({ params }) => {
      const one = cases.find((each) => each.id === params.case_id);
      return ok({ path: `tests/case-${one.number}.toml`, text: `# ${one.key}, as it went.\n[[test]]\nname = "${one.subject}"\nauthor = { handle = "person-1" }\n\n[[test.step]]\nat = "2026-03-02 10:00"\nconsumer = "${one.posts[0].text.split('.')[0]}."\nexpect.fired = ["legal-claim"]\n` });
    }],
    ['GET', '/decisions/:id/explanation', ({ query }) => {
      const german = query.get('language') === 'de';
      const say = (kind, en, de, rule = null) => ({ kind, text: german ? de : en, rule, article: null });
      const staff = [
        say('fired', 'Started the clock of “answer”, because everybody gets an answer in time (first-answer).', 'Die Frist von „answer“ begann, weil jeder rechtzeitig eine Antwort bekommt (first-answer).', 'first-answer'),
        say('unknown', 'Whether charged-twice applies could not be decided: since when they are a customer is not known.', 'Ob charged-twice gilt, ließ sich nicht entscheiden: seit wann die Person Kunde ist, ist nicht bekannt.', 'charged-twice'),
        say('close', 'rant-and-run came close; the first thing that was not so: this event is a post and no missed deadline.', 'rant-and-run griff knapp nicht; was als Erstes nicht zutraf: dies ist ein Beitrag und keine verpasste Frist.', 'rant-and-run'),
        say('dropped', 'A draft from “sorry-and-look” was dropped, because replies are held.', 'Ein Entwurf aus „sorry-and-look“ unterblieb, weil Antworten gehalten werden.', 'charged-twice')
      ];
      return ok({ language: german ? 'de' : 'en', sentences: query.get('for') === 'person' ? [say('fired', 'We owe you an answer within four working hours.', 'Wir schulden Ihnen innerhalb von vier Arbeitsstunden eine Antwort.')] : staff });
    }]
  ];
  return routes;
}
