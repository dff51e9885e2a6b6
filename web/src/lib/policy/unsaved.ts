// Files of the policy that are not saved yet, kept in this tab for the person who wrote them.
import type { Files } from '$lib/api/types';
import { keepTab, readTab } from '$lib/state/tab';

export type Unsaved = {
  files: Files;
  /** The draft's revision that they were begun on. */
  revision: number;
  /** The version that was live then. */
  base: string | null;
};

const nameOf = (user: string) => `comity-policy-${user}`;

export function readUnsaved(user: string): Unsaved | null {
  return readTab(nameOf(user)) as Unsaved | null;
}

/** Says whether the tab keeps them. */
export function keepUnsaved(user: string, unsaved: Unsaved | null): boolean {
  return keepTab(nameOf(user), unsaved);
}
