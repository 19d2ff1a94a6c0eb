import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDirectory } from './directory.ts';

const place = mkdtempSync(join(tmpdir(), 'mortise-directory-'));
test.after(() => { rmSync(place, { recursive: true }); });

void test('a directory is made with those above it, for its owner only; one that is there stays', () => {
  const deep = join(place, 'a', 'b', 'c');
  makeDirectory(deep);
  makeDirectory(deep);
  makeDirectory(`${place}/a/../d/`);
  assert.deepEqual([deep, join(place, 'a'), join(place, 'd')].map((path) => statSync(path).mode & 0o777), [0o700, 0o700, 0o700]);
});

void test('where none can be made the system’s word is thrown, at once', () => {
  const file = join(place, 'file');
  writeFileSync(file, '');
  assert.throws(() => { makeDirectory(file); }, { code: 'EEXIST' });
  assert.throws(() => { makeDirectory(join(file, 'below')); }, { code: 'ENOTDIR' });
  if (existsSync('/proc/self')) for (const path of ['/proc/x', '/proc/x/y']) assert.throws(() => { makeDirectory(path); }, { code: 'ENOENT' });
});
