// A phone between a lock and a hub: nothing that a lock said is lost or doubled, whatever breaks in between.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url, utf8 } from '@mortise/base/bytes.ts';
import { err, ok } from '@mortise/base/result.ts';
import type { KeyStore } from '../keys/store.ts';
import { courierOver, firstOf, MAX_SAID, type Post } from './courier.ts';

const memory = (): Pick<KeyStore, 'read' | 'write'> & { readonly values: Map<string, unknown> } => {
  const values = new Map<string, unknown>();
  return {
    values,
    read: (_store, name) => Promise.resolve(ok(values.get(name))),
    write: (changes) => {
      for (const { name, value } of changes) values.set(name, value);
      return Promise.resolve(ok(undefined));
    },
  };
};
const said = (...words: readonly string[]): readonly Uint8Array[] => words.map(utf8);
const words = (messages: readonly Uint8Array[]): string => messages.map((each) => Buffer.from(each).toString()).join();

test('the bag is what the hub answered last, and stays when the hub is away', async () => {
  let online = true;
  const courier = courierOver(memory(), (_lock, messages) => Promise.resolve(online ? ok([base64url(utf8(`for the lock, after ${messages.length}`))]) : err('away')));
  assert.equal(await courier.exchange('L'), true);
  assert.equal(words(await courier.bag('L')), 'for the lock, after 0');
  online = false;
  assert.equal(await courier.exchange('L'), false);
  assert.equal(words(await courier.bag('L')), 'for the lock, after 0');
  assert.equal(words(await courier.bag('other')), '', 'each lock has its own');
});

test('what a lock said is kept until the hub took it, in order and once', async () => {
  let fails = 2;
  const taken: string[] = [];
  const post: Post = (_lock, messages) => {
    fails -= 1;
    if (fails >= 0) return Promise.resolve(err('away'));
    taken.push(...messages);
    return Promise.resolve(ok([]));
  };
  const courier = courierOver(memory(), post);
  await courier.keep('L', said('a', 'b'));
  assert.equal(await courier.exchange('L'), false);
  await courier.keep('L', said('c'));
  assert.equal(await courier.exchange('L'), false);
  const both = Promise.all([courier.exchange('L'), courier.keep('L', said('d'))]);
  assert.deepEqual((await both)[0], true);
  assert.equal(await courier.exchange('L'), true);
  assert.deepEqual(taken, said('a', 'b', 'c', 'd').map(base64url));
});

test('bodies are bounded, and so is what is kept', async () => {
  assert.equal(firstOf(Array.from({ length: 100 }, () => 'a')).length, 64);
  assert.equal(firstOf(['a'.repeat(100_000), 'b'.repeat(100_000), 'c']).length, 1);
  assert.equal(firstOf(['a'.repeat(300_000)]).length, 1, 'one goes alone, however long');
  assert.deepEqual(firstOf([]), []);
  const store = memory();
  const courier = courierOver(store, () => Promise.resolve(err('away')));
  await courier.keep('L', Array.from({ length: MAX_SAID + 9 }, (_, index) => utf8(`${index}`)));
  const kept = store.values.get('said:L');
  assert.ok(Array.isArray(kept) && kept.length === MAX_SAID && kept[0] === base64url(utf8('0')), 'the oldest stay: the lock drops nothing that was not acknowledged');
});

test('a store of anybody’s making carries nothing', async () => {
  const store = memory();
  store.values.set('bag:L', { length: 3 });
  store.values.set('said:L', ['!', 7]);
  assert.deepEqual(await courierOver(store, () => Promise.resolve(ok([]))).bag('L'), []);
});
