// What the key shows, as a table: each name of the table is reached by some state, and told apart by light, sound or word.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIGNALS } from './signal-table.ts';
import { signalOf } from './signal.ts';
import type { EkeyState } from './state.ts';
import { fixture, updated } from './update.fixture.ts';

const { world } = updated({ revalidateBy: undefined });
const now = { monotonicMs: 1_000_000, rtcMs: 0 };
const ready: EkeyState = { ...world.state, clock: { ...world.state.clock, basis: { instant: world.state.clock.floor, monotonicMs: now.monotonicMs, rtcMs: 0 } } };
const orders = ready.orders;
assert.ok(orders !== undefined);
const asked = { ...orders, pin: { minutes: 1, epoch: 1 } };
const shown = (name: keyof typeof SIGNALS): Partial<EkeyState> => ({ shown: { name, untilMs: now.monotonicMs + 1 } });

const contact = (end: 'opened' | 'closed' | undefined): Partial<EkeyState> => ({
  contact: {
    number: 1, via: 'contact', verb: 'unlock', lockId: undefined, stage: 'after', deadlineMs: 0, proofMs: 0, operation: undefined, isDurable: true, heldSign: undefined, end, expected: undefined, frames: 0, seq: 1,
    hasGiven: false, isAnsweringTime: false, roster: 'kept',
  },
});

const TABLE: readonly (readonly [keyof typeof SIGNALS, Partial<EkeyState>])[] = [
  ['idle', {}], ['not-enrolled', { membership: { kind: 'factory' } }], ['must-update', { orders: undefined }], ['must-update', { orders: { ...orders, revalidateBy: world.state.clock.floor }, clock: { ...ready.clock, basis: { instant: ready.clock.floor, monotonicMs: 0, rtcMs: 0 } } }],
  ['clock-invalid', { clock: { ...ready.clock, basis: undefined } }], ['buffer-full', { journal: { ...ready.journal, last: { ...ready.journal.last, seq: ready.journal.acknowledged + 8192 } } }],
  ['low-battery', { batteryMv: 3400 }], ['empty-battery', { batteryMv: 3000 }], ['pin-to-choose', { orders: asked }], ['pin-needed', { orders: asked, pin: { ...ready.pin, verifier: new Uint8Array(32) } }],
  ['pin-blocked', { orders: asked, pin: { ...ready.pin, verifier: new Uint8Array(32), blockedUntilMs: now.monotonicMs + 1 } }], ['touching', contact(undefined)], ['granted', contact('opened')], ['closed', contact('closed')],
  ['updating', { update: { seq: 1, taken: 0, isStatusWanted: false, question: { nonce: undefined, askedAtMs: 0 }, from: ready.journal.from, sending: { kind: 'idle' }, posted: new Set() } }],
  ['turn-now', shown('turn-now')], ['refused', shown('refused')], ['broke-off', shown('broke-off')], ['not-ours', shown('not-ours')], ['updated', shown('updated')], ['pin-wrong', shown('pin-wrong')],
];

test('each signal of the table is of some state', () => {
  for (const [name, changes] of TABLE) assert.equal(signalOf({ ...ready, ...changes }, now).name, name);
  assert.deepEqual(Object.keys(SIGNALS).filter((name) => !TABLE.some(([reached]) => reached === name)), []);
});

test('what just happened gives way again; refusals tell their reason', () => {
  assert.equal(signalOf({ ...ready, shown: { name: 'refused', untilMs: now.monotonicMs } }, now).name, 'idle');
  const { reason, light } = signalOf({ ...ready, batteryMv: 3000 }, now);
  assert.deepEqual([reason, light], ['battery-empty', { colour: 'red', blinks: true }]);
  assert.equal(signalOf(fixture().world.state, now).name, 'not-enrolled');
});

test('a word is never shown for two things, and a refusal is never green', () => {
  const words = Object.values(SIGNALS).map(({ display }) => display);
  assert.equal(new Set(words).size, words.length);
  const green = Object.entries(SIGNALS).filter(([, { light }]) => light.colour === 'green').map(([name]) => name);
  assert.deepEqual(green.toSorted(), ['closed', 'granted', 'turn-now']);
});
