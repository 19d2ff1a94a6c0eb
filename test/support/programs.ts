// The programs that tests start: as they stand in the repository, or, where a whole run has put each together in one file
// (test/build-programs.ts), those: the same code, started in a third of the time.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Program = 'mortise' | 'controller' | 'electronic-key' | 'hub-process';

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What `npm start` and whoever installs a lock run. */
export const SOURCES: Readonly<Record<Program, string>> = {
  'mortise': here('apps/cli/src/main.ts'),
  'controller': here('apps/controller/src/main.ts'),
  'electronic-key': here('apps/electronic-key/src/main.ts'),
  'hub-process': here('test/crash/hub-process.ts'),
};

export const programOf = (program: Program): string => {
  const { MORTISE_BUILT } = process.env;
  return MORTISE_BUILT === undefined ? SOURCES[program] : join(MORTISE_BUILT, `${program}.js`);
};
