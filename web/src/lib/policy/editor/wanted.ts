// What somebody writing at the end of a text wants next: a name of some kind inside quotes, a field after a dot, or a word
// that may stand at this place. Completion offers it and help looks it up. Pure.
import type { Word } from '$lib/api/types';
import { withoutComments, type NameKind } from './names';

export type Wanted =
  | { what: 'name'; kinds: NameKind[]; from: number }
  | { what: 'field'; on: string; from: number }
  | { what: 'word'; place: Place; from: number };
/** Where in a script: outside of everything, in a condition, or in the braces of a rule, a guard or a flow. */
export type Place = 'outside' | 'condition' | 'rule' | 'guard' | 'flow';

const NAMED: Record<string, NameKind[]> = {
  words: ['words'],
  topic: ['topic'],
  team: ['team'],
  on_call: ['team'],
  assign_team: ['team'],
  hold_replies: ['team'],
  kudos: ['team'],
  role: ['role'],
  channel: ['channel'],
  require_skill: ['skill'],
  show_brief: ['brief'],
  draft_reply: ['template'],
  send_reply: ['template'],
  escalate: ['flow'],
  label: ['label'],
  is_breach_of: ['article'],
  promise: ['article'],
  start_obligation: ['article'],
  meet_obligation: ['article'],
  waive_obligation: ['article']
};
const SETS: Record<string, NameKind[]> = { labels: ['label'], escalations: ['flow'], skills: ['skill'], writer_skills: ['skill'], briefs: ['brief'], running: ['article'], breached: ['article'], met: ['article'] };
const TESTED: [RegExp, NameKind[]][] = [
  [/\b(not_)?fired\s*=\s*\[[^\]]*$|\bunknown\s*=\s*\[[^\]]*$/, ['rule']],
  [/\bguards\s*=\s*\[[^\]]*$/, ['guard']],
  [/\b(no_)?labels\s*=\s*\[[^\]]*$/, ['label']],
  [/\bescalations\s*=\s*\[[^\]]*$/, ['flow']],
  [/\b(team|held_for)\s*=\s*$/, ['team']],
  [/\bdraft\s*=\s*$/, ['template']],
  [/\barticle\s*=\s*$/, ['article']]
];

export function wantedIn(file: string, before: string, vocabulary: Word[]): Wanted | null {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const isToml = file.endsWith('.toml');
  const string = openString(line, isToml ? '#' : '//');
  if (string === 'comment') return null;
  if (string !== null) {
    const from = before.length - line.length + string + 1;
    const lead = line.slice(0, string);
    const kinds = isToml ? TESTED.find(([shape]) => shape.test(lead))?.[1] : namedBefore(lead);
    return kinds ? { what: 'name', kinds, from } : null;
  }
  if (!file.endsWith('.rhai')) return null;
  const field = line.match(/([A-Za-z_][\w.]*)\.(\w*)$/);
  if (field) {
    const on = kindOf(field[1] ?? '', vocabulary);
    return on ? { what: 'field', on, from: before.length - (field[2] ?? '').length } : null;
  }
  const word = line.match(/\w*$/)?.[0] ?? '';
  return { what: 'word', place: placeIn(before.slice(0, before.length - word.length)), from: before.length - word.length };
}

/** Where the text of a line that is still open begins, or that the line ends in a comment. */
function openString(line: string, comment: string): number | 'comment' | null {
  let start: number | null = null;
  for (let at = 0; at < line.length; at++) {
    if (start !== null && line[at] === '\\') at++;
    else if (line[at] === '"') start = start === null ? at : null;
    else if (start === null && line.startsWith(comment, at)) return 'comment';
  }
  return start;
}

function namedBefore(lead: string): NameKind[] | undefined {
  if (/\bunder\s*$/.test(lead)) return ['article'];
  const set = lead.match(/\.(\w+)\.contains\(\s*$/);
  if (set) return SETS[set[1] ?? ''];
  return NAMED[lead.match(/(\w+)\(\s*$/)?.[1] ?? ''];
}

/** What a chain of fields gives: `event.text` is a text. Nothing where the engine knows no such field. */
export function kindOf(chain: string, vocabulary: Word[]): string | null {
  const [root, ...fields] = chain.split('.');
  let on = vocabulary.some((word) => word.on === `the ${root}`) ? `the ${root}` : null;
  for (const field of fields) on = vocabulary.find((word) => word.on === on && word.name === field)?.gives ?? null;
  return on;
}

/** Objects that a script reads from: what is called on “the event” is on `event`. */
export function objects(vocabulary: Word[]): string[] {
  return [...new Set(vocabulary.flatMap((word) => word.on?.match(/^the (\w+)$/)?.[1] ?? []))];
}

function placeIn(before: string): Place {
  const code = withoutComments(before).replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  const words = code.match(/\b(rule|guard|flow|article|charter|when|then|steps)\b|[{}]/g) ?? [];
  let [statement, depth, place]: [string, number, Place] = ['', 0, 'outside'];
  for (const word of words) {
    if (word === '{') depth += 1;
    else if (word === '}') {
      depth = Math.max(0, depth - 1);
      if (depth === 0) place = 'outside';
    } else if (word === 'when') place = 'condition';
    else if (word === 'then') place = statement === 'guard' ? 'guard' : 'rule';
    else if (word === 'steps') place = 'flow';
    else [statement, place] = [word, 'outside'];
  }
  return place;
}
