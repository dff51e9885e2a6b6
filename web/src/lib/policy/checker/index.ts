// The one checker of the page; see `checker.ts`.
import { api, ask } from '$lib/api/client';
import type { Diagnostic, Files } from '$lib/api/types';
import { Checker } from './checker';

const canRun = () => typeof Worker === 'function' && typeof WebAssembly === 'object';

const checker = new Checker(
  () => (canRun() ? new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }) : null),
  async (files, signal) => (await ask(api.POST('/api/v1/policy/check', { body: { files }, signal }))).diagnostics
);

/** What is wrong or doubtful in a bundle. Rejects with `Superseded` when something newer is asked before the answer is there. */
export function check(files: Files): Promise<Diagnostic[]> {
  return checker.check(files);
}
