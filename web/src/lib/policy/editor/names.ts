// The names that a bundle gives to things, with where each is given: completion, help and the list of names read them. It
// is read from the text as it stands, half-written lines included, so it looks for shapes and does not parse. Pure.
import type { Files } from '$lib/api/types';

export type NameKind = 'team' | 'role' | 'channel' | 'template' | 'words' | 'topic' | 'skill' | 'brief' | 'article' | 'rule' | 'guard' | 'flow' | 'label';
export type Name = { kind: NameKind; name: string; about: string; file: string; line: number };

const SETTINGS = 'settings.toml';
const SECTIONS: Record<string, NameKind> = { teams: 'team', roles: 'role', channels: 'channel', templates: 'template', words: 'words', topics: 'topic', skills: 'skill', briefs: 'brief' };

export function namesOf(files: Files): Name[] {
  const scripts = Object.keys(files).filter((file) => file.endsWith('.rhai')).sort();
  const found = [...inSettings(files[SETTINGS] ?? ''), ...scripts.flatMap((file) => inScript(file, files[file] ?? ''))];
  const seen = new Set<string>();
  return found.filter(({ kind, name }) => !seen.has(`${kind} ${name}`) && seen.add(`${kind} ${name}`));
}

/** Keys of the sections that name things; what a value goes on with in further lines is about the same key. */
function inSettings(text: string): Name[] {
  const found: Name[] = [];
  let kind: NameKind | undefined;
  let open: { name: Name; until: RegExp } | null = null;
  text.split('\n').forEach((written, index) => {
    if (open) {
      open.name.about += ` ${written.trim()}`;
      if (open.until.test(written)) open = null;
      return;
    }
    const section = written.match(/^\s*\[\s*([\w-]+)(?:\.\s*"?([\w-]+)"?)?\s*\]/);
    if (section) {
      kind = SECTIONS[section[1] ?? ''];
      if (kind && section[2]) found.push({ kind, name: section[2], about: '', file: SETTINGS, line: index + 1 });
      if (section[2]) kind = undefined;
      return;
    }
    const key = written.match(/^\s*"?([\w-]+)"?\s*=\s*(.*)$/);
    if (!key || !kind) return;
    const value = key[2] ?? '';
    const name = { kind, name: key[1] ?? '', about: value, file: SETTINGS, line: index + 1 };
    found.push(name);
    const quotes = value.startsWith('"""') ? '"""' : value.startsWith("'''") ? "'''" : null;
    if (quotes && value.indexOf(quotes, 3) < 0) open = { name, until: new RegExp(quotes) };
    else if (value.startsWith('[') && !value.includes(']')) open = { name, until: /\]/ };
  });
  for (const name of found) name.about = plain(name.about);
  return found;
}

function inScript(file: string, text: string): Name[] {
  const code = withoutComments(text);
  const lines = new Lines(code);
  const found: Name[] = [];
  for (const match of code.matchAll(/\b(article|rule|guard|flow)\s+"([^"\n]+)"(?:\s+(?:company|consumer))?(?:\s+(?:owes|because)\s+"((?:[^"\\]|\\.)*)")?/g)) {
    found.push({ kind: match[1] as NameKind, name: match[2] ?? '', about: match[3] ?? '', file, line: lines.at(match.index) });
  }
  for (const match of code.matchAll(/\blabel\(\s*"([^"\n]+)"/g)) found.push({ kind: 'label', name: match[1] ?? '', about: '', file, line: lines.at(match.index) });
  return found;
}

/** The same text with blanks in place of comments, so that places stay what they are. */
export function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found));
}

class Lines {
  #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

function plain(value: string): string {
  return value.replace(/"""|'''|^["'[]|["'\]]$/g, '').replace(/\\\s+/g, ' ').replace(/\s+/g, ' ').trim();
}
