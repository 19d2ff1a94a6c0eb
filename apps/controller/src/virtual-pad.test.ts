// The virtual pad: what hands do is reported in order; a card answers as long as it lies there, and no longer.

import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { virtualCard } from '@mortise/cards/virtual-card.ts';
import type { PadEvent } from './entry-pad.ts';
import { VirtualPad } from './virtual-pad.ts';

const SELECT = Uint8Array.of(0x00, 0xa4, 0x04, 0x0c, 7, 0xd2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01, 0);
const card = virtualCard('ntag424', Uint8Array.of(4, 1, 2, 3, 4, 5, 6));

const pad = () => {
  const made = new VirtualPad(() => new Uint8Array(32).fill(7));
  const events: PadEvent[] = [];
  const stop = made.listen((event) => events.push(event));
  return { made, events, stop };
};

test('what is typed, touched and laid is reported, as long as somebody listens', () => {
  const { made, events, stop } = pad();
  made.type('123456', 'unlock');
  made.touch('left thumb', 'unlock');
  made.lay(card, 'unlock');
  made.lift();
  made.lift();
  stop();
  made.type('1', 'unlock');
  assert.deepEqual(events, [
    { kind: 'typed', digits: '123456', verb: 'unlock' }, { kind: 'finger', slot: undefined, verb: 'unlock' },
    { kind: 'cardFound', product: 'ntag424', uid: card.uid, verb: 'unlock' }, { kind: 'cardGone' },
  ]);
});

test('a card answers while it lies there; lifted, or another in its place, it does not', async () => {
  const { made, events } = pad();
  made.sendToCard(SELECT);
  await turn();
  assert.deepEqual(events, [], 'nothing lies there');
  made.lay(card, 'unlock');
  made.sendToCard(SELECT);
  await turn();
  assert.deepEqual(events.at(-1), { kind: 'cardAnswer', apdu: Uint8Array.of(0x90, 0x00) });
  made.sendToCard(SELECT);
  made.lift();
  await turn();
  assert.deepEqual(events.map(({ kind }) => kind).slice(-1), ['cardGone']);
  made.lay(card, 'unlock');
  made.sendToCard(SELECT);
  made.lay({ ...card, uid: card.uid.with(6, 9) }, 'unlock');
  await turn();
  assert.deepEqual(events.map(({ kind }) => kind).slice(-1), ['cardFound']);
  assert.equal(made.card()?.uid[6], 9);
});

test('a finger is learnt when the lock said so, matched afterwards, and forgotten', () => {
  const { made, events } = pad();
  made.enrolFinger(7, 60_000);
  assert.equal(made.enrolling(), 7);
  made.touch('left thumb', 'unlock');
  made.touch('left thumb', 'lock');
  made.touch('right thumb', 'unlock');
  made.enrolFinger(8, 0);
  made.touch('right thumb', 'unlock');
  made.forgetFinger(7);
  made.touch('left thumb', 'unlock');
  assert.deepEqual(events, [
    { kind: 'fingerSlots', slots: [7] }, { kind: 'finger', slot: 7, verb: 'lock' }, { kind: 'finger', slot: undefined, verb: 'unlock' },
    { kind: 'finger', slot: undefined, verb: 'unlock' }, { kind: 'finger', slot: undefined, verb: 'unlock' },
  ]);
  made.enrolFinger(8, 60_000);
  made.forgetFinger(7);
  assert.equal(made.enrolling(), 8, 'control: another slot');
  made.forgetFinger(8);
  assert.equal(made.enrolling(), undefined, 'nobody is waited for any more');
});
