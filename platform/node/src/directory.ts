// Making a directory with those above it. Node's own recursive mkdir never ends where a file system has no room for directories but
// answers ENOENT, as /proc does: it takes that for a missing parent, and tries again.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const OWNER_ONLY = 0o700;

/** Makes the directory `path`, readable by its owner only, and what is missing above it. Throws what the system says when it cannot. */
export const makeDirectory = (path: string): void => {
  const whole = resolve(path);
  for (const each of missingOf(whole)) makeOne(each);
  // A file in its place says so here.
  if (!statSync(whole).isDirectory()) mkdirSync(whole);
};

const missingOf = (path: string): readonly string[] => (existsSync(path) ? [] : [...missingOf(dirname(path)), path]);

// Somebody else may have made it meanwhile.
const makeOne = (path: string): void => {
  try {
    mkdirSync(path, { mode: OWNER_ONLY });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
};
