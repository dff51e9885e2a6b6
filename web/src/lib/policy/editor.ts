// The script editor. Loaded only on the Policy page, and mounted in a shadow root: there CodeMirror's styles are adopted
// style sheets, which the page's content security policy allows, while style elements are refused.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Diagnostic } from '$lib/api/types';
import { rhai } from './rhai';

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-word)', fontWeight: '700' },
  { tag: tags.typeName, color: 'var(--company-ink)', fontWeight: '600' },
  { tag: tags.className, color: 'var(--consumer-ink)', fontWeight: '600' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: [tags.function(tags.variableName), tags.propertyName], color: 'var(--code-call)' },
  { tag: tags.comment, color: 'var(--code-note)', fontStyle: 'italic' },
  { tag: tags.number, color: 'var(--code-call)' }
]);

const look = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: 'var(--t-sm)', minHeight: '24rem' },
  // The frame of the focus is drawn by the component, around gutter and text.
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-code)', lineHeight: '1.5rem' },
  '.cm-content': { caretColor: 'var(--ink)', paddingBlock: '.625rem' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-3)', border: '0', fontSize: 'var(--t-xs)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '.cm-activeLineGutter': { color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selected)' },
  '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': { backgroundColor: 'var(--selected)', outline: '1px solid var(--edge)' },
  '.cm-lint-marker': { content: 'none', width: '.75rem', height: '.75rem', marginBlockStart: '.375rem' },
  '.cm-lint-marker-error': { backgroundColor: 'var(--breach)', borderRadius: '50%' },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--ink-2)', clipPath: 'polygon(50% 0, 100% 100%, 0 100%)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--selected)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line-2)', borderRadius: 'var(--r-control)', fontFamily: 'var(--font)', maxWidth: '32rem' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', borderColor: 'var(--line)', fontFamily: 'var(--font)' },
  '.cm-panel input, .cm-panel button': { backgroundColor: 'var(--surface)', backgroundImage: 'none', color: 'var(--ink)', border: '1px solid var(--edge)', borderRadius: 'var(--r-control)' },
  '.cm-diagnostic': { padding: '.375rem .625rem', borderInlineStart: '3px solid var(--ink)', whiteSpace: 'normal' },
  '.cm-diagnostic-error': { borderInlineStartColor: 'var(--breach)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--breach) 1.5px', textUnderlineOffset: '.28em' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--ink) 1.5px', textUnderlineOffset: '.28em' }
});

function languageOf(file: string): Extension {
  if (file.endsWith('.rhai')) return rhai;
  return file.endsWith('.toml') ? StreamLanguage.define(toml) : [];
}

export type Editor = {
  show(file: string, text: string, readOnly: boolean, label: string): void;
  mark(diagnostics: Diagnostic[]): void;
  goTo(line: number, column: number): void;
  text(): string;
  destroy(): void;
};

export function makeEditor(host: HTMLElement, changed: (text: string) => void, runTests: () => void): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
  const mode = new Compartment();
  let silent = false;

  const extensions = (file: string, readOnly: boolean, label: string): Extension => [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    syntaxHighlighting(colours),
    look,
    EditorView.lineWrapping,
    EditorState.tabSize.of(4),
    // Tab is not bound: it leaves the editor, as it leaves any other field.
    keymap.of([{ key: 'Ctrl-Enter', mac: 'Cmd-Enter', run: () => (runTests(), true) }, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
    mode.of([languageOf(file), EditorState.readOnly.of(readOnly), EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true', spellcheck: 'false', 'aria-readonly': String(readOnly) })]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !silent) changed(update.state.doc.toString());
    })
  ];

  const view = new EditorView({ parent: root as unknown as Element, root, state: EditorState.create({ doc: '' }) });
  return {
    show(file, text, readOnly, label) {
      silent = true;
      view.setState(EditorState.create({ doc: text, extensions: extensions(file, readOnly, label) }));
      silent = false;
    },
    mark(diagnostics) {
      const { doc } = view.state;
      const marks = diagnostics.map((one) => {
        const line = doc.line(Math.min(Math.max(1, one.line), doc.lines));
        const from = Math.min(line.from + Math.max(0, one.column - 1), line.to);
        const to = one.end_column ? Math.min(line.from + one.end_column - 1, line.to) : Math.min(from + 1, line.to);
        return { from, to: Math.max(from, to), severity: one.severity, message: one.help ? `${one.message} ${one.help}` : one.message };
      });
      view.dispatch(setDiagnostics(view.state, marks));
    },
    goTo(line, column) {
      const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: Math.min(at.from + Math.max(0, column - 1), at.to) }, scrollIntoView: true });
      view.focus();
    },
    text: () => view.state.doc.toString(),
    destroy: () => view.destroy()
  };
}
