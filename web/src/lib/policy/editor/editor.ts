// The script editor, put together. Loaded only where scripts are shown, and mounted in a shadow root: there CodeMirror's
// styles are adopted style sheets, which the page's content security policy allows, while style elements are refused.
// A file that is shown again has its history still, so that one can undo in each.
import { completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { StreamLanguage, bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, tooltips } from '@codemirror/view';
import type { Diagnostic, Word } from '$lib/api/types';
import type { Catalogue } from '$lib/i18n/index.svelte';
import { completion, type Known } from './complete';
import type { Fix } from './fixes';
import { colours, look, paper } from './look';
import type { Name } from './names';
import { markProblems, problems } from './problems';
import { rhai } from './rhai';
import { showTrace, trace, type Trace } from './trace';

export type EditorWords = Catalogue['studio']['editor'];

export function languageOf(file: string): Extension {
  if (file.endsWith('.rhai')) return rhai;
  return file.endsWith('.toml') ? StreamLanguage.define(toml) : [];
}

export type Editor = {
  show(file: string, text: string, readOnly: boolean, label: string, words: EditorWords): void;
  /** What completion and help offer. */
  know(vocabulary: Word[], names: Name[]): void;
  mark(diagnostics: Diagnostic[]): void;
  trace(shown: Trace): void;
  goTo(line: number, column: number): void;
  /** Writes into a line, as if it were typed: it can be undone. */
  edit(change: Fix): void;
  text(): string;
  destroy(): void;
};

export function makeEditor(host: HTMLElement, changed: (text: string) => void, runTests: () => void): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
  const known: Known = { file: '', vocabulary: [], names: [] };
  const left = new Map<string, EditorState>();
  let words: EditorWords | null = null;
  let key = '';
  let silent = false;

  const extensions = (file: string, readOnly: boolean, label: string, words: EditorWords): Extension => [
    problems(words),
    lineNumbers(),
    trace(words),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    syntaxHighlighting(colours),
    paper,
    look,
    readOnly ? [] : completion(() => known, words),
    tooltips({ position: 'absolute' }),
    EditorView.lineWrapping,
    EditorState.tabSize.of(4),
    EditorState.phrases.of(words.phrases),
    // Tab is not bound: it leaves the editor, as it leaves any other field.
    keymap.of([{ key: 'Ctrl-Enter', mac: 'Cmd-Enter', run: () => (runTests(), true) }, ...completionKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap]),
    languageOf(file),
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true', spellcheck: 'false', 'aria-readonly': String(readOnly) }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !silent) changed(update.state.doc.toString());
    })
  ];

  const view = new EditorView({ parent: root as unknown as Element, root, state: EditorState.create({ doc: '' }) });
  return {
    show(file, text, readOnly, label, inWords) {
      if (key) left.set(key, view.state);
      key = `${file}\n${readOnly}\n${label}`;
      words = inWords;
      known.file = file;
      const before = left.get(key);
      silent = true;
      view.setState(before?.doc.toString() === text ? before : EditorState.create({ doc: text, extensions: extensions(file, readOnly, label, inWords) }));
      silent = false;
    },
    know(vocabulary, names) {
      Object.assign(known, { vocabulary, names });
    },
    mark(diagnostics) {
      const inWords = words;
      if (inWords) holdStill(view, () => markProblems(view, diagnostics, inWords));
    },
    trace(shown) {
      holdStill(view, () => showTrace(view, shown));
    },
    goTo(line, column) {
      const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: Math.min(at.from + Math.max(0, column - 1), at.to) }, effects: EditorView.scrollIntoView(at.from, { y: 'center' }) });
      view.focus();
    },
    edit({ line, from, to, insert }) {
      const start = view.state.doc.line(line).from;
      view.dispatch({ changes: { from: start + from, to: start + to, insert }, selection: { anchor: start + from + insert.length }, scrollIntoView: true });
      view.focus();
    },
    text: () => view.state.doc.toString(),
    destroy: () => view.destroy()
  };
}

/** What appears between the lines above does not move the line that is being written in. The page scrolls, not the editor. */
function holdStill(view: EditorView, change: () => void): void {
  const top = () => view.coordsAtPos(view.state.selection.main.head)?.top;
  const before = view.hasFocus ? top() : undefined;
  change();
  if (before === undefined) return;
  view.requestMeasure({
    read: top,
    write: (after) => after !== undefined && Math.abs(after - before) > 1 && window.scrollBy({ top: after - before, behavior: 'instant' })
  });
}
