// `npm test`: types, lint, then every test, one line a step, and the counts at the end. Exit 1 when anything failed.
// Usage: [MORTISE_SEED=S] node test/run.ts [--only PATTERN]

import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { buildPrograms } from './build-programs.ts';
import { runTests, type Counts } from './run-tests.ts';
import { together } from './together.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });

type Step = { readonly name: string; readonly command: readonly string[] };

const TYPES: readonly Step[] = [
  { name: 'types of packages/ (no ambient types)', command: ['tsc', '-p', 'packages/tsconfig.json'] },
  { name: 'types of Node code and tests', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types of platform/browser', command: ['tsc', '-p', 'platform/browser/tsconfig.json'] },
  { name: 'types of the app', command: ['tsc', '-p', 'apps/web/tsconfig.json'] },
  { name: 'lint, type-aware', command: ['oxlint', '--type-aware', '--deny-warnings'] },
];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const runStep = async ({ name, command: [program = '', ...args] }: Step): Promise<boolean> => {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
    child.on('error', () => { resolve(null); });
  });
  say(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (code !== 0) process.stdout.write(Buffer.concat(output));
  return code === 0;
};

const filesOf = (patterns: readonly string[]): string[] =>
  globSync(patterns, { exclude: ['**/node_modules/**', '**/dist/**'] }).filter((file) => file.includes(values.only ?? '')).toSorted();

type Group = {
  readonly name: string;
  readonly files: readonly string[];
  readonly concurrency: number;
  /** Rooms whose tests leave nothing behind in their process, and so share it. */
  readonly together?: RegExp;
  /** Folders that its tests must reach well, when all of them run. */
  readonly covers?: readonly string[];
  /** Files that begin, in this order; so that none of them runs alone at the end. */
  readonly first?: readonly string[];
  /** They start programs of ours. */
  readonly starts?: true;
};

const LONGEST = [
  'crash/kill', 'end-to-end/lend', 'end-to-end/arrival', 'end-to-end/owners', 'end-to-end/controller-day', 'end-to-end/first-door', 'crash/contacts', 'end-to-end/technician-day', 'end-to-end/refusals', 'scenarios/key-ways',
  'scenarios/bad-settings',
].map((name) => `test/${name}.test.ts`);

/** A file that fits several groups runs in the first of them. */
const GROUPS: readonly Group[] = [
  { name: 'tidy', files: ['test/tidy/*.test.ts'], concurrency: 2 },
  // Counting makes what repeats itself half as slow again, and the long repetitions reach nothing more: they run in the next group.
  { name: 'unit and property tests, with coverage', files: ['packages/{aliro,schedule}/**/!(every-zone|*mutation).test.ts'], concurrency: 2, together: /^packages\//, covers: ['packages/aliro/src', 'packages/schedule/src'] },
  { name: 'unit and property tests', files: ['{packages,platform,apps,sim,bench}/**/*.test.{ts,tsx}'], concurrency: 2, together: /^(packages|platform|apps\/(hub|web))\// },
  // These wait for other processes more than they work.
  { name: 'tests across rooms, and end to end in Chromium', files: ['test/{scenarios,attacks,crash,end-to-end}/**/*.test.ts'], concurrency: 3, first: LONGEST, starts: true },
];

const TOGETHER = join(import.meta.dirname, '..', 'node_modules', '.cache', 'mortise-together');

/** `first` before the others. */
const inOrder = (files: readonly string[], first: readonly string[]): readonly string[] => [...first.filter((file) => files.includes(file)), ...files.filter((file) => !first.includes(file))];

const add = (a: Counts, b: Counts): Counts => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped });

/** Without it the programs are run as they stand, and take longer to start. */
const putTogether = async (): Promise<Counts> => {
  const started = performance.now();
  const outcome = await buildPrograms().then((folder) => ({ folder }), (error: unknown) => ({ error }));
  if ('folder' in outcome) process.env['MORTISE_BUILT'] = outcome.folder;
  const passed = 'folder' in outcome;
  say(`${passed ? 'ok  ' : `FAIL ${inspect(outcome.error)}\n     `} programs put together (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return { passed: Number(passed), failed: Number(!passed), skipped: 0 };
};

/** One commit is tested alike on every machine; MORTISE_SEED chooses otherwise. What draws from elsewhere each time: the extended run. */
const seedOfCommit = (): string => spawnSync('git', ['rev-parse', '--short=8', 'HEAD'], { encoding: 'utf8' }).stdout?.trim() || 'no commit';

const started = performance.now();
process.env['MORTISE_SEED'] ??= seedOfCommit();
say(`seed ${process.env['MORTISE_SEED']}`);
let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const step of values.only === undefined ? TYPES : []) {
  const passed = await runStep(step);
  counts = add(counts, { passed: Number(passed), failed: Number(!passed), skipped: 0 });
}
const ran = new Set<string>();
for (const { name, files: patterns, concurrency, together: shares, covers, first = [], starts } of GROUPS) {
  const files = inOrder(filesOf(patterns).filter((file) => !ran.has(file)), first);
  if (starts === true && files.length > 0) counts = add(counts, await putTogether());
  for (const file of files) ran.add(file);
  const [some, alone] = [files.filter((file) => shares?.test(file) === true), files.filter((file) => shares?.test(file) !== true)];
  if (files.length > 0) counts = add(counts, await runTests(name, [...together(some, TOGETHER), ...alone], concurrency, values.only === undefined ? covers : []));
}
say(`in ${((performance.now() - started) / 1000).toFixed(0)} s`);
say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
