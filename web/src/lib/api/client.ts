// The one way to the server. Unsafe requests carry the session's CSRF token; an answer that is not a success becomes a
// thrown `Problem`, so that pages have one path for what went right and one for what went wrong.
import createClient from 'openapi-fetch';
import { fromAnswer, noAnswer } from './problem';
import type { Paths } from './types';

let csrf: string | null = null;
let signedOut: () => void = () => {};

export function useCsrf(token: string | null): void {
  csrf = token;
}

/** What to do when the server says that nobody is signed in any more. */
export function onSignedOut(act: () => void): void {
  signedOut = act;
}

export const api = createClient<Paths>({ baseUrl: '/', credentials: 'same-origin' });

api.use({
  onRequest({ request }) {
    if (csrf && request.method !== 'GET') request.headers.set('x-csrf-token', csrf);
    return request;
  }
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of a successful answer, or a thrown `Problem`. */
export async function ask<T>(pending: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await pending;
  } catch {
    throw noAnswer();
  }
  if (answer.response.ok) return answer.data as T;
  // What a proxy answers while the server is away is no answer of ours.
  if ([502, 503, 504].includes(answer.response.status) && typeof answer.error !== 'object') throw noAnswer();
  const problem = fromAnswer(answer.response.status, answer.error);
  // Whoever was not signed in knows; whoever was is told once.
  if (problem.status === 401 && csrf !== null) signedOut();
  throw problem;
}
