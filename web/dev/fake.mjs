#!/usr/bin/env node
// A made-up server for working on the pages without the real one: `npm run fake`, then `npm run dev`. It keeps everything
// in memory, answers the same shapes, and lets something arrive now and then. Development only; nothing of it is shipped.
// Any e-mail address signs in; the local part names the roles: agent@…, auditor@…, everything else is an owner.
// With PORT set it listens there, and with BUILD=1 it also serves web/build.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCases } from './fake-cases.mjs';
import { connectors } from './fake-connectors.mjs';
import { studioRoutes } from './fake-studio.mjs';

const port = Number(process.env.PORT ?? 8080);
const buildDir = fileURLToPath(new URL('../build', import.meta.url));
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const cases = makeCases();
// One for each browser that signed in, by its cookie; `session` is that of the request at hand.
const sessions = new Map();
let session = null;
let setUpNeeded = process.env.SETUP === '1';
const streams = new Set();
const lena = { id: randomUUID(), name: 'Lena Fischer' };
const users = [
  { ...lena, email: 'lena@northwind.example', roles: ['owner'], is_active: true, created_at: ago(90000), last_seen_at: ago(2) },
  { id: randomUUID(), name: 'Amara Diallo', email: 'amara@northwind.example', roles: ['approver', 'policy_owner'], is_active: true, created_at: ago(80000), last_seen_at: ago(700) },
  { id: randomUUID(), name: 'Tomás Rey', email: 'tomas@northwind.example', roles: ['agent'], is_active: true, created_at: ago(80000), last_seen_at: null }
];
const tokens = [];
const connections = [
  { id: randomUUID(), connector: 'bluesky', name: 'Bluesky', company: null, config: { handle: 'northwind.example', service: 'https://bsky.social' }, secret_names: ['app_password'], private_networks: [], status: 'running', health: { last_ok_at: ago(0.2), last_error: null, failures: 0, next_poll_at: ago(-0.1), limits: [{ name: 'requests', used: 540, limit: 3000, unit: 'per 5 min' }] }, account: { handle: 'northwind.example', display_name: 'Northwind Air' }, webhook_url: null, created_at: ago(80000), capabilities: ['source', 'actions'] },
  { id: randomUUID(), connector: 'webhook', name: 'Forum', company: 'Northwind', config: { text_path: '/post/raw' }, secret_names: [], private_networks: [], status: 'quarantined', health: { last_ok_at: ago(120), last_error: { at: ago(100), message: 'The call used more than 500 ms of CPU, five times.', advice: 'Look at the log, then let it go on.' }, failures: 5, next_poll_at: null, limits: [] }, account: null, webhook_url: 'http://127.0.0.1:8080/hooks/forum', created_at: ago(70000), capabilities: ['webhook', 'actions'] }
];

const problem = (status, slug, title, detail, more = {}) => ({ status, body: { type: `/problems/${slug}`, title, status, detail, ...more } });
const ok = (body, status = 200) => ({ status, body });
const tell = (event, data) => streams.forEach((stream) => stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
const touch = (one) => {
  one.version += 1;
  one.updated_at = new Date().toISOString();
  tell('case', { id: one.id, number: one.number, version: one.version, status: one.status });
  return one;
};
const rowOf = ({ closed_reason, posts, obligations, escalations, questions, draft, notes, deliveries, kudos, decisions, reply, trace, ...head }) => ({ ...head, posts: posts.length });
const viewOf = ({ trace, ...view }) => ({ ...view, decisions: trace.length });
const find = (id) => cases.find((one) => one.id === id || String(one.number) === id);

function guards(text, visibility) {
  const found = visibility === 'public' ? [...text.matchAll(/\d+[.,]\d\d (euros?|EUR)|card ending \d{4}/gi)].map((match) => match[0]) : [];
  const shout = [...text.matchAll(/\b[A-ZÄÖÜ]{5,}\b/g)].map((match) => match[0]);
  const verdicts = [];
  if (found.length) verdicts.push({ guard: 'no-account-facts', because: 'Account facts are private', article: 'privacy', action: 'stop', message: 'account facts are private. Say it in a direct message.', found });
  if (shout.length) verdicts.push({ guard: 'no-shouting', because: 'Capitals read as shouting', article: null, action: 'warn', message: 'words in capitals read as shouting.', found: shout });
  return verdicts;
}

function signIn(email) {
  const name = email.split('@')[0];
  const roles = ['agent', 'auditor', 'approver', 'policy_owner', 'integrator'].includes(name) ? [name] : ['owner'];
  // Somebody who was added is who they are; an approver is somebody else, so that four eyes can be seen to work.
  const person = users.find((user) => user.email === email) ?? (roles[0] === 'approver' ? users[1] : lena);
  const made = { user: { id: person.id, name: person.name, email, roles }, organization: { id: randomUUID(), name: 'Northwind Air', key_prefix: 'NW' }, csrf_token: randomUUID() };
  sessions.set(made.csrf_token, made);
  return made;
}

/** The session's id is its CSRF token: nothing here is to be kept from anybody. */
function signedIn(email, status) {
  const made = signIn(email);
  return { ...ok(made, status), cookie: `fake=${made.csrf_token}; Path=/; SameSite=Lax` };
}

const sessionOf = (request) => sessions.get(request.headers.cookie?.match(/fake=([\w-]+)/)?.[1]) ?? null;

function listCases(query) {
  const text = (query.get('q') ?? '').toLowerCase();
  const items = cases
    .filter((one) => one.status === (query.get('status') ?? 'open'))
    .filter((one) => !query.get('turn') || one.turn === query.get('turn'))
    .filter((one) => !query.get('label') || one.labels.includes(query.get('label')))
    .filter((one) => !query.get('held') || one.held_for)
    .filter((one) => !query.get('overdue') || one.overdue.length)
    .filter((one) => !query.get('team') || one.team === query.get('team'))
    .filter((one) => !query.get('assignee') || (query.get('assignee') === 'none' ? !one.assignee : one.assignee?.id === lena.id))
    .filter((one) => !text || `${one.subject} ${one.excerpt} ${one.contact?.handle} ${one.contact?.display_name} ${one.key}`.toLowerCase().includes(text))
    .sort((a, b) => (query.get('sort') === 'newest' ? b.updated_at.localeCompare(a.updated_at) : (a.next_due?.due_at ?? '9').localeCompare(b.next_due?.due_at ?? '9')))
    .map(rowOf);
  const open = cases.filter((one) => one.status === 'open');
  const counts = { open: open.length, ours: open.filter((one) => one.turn === 'company').length, theirs: open.filter((one) => one.turn === 'consumer').length, held: open.filter((one) => one.held_for).length, mine: open.filter((one) => one.assignee?.id === lena.id).length, overdue: open.filter((one) => one.overdue.some((due) => due.party === 'company')).length };
  return ok({ items, next_cursor: null, counts });
}

function sendReply(one, body) {
  if (one.held_for) return problem(409, 'replies-held', 'Replies are held', `They leave when ${one.held_for} releases them.`);
  const verdicts = guards(body.text, body.visibility);
  if (verdicts.some((verdict) => verdict.action === 'stop')) return problem(422, 'guard-stopped', 'A guard stopped the reply', 'Nothing was sent.', { verdicts });
  const delivery = { id: randomUUID(), case_id: one.id, text: body.text, visibility: body.visibility, state: 'pending', attempts: 0, created_at: new Date().toISOString(), due_at: new Date().toISOString(), author: { by: 'agent', user: lena }, last_error: null, external_id: null, url: null };
  one.deliveries.push(delivery);
  one.draft = null;
  one.has_draft = false;
  touch(one);
  const step = (state, after, then) => setTimeout(() => { delivery.state = state; then?.(); touch(one); }, after);
  step('leased', 600);
  step('sent', 2200, () => {
    delivery.attempts = 1;
    for (const obligation of one.obligations) if (obligation.party === 'company' && obligation.state === 'running') Object.assign(obligation, { state: 'met', settled_at: new Date().toISOString() });
    one.turn = 'consumer';
    one.overdue = [];
    one.next_due = null;
  });
  return ok(delivery, 202);
}

const routes = [
  ['GET', '/setup', () => ok({ needed: setUpNeeded }), 'open'],
  ['POST', '/setup', ({ body }) => (body.password?.length < 12 ? problem(422, 'invalid', 'Something is not right yet', 'The password is too short.', { errors: [{ pointer: '/password', message: 'The password is too short.' }] }) : ((setUpNeeded = false), users.splice(1), signedIn(body.email, 201))), 'open'],
  ['POST', '/session', ({ body }) => (body.password === 'wrong' ? problem(401, 'sign-in-failed', 'That did not work', 'E-mail address and password do not fit together.') : signedIn(body.email, 200)), 'open'],
  ['GET', '/session', () => ok(session)],
  ['DELETE', '/session', () => (sessions.delete(session.csrf_token), { status: 204 })],
  ['GET', '/cases', ({ query }) => listCases(query)],
  ['GET', '/cases/:id', ({ one }) => ok(viewOf(one))],
  ['PATCH', '/cases/:id', ({ one, body }) => {
    if ('assignee' in body) one.assignee = users.find((user) => user.id === body.assignee) ?? null;
    if ('team' in body) one.team = body.team;
    one.labels = [...new Set([...one.labels, ...(body.add_labels ?? [])])].filter((label) => !body.remove_labels?.includes(label));
    return ok(viewOf(touch(one)));
  }],
  ['GET', '/cases/:id/decisions', ({ one }) => ok({ items: one.trace })],
  ['POST', '/cases/:id/reply/check', ({ one, body }) => {
    const verdicts = guards(body.text, body.visibility);
    const stops = verdicts.some((verdict) => verdict.action === 'stop');
    return ok({ verdicts, can_send: !stops && !one.held_for, why_not: stops ? 'A guard stops it.' : null });
  }],
  ['POST', '/cases/:id/replies', ({ one, body }) => sendReply(one, body)],
  ['GET', '/cases/:id/obligations/:obligation', ({ one, params }) => {
    const { started_at, due_at, within } = one.obligations.find((obligation) => obligation.id === params.obligation);
    return ok({ started_at, due_at, within, time_zone: 'Europe/Berlin', today: due_at, counted: [{ from: started_at, until: due_at }] });
  }],
  ['POST', '/cases/:id/notes', ({ one, body }) => (one.notes.push({ id: randomUUID(), at: new Date().toISOString(), author: lena, text: body.text }), touch(one), ok(one.notes.at(-1), 201))],
  ['POST', '/cases/:id/release', ({ one }) => ((one.held_for = null), ok(viewOf(touch(one))))],
  ['POST', '/cases/:id/close', ({ one, body }) => (Object.assign(one, { status: 'closed', closed_reason: body.reason, turn: null, next_due: null }), ok(viewOf(touch(one))))],
  ['POST', '/cases/:id/reopen', ({ one }) => (Object.assign(one, { status: 'open', closed_reason: null }), ok(viewOf(touch(one))))],
  ['POST', '/decisions/:id/replay', ({ params }) => ok({ same: true, decision: cases.flatMap((one) => one.trace).find((decision) => decision.id === params.id) })],
  ['GET', '/templates', () => ok({ items: [{ name: 'sorry-and-look', text: 'Thank you for telling us, and we are sorry. We are looking into it and will write to you directly.' }, { name: 'thanks', text: 'Thank you. We have passed it on to the team.' }] })],
  ...studioRoutes({ cases, ok, problem, tell, users, who: () => session?.user }),
  ['GET', '/connectors', () => ok({ items: connectors })],
  ['GET', '/connections', () => ok({ items: connections })],
  ['POST', '/connections', ({ body }) => {
    if (!body.config.handle && body.connector === 'bluesky') return problem(422, 'invalid', 'Something is not right yet', 'A handle is needed.', { errors: [{ pointer: '/config/handle', message: 'A handle is needed.' }] });
    const made = { ...connections[0], id: randomUUID(), ...body, secret_names: Object.keys(body.secrets), secrets: undefined, account: null, status: 'running', created_at: new Date().toISOString(), health: { last_ok_at: null, last_error: null, failures: 0, next_poll_at: ago(-1), limits: [] } };
    connections.push(made);
    return ok(made, 201);
  }],
  ['GET', '/connections/:id', ({ connection }) => ok(connection)],
  ['PATCH', '/connections/:id', ({ connection, body }) => ok(Object.assign(connection, { name: body.name ?? connection.name, config: body.config ?? connection.config }))],
  ['DELETE', '/connections/:id', ({ connection }) => (connections.splice(connections.indexOf(connection), 1), { status: 204 })],
  ['POST', '/connections/:id/verify', ({ connection }) => ok(connection.status === 'quarantined' ? { ok: false, account: null, error: { message: 'The forum answered 403 Forbidden.', advice: 'Look whether the key may read posts.' } } : { ok: true, account: connection.account, error: null })],
  ['POST', '/connections/:id/pause', ({ connection }) => ((connection.status = 'paused'), tell('connection', { id: connection.id }), ok(connection))],
  ['POST', '/connections/:id/resume', ({ connection }) => ((connection.status = 'running'), tell('connection', { id: connection.id }), ok(connection))],
  ['GET', '/connections/:id/log', ({ query }) => ok({ items: [{ at: ago(1), level: 'info', message: 'Polled notifications: 2 new.' }, { at: ago(9), level: 'warn', message: 'The platform asked to slow down; waiting 30 s.' }, { at: ago(100), level: 'error', message: 'The call used more than 500 ms of CPU and was stopped.' }].filter((line) => query.get('level') !== 'error' || line.level === 'error') })],
  ['GET', '/deliveries', () => ok({ items: cases.flatMap((one) => one.deliveries).filter((one) => one.state === 'dead') })],
  ['POST', '/deliveries/:id/retry', ({ params }) => deliver(params.id, 'pending')],
  ['POST', '/deliveries/:id/drop', ({ params }) => deliver(params.id, 'cancelled')],
  ['GET', '/users', () => ok({ items: users })],
  ['POST', '/users', ({ body }) => (users.push({ ...body, password: undefined, id: randomUUID(), is_active: true, created_at: new Date().toISOString(), last_seen_at: null }), ok(users.at(-1), 201))],
  ['PATCH', '/users/:id', ({ params, body }) => ok(Object.assign(users.find((one) => one.id === params.id), body))],
  ['PUT', '/users/me/password', ({ body }) => (body.current === 'wrong' ? problem(422, 'invalid', 'Something is not right yet', 'The current password is another one.', { errors: [{ pointer: '/current', message: 'The current password is another one.' }] }) : { status: 204 })],
  ['GET', '/tokens', () => ok({ items: tokens })],
  ['POST', '/tokens', ({ body }) => (tokens.push({ id: randomUUID(), ...body, created_at: new Date().toISOString(), last_used_at: null }), ok({ token: `cmt_${randomUUID().replaceAll('-', '')}`, ...tokens.at(-1) }, 201))],
  ['DELETE', '/tokens/:id', ({ params }) => (tokens.splice(tokens.findIndex((one) => one.id === params.id), 1), { status: 204 })]
];

function deliver(id, state) {
  const delivery = cases.flatMap((one) => one.deliveries).find((one) => one.id === id);
  delivery.state = state;
  touch(find(delivery.case_id));
  return ok(delivery);
}

function match(pattern, path) {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(given[index]);
    else if (part !== given[index]) return null;
  }
  return params;
}

async function answer(request, url) {
  const path = url.pathname.slice('/api/v1'.length);
  for (const [method, pattern, act, open] of routes) {
    const params = method === request.method ? match(pattern, path) : null;
    if (!params) continue;
    if (!sessionOf(request) && !open) return problem(401, 'signed-out', 'Nobody is signed in', 'Sign in first.');
    if (!open && method !== 'GET' && request.headers['x-csrf-token'] !== sessionOf(request).csrf_token) return problem(403, 'csrf', 'The request cannot be trusted', 'Load the page again.');
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    const one = pattern.startsWith('/cases/') ? find(params.id) : null;
    const connection = pattern.startsWith('/connections/') ? connections.find((each) => each.id === params.id) : null;
    if ((pattern.startsWith('/cases/') && !one) || (pattern.startsWith('/connections/') && !connection)) return problem(404, 'not-found', 'Not found', 'There is no such thing.');
    session = sessionOf(request);
    return await act({ params, query: url.searchParams, body, one, connection });
  }
  return problem(404, 'not-found', 'Not found', 'There is no such address.');
}

function follow(request, response) {
  if (!sessionOf(request)) {
    response.writeHead(401).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('event: hello\ndata: {}\n\n');
  streams.add(response);
  const beat = setInterval(() => response.write(': beat\n\n'), 15_000);
  response.on('close', () => (clearInterval(beat), streams.delete(response)));
}

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.json': 'application/json' };
async function serveFile(path, response) {
  const inside = normalize(path).replace(/^(\.\.[/\\])+/, '');
  const file = extname(inside) ? join(buildDir, inside) : join(buildDir, 'index.html');
  const body = await readFile(file).catch(() => null);
  if (!body) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(body);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/api/v1/changes') return follow(request, response);
  if (!url.pathname.startsWith('/api/')) return process.env.BUILD ? serveFile(url.pathname, response) : response.writeHead(404).end();
  const { status, body, cookie } = await answer(request, url);
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...(cookie ? { 'set-cookie': cookie } : {}) }).end(body === undefined ? undefined : JSON.stringify(body));
});
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
