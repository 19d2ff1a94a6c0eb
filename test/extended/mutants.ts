// Mutation testing of the code that decides whether a door opens (test/mutants/targets.ts): one file a chunk, the seed says which, so
// that a run that is too short for all of them does not always leave out the same. Names the mutants that lived.

import { basename } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { assert } from '@mortise/base/assert.ts';
import { MUTATED_ROOMS, type Room } from '../mutants/targets.ts';
import type { Covered, Part } from './part.ts';

const SETTINGS = 'test/mutants/stryker.json';
/** One of each file, in HTML; not kept in the repository. */
const REPORTS = 'coverage/mutants';

type Target = { readonly room: Room; readonly file: string };
/** `tooLong`: of those killed, how many no test ended with. `invalid`: did not run at all, and do not count. */
type Tally = { readonly killed: number; readonly tooLong: number; readonly survived: number; readonly invalid: number };

const TARGETS: readonly Target[] = MUTATED_ROOMS.flatMap((room) => room.files.map((file) => ({ room, file })));
const tallies = new Map<Target, Tally>();

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const mutate = ({ room, file }: Target): Promise<readonly MutantResult[]> => {
  const stryker = new Stryker({
    configFile: SETTINGS,
    mutate: [file],
    ignorePatterns: ['**', `!packages/${room.name}/**`, `!vectors/${room.name}/**`, ...room.leftOut],
    htmlReporter: { fileName: `${REPORTS}/${room.name}/${basename(file, '.ts')}.html` },
  });
  return stryker.runMutationTest();
};

const tallyOf = (mutants: readonly MutantResult[]): Tally => {
  const count = (...statuses: readonly MutantResult['status'][]): number => mutants.filter(({ status }) => statuses.includes(status)).length;
  return { killed: count('Killed', 'Timeout'), tooLong: count('Timeout'), survived: count('Survived', 'NoCoverage'), invalid: count('RuntimeError', 'CompileError') };
};

const scoreOf = (all: readonly Tally[]): number => {
  const [killed, survived] = [all.reduce((sum, tally) => sum + tally.killed, 0), all.reduce((sum, tally) => sum + tally.survived, 0)];
  return (100 * killed) / (killed + survived);
};

const lived = ({ status }: MutantResult): boolean => status === 'Survived' || status === 'NoCoverage';

const report = ({ file }: Target, mutants: readonly MutantResult[], tally: Tally): void => {
  const { killed, tooLong, survived, invalid } = tally;
  say(`     ${file}: ${scoreOf([tally]).toFixed(1)} % (${killed} killed, ${tooLong} of them by time; ${survived} survived; ${invalid} did not run)`);
  for (const { status, location: { start }, mutatorName, replacement } of mutants.filter(lived)) {
    say(`       ${file}:${start.line}:${start.column} ${mutatorName}${status === 'NoCoverage' ? ', which no test reaches' : ''}: ${replacement.replaceAll(/\s+/g, ' ')}`);
  }
};

const chunk = async (seed: number): Promise<Covered> => {
  const target = TARGETS[seed % TARGETS.length];
  assert(target !== undefined, 'there are files to mutate');
  const mutants = await mutate(target);
  const tally = tallyOf(mutants);
  tallies.set(target, tally);
  report(target, mutants, tally);
  return { files: 1, mutants: tally.killed + tally.survived, killed: tally.killed, survived: tally.survived };
};

const titleOf = ({ name, about }: Room): string => (about === undefined ? name : `${name}, ${about}`);

const reachedIn = (room: Room): readonly Tally[] => [...tallies].flatMap(([target, tally]) => (target.room === room ? [tally] : []));

const verdict = (): void => {
  const missed = TARGETS.filter((target) => !tallies.has(target)).map(({ file }) => file);
  if (missed.length > 0) say(`     not reached in this time: ${missed.join(', ')}`);
  const scores = MUTATED_ROOMS.map((room) => ({ ...room, reached: reachedIn(room) })).filter(({ reached }) => reached.length > 0);
  for (const { reached, ...room } of scores) say(`     ${titleOf(room)}: ${scoreOf(reached).toFixed(1)} % of its mutants killed, in ${reached.length} files`);
  const low = scores.filter(({ reached, leastScore }) => scoreOf(reached) < leastScore).map((room) => `${titleOf(room)} (${room.leastScore} %)`);
  assert(low.length === 0, `too few of the mutants are killed in ${low.join(', ')}`);
};

export const verificationMutants: Part = { name: 'mutants: verification and schedules', share: 4, maxChunks: TARGETS.length, chunk, verdict };
