// That the gate on coverage sees what it is for: too few branches, and files that no test loads.

import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { coverageOf, isEnough, LEAST_BRANCHES, type FileCoverage } from '../coverage.ts';

const ROOM = 'packages/schedule/src';
const FILES = globSync(`${ROOM}/*.ts`, { exclude: ['**/*.{test,fixture}.ts'] });

const covered = (path: string, branches: number): FileCoverage => ({
  path: resolve(path), totalLineCount: 10, totalBranchCount: 100, totalFunctionCount: 4, coveredLineCount: 9, coveredBranchCount: branches, coveredFunctionCount: 3,
  coveredLinePercent: 90, coveredBranchPercent: branches, coveredFunctionPercent: 75, functions: [], branches: [], lines: [],
});

test('a room is reached well enough at the bound, over all of its files, and not below', () => {
  const other = covered('packages/base/src/bytes.ts', 0);
  const all = (branches: number): readonly FileCoverage[] => [other, ...FILES.map((file) => covered(file, branches))];
  assert.deepEqual(coverageOf(ROOM, all(LEAST_BRANCHES)), { lines: 90, branches: LEAST_BRANCHES, functions: 75, unloaded: [] });
  assert.ok(isEnough(coverageOf(ROOM, all(LEAST_BRANCHES))));
  assert.ok(!isEnough(coverageOf(ROOM, all(LEAST_BRANCHES - 1))));
});

test('a file that no test loads is named, and is not enough; one of types only is not missed', () => {
  const [first = '', ...rest] = FILES;
  const coverage = coverageOf(ROOM, rest.map((file) => covered(file, 100)));
  assert.deepEqual(coverage.unloaded, [first]);
  assert.ok(!isEnough(coverage));
  assert.ok(coverageOf('packages/aliro/src', []).unloaded.includes('packages/aliro/src/protocol/tlv.ts'));
  assert.ok(!coverageOf('packages/aliro/src', []).unloaded.includes('packages/aliro/src/device/device-handler.ts'));
});
