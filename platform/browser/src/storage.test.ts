// The store itself needs a browser and is walked by the end-to-end tests; here is what a page hears when there is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStorage } from './storage.ts';

const codeWith = async (indexedDB: unknown): Promise<string> => {
  Object.defineProperty(globalThis, 'indexedDB', { configurable: true, value: indexedDB });
  const opened = await openStorage();
  return opened.ok ? 'opened' : opened.error.code;
};

const reporting = (name: string): unknown => ({
  open: () => {
    const request = Object.assign(new EventTarget(), { error: new DOMException('no', name) });
    queueMicrotask(() => request.dispatchEvent(new Event('error')));
    return request;
  },
});

const throwing = (name: string): unknown => ({
  open: () => {
    throw new DOMException('no', name);
  },
});

test('a browser without storage says so', async () => {
  assert.equal(await codeWith(undefined), 'storage-refused');
});

test('refusals on opening, thrown or reported, have their code', async () => {
  assert.equal(await codeWith(throwing('SecurityError')), 'storage-refused');
  assert.equal(await codeWith(reporting('InvalidStateError')), 'storage-refused');
  assert.equal(await codeWith(reporting('QuotaExceededError')), 'storage-full');
  assert.equal(await codeWith(reporting('VersionError')), 'storage-failed');
});
