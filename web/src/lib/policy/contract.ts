// The policy studio's part of the API, as it was agreed before the server's document was made. It has the shape of the
// generated `schema.d.ts`, which takes its place: then `api/types.ts` takes these names from there, and this file goes.
import type { components } from '$lib/api/schema';

type Schemas = components['schemas'];
type Files = Record<string, string>;
type Items<One> = { items: One[] };
type Page<One> = { items: One[]; next_cursor?: string | null };

export type PersonRef = Schemas['PersonRef'];
type Effect = Schemas['EffectView'];
type Event = Schemas['EventView'];

/** One sentence that says why not, or nothing when it is possible now. */
export type Why = string | null;
export type VersionState = 'candidate' | 'shadow' | 'canary' | 'live' | 'retired';
export type VersionAct = 'approve' | 'publish' | 'break_glass' | 'shadow' | 'canary' | 'set_aside' | 'restore' | 'review';
export type VersionRef = { id: string; number: number; hash: string };

export type Approval = { by: PersonRef; at: string; note: string; impact_hash: string; is_current: boolean };
export type BreakGlass = { reason: string; by: PersonRef; at: string; reviewed?: { by: PersonRef; at: string; note: string } | null };

export type VersionRow = Omit<Schemas['VersionRow'], 'published_at'> & {
  state: VersionState;
  proposed_at: string;
  /** The first time it was live. */
  published_at?: string | null;
  /** What was live when it was proposed. */
  base?: { id: string; number: number } | null;
  canary_percent?: number | null;
  canary_stopped?: { at: string; reason: string } | null;
  approval?: Approval | null;
  break_glass?: BreakGlass | null;
  may: Record<VersionAct, Why>;
};
export type Version = VersionRow & { files: Files };
export type PolicyState = { live?: VersionRow | null; draft?: Schemas['Draft'] | null };

export type NamesChanged = { added: string[]; removed: string[]; changed: string[] };
export type FileChange = { path: string; status: 'added' | 'removed' | 'changed'; added_lines: number; removed_lines: number };
export type ImpactReport = {
  hash: string;
  version: VersionRef;
  against?: VersionRef | null;
  files: FileChange[];
  rules: NamesChanged;
  articles: NamesChanged;
  tests: { passed: number; failed: number };
  warnings: Schemas['Diagnostic'][];
  backtest?: BacktestSummary | null;
};
export type HistoryEntry = { at: string; by?: PersonRef | null; action: string; detail: string };

/** In how many decisions one policy wants an effect and the other does not, and the reverse. */
export type EffectDiff = { effect: string; more: number; fewer: number };
export type RuleDiff = { rule: string; fired_before: number; fired_after: number; unknown_before: number; unknown_after: number };
export type CaseRef = { id: string; number: number; subject: string; status: 'open' | 'closed'; closed_reason?: string | null };
export type CaseDiff = { case: CaseRef; event: Event; at: string; before: Effect[]; after: Effect[]; rules: string[]; rules_gone: string[] };
export type Beside = { since: string; decided: number; different: number; failed: number; by_effect: EffectDiff[]; by_rule: RuleDiff[]; cases: CaseDiff[] };

export type FirstFalse = { source: string; line: number; value: Schemas['Truth']; note?: string | null };
export type Mark = { rule: string; file: string; line: number; outcome: Schemas['RuleOutcome']; event_at: string; first_false?: FirstFalse | null };
export type Moment = { at: string; kind: 'event' | 'breach' | 'due' | 'flow'; text: string };
export type Pinned = { case: { id: string; number: number; subject: string; handle?: string | null }; marks: Mark[]; timeline: Moment[] };
export type UnknownFact = { rule: string; fact: string; events: number };
export type Evidence = {
  events: number;
  took_ms: number;
  different: number;
  failed: number;
  by_effect: EffectDiff[];
  by_rule: RuleDiff[];
  cases: CaseDiff[];
  unknown: UnknownFact[];
  pinned?: Pinned | null;
};

/** How the cases ended: the reason they were closed for, or `open`. */
export type OutcomeDiff = { outcome: string; cases: number; different: number };
export type BacktestSummary = { events: number; decided_differently: number; cases_differently: number; failed: number; by_effect: EffectDiff[]; by_rule: RuleDiff[]; by_outcome: OutcomeDiff[] };
export type Backtest = {
  id: string;
  version?: VersionRef | null;
  state: 'running' | 'done' | 'cancelled' | 'failed';
  done: number;
  total: number;
  started_at: string;
  finished_at?: string | null;
  by: PersonRef;
  error?: string | null;
  summary?: BacktestSummary | null;
};

export type RuleDay = { day: string; fired: number; unknown: number; dropped: number };
export type RulePage = {
  rule: string;
  because: string;
  article?: string | null;
  is_public: boolean;
  file: string;
  line: number;
  days: RuleDay[];
  outcomes: { outcome: string; cases: number }[];
  tests: string[];
  /** Decisions that were looked at. */
  events: number;
};
export type ArticleCoverage = { id: string; party: Schemas['Party']; owes: string; rules: string[]; tests: number };
export type RuleCoverage = { id: string; article?: string | null; tests: number };
export type Coverage = { articles: ArticleCoverage[]; rules: RuleCoverage[] };

/** A word that scripts can use. `on` is what it is read from or called on: `the event`, `text`. */
export type Word = { name: string; on?: string | null; gives: string; place: string; help: string };

export type SentenceKind = 'fired' | 'close' | 'unknown' | 'dropped' | 'fallback' | 'guard' | 'nothing';
export type Sentence = { kind: SentenceKind; text: string; rule?: string | null; article?: string | null };
export type Explanation = { language: string; sentences: Sentence[] };

type Answers<Body> = { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Body } } };
type Get<Body, Given = object> = { parameters: Given; requestBody?: never; responses: Answers<Body> };
type Post<Sent, Body, Given = object> = { parameters: Given; requestBody: { content: { 'application/json': Sent } }; responses: Answers<Body> };
type ById = { path: { id: string } };
type Nothing = Record<string, never>;

export type ContractPaths = {
  '/api/v1/policy': { get: Get<PolicyState> };
  '/api/v1/policy/versions': { get: Get<Items<VersionRow>>; post: Post<{ files: Files; note: string; base?: string | null }, VersionRow> };
  '/api/v1/policy/versions/{id}': { get: Get<Version, ById> };
  '/api/v1/policy/versions/{id}/publish': { post: Post<Nothing, VersionRow, ById> };
  '/api/v1/policy/versions/{id}/break-glass': { post: Post<{ reason: string }, VersionRow, ById> };
  '/api/v1/policy/versions/{id}/review': { post: Post<{ note: string }, VersionRow, ById> };
  '/api/v1/policy/versions/{id}/impact': { get: Get<ImpactReport, ById> };
  '/api/v1/policy/versions/{id}/approve': { post: Post<{ impact_hash: string; note: string }, VersionRow, ById> };
  '/api/v1/policy/versions/{id}/shadow': { post: Post<Nothing, VersionRow, ById> };
  '/api/v1/policy/versions/{id}/canary': { post: Post<{ percent: number }, VersionRow, ById> };
  '/api/v1/policy/versions/{id}/set-aside': { post: Post<{ reason: string }, VersionRow, ById> };
  '/api/v1/policy/versions/{id}/restore': { post: Post<{ reason: string }, VersionRow, ById> };
  '/api/v1/policy/versions/{id}/history': { get: Get<Items<HistoryEntry>, ById> };
  '/api/v1/policy/versions/{id}/beside': { get: Get<Beside, ById> };
  '/api/v1/policy/evidence': { post: Post<{ files: Files; case_id?: string; now?: string }, Evidence> };
  '/api/v1/policy/backtests': { get: Get<Items<Backtest>>; post: Post<{ files?: Files; version_id?: string; from?: string; until?: string }, Backtest> };
  '/api/v1/policy/backtests/{id}': { get: Get<Backtest, ById> };
  '/api/v1/policy/backtests/{id}/cancel': { post: Post<Nothing, Backtest, ById> };
  '/api/v1/policy/backtests/{id}/cases': { get: Get<Page<CaseDiff>, ById & { query?: { rule?: string; effect?: string; outcome?: string; after?: string } }> };
  '/api/v1/policy/rules/{rule}': { get: Get<RulePage, { path: { rule: string }; query?: { days?: number } }> };
  '/api/v1/policy/coverage': { post: Post<{ files: Files }, Coverage> };
  '/api/v1/policy/cases/{case_id}/test': { post: Post<Nothing, { path: string; text: string }, { path: { case_id: string } }> };
  '/api/v1/policy/vocabulary': { get: Get<Items<Word>> };
  '/api/v1/decisions/{id}/explanation': { get: Get<Explanation, ById & { query?: { language?: 'en' | 'de'; for?: 'staff' | 'person' } }> };
};
