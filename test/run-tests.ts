// Runs test files by Node's own runner and counts what ran. Prints failures whole, skips with their reason, and what tests say
// of their coverage (`test.diagnostic`); passes are only counted. Of rooms whose coverage is asked for, one line each, which counts
// as a test.

import { join } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { coverageOf, coverageOptions, isEnough, LEAST_BRANCHES, words, type FileCoverage } from './coverage.ts';

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** Nothing takes a third of it on a machine of its own. */
const FILE_TIMEOUT_MS = 540_000;
/** Loaded first in each test process. */
const SEEDED = join(import.meta.dirname, 'support', 'seeded.ts');
/** What one test process compiled the next ones need not; where coverage is counted it would blur the counts. */
const COMPILED = join(import.meta.dirname, '..', 'node_modules', '.cache', 'mortise-tests');

type Ended = { readonly name: string; readonly file?: string; readonly skip?: string | boolean; readonly todo?: string | boolean; readonly details: { readonly type?: string; readonly error?: unknown } };

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const isGroup = (ended: Ended): boolean => ended.details.type === 'suite';
const place = (ended: Ended): string => (ended.file ?? '').replace(`${process.cwd()}/`, '');

/** Whether enough of the room is reached. */
const judgeCoverage = (room: string, files: readonly FileCoverage[]): boolean => {
  const coverage = coverageOf(room, files);
  const enough = isEnough(coverage);
  say(`     ${enough ? '' : 'FAILED: '}${room}: ${words(coverage)}${enough ? '' : ` (at least ${LEAST_BRANCHES} % of branches are asked for)`}`);
  return enough;
};

/** Runs `files`, at most `concurrency` at a time, each in a process of its own. `rooms`: folders whose coverage must be enough. */
export const runTests = async (name: string, files: readonly string[], concurrency: number, rooms: readonly string[] = []): Promise<Counts> => {
  const started = performance.now();
  let [passed, failed, skipped] = [0, 0, 0];
  const stream = run({ files: [...files], concurrency, timeout: FILE_TIMEOUT_MS, execArgv: ['--import', SEEDED], ...(rooms.length > 0 ? coverageOptions(rooms) : { env: { ...process.env, NODE_COMPILE_CACHE: COMPILED } }) });
  const took: [string, number][] = [];
  let covered: readonly FileCoverage[] = [];
  stream.on('test:pass', (ended: Ended) => {
    if (isGroup(ended)) return;
    if (ended.skip === undefined) passed += 1;
    else {
      skipped += 1;
      say(`     skipped: ${ended.name} (${place(ended)}): ${String(ended.skip)}`);
    }
  });
  stream.on('test:fail', (ended: Ended) => {
    failed += 1;
    say(`     FAILED: ${ended.name} (${place(ended)})\n${inspect(ended.details.error, { depth: 6 })}`);
  });
  stream.on('test:diagnostic', ({ message, nesting }: { message: string; nesting: number }) => {
    if (nesting > 0 || !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(message)) say(`     ${message}`);
  });
  stream.on('test:coverage', ({ summary }) => {
    covered = summary.files;
  });
  stream.on('test:summary', ({ file, duration_ms: ms }: { file: string | undefined; duration_ms: number }) => {
    if (file !== undefined) took.push([place({ name: '', file, details: {} }), ms]);
  });
  stream.on('test:stderr', ({ message }: { message: string }) => process.stdout.write(message));
  await new Promise((resolve) => stream.on('end', resolve).resume());
  for (const room of rooms) {
    if (judgeCoverage(room, covered)) passed += 1;
    else failed += 1;
  }
  const slowest = took.toSorted(([, a], [, b]) => b - a).slice(0, 3).map(([file, ms]) => `${file} ${(ms / 1000).toFixed(1)} s`);
  say(`     slowest: ${slowest.join(', ')}`);
  say(`${failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return { passed, failed, skipped };
};
