// How much of a room's product files its tests reach, by V8's counting. `npm test` asks for it where code decides whether a door opens.
// A file that no test loads is not in V8's answer and would not lower it, so it is named.

import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { EventData } from 'node:test';

export type FileCoverage = EventData.TestCoverage['summary']['files'][number];

/** Per cent, over all files of the room. `unloaded`: files with code that no test loads. */
export type RoomCoverage = { readonly lines: number; readonly branches: number; readonly functions: number; readonly unloaded: readonly string[] };

export const LEAST_BRANCHES = 95;

const NOT_PRODUCT = ['**/*.test.ts', '**/*.fixture.ts', '**/*.conformance.ts'];

/** What to count, as `run` of node:test takes it. `rooms`: their folders with sources. */
export const coverageOptions = (rooms: readonly string[]) => ({ coverage: true, coverageIncludeGlobs: rooms.map((room) => `${room}/**`), coverageExcludeGlobs: NOT_PRODUCT });

/** A file of types only is never loaded, and has nothing to reach. */
const hasCode = (file: string): boolean => /^(?:export )?(?:async )?(?:const|let|function|class)\b/m.test(readFileSync(file, 'utf8'));

const share = (files: readonly FileCoverage[], covered: (file: FileCoverage) => number, total: (file: FileCoverage) => number): number => {
  const all = files.reduce((sum, file) => sum + total(file), 0);
  return all === 0 ? 0 : (100 * files.reduce((sum, file) => sum + covered(file), 0)) / all;
};

export const coverageOf = (room: string, files: readonly FileCoverage[]): RoomCoverage => {
  const own = new Map(files.map((file) => [relative('.', file.path), file] as const).filter(([path]) => path.startsWith(`${room}/`)));
  const counted = [...own.values()];
  return {
    lines: share(counted, (file) => file.coveredLineCount, (file) => file.totalLineCount),
    branches: share(counted, (file) => file.coveredBranchCount, (file) => file.totalBranchCount),
    functions: share(counted, (file) => file.coveredFunctionCount, (file) => file.totalFunctionCount),
    unloaded: globSync(`${room}/**/*.ts`, { exclude: NOT_PRODUCT }).filter((file) => !own.has(file) && hasCode(file)).toSorted(),
  };
};

export const isEnough = ({ branches, unloaded }: RoomCoverage): boolean => branches >= LEAST_BRANCHES && unloaded.length === 0;

export const words = ({ lines, branches, functions, unloaded }: RoomCoverage): string => {
  const reached = `lines ${lines.toFixed(1)} %, branches ${branches.toFixed(1)} %, functions ${functions.toFixed(1)} %`;
  return unloaded.length === 0 ? reached : `${reached}; no test loads ${unloaded.join(', ')}`;
};
