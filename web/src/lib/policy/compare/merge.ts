// Two texts side by side, or in one column where there is no room for two. In a shadow root, as the editor is. With
// `write`, the second can be written in and takes parts of the first over.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { syntaxHighlighting } from '@codemirror/language';
import { MergeView, getChunks, goToNextChunk, goToPreviousChunk, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { languageOf } from '../editor/editor';
import { colours, paper } from '../editor/look';

export type Side = { text: string; label: string };
export type Comparison = {
  go(back: boolean): void;
  goTo(line: number): void;
  destroy(): void;
};
type Options = { file: string; before: Side; after: Side; narrow: boolean; phrases: Record<string, string>; takeLabel: string; write?: (text: string) => void; at: (change: number) => void };

const merged = EditorView.theme({
  '.cm-scroller': { overflowX: 'auto' },
  '.cm-content': { minHeight: '3rem' },
  // What is gone is struck, what came is underlined: neither needs its colour.
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--sunken)' },
  '&.cm-merge-b .cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--selected)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'none', textDecoration: 'line-through 1.5px', textDecorationColor: 'var(--ink-2)' },
  '&.cm-merge-b .cm-changedText, .cm-changedText': { background: 'none', textDecoration: 'underline 2px', textUnderlineOffset: '.2em' },
  '.cm-deletedChunk': { paddingInlineStart: '.375rem', color: 'var(--ink-2)' },
  '.cm-collapsedLines': { padding: '.125rem .75rem', background: 'var(--sunken)', color: 'var(--ink-2)', fontFamily: 'var(--font)', fontSize: 'var(--t-xs)' },
  '.cm-changeGutter': { width: '4px', paddingInlineStart: '1px' },
  '& .cm-changeGutter .cm-changedLineGutter, & .cm-changeGutter .cm-deletedLineGutter': { background: 'var(--ink-2) !important' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"…" !important' }
});

export function compare(host: HTMLElement, options: Options): Comparison {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
  const { before, after, narrow, write } = options;
  const common = (label: string, readOnly: boolean): Extension => [
    lineNumbers(),
    syntaxHighlighting(colours),
    paper,
    merged,
    EditorView.lineWrapping,
    EditorState.tabSize.of(4),
    EditorState.readOnly.of(readOnly),
    EditorState.phrases.of({ ...options.phrases, 'Revert this chunk': options.takeLabel }),
    languageOf(options.file),
    keymap.of([{ key: 'F8', run: goToNextChunk, shift: goToPreviousChunk }, ...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true', 'aria-readonly': String(readOnly), spellcheck: 'false' }),
    EditorView.updateListener.of(({ state, selectionSet }) => {
      if (selectionSet) tell(state);
    })
  ];
  const writing: Extension = write ? [history(), EditorView.updateListener.of((update) => update.docChanged && write(update.state.doc.toString()))] : [];

  /** Which change the cursor is in. */
  function tell(state: EditorState): void {
    const found = getChunks(state);
    if (!found) return;
    const head = state.selection.main.head;
    const inside = found.chunks.findIndex((chunk) => (found.side === 'a' ? chunk.fromA <= head && head <= chunk.endA : chunk.fromB <= head && head <= chunk.endB));
    if (inside >= 0) options.at(inside);
  }

  const margin = { margin: 3, minSize: 6 };
  const two = narrow
    ? null
    : new MergeView({
        parent: root,
        root,
        a: { doc: before.text, extensions: common(before.label, true) },
        b: { doc: after.text, extensions: [common(after.label, !write), writing] },
        revertControls: write ? 'a-to-b' : undefined,
        collapseUnchanged: write ? undefined : margin,
        gutter: true
      });
  const view =
    two?.b ??
    new EditorView({
      parent: root as unknown as Element,
      root,
      state: EditorState.create({ doc: after.text, extensions: [common(after.label, !write), writing, unifiedMergeView({ original: before.text, mergeControls: false, collapseUnchanged: write ? undefined : margin })] })
    });
  return {
    go(back) {
      view.focus();
      (back ? goToPreviousChunk : goToNextChunk)(view);
    },
    goTo(line) {
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines)).from;
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      view.focus();
    },
    destroy() {
      if (two) two.destroy();
      else view.destroy();
      root.replaceChildren();
    }
  };
}
