// Which card is asked at all, and how long: what is said to a card that nobody enrolled, to one while the reader waits, and to one that does not answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { CARD_MS } from './card-desk.ts';
import { lockWith, UID, type Hands } from './entries.fixture.ts';
import { World } from './world.conformance.ts';

const REFUSED = ['refused', 'decision card-unknown refused'];

/** How many commands a card of this UID is sent when it is found. */
const askedOf = (world: World, uid: Bytes): number => {
  let asked = 0;
  world.hearCard = () => {
    asked += 1;
  };
  world.input({ kind: 'cardFound', product: 'ntag424', uid, verb: 'unlock' });
  return asked;
};

const isAsked = ({ world, card }: Hands): boolean => askedOf(world, card.uid) > 0;

test('at a lock of nobody a card is asked nothing', () => {
  const world = new World();
  world.start();
  assert.equal(askedOf(world, UID), 0);
  assert.deepEqual(world.signals, ['refused']);
});

test('only a whole UID of an enrolled card is asked; a number that is no id of ours never', () => {
  const hands = lockWith({ card: {}, otherCards: [{ card: concat(UID.with(6, 1)), key: new Secret(new Uint8Array(16).fill(1)) }] });
  const { world, card } = hands;
  for (const uid of [UID.subarray(0, 4), UID.with(6, 2), concat(UID, Uint8Array.of(0, 0, 0)), new Uint8Array(0)]) assert.equal(askedOf(world, uid), 0);
  world.run(100);
  assert.deepEqual(hands.lay({ ...card, uid: UID.with(6, 1) }), REFUSED, 'the roster has its UID and no more');
  assert.ok(isAsked(hands), 'control');
});

test('a card that does not answer is waited for as long as said, and the lock wakes for it', () => {
  const { world, card } = lockWith({ card: {} });
  assert.equal(askedOf(world, card.uid), 1);
  const endMs = world.nowMs + CARD_MS;
  world.nowMs = endMs - 1;
  world.input({ kind: 'tick' });
  assert.ok(world.state.card !== undefined && world.bootMs + (world.state.nextWakeMs ?? Infinity) <= endMs);
  world.nowMs = endMs;
  world.input({ kind: 'tick' });
  assert.equal(world.state.card, undefined);
});

test('while the reader waits a card is asked nothing, and again from the moment at which the wait is over', () => {
  const hands = lockWith({ card: {} });
  const { world, lay, card } = hands;
  for (let wrong = 0; wrong < 7; wrong += 1) {
    lay({ ...card, uid: UID.with(6, 9) });
    world.nowMs += 2000;
  }
  assert.ok(isAsked(hands), 'control: after two seconds');
  world.input({ kind: 'cardGone' });
  world.input({ kind: 'cardFound', product: 'ntag424', uid: UID.with(6, 9), verb: 'unlock' });
  const { atMs, waitMs } = world.state.entries.lockouts.card;
  assert.ok(waitMs > 0);
  const endMs = world.bootMs + atMs + waitMs;
  world.nowMs = endMs - 1;
  assert.ok(!isAsked(hands));
  world.run(0);
  assert.equal(world.state.entries.lockouts.card.waitMs, 1);
  world.nowMs = endMs;
  assert.ok(isAsked(hands));
});
