// Runs test files by Node's own runner and counts what ran. Prints failures whole, skips with their reason, and what tests say
// of their coverage (`test.diagnostic`); passes are only counted.

import { run } from 'node:test';
import { inspect } from 'node:util';

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

const FILE_TIMEOUT_MS = 300_000;

type Ended = { readonly name: string; readonly file?: string; readonly skip?: string | boolean; readonly todo?: string | boolean; readonly details: { readonly type?: string; readonly error?: unknown } };

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const isGroup = (ended: Ended): boolean => ended.details.type === 'suite';
const place = (ended: Ended): string => (ended.file ?? '').replace(`${process.cwd()}/`, '');

/** Runs `files`, at most `concurrency` at a time, each in a process of its own. */
export const runTests = async (name: string, files: readonly string[], concurrency: number): Promise<Counts> => {
  const started = performance.now();
  let [passed, failed, skipped] = [0, 0, 0];
  const stream = run({ files: [...files], concurrency, timeout: FILE_TIMEOUT_MS });
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
  stream.on('test:stderr', ({ message }: { message: string }) => process.stdout.write(message));
  await new Promise((resolve) => stream.on('end', resolve).resume());
  say(`${failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return { passed, failed, skipped };
};
