// A browser's storage that fails for a while: what could not be read is told from what is not there, and the next try is a new one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { BrowserStorage, StorageError } from '@mortise/browser/storage.ts';
import { keyStoreOver } from './store.ts';

const BLOCKED = err({ code: 'storage-blocked' } as const);
const BROKEN = err({ code: 'storage-failed', name: 'InvalidStateError' } as const);

/** Opens as told, one answer a try; counts tries and what is open. */
const browser = (answers: readonly Result<'whole' | 'broken', StorageError>[]) => {
  const count = { tries: 0, open: 0 };
  const open = (): Promise<Result<BrowserStorage, StorageError>> => {
    const answer = answers[Math.min(count.tries, answers.length - 1)];
    count.tries += 1;
    assert.ok(answer !== undefined);
    if (!answer.ok) return Promise.resolve(answer);
    count.open += 1;
    return Promise.resolve(ok({
      read: (_store, name) => Promise.resolve(answer.value === 'broken' ? BROKEN : ok(name === 'kept' ? 'value' : undefined)),
      names: () => Promise.resolve(ok([])),
      write: () => Promise.resolve(answer.value === 'broken' ? BROKEN : ok(undefined)),
      close: () => { count.open -= 1; },
    }));
  };
  return { count, store: keyStoreOver(open) };
};

test('a storage that could not be opened is told, and opened at the next try', async () => {
  const { count, store } = browser([BLOCKED, ok('whole')]);
  assert.deepEqual(await store.read('keys', 'kept'), BLOCKED, 'not “nothing is there”');
  assert.deepEqual(await store.read('keys', 'kept'), ok('value'));
  assert.deepEqual(await store.read('keys', 'other'), ok(undefined));
  assert.deepEqual(await store.write([]), ok(undefined));
  assert.deepEqual(count, { tries: 2, open: 1 }, 'once it is open it stays so');
});

test('a storage that was closed under the page is opened anew', async () => {
  const { count, store } = browser([ok('broken'), ok('whole')]);
  assert.deepEqual(await Promise.all([store.read('keys', 'kept'), store.read('values', 'kept')]), [BROKEN, BROKEN]);
  assert.deepEqual(await store.write([]), ok(undefined));
  assert.deepEqual(await store.read('keys', 'kept'), ok('value'));
  assert.equal(count.tries, 2);
});
