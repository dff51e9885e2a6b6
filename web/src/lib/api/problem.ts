// Everything that can go wrong in a request, in one shape: what the server answers as application/problem+json, and the
// case that no answer came at all.
import type { Schemas } from './types';

export type ProblemBody = Schemas['Problem'];

export class Problem extends Error {
  readonly body: ProblemBody;
  /** No answer came: the request may or may not have arrived. */
  readonly noAnswer: boolean;

  constructor(body: ProblemBody, noAnswer = false) {
    super(body.detail || body.title);
    this.body = body;
    this.noAnswer = noAnswer;
  }

  /** The last part of the problem's type: `guard-stopped`. */
  get slug(): string {
    return this.body.type.split('/').pop() ?? '';
  }

  get status(): number {
    return this.body.status;
  }

  /** The message for one field of the body, by its JSON Pointer. */
  field(pointer: string): string | undefined {
    return this.body.errors?.find((error) => error.pointer === pointer)?.message;
  }
}

export function noAnswer(): Problem {
  return new Problem({ type: '/problems/no-answer', title: '', status: 0, detail: '' }, true);
}

/** A problem from whatever an answer with an error status carried. */
export function fromAnswer(status: number, body: unknown): Problem {
  if (body && typeof body === 'object' && 'title' in body) return new Problem({ type: 'about:blank', detail: '', status, ...body } as ProblemBody);
  return new Problem({ type: '/problems/unreadable', title: `${status}`, status, detail: '' });
}

export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : noAnswer();
}
