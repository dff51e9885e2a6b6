// What is being written, kept in this tab: it outlives a reload and the end of a session, and goes with the tab.

export function readTab(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? 'null');
  } catch {
    return null;
  }
}

/** Keeps a value, or forgets it where it is `null`. Says whether the tab keeps anything at all. */
export function keepTab(name: string, value: unknown): boolean {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    // Without storage, or with too little of it, the value lives in the page only.
    return false;
  }
}
