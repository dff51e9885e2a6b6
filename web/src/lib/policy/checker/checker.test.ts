import type { Diagnostic, Files } from '$lib/api/types';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Checker, Superseded } from './checker';

/** A worker that answers when it is told to. */
class Stub {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  asked: Files[] = [];
  stopped = false;
  postMessage(files: Files) {
    this.asked.push(files);
  }
  terminate() {
    this.stopped = true;
  }
  answer(data: unknown) {
    this.onmessage?.({ data } as MessageEvent);
  }
}

const files = (text: string): Files => ({ 'a.rhai': text });
const found = (message: string) => [{ message } as Diagnostic];

let stub: Stub;
let remote: ReturnType<typeof vi.fn<(files: Files, signal: AbortSignal) => Promise<Diagnostic[]>>>;
let checker: Checker;

beforeEach(() => {
  vi.useFakeTimers();
  stub = new Stub();
  remote = vi.fn(async (files) => found(`remote ${files['a.rhai']}`));
  checker = new Checker(() => stub, remote);
});

describe('with a module that works', () => {
  it('the server is not asked', async () => {
    const answer = checker.check(files('one'));
    stub.answer({ diagnostics: found('local') });
    expect(await answer).toEqual(found('local'));
    expect(remote).not.toHaveBeenCalled();
  });

  it('only the newest of what is asked meanwhile is looked at', async () => {
    const first = checker.check(files('one'));
    const second = checker.check(files('two'));
    const third = checker.check(files('three'));
    await expect(first).rejects.toBeInstanceOf(Superseded);
    await expect(second).rejects.toBeInstanceOf(Superseded);
    stub.answer({ diagnostics: found('of one') });
    expect(stub.asked).toEqual([files('one'), files('three')]);
    stub.answer({ diagnostics: found('of three') });
    expect(await third).toEqual(found('of three'));
  });
});

describe('the server answers instead', () => {
  it('where there are no workers', async () => {
    checker = new Checker(() => null, remote);
    expect(await checker.check(files('one'))).toEqual(found('remote one'));
  });

  it('where a worker may not start', async () => {
    checker = new Checker(() => {
      throw new Error('refused by the content security policy');
    }, remote);
    expect(await checker.check(files('one'))).toEqual(found('remote one'));
  });

  it('after the module failed, from then on', async () => {
    const answer = checker.check(files('one'));
    stub.answer({ failed: 'unreachable' });
    expect(await answer).toEqual(found('remote one'));
    expect(stub.stopped).toBe(true);
    expect(await checker.check(files('two'))).toEqual(found('remote two'));
    expect(stub.asked).toHaveLength(1);
  });

  it('after a check that never ended, and only to what is still wanted', async () => {
    const first = checker.check(files('one'));
    const second = checker.check(files('two'));
    await expect(first).rejects.toBeInstanceOf(Superseded);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await second).toEqual(found('remote two'));
    expect(remote).toHaveBeenCalledOnce();
  });

  it('and is not kept busy with what is superseded', async () => {
    checker = new Checker(() => null, remote);
    const signals: AbortSignal[] = [];
    remote.mockImplementationOnce((_, signal) => new Promise((_, refuse) => {
      signals.push(signal);
      signal.onabort = () => refuse(new Error('aborted'));
    }));
    const first = checker.check(files('one'));
    const second = checker.check(files('two'));
    await expect(first).rejects.toThrow();
    expect(signals[0]?.aborted).toBe(true);
    expect(await second).toEqual(found('remote two'));
  });
});
