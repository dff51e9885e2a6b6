// Checks beside the page, so that typing never waits. The module is fetched with the first question.
import type { Diagnostic, Files } from '$lib/api/types';
import { load, type Check } from './module';
import url from './url';

export type Answer = { diagnostics: Diagnostic[] } | { failed: string };

let loading: Promise<Check> | undefined;

async function fetched(): Promise<Check> {
  if (!url) throw new Error('this build has no checker');
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the checker was answered with ${response.status}`);
  return load(response);
}

async function answer(files: Files): Promise<Answer> {
  try {
    const check = await (loading ??= fetched());
    return { diagnostics: check(files) };
  } catch (error) {
    return { failed: String(error) };
  }
}

self.onmessage = async ({ data }: MessageEvent<Files>) => self.postMessage(await answer(data));
