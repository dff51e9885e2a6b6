// Completion as one types, and help for the word under the pointer or at the cursor (Alt+I). Both know what the engine
// knows, and the names that this bundle gives.
import { autocompletion, closeCompletion, snippet, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';
import type { Word } from '$lib/api/types';
import type { EditorWords } from './editor';
import type { Name } from './names';
import { kindOf, objects, wantedIn, type Place } from './wanted';

export type Known = { file: string; vocabulary: Word[]; names: Name[] };

const STATEMENTS: [string, string][] = [
  ['rule', 'rule "${name}" because "${reason}" under "${article}"\nwhen ${event.is_consumer_post}\nthen {\n    ${}\n}'],
  ['guard', 'guard "${name}" because "${reason}" under "${article}"\nwhen ${reply.is_public}\nthen { stop("${what to do}"); }'],
  ['flow', 'flow "${name}" because "${reason}" steps {\n    notify(team("${team}"));\n    unless_acknowledged(minutes(${15}));\n}'],
  ['article', 'article "${name}" company owes "${what we owe}"\n    due working_hours(${4}) from consumer_post until company_reply;'],
  ['fn', 'fn ${name}(${text}) {\n    ${}\n}']
];
const ASKS: [string, string, string][] = [
  ['known', 'known(${author.customer_since})', 'known(author.customer_since)'],
  ['or_else', 'or_else(${author.is_customer}, ${false})', 'or_else(author.is_customer, false)']
];
/** How much of a text is looked at for what is wanted at its end. */
const BACK = 6000;

export function completion(known: () => Known, words: EditorWords): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const { file, vocabulary, names } = known();
    const start = Math.max(0, context.pos - BACK);
    const wanted = wantedIn(file, context.state.sliceDoc(start, context.pos), vocabulary);
    if (!wanted) return null;
    const from = start + wanted.from;
    if (wanted.what === 'name') return { from, options: names.filter((name) => wanted.kinds.includes(name.kind)).map((name) => ofName(name, words)), validFor: /^[^"\n]*$/ };
    if (wanted.what === 'field') return { from, options: unique(vocabulary.filter((word) => word.on === wanted.on).map(ofWord)), validFor: /^\w*$/ };
    if (!context.explicit && from === context.pos) return null;
    // Only what begins as it is written, and not what is written already: Enter means a new line more often than a word.
    const typed = context.state.sliceDoc(from, context.pos);
    const options = unique(wordsAt(wanted.place, vocabulary)).filter(({ label, apply }) => label.startsWith(typed) && (label !== typed || apply));
    return { from, options, filter: false };
  };
  return [autocompletion({ override: [source], icons: false, activateOnTypingDelay: 120, interactionDelay: 30 }), help(known, words)];
}

function ofWord(word: Word): Completion {
  const takes = word.help.includes(`${word.name}(`);
  return { label: word.name, detail: word.gives, info: word.help, type: 'property', apply: takes ? call(word.name, word.help) : undefined };
}

/** A call is completed with the cursor where its first argument goes; a text begins with its quotes. */
function call(name: string, example: string) {
  const isText = example.includes(`${name}("`);
  return snippet(isText ? `${name}("\${}")` : `${name}(\${})`);
}

function ofName(name: Name, words: EditorWords): Completion {
  return { label: name.name, detail: words.kinds[name.kind], info: name.about || undefined, type: 'constant' };
}

function wordsAt(place: Place, vocabulary: Word[]): Completion[] {
  if (place === 'outside') return STATEMENTS.map(([label, text]) => ({ label, type: 'keyword', apply: snippet(text) }));
  const free = vocabulary.filter((word) => !word.on && (word.place === 'anywhere' || word.place === place)).map(ofWord);
  const read = place === 'flow' ? [] : [...objects(vocabulary).filter((name) => place !== 'rule' || name !== 'reply'), 'now'];
  const asks = place === 'flow' ? [] : ASKS.map(([label, text, info]) => ({ label, info, type: 'function', apply: snippet(text) }));
  return [...free, ...read.map((label) => ({ label, type: 'variable' })), ...asks];
}

function unique(options: Completion[]): Completion[] {
  return [...new Map(options.map((option) => [option.label, option])).values()];
}

type Help = { title: string; gives: string; text: string };

function helpAt(state: EditorView['state'], at: number, { vocabulary, names }: Known): (Help & { from: number; to: number }) | null {
  const line = state.doc.lineAt(at);
  const column = at - line.from;
  for (const match of line.text.matchAll(/"([^"]*)"|[A-Za-z_][\w.]*/g)) {
    const [from, to] = [match.index, match.index + match[0].length];
    if (column < from || column > to) continue;
    const range = { from: line.from + from, to: line.from + to };
    if (match[1] !== undefined) {
      const name = names.find((one) => one.name === match[1]);
      return name ? { title: name.name, gives: '', text: name.about, ...range } : null;
    }
    const end = column + (line.text.slice(column).match(/^\w*/)?.[0].length ?? 0);
    const chain = line.text.slice(from, end).split('.');
    const last = chain.pop() ?? '';
    const on = chain.length ? kindOf(chain.join('.'), vocabulary) : null;
    const word = vocabulary.find((one) => one.name === last && (chain.length ? one.on === on : !one.on));
    return word ? { title: last, gives: word.gives, text: word.help, ...range } : null;
  }
  return null;
}

function help(known: () => Known, words: EditorWords): Extension {
  const show = StateEffect.define<Tooltip | null>();
  const shown = StateField.define<Tooltip | null>({
    create: () => null,
    update(value, transaction) {
      for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
      return transaction.docChanged || transaction.selection ? null : value;
    },
    provide: (field) => showTooltip.from(field)
  });
  const tooltip = (found: Help & { from: number; to: number }): Tooltip => ({
    pos: found.from,
    end: found.to,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-help';
      const title = dom.appendChild(document.createElement('b'));
      title.textContent = found.title;
      if (found.gives) dom.append(` ${words.gives(found.gives)}`);
      if (found.text) dom.appendChild(document.createElement('p')).textContent = found.text;
      return { dom };
    }
  });
  return [
    shown,
    hoverTooltip((view, at) => {
      const found = helpAt(view.state, at, known());
      return found && (found.text || found.gives) ? tooltip(found) : null;
    }),
    keymap.of([
      {
        key: 'Alt-i',
        run(view) {
          closeCompletion(view);
          const found = helpAt(view.state, view.state.selection.main.head, known());
          const text = found ? [found.title, found.gives && words.gives(found.gives), found.text].filter(Boolean).join('. ') : words.noHelp;
          view.dispatch({ effects: [show.of(found ? tooltip(found) : null), EditorView.announce.of(text)] });
          return true;
        }
      },
      {
        key: 'Escape',
        run(view) {
          if (!view.state.field(shown)) return false;
          view.dispatch({ effects: show.of(null) });
          return true;
        }
      }
    ])
  ];
}
