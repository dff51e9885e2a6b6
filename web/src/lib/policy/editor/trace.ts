// What the rules of a script came to in the pinned case, beside their lines: a diamond each, and for one that did not fire
// the first term that was false or unknown. Words stand with every glyph, for those who do not see it.
import { StateEffect, StateField, type Extension, type Range, type Text } from '@codemirror/state';
import { Decoration, EditorView, GutterMarker, WidgetType, gutter, type DecorationSet } from '@codemirror/view';
import type { Mark, UnknownFact } from '$lib/api/types';
import { diamondClass, diamonds, outcomeTruth } from '$lib/party/diamond';
import type { EditorWords } from './editor';
import { namesOf } from './names';

export type Trace = { marks: Mark[]; unknown: UnknownFact[]; events: number; stale: boolean };

const put = StateEffect.define<Trace>();
/** How far below its name a rule's condition can go on. */
const REACH = 24;

export function trace(words: EditorWords): Extension {
  const field = StateField.define<{ notes: DecorationSet; stale: boolean }>({
    create: () => ({ notes: Decoration.none, stale: false }),
    update(value, transaction) {
      for (const effect of transaction.effects) if (effect.is(put)) return { notes: notesOf(effect.value, transaction.state.doc, words), stale: effect.value.stale };
      return transaction.docChanged ? { ...value, notes: value.notes.map(transaction.changes) } : value;
    },
    provide: (of) => [EditorView.decorations.from(of, ({ notes }) => notes), EditorView.editorAttributes.from(of, ({ stale }) => ({ class: stale ? 'cm-stale' : '' }))]
  });
  const glyphs = gutter({
    class: 'cm-marks',
    lineMarker(view, line) {
      let glyph: GutterMarker | null = null;
      view.state.field(field).notes.between(line.from, line.from, (_, __, note) => {
        if (note.spec.outcome) glyph = new Diamond(note.spec.outcome, words.outcome[note.spec.outcome as Mark['outcome']]);
      });
      return glyph;
    },
    lineMarkerChange: (update) => update.startState.field(field) !== update.state.field(field),
    initialSpacer: () => new Diamond(null, '')
  });
  return [field, glyphs];
}

export function showTrace(view: EditorView, shown: Trace): void {
  view.dispatch({ effects: put.of(shown) });
}

function notesOf({ marks, unknown, events }: Trace, doc: Text, words: EditorWords): DecorationSet {
  // By their names: lines may have moved since.
  const lines = new Map(namesOf({ 'now.rhai': doc.toString() }).flatMap((name) => (name.kind === 'rule' ? [[name.name, name.line]] : [])));
  const notes: Range<Decoration>[] = [];
  for (const mark of marks) {
    const at = lines.get(mark.rule);
    if (!at) continue;
    const from = doc.line(at).from;
    notes.push(Decoration.widget({ widget: new Said(`${words.outcome[mark.outcome]}: `), side: -1, outcome: mark.outcome }).range(from));
    const first = mark.first_false;
    if (!first || mark.outcome === 'fired') continue;
    const line = doc.line(Math.min(doc.lines, at + Math.max(0, first.line - mark.line)));
    const term = line.text.indexOf(first.source);
    if (term >= 0 && first.source) notes.push(Decoration.mark({ class: 'cm-term' }).range(line.from + term, line.from + term + first.source.length));
    const value = words.value[first.value];
    notes.push(Decoration.widget({ widget: new WhyNot(words.whyNot, term >= 0 ? `${value}` : `${first.source}: ${value}`, first.note ?? ''), side: 1 }).range(line.to));
  }
  for (const one of unknown) {
    const at = lines.get(one.rule);
    if (!at) continue;
    for (let number = at; number <= Math.min(doc.lines, at + REACH); number++) {
      const line = doc.line(number);
      const term = line.text.indexOf(one.fact);
      if (term < 0) continue;
      notes.push(Decoration.mark({ class: 'cm-term' }).range(line.from + term, line.from + term + one.fact.length));
      notes.push(Decoration.widget({ widget: new Often(words.often, words.oftenText(one.fact, one.events, events), `known(${one.fact})`), block: true, side: 2 }).range(line.to));
      break;
    }
  }
  return Decoration.set(notes, true);
}

class Diamond extends GutterMarker {
  constructor(
    readonly outcome: Mark['outcome'] | null,
    readonly title: string
  ) {
    super();
  }

  override eq(other: Diamond): boolean {
    return this.outcome === other.outcome && this.title === other.title;
  }

  override toDOM(): Node {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    if (!this.outcome) return svg;
    const value = outcomeTruth[this.outcome];
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('class', diamondClass(value));
    svg.appendChild(document.createElementNS(svg.namespaceURI, 'title')).textContent = this.title;
    for (const stroke of diamonds[value]) {
      const path = svg.appendChild(document.createElementNS(svg.namespaceURI, 'path'));
      path.setAttribute('class', stroke.class);
      path.setAttribute('d', stroke.d);
    }
    return svg;
  }
}

/** Words that are read and not seen: the glyph beside them is seen and not read. */
class Said extends WidgetType {
  constructor(readonly text: string) {
    super();
  }

  override eq(other: Said): boolean {
    return this.text === other.text;
  }

  override toDOM(): HTMLElement {
    const said = document.createElement('span');
    said.className = 'cm-sr';
    said.textContent = this.text;
    return said;
  }
}

class WhyNot extends WidgetType {
  constructor(
    readonly title: string,
    readonly value: string,
    readonly note: string
  ) {
    super();
  }

  override eq(other: WhyNot): boolean {
    return this.title === other.title && this.value === other.value && this.note === other.note;
  }

  override toDOM(): HTMLElement {
    const note = document.createElement('span');
    note.className = 'cm-whynot';
    note.textContent = `${this.title} ${[this.value, this.note].filter(Boolean).join(', ')}`;
    return note;
  }
}

class Often extends WidgetType {
  constructor(
    readonly title: string,
    readonly text: string,
    readonly write: string
  ) {
    super();
  }

  override eq(other: Often): boolean {
    return this.text === other.text && this.write === other.write;
  }

  override toDOM(): HTMLElement {
    const frame = document.createElement('div');
    frame.className = 'cm-frame';
    const text = frame.appendChild(document.createElement('div'));
    text.className = 'cm-box';
    text.appendChild(document.createElement('strong')).textContent = this.title;
    text.append(` ${this.text} `);
    text.appendChild(document.createElement('code')).textContent = this.write;
    text.append('.');
    return frame;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
