// A reply or a note that is being written, kept in this tab so that no reload, sign-out or failed request loses it.
import { randomId } from '$lib/api/random';
import type { Visibility } from '$lib/api/types';
import { keepTab, readTab } from '$lib/state/tab';

export type ReplyDraft = {
  text: string;
  visibility: Visibility;
  template?: string;
  /** One per composed reply: sending it again after a lost answer sends nothing twice. */
  key: string;
};

const replyOf = (caseId: string) => `comity-reply-${caseId}`;
const noteOf = (caseId: string) => `comity-note-${caseId}`;

export function newDraft(visibility: Visibility): ReplyDraft {
  return { text: '', visibility, key: randomId() };
}

export function readDraft(caseId: string): ReplyDraft | null {
  const draft = readTab(replyOf(caseId)) as ReplyDraft | null;
  return draft && typeof draft.text === 'string' && draft.text && draft.key ? draft : null;
}

export function keepDraft(caseId: string, draft: ReplyDraft): void {
  keepTab(replyOf(caseId), draft.text ? draft : null);
}

export function dropDraft(caseId: string): void {
  keepTab(replyOf(caseId), null);
}

export function readNote(caseId: string): string {
  const note = readTab(noteOf(caseId));
  return typeof note === 'string' ? note : '';
}

export function keepNote(caseId: string, text: string): void {
  keepTab(noteOf(caseId), text || null);
}
