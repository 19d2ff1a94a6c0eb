// The main job, whole: adopted by its setup code, opened and locked by a phone over messages, relocked by itself, turned by hand,
// jammed; what was sensed in records and receipts. Real Aliro, documents and journal; only the world is small.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unprovenStatus } from '@mortise/courier/status.ts';
import { verifyEntries, GENESIS } from '@mortise/journal/chain.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import { view } from './view.ts';

const told = ({ kind, reason, allowed, verb, sensed }: JournalRecord): string =>
  [kind, verb, reason, ...(allowed === undefined ? [] : [allowed ? 'allowed' : 'refused']), sensed.bolt].filter(Boolean).join(' ');

test('adoption: both sides prove who they are, and the lock belongs to the site', () => {
  const { world, site } = ownedLock();
  const shown = view(world.crypto, world.state);
  assert.equal(shown.adopted, true);
  assert.equal(shown.setup, undefined);
  assert.equal(shown.rosterVersion, 1);
  assert.equal(world.credentials.length, 1);
  assert.deepEqual(world.records().map(told), ['event started locked', 'event adopted locked']);
  assert.equal(site.ingested.length, 2, 'the hub holds what happened before it was its lock, too');
});

test('unlock: decided, durable, driven, sensed, receipted', () => {
  const { world, site } = ownedLock();
  const run = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(run.outcome, { kind: 'completed', readerStatus: 0x0181 });
  assert.equal(run.receipt?.record.sensed.bolt, 'unlocked');
  assert.equal(run.receipt?.record.kind, 'operation');
  assert.equal(run.closed, 'done');
  assert.deepEqual(world.drives, ['withdraw']);
  assert.deepEqual(world.signals, ['granted']);
  assert.deepEqual(world.records().slice(2).map(told), [
    'decision unlock granted-trusted allowed locked', 'operation unlock granted-trusted allowed unlocked',
  ]);
  assert.deepEqual(world.records().slice(2).map(({ rule, clock }) => [rule, clock]), [['trusted:1', 'synced'], ['trusted:1', 'synced']]);
  assert.equal(world.state.sessions.length, 0);
});

test('there are at most four round trips from opening the session to the bolt command', () => {
  const { world, site } = ownedLock();
  let commands = 0;
  site.carry = (frame, to, pass) => {
    if (to === 'lock' && world.drives.length === 0) commands += 1;
    pass(frame);
  };
  site.askAndWait({ verb: 'unlock' });
  assert.ok(commands <= 4, `${commands} messages went to the lock before it drove`);
  console.log(`unlock: ${commands} messages from the phone before the bolt is driven`);
});

test('lock, and unlock where it is unlocked already: sensed, not driven again', () => {
  const { world, site } = ownedLock();
  site.askAndWait({ verb: 'unlock' });
  const again = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(again.outcome, { kind: 'completed', readerStatus: 0x0101 });
  assert.equal(again.receipt?.record.sensed.bolt, 'unlocked');
  const locked = site.askAndWait({ verb: 'lock' });
  assert.deepEqual(locked.outcome, { kind: 'completed', readerStatus: 0x0180 });
  assert.equal(locked.receipt?.record.sensed.bolt, 'locked');
  assert.deepEqual(world.drives, ['withdraw', 'throw']);
});

test('a jam is unknown, never locked; the receipt says so', () => {
  const { world, site } = ownedLock();
  site.askAndWait({ verb: 'unlock' });
  world.faults.jams = true;
  const run = site.askAndWait({ verb: 'lock' });
  assert.equal(run.receipt?.record.reason, 'bolt-jammed');
  assert.equal(run.receipt?.record.sensed.bolt, 'unknown');
  assert.deepEqual(world.signals, ['granted', 'granted', 'jammed']);
  world.turn('thrown');
  world.run(100);
  assert.equal(world.records().at(-1)?.sensed.bolt, 'locked');
});

test('a hand on the thumb-turn is recorded without an actor, also when it overrules the motor', () => {
  const { world, site } = ownedLock();
  world.turn('withdrawn');
  world.run(100);
  const manual = world.records().at(-1);
  assert.deepEqual([manual?.reason, manual?.rule, manual?.credential, manual?.sensed.bolt], ['manual', 'thumb-turn', undefined, 'unlocked']);
  world.faults.travelMs = 2000;
  const run = site.ask({ verb: 'lock' });
  world.run(1000);
  world.turn('withdrawn');
  world.run(3000);
  assert.equal(run.receipt?.record.reason, 'bolt-jammed');
  assert.deepEqual(world.records().slice(-2).map(told), ['operation lock bolt-jammed allowed moving', 'event manual unlocked']);
});

test('a bolt that moves by neither motor nor thumb-turn is told apart', () => {
  const { world } = ownedLock();
  world.position = 'withdrawn';
  world.input({ kind: 'bolt', position: 'withdrawn' });
  world.run(100);
  assert.deepEqual([world.records().at(-1)?.reason, world.records().at(-1)?.rule], ['moved-by-other', undefined]);
});

test('auto-relock: after the delay, with the door closed; a record of its own before it', () => {
  const { world, site } = ownedLock({ policy: { relockDelayMs: 10_000 } });
  site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(world.drives, ['withdraw']);
  world.run(6000);
  assert.deepEqual(world.drives, ['withdraw', 'throw']);
  assert.deepEqual(world.records().slice(-2).map(told), ['decision lock auto-relock allowed unlocked', 'operation lock auto-relock allowed locked']);
});

test('auto-relock: never while the door is open; anew when it closes, at once by another policy', () => {
  const { world, site } = ownedLock({ policy: { relockDelayMs: 10_000 } });
  site.askAndWait({ verb: 'unlock' });
  world.moveDoor(true);
  world.run(100_000);
  assert.deepEqual(world.drives, ['withdraw']);
  world.moveDoor(false);
  world.run(9000);
  assert.deepEqual(world.drives, ['withdraw']);
  world.run(2000);
  assert.deepEqual(world.drives, ['withdraw', 'throw']);

  const other = ownedLock({ policy: { relockDelayMs: 10_000, relockOnClose: true } });
  other.site.askAndWait({ verb: 'unlock' });
  other.world.moveDoor(true);
  other.world.run(60_000);
  other.world.moveDoor(false);
  other.world.run(1000);
  assert.deepEqual(other.world.drives, ['withdraw', 'throw']);
});

test('auto-relock: a door that opens while its record is being stored is not driven against', () => {
  const { world, site } = ownedLock({ policy: { relockDelayMs: 10_000 } });
  site.askAndWait({ verb: 'unlock' });
  world.faults.storeDelayMs = 500;
  world.run(5700);
  assert.equal(world.state.relock.kind, 'deciding');
  world.moveDoor(true);
  world.run(2000);
  assert.deepEqual(world.drives, ['withdraw']);
  assert.equal(told(world.records().at(-1) ?? assert.fail()), 'operation lock door-open refused unlocked');
});

test('auto-relock: a door that opens and closes meanwhile begins the time anew', () => {
  const { world, site } = ownedLock({ policy: { relockDelayMs: 10_000 } });
  site.askAndWait({ verb: 'unlock' });
  world.faults.storeDelayMs = 500;
  world.run(5700);
  assert.equal(world.state.relock.kind, 'deciding');
  world.moveDoor(true);
  world.moveDoor(false);
  world.run(5000);
  assert.deepEqual(world.drives, ['withdraw']);
  world.run(6000);
  assert.deepEqual(world.drives, ['withdraw', 'throw']);
});

test('unlocking again begins the relock’s time anew', () => {
  const { world, site } = ownedLock({ policy: { relockDelayMs: 10_000 } });
  site.askAndWait({ verb: 'unlock' });
  world.run(3000);
  site.askAndWait({ verb: 'unlock' });
  world.run(3000);
  assert.deepEqual(world.drives, ['withdraw']);
  world.run(5000);
  assert.deepEqual(world.drives, ['withdraw', 'throw']);
});

test('what is not the moment: an open door, an empty battery, a repeated request, a verb that it does not have', () => {
  const { world, site } = ownedLock();
  const requestId = new Uint8Array(16).fill(9);
  const refusals: (string | undefined)[] = [];
  const ask = (of: Parameters<Site['ask']>[0]): void => void refusals.push(site.askAndWait(of).receipt?.record.reason);
  ask({ verb: 'unlock', requestId });
  ask({ verb: 'unlock', requestId });
  world.moveDoor(true);
  ask({ verb: 'lock' });
  world.moveDoor(false);
  ask({ verb: 'unlatch' });
  world.input({ kind: 'battery', mv: 3999 });
  ask({ verb: 'lock' });
  world.input({ kind: 'battery', mv: 4000 });
  ask({ verb: 'lock' });
  assert.deepEqual(refusals, ['granted-trusted', 'request-repeated', 'door-open', 'verb-not-supported', 'battery-empty', 'bolt-secured']);
  assert.deepEqual(world.drives, ['withdraw', 'throw']);
  assert.deepEqual(world.signals, ['granted', 'refused', 'refused', 'refused', 'refused', 'granted']);
});

test('the hub’s journal is the lock’s, whole and in order, and status tells what is sensed', () => {
  const { world, site } = ownedLock();
  for (const verb of ['unlock', 'lock', 'unlock'] as const) site.askAndWait({ verb });
  world.run(1000);
  assert.deepEqual(site.ingested.map(({ seq }) => seq), world.stored.entries.map(({ seq }) => seq));
  assert.ok(verifyEntries(world.crypto, world.state.lockId, GENESIS, site.ingested).ok);
  assert.equal(world.state.journal.held.length, 0);
  assert.equal(world.stored.acknowledged, world.stored.entries.length);
  const status = unprovenStatus(world.sent.findLast(({ type }) => type === 'status')?.body ?? new Uint8Array(0));
  assert.deepEqual([status?.bolt, status?.door, status?.adopted, status?.rosterVersion], ['unlocked', 'closed', true, 1]);
});
