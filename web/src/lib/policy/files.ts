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

/** Whether a bundle can have a file of this name. */
export function isFileName(path: string): boolean {
  return /^[\w][\w./-]*\.(rhai|toml|txt|md)$/.test(path) && !path.split('/').some((part) => part === '' || part === '.' || part === '..');
}
