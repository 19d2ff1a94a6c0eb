// `npm run test:extended [-- --minutes N] [-- --only PART] [-- --seed S] [-- --chunks N]`: what takes longer than `npm test` may,
// in as many minutes as it is given (20). Works in chunks, each from a seed that is printed when it fails; the line printed with it
// runs that chunk again. Ends with the counts; exit 1 when anything failed.

import { parseArgs } from 'node:util';
import { aliroMutations } from './extended/aliro.ts';
import { documentMutations } from './extended/aliro-documents.ts';
import { contactCuts } from './extended/contact-cuts.ts';
import { decoderFuzz } from './extended/decoders.ts';
import { estates } from './extended/estates.ts';
import { journalMutations } from './extended/journal.ts';
import { contactCuts as deviceCuts, crashKills } from './extended/kills.ts';
import { verificationMutants } from './extended/mutants.ts';
import type { Covered, Part } from './extended/part.ts';
import { scheduleComparisons } from './extended/schedules.ts';
import { lockWalks } from './extended/walks.ts';

const PARTS: readonly Part[] = [aliroMutations, documentMutations, journalMutations, decoderFuzz, scheduleComparisons, verificationMutants, lockWalks, contactCuts, estates, crashKills, deviceCuts];
const DEFAULT_MINUTES = 20;
const MS_PER_MINUTE = 60_000;

const { values } = parseArgs({ options: { minutes: { type: 'string' }, only: { type: 'string' }, seed: { type: 'string' }, chunks: { type: 'string' } } });

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const giveUp = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};

const numberOf = (name: 'minutes' | 'seed' | 'chunks', otherwise: number): number => {
  const text = values[name];
  const value = text === undefined ? otherwise : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : giveUp(`--${name} takes a number, not "${text}".`);
};

const minutes = numberOf('minutes', DEFAULT_MINUTES);
const firstSeed = numberOf('seed', Date.now() % 1_000_000_000);
const mostChunks = numberOf('chunks', Number.MAX_SAFE_INTEGER);

const add = (total: Covered, more: Covered): Covered =>
  Object.fromEntries([...new Set([...Object.keys(total), ...Object.keys(more)])].map((key) => [key, (total[key] ?? 0) + (more[key] ?? 0)]));

const words = (covered: Covered): string => Object.entries(covered).map(([what, count]) => `${what} ${count.toLocaleString('en-US')}`).join(', ');

/** `seed`, `chunks`: what to run again. */
type Failure = { readonly seed: number; readonly chunks: number; readonly error: unknown };
type Ended = { readonly chunks: number; readonly covered: Covered; readonly failure: Failure | undefined };

const failureOf = (part: Part, chunks: number): Failure | undefined => {
  try {
    part.verdict?.();
    return undefined;
  } catch (error) {
    return { seed: firstSeed, chunks, error };
  }
};

const runPart = async (part: Part, untilMs: number): Promise<Ended> => {
  let covered: Covered = {};
  const limit = Math.min(part.maxChunks, mostChunks);
  for (let chunks = 0; ; chunks += 1) {
    if (chunks >= limit || (chunks > 0 && performance.now() >= untilMs)) return { chunks, covered, failure: failureOf(part, chunks) };
    const seed = firstSeed + chunks;
    try {
      covered = add(covered, await part.chunk(seed));
    } catch (error) {
      return { chunks: chunks + 1, covered, failure: { seed, chunks: 1, error } };
    }
  }
};

const chosen = PARTS.filter(({ name }) => name.startsWith(values.only ?? ''));
if (chosen.length === 0) giveUp(`No part is called "${values.only}". There are: ${PARTS.map(({ name }) => name).join('; ')}.`);

say(`seed ${firstSeed}, ${minutes} minutes for ${chosen.length} parts`);
let [passed, failed] = [0, 0];
const end = performance.now() + minutes * MS_PER_MINUTE;
for (const [index, part] of chosen.entries()) {
  const started = performance.now();
  // What a part does not use is for those after it.
  const shares = chosen.slice(index).reduce((sum, { share }) => sum + share, 0);
  const { chunks, covered, failure } = await runPart(part, started + Math.max(0, end - started) * (part.share / shares));
  const took = `${((performance.now() - started) / 1000).toFixed(0)} s, ${chunks} chunks from seed ${firstSeed}`;
  say(`${failure === undefined ? 'ok  ' : 'FAIL'} ${part.name} (${took}): ${words({ ...covered, ...part.seen?.() })}`);
  if (failure === undefined) {
    passed += 1;
    continue;
  }
  failed += 1;
  say(`     FAILED with seed ${failure.seed}: ${failure.error instanceof Error ? failure.error.stack : String(failure.error)}`);
  say(`     again: npm run test:extended -- --only "${part.name}" --seed ${failure.seed} --chunks ${failure.chunks}`);
}
say(`${passed} passed, ${failed} failed, ${PARTS.length - chosen.length} skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
process.exit();
