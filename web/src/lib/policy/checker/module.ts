// The policy checker as WebAssembly: the very code of the server, built from `web/checker`. Files go in and diagnostics come
// out as JSON texts in the module's memory. Runs in a worker of the page, and in Node for the tests.
import type { Diagnostic, Files } from '$lib/api/types';

/** What the module exports; see `web/checker/src/lib.rs`. */
type Exports = {
  memory: WebAssembly.Memory;
  input(length: number): number;
  check(): number;
  output(): number;
};

export type Check = (files: Files) => Diagnostic[];

export async function load(code: BufferSource | Response): Promise<Check> {
  const { instance } = code instanceof Response ? await WebAssembly.instantiateStreaming(code) : await WebAssembly.instantiate(code);
  const { memory, input, check, output } = instance.exports as Exports;
  return (files) => {
    const text = new TextEncoder().encode(JSON.stringify(files));
    // The memory may have grown and moved with each call, so a view of it is made anew.
    const place = input(text.length);
    new Uint8Array(memory.buffer, place, text.length).set(text);
    const length = check();
    return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, output(), length)));
  };
}
