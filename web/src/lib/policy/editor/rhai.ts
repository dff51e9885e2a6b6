// Rhai with Comity's statements, for colouring: words of the language, strings, calls and comments. A tokenizer is enough;
// what is right and wrong comes from the server's checker.
import { StreamLanguage, type StreamParser } from '@codemirror/language';

const words = new Set(
  'charter article owes due from until paused rule because under when then flow steps guard let const fn if else for in while loop break continue return switch true false'.split(' ')
);

type State = { block: number; text: boolean };

const parser: StreamParser<State> = {
  name: 'rhai',
  startState: () => ({ block: 0, text: false }),
  token(stream, state) {
    if (state.block > 0) return comment(stream, state);
    if (state.text) return template(stream, state);
    if (stream.eatSpace()) return null;
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match('/*')) {
      state.block = 1;
      return comment(stream, state);
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^'(?:[^'\\]|\\.)'/)) return 'string';
    if (stream.eat('`')) {
      state.text = true;
      return template(stream, state);
    }
    if (stream.match(/^\d[\d_]*(\.\d+)?/)) return 'number';
    const word = stream.match(/^[A-Za-z_]\w*/) as RegExpMatchArray | null;
    if (word) {
      // The two sides are coloured as everywhere else.
      if (word[0] === 'company') return 'typeName';
      if (word[0] === 'consumer') return 'className';
      if (words.has(word[0])) return 'keyword';
      return stream.match(/^\s*\(/, false) ? 'variableName.function' : 'variableName';
    }
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '//', block: { open: '/*', close: '*/' } } }
};

function comment(stream: { match(pattern: string): unknown; next(): unknown; eol(): boolean }, state: State): string {
  while (!stream.eol() && state.block > 0) {
    if (stream.match('*/')) state.block -= 1;
    else if (stream.match('/*')) state.block += 1;
    else stream.next();
  }
  return 'comment';
}

function template(stream: { next(): string | void; eol(): boolean }, state: State): string {
  while (!stream.eol()) {
    if (stream.next() === '`') {
      state.text = false;
      break;
    }
  }
  return 'string';
}

export const rhai = StreamLanguage.define(parser);
