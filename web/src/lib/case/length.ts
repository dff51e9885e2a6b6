/** How long a text is as a platform counts: `graphemes`, `codepoints` or `bytes`. */
export function lengthIn(text: string, unit: string): number {
  if (unit === 'bytes') return new TextEncoder().encode(text).length;
  if (unit === 'graphemes' && 'Segmenter' in Intl) {
    let clusters = 0;
    for (const _ of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) clusters += 1;
    return clusters;
  }
  return [...text].length;
}
