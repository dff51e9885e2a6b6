// The files of a bundle: in what order they are shown, and which differ from what is live. Pure.
import type { Files } from '$lib/api/types';

export type Folder = { name: string; paths: string[] };

export function changedFiles(files: Files, live: Files): string[] {
  return [...new Set([...Object.keys(files), ...Object.keys(live)])].filter((path) => files[path] !== live[path]).sort();
}

/** Files at the top first (under an empty name), then folders; each in the order of the alphabet. */
export function folders(paths: string[]): Folder[] {
  const found = new Map<string, string[]>([['', []]]);
  for (const path of [...paths].sort()) {
    const name = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    found.set(name, [...(found.get(name) ?? []), path]);
  }
  return [...found].map(([name, paths]) => ({ name, paths }));
}

export function sameFiles(one: Files, other: Files): boolean {
  return changedFiles(one, other).length === 0;
}

/** Whether a file of this name belongs to a bundle; the server reads no other (`Bundle::belongs`). */
export function isFileName(path: string): boolean {
  return /^(settings\.toml|[^/]+\.rhai|(languages|tests)\/[^/]+\.toml)$/.test(path);
}
