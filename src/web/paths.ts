import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of package.json: the same from `dist/src/web` as from `src/web`. */
export const rootDir = findRoot(import.meta.dirname);

/** Templates and catalogues. */
export const viewsDir = join(rootDir, 'views');

/** Files served as they are below `/assets`. */
export const publicDir = join(rootDir, 'public');

/** @returns the files in a folder and all folders in it, relative to it with `/`, sorted */
export function filesBelow(directory: string, prefix = ''): string[] {
  return readdirSync(join(directory, prefix), { withFileTypes: true })
    .flatMap((entry) => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(directory, path) : [path];
    })
    .sort();
}

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`No package.json above ${import.meta.dirname}`);
  return findRoot(parent);
}
