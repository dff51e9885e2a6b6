// How the editor looks. CodeMirror runs in a shadow root, where the page's own rules do not reach: what it shows of ours,
// glyphs and notes, is drawn here again, from the same tokens.
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-word)', fontWeight: '700' },
  { tag: tags.typeName, color: 'var(--company-ink)', fontWeight: '600' },
  { tag: tags.className, color: 'var(--consumer-ink)', fontWeight: '600' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: [tags.function(tags.variableName), tags.propertyName], color: 'var(--code-call)' },
  { tag: tags.comment, color: 'var(--code-note)', fontStyle: 'italic' },
  { tag: tags.number, color: 'var(--code-call)' }
]);

/** Text, gutters, selection: the same in the editor and in a comparison. */
export const paper = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: 'var(--t-sm)' },
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
  '.cm-selectionMatch': { backgroundColor: 'var(--selected)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', borderColor: 'var(--line)', fontFamily: 'var(--font)' },
  '.cm-panel input, .cm-panel button': { backgroundColor: 'var(--surface)', backgroundImage: 'none', color: 'var(--ink)', border: '1px solid var(--edge)', borderRadius: 'var(--r-control)' },
  '.cm-sr': { position: 'absolute', inlineSize: '1px', blockSize: '1px', overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' }
});

export const look = EditorView.theme({
  '&': { minHeight: '24rem' },
  // Below the last line there is room for what is said about it.
  '.cm-content': { paddingBlockEnd: '7rem' },
  '.cm-tooltip': { zIndex: '30', backgroundColor: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--line-2)', borderRadius: 'var(--r-control)', boxShadow: 'var(--shadow-pop)', fontFamily: 'var(--font)', maxWidth: 'min(32rem, 90vw)' },
  '.cm-help': { padding: '.375rem .625rem', fontSize: 'var(--t-sm)' },
  '.cm-help p': { margin: '.125rem 0 0', color: 'var(--ink-2)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-code)', fontSize: 'var(--t-sm)', maxHeight: '14rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '.1875rem .5rem', lineHeight: '1.25rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--ink)', color: 'var(--on-ink)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': { marginInlineStart: '.75rem', color: 'var(--ink-3)', fontStyle: 'normal', fontFamily: 'var(--font)', fontSize: 'var(--t-xs)' },
  '.cm-tooltip.cm-completionInfo': { padding: '.375rem .625rem', maxWidth: '22rem', fontSize: 'var(--t-sm)' },
  '.cm-snippetField': { backgroundColor: 'var(--selected)' },
  '.cm-lint-marker': { content: 'none', width: '.75rem', height: '.75rem', marginBlockStart: '.375rem' },
  '.cm-lint-marker-error': { backgroundColor: 'var(--breach)', borderRadius: '50%' },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--ink-2)', clipPath: 'polygon(50% 0, 100% 100%, 0 100%)' },
  '.cm-diagnostic': { padding: '.375rem .625rem', borderInlineStart: '3px solid var(--ink)', whiteSpace: 'normal' },
  '.cm-diagnostic-error': { borderInlineStartColor: 'var(--breach)' },
  '.cm-diagnosticAction': { backgroundColor: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--edge)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--breach) 1.5px', textUnderlineOffset: '.28em' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--ink) 1.5px', textUnderlineOffset: '.28em' },
  // Room around a box is its frame's padding: CodeMirror measures no margins, and line numbers would go astray.
  '.cm-frame': { padding: '.25rem 1rem .5rem .25rem' },
  '.cm-box': { maxWidth: '40rem', padding: '.375rem .625rem', border: '1px solid var(--line-2)', borderRadius: 'var(--r-control)', backgroundColor: 'var(--sunken)', font: 'var(--t-sm)/1.45 var(--font)', whiteSpace: 'normal' },
  '.cm-box.warning': { borderColor: 'var(--ink)' },
  '.cm-box.error': { borderColor: 'var(--breach-line)', backgroundColor: 'var(--breach-tint)' },
  '.cm-box.error strong': { color: 'var(--breach-ink)' },
  '.cm-box strong': { fontWeight: '620' },
  '.cm-box code': { fontFamily: 'var(--font-code)', fontSize: '.92em' },
  '.cm-box button': { display: 'block', minHeight: '1.75rem', marginTop: '.375rem', padding: '.125rem .625rem', border: '1px solid var(--line-2)', borderRadius: 'var(--r-control)', background: 'var(--surface)', color: 'var(--ink)', font: '520 var(--t-sm)/1.2 var(--font)', cursor: 'pointer' },
  '.cm-box button:hover': { backgroundColor: 'var(--hover)', borderColor: 'var(--edge)' },
  '.cm-marks .cm-gutterElement': { boxSizing: 'border-box', display: 'grid', justifyItems: 'center', alignItems: 'start', width: '1.5rem' },
  '.cm-marks svg': { width: '1.0625rem', height: '1.0625rem', marginBlockStart: '.21875rem', overflow: 'visible', '--p': 'var(--ink)' },
  '.cm-marks svg.false': { '--p': 'var(--edge)' },
  '.cm-marks svg.failed': { '--p': 'var(--breach)' },
  '.cm-marks .o': { fill: 'var(--surface)', stroke: 'var(--p)', strokeWidth: '1.4' },
  '.cm-marks .f': { fill: 'var(--p)' },
  '.cm-marks .m': { fill: 'none', stroke: 'var(--on-ink)', strokeWidth: '1.9', strokeLinecap: 'round', strokeLinejoin: 'round' },
  '.cm-marks .q': { fill: 'none', stroke: 'var(--p)', strokeWidth: '1.5', strokeLinecap: 'round' },
  '.cm-term': { textDecoration: 'underline dotted var(--edge) 2px', textUnderlineOffset: '.28em' },
  '.cm-whynot': { display: 'inline-block', marginInlineStart: '1rem', paddingInline: '.375rem', borderInlineStart: '2px solid var(--line-2)', color: 'var(--ink-3)', font: 'var(--t-xs)/1.25rem var(--font)', whiteSpace: 'normal' },
  '&.cm-stale .cm-marks svg': { opacity: '.6' },
  '&.cm-stale .cm-whynot': { fontStyle: 'italic', borderInlineStartStyle: 'dashed' }
});
