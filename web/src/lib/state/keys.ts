// Single-key shortcuts of the page. None acts while a text field has focus, while a dialog is open, or when somebody has
// switched them off.
import { display } from './display.svelte';

export type Keys = Record<string, (event: KeyboardEvent) => void>;

function writes(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null;
  if (!element) return false;
  if (element.isContentEditable || element.shadowRoot) return true;
  if (element instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'range'].includes(element.type);
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

/** Acts on the keys until the returned function is called; meant for `$effect`. */
export function onKeys(keys: Keys): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const single = event.key.length === 1;
    if (single && !display.singleKeys) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  };
  window.addEventListener('keydown', listener);
  return () => window.removeEventListener('keydown', listener);
}

/** Moves the focus to the next pane (F6), as desktop programs do. */
export function nextPane(back: boolean): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => pane.offsetParent !== null);
  if (panes.length === 0) return;
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(here + (back ? -1 : 1) + panes.length) % panes.length];
  const first = next?.querySelector<HTMLElement>('[data-pane-start], a[href], button, input, select, textarea, [tabindex="0"]');
  first?.focus();
}
