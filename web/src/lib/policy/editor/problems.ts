// Diagnostics where they are: underlined, in a box below their line with what to do, and put right with one key where the
// checker suggests how (Alt+.). F8 goes to the next one.
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { StateEffect, StateField, type EditorState, type Extension, type Range, type Text } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, keymap, type DecorationSet } from '@codemirror/view';
import type { Diagnostic } from '$lib/api/types';
import type { EditorWords } from './editor';
import { fixOf, place, type Fix } from './fixes';

type Placed = { from: number; to: number; one: Diagnostic };

const put = StateEffect.define<Placed[]>();

export function problems(words: EditorWords): Extension {
  const field = StateField.define<{ placed: Placed[]; boxes: DecorationSet }>({
    create: () => ({ placed: [], boxes: Decoration.none }),
    update(value, transaction) {
      let { placed, boxes } = value;
      if (transaction.docChanged) {
        boxes = boxes.map(transaction.changes);
        placed = placed.map((each) => ({ ...each, from: transaction.changes.mapPos(each.from), to: transaction.changes.mapPos(each.to) }));
      }
      for (const effect of transaction.effects) if (effect.is(put)) [placed, boxes] = [effect.value, boxesOf(effect.value, transaction.state, words)];
      return boxes === value.boxes && placed === value.placed ? value : { placed, boxes };
    },
    provide: (of) => EditorView.decorations.from(of, ({ boxes }) => boxes)
  });
  return [
    field,
    lintGutter(),
    keymap.of([
      {
        key: 'Alt-.',
        run(view) {
          const line = view.state.doc.lineAt(view.state.selection.main.head);
          const here = view.state.field(field).placed.filter((each) => each.from >= line.from && each.from <= line.to);
          const fixed = here.some((each) => apply(view, each));
          if (!fixed) view.dispatch({ effects: EditorView.announce.of(words.noFix) });
          return true;
        }
      },
      ...lintKeymap
    ])
  ];
}

/** Shows these, and no others. */
export function markProblems(view: EditorView, diagnostics: Diagnostic[], words: EditorWords): void {
  const { doc } = view.state;
  const placed = diagnostics.map((one) => ({ one, ...rangeOf(doc, one) })).sort((a, b) => a.from - b.from);
  const marks = placed.map((each) => ({
    from: each.from,
    to: Math.max(each.from, each.to),
    severity: each.one.severity,
    message: each.one.help ? `${each.one.message} ${each.one.help}` : each.one.message,
    actions: fixAt(view.state, each) ? [{ name: words.fix, apply: () => void apply(view, each) }] : []
  }));
  view.dispatch(setDiagnostics(view.state, marks));
  view.dispatch({ effects: put.of(placed) });
}

function rangeOf(doc: Text, one: Diagnostic): { from: number; to: number } {
  const line = doc.line(Math.min(Math.max(1, one.line), doc.lines));
  const from = line.from + place(line.text, Math.max(0, one.column - 1));
  const to = one.end_column ? line.from + place(line.text, one.end_column - 1) : Math.min(from + 1, line.to);
  return { from, to };
}

/** What would put it right now: the line may have been written in since it was found. */
function fixAt(state: EditorState, { from, one }: Placed): Fix | null {
  const line = state.doc.lineAt(Math.min(from, state.doc.length));
  const column = [...line.text.slice(0, from - line.from)].length + 1;
  return fixOf({ ...one, line: line.number, column }, line.text);
}

function apply(view: EditorView, placed: Placed): boolean {
  const fix = fixAt(view.state, placed);
  if (!fix || view.state.readOnly) return false;
  const start = view.state.doc.line(fix.line).from;
  view.dispatch({ changes: { from: start + fix.from, to: start + fix.to, insert: fix.insert }, selection: { anchor: start + fix.from + fix.insert.length }, userEvent: 'input.complete', scrollIntoView: true });
  view.focus();
  return true;
}

function boxesOf(placed: Placed[], state: EditorState, words: EditorWords): DecorationSet {
  const boxes: Range<Decoration>[] = placed.map((each) => {
    const fix = state.readOnly ? null : fixAt(state, each);
    return Decoration.widget({ widget: new Box(each, fix, words), block: true, side: 1 }).range(state.doc.lineAt(each.from).to);
  });
  return Decoration.set(boxes, true);
}

class Box extends WidgetType {
  constructor(
    readonly placed: Placed,
    readonly fix: Fix | null,
    readonly words: EditorWords
  ) {
    super();
  }

  override eq(other: Box): boolean {
    return JSON.stringify([this.placed.one, this.fix]) === JSON.stringify([other.placed.one, other.fix]) && this.words === other.words && this.placed.from === other.placed.from;
  }

  override toDOM(view: EditorView): HTMLElement {
    const { one } = this.placed;
    const frame = document.createElement('div');
    frame.className = 'cm-frame';
    const text = frame.appendChild(document.createElement('div'));
    text.className = `cm-box ${one.severity}`;
    const kind = text.appendChild(document.createElement('span'));
    kind.className = 'cm-sr';
    kind.textContent = `${this.words.severity[one.severity]}: `;
    text.appendChild(document.createElement('strong')).textContent = one.message;
    if (one.help) text.append(` ${one.help}`);
    if (this.fix) {
      const button = text.appendChild(document.createElement('button'));
      button.type = 'button';
      // By keyboard it is Alt+. on the line, and a button in the list of problems.
      button.tabIndex = -1;
      button.textContent = this.fix.kind === 'term' ? this.words.takeOut : this.words.replaceBy(this.fix.insert);
      button.title = 'Alt+.';
      button.onclick = () => void apply(view, this.placed);
    }
    return frame;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
