// What one key puts right: a word that the checker suggests, and a term that it would rather see taken out. Pure.
import type { Diagnostic } from '$lib/api/types';

export type Fix = { line: number; from: number; to: number; insert: string; kind: 'suggestion' | 'term' };

/** The change that a diagnostic suggests, within its line; columns count from 0 in the line's own text. */
export function fixOf(one: Diagnostic, line: string): Fix | null {
  const from = place(line, one.column - 1);
  const suggested = one.help?.match(/^Did you mean [“"‘`]?([^”"’`?]+)[”"’`]?\?/)?.[1]?.trim();
  if (suggested) return suggestion(one, line, from, suggested);
  return one.code === 'reach' ? withoutTerm(one, line, from) : null;
}

function suggestion(one: Diagnostic, line: string, from: number, suggested: string): Fix | null {
  const rest = line.slice(from);
  const quoted = rest.match(/^"[^"]*"/)?.[0];
  if (quoted) return { line: one.line, from, to: from + quoted.length, insert: `"${suggested}"`, kind: 'suggestion' };
  const word = rest.match(/^[\w-]+/)?.[0];
  return word ? { line: one.line, from, to: from + word.length, insert: suggested, kind: 'suggestion' } : null;
}

/** Takes out the term at a place, with one of the `&&` beside it. A condition of one term stays as it is. */
function withoutTerm(one: Diagnostic, line: string, at: number): Fix | null {
  const joins = topJoins(line);
  const before = joins.filter((join) => join < at).at(-1);
  const after = joins.find((join) => join > at);
  if (before !== undefined) {
    const from = line.slice(0, before).trimEnd().length;
    return { line: one.line, from, to: after === undefined ? line.trimEnd().length : line.slice(0, after).trimEnd().length, insert: '', kind: 'term' };
  }
  const when = line.match(/^\s*when\s+/);
  if (!when || after === undefined) return null;
  const next = after + 2 + (line.slice(after + 2).match(/^\s*/)?.[0].length ?? 0);
  return { line: one.line, from: when[0].length, to: next, insert: '', kind: 'term' };
}

/** Where `&&` stands outside of brackets and texts. */
function topJoins(line: string): number[] {
  const found: number[] = [];
  let depth = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') at = Math.max(at, line.indexOf('"', at + 1));
    else if (line[at] === '(') depth += 1;
    else if (line[at] === ')') depth -= 1;
    else if (depth === 0 && line.startsWith('&&', at)) found.push(at++);
  }
  return found;
}

/** The checker counts characters; a text here counts UTF-16 units. */
export function place(line: string, characters: number): number {
  let at = 0;
  for (const character of line) {
    if (characters-- <= 0) break;
    at += character.length;
  }
  return at;
}
