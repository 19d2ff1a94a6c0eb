// What the tidy tests read: the sources as text, their imports, the rooms and their order (docs/ARCHITECTURE.md draws it).

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** packages/ in their order: a package imports only those listed above it. */
export const PACKAGE_ORDER = ['base', 'crypto', 'schedule', 'aliro', 'cards', 'documents', 'journal', 'courier', 'access', 'lock', 'wallet', 'ekey', 'management', 'words', 'api'] as const;

export type Source = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

const read = (path: string): Source => {
  const text = readFileSync(path, 'utf8');
  return { path, text, imports: [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '') };
};

export const sources: readonly Source[] = globSync('{packages,platform,apps,sim,test,bench}/**/*.{ts,tsx}', { exclude: ['**/node_modules/**', '**/dist/**'] }).toSorted().map(read);

export const isTest = (path: string): boolean => /\.(test|conformance|fixture|config)\.tsx?$|^test\/|^bench\//.test(path);
export const roomOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/** The path in this repository that a relative import names. */
export const resolved = (from: string, specifier: string): string => normalize(join(dirname(from), specifier));
