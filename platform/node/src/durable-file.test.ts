import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { utf8 } from '@mortise/base/bytes.ts';
import { readBounded, removeDurably, writeDurably } from './durable-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-file-'));
test.after(() => rmSync(directory, { recursive: true }));

test('writes, replaces, reads and removes; only the owner may read', () => {
  const path = join(directory, 'a');
  for (const text of ['first, and longer', 'second']) {
    assert.equal(writeDurably(path, utf8(text)).ok, true);
    assert.deepEqual(readBounded(path), { ok: true, value: utf8(text) });
  }
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(directory), ['a']);
  removeDurably(path);
  assert.deepEqual(removeDurably(path), { ok: true, value: undefined });
  assert.deepEqual(readBounded(path), { ok: false, error: { code: 'file-missing', system: 'ENOENT' } });
});

test('a leftover of a write that was cut off is replaced', () => {
  const path = join(directory, 'b');
  writeFileSync(`${path}.new`, 'half');
  assert.equal(writeDurably(path, utf8('whole')).ok, true);
  assert.deepEqual(readBounded(path), { ok: true, value: utf8('whole') });
});

test('what cannot be read or written is said', () => {
  const large = join(directory, 'large');
  writeFileSync(large, '');
  truncateSync(large, 1_048_577);
  assert.equal(readBounded(large).ok, false);
  assert.deepEqual(writeDurably(join(directory, 'no', 'such'), utf8('x')), { ok: false, error: { code: 'file-unwritable', system: 'ENOENT' } });
  assert.deepEqual(readBounded(directory), { ok: false, error: { code: 'file-unreadable', system: 'EISDIR' } });
});
