import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLog } from './log-file.ts';

test('lines are kept in order, in two files at the most', () => {
  const root = mkdtempSync(join(tmpdir(), 'mortise-log-'));
  const directory = join(root, 'data');
  const log = openLog(directory, 100);
  for (let line = 0; line < 50; line += 1) log.write(`line ${line}`);
  assert.deepEqual(readdirSync(directory).toSorted(), ['mortise.log', 'mortise.log.1']);
  const kept = `${readFileSync(`${log.path}.1`, 'utf8')}${readFileSync(log.path, 'utf8')}`.trim().split('\n');
  assert.deepEqual(kept, Array.from({ length: kept.length }, (_, i) => `line ${50 - kept.length + i}`));
  assert.ok(statSync(log.path).size <= 110 && statSync(`${log.path}.1`).size <= 110);
  openLog(directory, 100).write('after a restart');
  assert.match(readFileSync(log.path, 'utf8'), /after a restart\n$/);
  rmSync(root, { recursive: true });
});
