// The checker of the browser says what the server's says: over the corpus of wrong bundles, whose snapshots the policy
// crate's own tests keep. Needs the built module: `cargo xtask test` builds it first.
import type { Diagnostic, Files } from '$lib/api/types';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { load, type Check } from './module';

const root = new URL('../../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const snapshots = 'crates/comity-policy/tests/messages/snapshots/';
/** Its bundles are too large to stand in it. */
const WITHOUT_BUNDLES = 'what_is_too_large.snap';

const base: Files = {
  'settings.toml': read('crates/comity-policy/tests/support/settings.toml'),
  'charter.rhai': read('crates/comity-policy/tests/support/charter.rhai'),
  'base.rhai': read('crates/comity-policy/tests/support/base.rhai'),
  'rules.rhai': ''
};

type Entry = { files: Files; said: string };

/** Bundles and what is said of them, as `tests/messages/corpus.rs` writes them. */
function entries(snapshot: string): Entry[] {
  const found: Entry[] = [];
  let lines: string[] = [];
  let said: string[] = [];
  const close = () => {
    if (said.length) found.push({ files: bundle(lines), said: said.join('\n') });
    [lines, said] = [[], []];
  };
  for (const line of snapshot.slice(snapshot.indexOf('\n---\n') + 5).split('\n')) {
    if (line.startsWith('=> ')) said.push(line.slice(3));
    else if (said.length) close();
    else lines.push(line);
  }
  close();
  return found;
}

function bundle(lines: string[]): Files {
  const files = { ...base };
  const parts: [string, string[] | null][] = lines[0]?.startsWith('--- ') ? [] : [['rules.rhai', []]];
  for (const line of lines) {
    const path = /^--- (\S+)( is missing)?$/.exec(line);
    if (path) parts.push([path[1]!, path[2] ? null : []]);
    else parts.at(-1)?.[1]?.push(line);
  }
  for (const [path, text] of parts) {
    if (text) files[path] = hidden(text.join('\n'));
    else delete files[path];
  }
  return files;
}

/** Characters that do not show are written out in a snapshot. */
const hidden = (text: string) => text.replace(/<U\+([0-9A-F]+)>/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));

function shown(diagnostics: Diagnostic[]): string {
  const line = (one: Diagnostic) =>
    `${one.file}:${one.line}:${one.column}${one.end_column ? `-${one.end_column}` : ''} ${one.severity} ${one.code}: ${one.message}${one.help ? ` ${one.help}` : ''}`;
  return diagnostics.map(line).join('\n') || '(nothing)';
}

describe('the checker as WebAssembly', () => {
  let check: Check;
  beforeAll(async () => {
    check = await load(readFileSync(new URL('web/checker/dist/checker.wasm', root)));
  });

  it.each(readdirSync(new URL(snapshots, root)).filter((name) => name.endsWith('.snap') && name !== WITHOUT_BUNDLES))('says what the server says: %s', (name) => {
    const all = entries(read(snapshots + name));
    expect(all.length).toBeGreaterThan(3);
    for (const { files, said } of all) expect(shown(check(files))).toBe(hidden(said));
  });

  it('takes text in any script, again and again', () => {
    for (let round = 0; round < 50; round++) {
      const [found] = check({ ...base, 'rules.rhai': `// 詐欺 👩‍👧 ${'x'.repeat(round)}\nrule "r" because "Why" under "answer" when evnt.text.asks then { label("x"); }` });
      expect(found).toMatchObject({ code: 'unknown-name', line: 2, column: 44, end_column: 48 });
    }
  });
});
