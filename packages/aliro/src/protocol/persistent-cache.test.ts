import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import { MAX_PERSISTENT_KEYS, findKey, forgetKey, rememberKey, type PersistentCache } from './persistent-cache.ts';
import { filled } from '../conformance/transaction.conformance.ts';

const owner = (index: number): Uint8Array => Uint8Array.of(index);
const key = (index: number): Secret => new Secret(filled(32, index));
const owners = (cache: PersistentCache): readonly (number | undefined)[] => cache.map((entry) => entry.owner[0]);
const full = Array.from({ length: MAX_PERSISTENT_KEYS }, (_, index) => index).reduce<PersistentCache>((cache, index) => rememberKey(cache, owner(index), key(index)), []);

test('the last used stands first; the 65th key drives out the least recently used', () => {
  assert.equal(full.length, 64);
  assert.deepEqual(owners(full).slice(0, 2), [63, 62]);
  const used = rememberKey(full, owner(0), key(0));
  assert.equal(used.length, 64);
  assert.equal(used[0]?.owner[0], 0);
  const more = rememberKey(used, owner(99), key(99));
  assert.equal(more.length, 64);
  assert.deepEqual(owners(more).slice(0, 3), [99, 0, 63]);
  assert.equal(findKey(more, owner(1)), undefined, 'the least recently used is gone');
  assert.ok(findKey(more, owner(0)), 'the one that was used has stayed');
});

test('an owner has one key, the newest; a forgotten one has none', () => {
  const renewed = rememberKey(full, owner(5), key(77));
  assert.deepEqual(findKey(renewed, owner(5))?.reveal(), filled(32, 77));
  assert.equal(owners(renewed).filter((one) => one === 5).length, 1);
  const less = forgetKey(renewed, owner(5));
  assert.equal(less.length, 63);
  assert.equal(findKey(less, owner(5)), undefined);
  assert.equal(forgetKey(less, owner(5)).length, 63);
});

test('a key of another length is our bug', () => {
  assert.throws(() => rememberKey([], owner(1), new Secret(filled(31, 1))), InvariantError);
});
