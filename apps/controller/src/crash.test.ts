// MORTISE_KILLS sets how many (30 by default), MORTISE_SEED the moments.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { runCrashes } from './crash.fixture.ts';

test('killed at random moments, a lock loses and doubles no record that anybody was told of', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mortise-crash-'));
  const seed = process.env['MORTISE_SEED'] ?? String(Date.now());
  const kills = Number(process.env['MORTISE_KILLS'] ?? 30);
  const report = await runCrashes({ kills, seed, data: join(root, 'lock') }).finally(() => rmSync(root, { recursive: true }));
  const { violations, ...counts } = report;
  console.log(`crashes: ${JSON.stringify({ seed, ...counts })}`);
  assert.deepEqual(violations, [], `seed ${seed}`);
  assert.ok(report.records > kills && report.receipts > 0 && report.used > 0, 'something was at stake');
});
