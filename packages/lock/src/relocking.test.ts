// When a relock begins, goes on, begins anew and ends, by what the lock senses and what its owners say; and what is not begun when it is due.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BATTERY_EMPTY_MV } from '@mortise/courier/status.ts';
import { DEFAULT_DOOR_POLICY } from '@mortise/documents/door-policy.ts';
import type { Policy } from '@mortise/documents/roster.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { RESERVE_OPENINGS } from './battery.ts';
import type { Moment } from './change.ts';
import { NO_DOOR } from './door.ts';
import { MAX_PENDING_STORES_FOR_REQUESTS } from './journal-keeper.ts';
import { MECHANISMS } from './mechanism.ts';
import { NO_RELOCK, type Relock } from './relock.ts';
import { expireRelock, updateRelock } from './relocking.ts';
import { ownedLock } from './site.conformance.ts';
import type { Adopted, LockState, Sensors } from './state.ts';
import { RTC_MS, World } from './world.conformance.ts';

const { world } = ownedLock({ policy: { relockDelayMs: 7000, relockOnClose: true } });
world.turn('withdrawn');
world.run(100);

/** Unlocked, its door closed, and nothing runs yet. */
const unlocked: LockState = { ...world.state, relock: NO_RELOCK };
const now = { monotonicMs: world.nowMs, rtcMs: RTC_MS + world.nowMs };
const moment: Moment = { now, crypto: world.crypto, entropy: new Uint8Array(32).fill(7) };
const due = (inMs: number): Relock => ({ kind: 'waiting', dueMs: now.monotonicMs + inMs });

const sensing = (changes: Partial<Sensors>, relock: Relock = NO_RELOCK): LockState => ({ ...unlocked, relock, sensors: { ...unlocked.sensors, ...changes } });
const after = (state: LockState, before = unlocked): Relock => updateRelock(moment, before, state).relock;
const open = sensing({ door: { ...unlocked.sensors.door, phase: 'open' } });
const thrown = { ...unlocked.sensors.bolt, phase: 'thrown' } as const;

const adopted = (policy: Partial<Policy>): Adopted => {
  const { membership } = unlocked;
  assert.ok(membership.kind === 'adopted' && membership.roster.policy !== undefined);
  return { ...membership, roster: { ...membership.roster, policy: { ...membership.roster.policy, ...policy } } };
};

test('the time begins with the unlocking, at once when an open door was closed, and not where none can be said to have been', () => {
  assert.deepEqual(after(unlocked), due(7000));
  assert.deepEqual(after(unlocked, open), due(0));
  assert.deepEqual(after(open, open), NO_RELOCK);
  assert.deepEqual(after(sensing({ door: NO_DOOR }), open), due(7000), 'its sensor says nothing any more');
});

test('where nothing changes, nothing is made anew', () => {
  const [waiting, idle] = [{ ...unlocked, relock: due(17) }, sensing({ bolt: thrown }, { kind: 'idle' })];
  assert.equal(updateRelock(moment, unlocked, waiting), waiting);
  assert.equal(updateRelock(moment, idle, idle), idle);
  assert.deepEqual(after(sensing({ bolt: thrown }, due(17))), NO_RELOCK);
});

test('another time of the owners begins anew what runs, and not what is being decided', () => {
  const membership = adopted({ relockDelayMs: 9000 });
  assert.deepEqual(after({ ...unlocked, membership, relock: due(17) }), due(9000));
  assert.deepEqual(after({ ...unlocked, membership, relock: { kind: 'deciding' } }), { kind: 'deciding' });
  assert.deepEqual(after({ ...unlocked, membership: adopted({ jamTimeoutMs: 4000 }), relock: due(17) }), due(17), 'the same time');
});

test('nothing is relocked for nobody, by a lock of no power, or on a battery that could not withdraw it again', () => {
  const unowned = new World();
  unowned.start();
  unowned.run(500);
  const never: readonly LockState[] = [
    { ...unlocked, membership: unowned.state.membership }, { ...unlocked, profile: 'passive' }, sensing({ batteryMv: BATTERY_EMPTY_MV - 1 }), sensing({ reserveSpent: RESERVE_OPENINGS }),
  ];
  assert.deepEqual(never.map((state) => after(state)), never.map(() => NO_RELOCK));
  assert.deepEqual(after(sensing({ batteryMv: BATTERY_EMPTY_MV, reserveSpent: RESERVE_OPENINGS - 1 })), due(7000), 'the control');
});

test('what is released for one opening has the time of an opening, and what stands that of a bolt', () => {
  const coil = (opening: 'pulse' | 'stand'): LockState => ({ ...unlocked, mechanism: { ...MECHANISMS.strike, opening }, sensors: { ...unlocked.sensors, bolt: { ...unlocked.sensors.bolt, phase: 'released' } } });
  assert.deepEqual([after(coil('pulse')), after(coil('stand'))], [due(DEFAULT_DOOR_POLICY.releaseMs), due(7000)]);
});

test('while the way out is kept open, or it is held, nothing runs', () => {
  const hold = { ...unlocked.hold, untilMs: now.monotonicMs + 1000 };
  assert.deepEqual([sensing({ exit: true }), sensing({ fire: true }), { ...unlocked, hold }].map((state) => after(state)), [NO_RELOCK, NO_RELOCK, NO_RELOCK]);
});

test('what is due is decided and written down; later, where there is no room; never, where it is nobody’s', () => {
  const ripe: LockState = { ...unlocked, relock: due(0) };
  const begun = expireRelock(moment, ripe);
  const written = begun.state.stores.slice(ripe.stores.length);
  const actor = { verb: 'lock', rule: 'policy:1' } as const;
  const operation = { ask: 'throw', own: 'relock', actor, reason: 'auto-relock', peer: undefined, validUntilMs: now.monotonicMs } as const;
  assert.deepEqual([begun.state.relock, written.map(({ after: then }) => then)], [{ kind: 'deciding' }, [{ kind: 'granted', operation }]]);
  const [record] = begun.effects.flatMap((effect) => (effect.kind === 'store' ? (effect.write.append ?? []) : [])).map(({ record: bytes }) => decodeRecord(bytes));
  assert.deepEqual([record?.kind, record?.verb, record?.rule, record?.reason, record?.allowed], ['decision', 'lock', 'policy:1', 'auto-relock', true]);
  const early: LockState = { ...unlocked, relock: due(1) };
  assert.equal(expireRelock(moment, early).state, early);
  const [store] = written;
  assert.ok(store !== undefined);
  const full: LockState = { ...ripe, stores: Array.from({ length: MAX_PENDING_STORES_FOR_REQUESTS }, () => store) };
  const { state, effects } = expireRelock(moment, full);
  assert.deepEqual([state.relock, state.stores, effects], [due(1000), full.stores, []]);
  const nobodys: LockState = { ...ripe, membership: new World().state.membership };
  assert.equal(expireRelock(moment, nobodys).state, nobodys);
});
