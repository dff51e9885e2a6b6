// The changes between two texts as a list: for those who read lines and not colours, and to go from one to the next.
import { Chunk } from '@codemirror/merge';
import { Text } from '@codemirror/state';

/** Lines that are gone, lines that came, and where: a line in the first text and one in the second, counted from 1. */
export type Change = { before: number; after: number; gone: string[]; came: string[] };

export function changesBetween(before: string, after: string): Change[] {
  const [a, b] = [textOf(before), textOf(after)];
  return Chunk.build(a, b).map((chunk) => ({
    before: a.lineAt(Math.min(chunk.fromA, a.length)).number,
    after: b.lineAt(Math.min(chunk.fromB, b.length)).number,
    gone: linesOf(a, chunk.fromA, chunk.toA),
    came: linesOf(b, chunk.fromB, chunk.toB)
  }));
}

function textOf(text: string): Text {
  return Text.of(text.split('\n'));
}

/** A chunk ends behind the line break of its last line, or behind the text. */
function linesOf(text: Text, from: number, to: number): string[] {
  if (from >= to) return [];
  return text.sliceString(from, Math.min(to, text.length)).replace(/\n$/, '').split('\n');
}
