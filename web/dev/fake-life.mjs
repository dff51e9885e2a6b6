// The life of a policy version in the made-up server: draft, proposal, approval, shadow, canary, live, set aside.
import { randomUUID } from 'node:crypto';
import { bundle } from './fake-bundle.mjs';
import { articles, check, marks, runTests } from './fake-policy.mjs';

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const now = () => new Date().toISOString();
const APPROVERS = ['owner', 'approver'];

export function makeLife({ ok, problem, tell, who, users, lastBacktest, differences }) {
  const [, amara] = users;
  const ref = ({ id, name }) => ({ id, name });
  const version = (number, note, author, files, state, more) => ({ id: randomUUID(), hash: randomUUID().replaceAll('-', ''), number, note, author: author && ref(author), files, state, proposed_at: now(), published_at: null, base: null, canary_percent: null, canary_stopped: null, approval: null, break_glass: null, history: [], ...more });
  const first = version(1, 'Starter bundle', null, { ...bundle, 'engagement.rhai': bundle['engagement.rhai'].split('rule "rant-and-run"')[0] }, 'retired', { proposed_at: ago(90000), published_at: ago(90000) });
  const versions = [version(2, 'Charged twice: money first', amara, bundle, 'live', { proposed_at: ago(3100), published_at: ago(3000), base: { id: first.id, number: 1 } }), first];
  versions.forEach((one) => one.history.push({ at: one.published_at, by: one.author, action: 'policy.published', detail: 'made it live.' }));
  let draft = { files: bundle, revision: 0, updated_at: ago(3000), updated_by: null };

  const live = () => versions.find((one) => one.state === 'live');
  const find = (id) => versions.find((one) => one.id === id);
  const isOpen = ({ state }) => ['candidate', 'shadow', 'canary'].includes(state);
  const othersMayApprove = (one) => users.some((user) => user.is_active && user.id !== one.author?.id && user.roles.some((role) => APPROVERS.includes(role)));

  function may(one) {
    const roles = who()?.roles ?? [];
    const owner = roles.includes('owner') || roles.includes('policy_owner');
    const role = owner ? null : 'Only policy owners and owners can do this.';
    const ended = isOpen(one) ? null : `Version ${one.number} is ${one.state === 'live' ? 'live already' : 'retired'}.`;
    const approved = one.approval?.is_current || !othersMayApprove(one) ? null : 'It has not been approved yet. Somebody else with the role Approver or Owner has to read its report first.';
    const based = !one.base || one.base.id === live()?.id ? null : `Version ${live().number} is live by now. Propose it again on that.`;
    return {
      approve: ended ?? (!roles.some((each) => APPROVERS.includes(each)) ? 'Only approvers and owners can approve.' : one.author?.id === who().id ? 'You proposed it yourself; somebody else has to approve it.' : null),
      publish: ended ?? role ?? based ?? approved,
      break_glass: ended ?? role,
      shadow: ended ?? role,
      canary: ended ?? role ?? approved,
      set_aside: ended ?? role,
      restore: one.state === 'retired' && one.published_at ? role : 'It was never live.',
      review: !one.break_glass || one.break_glass.reviewed ? 'There is nothing to review.' : one.break_glass.by.id === who()?.id ? 'You broke the glass yourself; somebody else has to look at it.' : null
    };
  }
  const withFiles = ({ history, ...one }) => ({ ...one, is_live: one.state === 'live', may: may(one) });
  const row = (one) => (({ files, ...rest }) => rest)(withFiles(one));
  const done = (one, action, detail) => {
    one.history.unshift({ at: now(), by: ref(who()), action, detail });
    tell('policy', {});
    return ok(row(one));
  };
  const act = (name, doing) => ({ params, body }) => {
    const one = find(params.id);
    if (!one) return problem(404, 'not-found', 'Not found', 'There is no such version.');
    const why = may(one)[name];
    return why ? problem(409, name === 'publish' ? 'approval-needed' : 'not-possible', 'Not now', why) : doing(one, body);
  };
  function goLive(one) {
    const before = live();
    if (before) before.state = 'retired';
    Object.assign(one, { state: 'live', published_at: one.published_at ?? now(), canary_percent: null });
  }

  function impact(one) {
    const against = live();
    const paths = [...new Set([...Object.keys(one.files), ...Object.keys(against.files)])].sort().filter((path) => one.files[path] !== against.files[path]);
    const lines = (text) => (text ?? '').split('\n');
    const beyond = (a, b) => a.filter((each) => !b.includes(each));
    const named = (of) => ({ added: beyond(of(one.files), of(against.files)), removed: beyond(of(against.files), of(one.files)), changed: [] });
    const rules = named((files) => marks(files).map((mark) => mark.rule));
    const tests = runTests(one.files);
    const summary = lastBacktest(one);
    return {
      hash: `${one.hash.slice(0, 20)}${against.hash.slice(0, 12)}${summary ? 'b' : 'a'}`, version: { id: one.id, number: one.number, hash: one.hash }, against: { id: against.id, number: against.number, hash: against.hash },
      files: paths.map((path) => ({ path, status: !against.files[path] ? 'added' : !one.files[path] ? 'removed' : 'changed', added_lines: beyond(lines(one.files[path]), lines(against.files[path])).length, removed_lines: beyond(lines(against.files[path]), lines(one.files[path])).length })),
      rules: { ...rules, changed: paths.includes('engagement.rhai') ? ['legal-claim'] : [] }, articles: named(articles), tests: { passed: tests.passed, failed: tests.failed }, warnings: check(one.files).diagnostics, backtest: summary ? { from: ago(43200), until: null, summary } : null
    };
  }

  const routes = [
    ['GET', '/policy', () => ok({ live: row(live()), draft })],
    ['GET', '/policy/draft', () => ok(draft)],
    ['PUT', '/policy/draft', ({ body }) => {
      if (body.base_revision !== draft.revision) return problem(409, 'draft-changed', 'The draft was changed', 'Somebody else saved it.', { draft });
      draft = { files: body.files, revision: draft.revision + 1, updated_at: now(), updated_by: ref(who()) };
      tell('policy', {});
      return ok(draft);
    }],
    ['GET', '/policy/versions', () => ok({ items: versions.map(row) })],
    ['POST', '/policy/versions', ({ body }) => {
      if (body.base && body.base !== live()?.id) return problem(409, 'policy-changed', 'Another version is live', 'Another version is live by now.');
      const { diagnostics } = check(body.files);
      if (diagnostics.some((one) => one.severity === 'error')) return problem(422, 'policy-rejected', 'The policy has errors', 'Nothing was proposed.', { diagnostics });
      const tests = runTests(body.files);
      if (tests.failed) return problem(422, 'policy-tests-failed', 'Tests fail', 'Nothing was proposed.', { tests });
      const made = version(versions.length + 1, body.note, who(), body.files, 'candidate', { base: { id: live().id, number: live().number } });
      versions.unshift(made);
      return { ...done(made, 'policy.proposed', 'proposed it.'), status: 201 };
    }],
    ['GET', '/policy/versions/:id', ({ params }) => (find(params.id) ? ok(withFiles(find(params.id))) : problem(404, 'not-found', 'Not found', 'There is no such version.'))],
    ['GET', '/policy/versions/:id/impact', ({ params }) => ok(impact(find(params.id)))],
    ['GET', '/policy/versions/:id/history', ({ params }) => ok({ items: find(params.id).history })],
    ['GET', '/policy/versions/:id/beside', () => ok({ since: ago(90), decided: 412, failed: 0, ...differences(31) })],
    ['POST', '/policy/versions/:id/approve', act('approve', (one, { impact_hash, note }) => {
      if (impact_hash !== impact(one).hash) return problem(409, 'impact-changed', 'The report has changed', 'Read it again before you approve.');
      one.approval = { by: ref(who()), at: now(), note, impact_hash, is_current: true };
      return done(one, 'policy.approved', `approved the report ${impact_hash.slice(0, 7)}: ${note}`);
    })],
    ['POST', '/policy/versions/:id/publish', act('publish', (one) => (goLive(one), done(one, 'policy.published', 'made it live.')))],
    ['POST', '/policy/versions/:id/break-glass', act('break_glass', (one, { reason }) => {
      goLive(one);
      one.break_glass = { reason, by: ref(who()), at: now(), reviewed: null };
      return done(one, 'policy.glass-broken', `made it live without approval: ${reason}`);
    })],
    ['POST', '/policy/versions/:id/review', act('review', (one, { note }) => ((one.break_glass.reviewed = { by: ref(who()), at: now(), note }), done(one, 'policy.reviewed', `reviewed what went live without approval: ${note}`)))],
    ['POST', '/policy/versions/:id/shadow', act('shadow', (one) => (Object.assign(one, { state: 'shadow', canary_percent: null }), done(one, 'policy.shadow', 'let it run in shadow.')))],
    ['POST', '/policy/versions/:id/canary', act('canary', (one, { percent }) => (Object.assign(one, { state: 'canary', canary_percent: percent }), done(one, 'policy.canary', `let it decide ${percent} in 100 cases.`)))],
    ['POST', '/policy/versions/:id/set-aside', act('set_aside', (one, { reason }) => ((one.state = 'retired'), done(one, 'policy.set-aside', `set it aside: ${reason}`)))],
    ['POST', '/policy/versions/:id/restore', act('restore', (one, { reason }) => (goLive(one), done(one, 'policy.restored', `made it live again: ${reason}`)))]
  ];
  return { routes, live, find };
}
