// Diagnostics for what is being written: from the checker in this browser, or from the server's where that cannot run. Both
// are the same code, and the server looks once more before anything is published.
import type { Diagnostic, Files } from '$lib/api/types';
import type { Answer } from './worker';

/** Thrown to whoever asked before something newer was asked. */
export class Superseded extends Error {}

type Asked = { files: Files; done(diagnostics: Promise<Diagnostic[]>): void; forget(): void };
type Local = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>;

/** Longer than loading the module and any check take; what takes longer is stopped. */
const PATIENCE = 10_000;

export class Checker {
  #start: () => Local | null;
  #remote: (files: Files, signal: AbortSignal) => Promise<Diagnostic[]>;
  /** Null once it has shown that it cannot do it here. */
  #worker: Local | null | undefined;
  #running: Asked | null = null;
  #waiting: Asked | null = null;
  #request = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(start: () => Local | null, remote: (files: Files, signal: AbortSignal) => Promise<Diagnostic[]>) {
    this.#start = start;
    this.#remote = remote;
  }

  /** One check at a time: while one runs, only the newest of those asked meanwhile is kept. */
  check(files: Files): Promise<Diagnostic[]> {
    this.#waiting?.forget();
    this.#running?.forget();
    this.#request.abort();
    return new Promise((done, refuse) => {
      this.#waiting = { files, done, forget: () => refuse(new Superseded()) };
      if (!this.#running) this.#next();
    });
  }

  #next(): void {
    const asked = this.#waiting;
    this.#waiting = null;
    this.#running = null;
    if (!asked) return;
    if (this.#worker === undefined) this.#worker = this.#begin();
    if (!this.#worker) {
      asked.done(this.#ask(asked.files));
      return;
    }
    this.#running = asked;
    this.#timer = setTimeout(() => this.#giveUp(), PATIENCE);
    this.#worker.postMessage(asked.files);
  }

  #begin(): Local | null {
    try {
      const worker = this.#start();
      if (!worker) return null;
      worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#answered(data);
      worker.onerror = () => this.#giveUp();
      return worker;
    } catch {
      return null;
    }
  }

  #answered(answer: Answer): void {
    if ('failed' in answer) return this.#giveUp();
    clearTimeout(this.#timer);
    this.#running?.done(Promise.resolve(answer.diagnostics));
    this.#next();
  }

  /** What failed once may fail always, and the server gives the same answers: it is asked from now on. */
  #giveUp(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#waiting ??= this.#running;
    this.#next();
  }

  #ask(files: Files): Promise<Diagnostic[]> {
    this.#request = new AbortController();
    return this.#remote(files, this.#request.signal);
  }
}
