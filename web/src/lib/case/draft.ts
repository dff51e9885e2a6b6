// A reply that is being written, kept in this tab so that no reload, sign-out or failed request loses it.
import { randomId } from '$lib/api/random';
import type { Visibility } from '$lib/api/types';

export type ReplyDraft = {
  text: string;
  visibility: Visibility;
  template?: string;
  /** One per composed reply: sending it again after a lost answer sends nothing twice. */
  key: string;
};

const name = (caseId: string) => `comity-reply-${caseId}`;

export function newDraft(visibility: Visibility): ReplyDraft {
  return { text: '', visibility, key: randomId() };
}

export function readDraft(caseId: string): ReplyDraft | null {
  try {
    const stored = sessionStorage.getItem(name(caseId));
    const draft = stored ? (JSON.parse(stored) as ReplyDraft) : null;
    return draft && typeof draft.text === 'string' && draft.text && draft.key ? draft : null;
  } catch {
    return null;
  }
}

export function keepDraft(caseId: string, draft: ReplyDraft): void {
  try {
    if (draft.text) sessionStorage.setItem(name(caseId), JSON.stringify(draft));
    else sessionStorage.removeItem(name(caseId));
  } catch {
    // Without storage the text lives in the page only.
  }
}

export function dropDraft(caseId: string): void {
  try {
    sessionStorage.removeItem(name(caseId));
  } catch {
    // Nothing was kept then.
  }
}
