// Power cuts, a store that fails, a signer that is silent: nothing moves that is not written down, nothing written is lost or
// doubled, the chain goes on, and what was left open is closed by the start.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENESIS, verifyEntries } from '@mortise/journal/chain.ts';
import { Secret } from '@mortise/base/secret.ts';
import { restore, type Stored } from './birth.ts';
import { CONFIGURATION_VERSION } from './configuration.ts';
import { MEMORY_PARTS, type MemoryParts } from './memory-parts.ts';
import { ownedLock } from './site.conformance.ts';
import { SETUP_SECRET, type World } from './world.conformance.ts';

const isWhole = (world: World): void => {
  assert.ok(verifyEntries(world.crypto, world.state.lockId, GENESIS, world.stored.entries).ok);
};

test('a store that never answers: nothing moves, nothing is told', () => {
  const { world, site } = ownedLock();
  world.faults.storeDelayMs = undefined;
  const run = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(world.drives, []);
  assert.equal(run.outcome, undefined);
  world.faults.storeDelayMs = 2;
  world.restart();
  assert.deepEqual(site.askAndWait({ verb: 'unlock' }).outcome, { kind: 'completed', readerStatus: 0x0181 }, 'control');
});

test('a store that answers after the transaction’s time: not driven, recorded, told as long as somebody listens', () => {
  const { world, site } = ownedLock();
  world.faults.storeDelayMs = 6000;
  const run = site.ask({ verb: 'unlock' });
  world.run(20_000);
  assert.deepEqual(world.drives, []);
  assert.deepEqual(run.outcome, { kind: 'completed', readerStatus: 0x0007 });
  assert.equal(run.receipt?.record.reason, 'transaction-too-late');
  assert.equal(run.receipt?.record.allowed, false);
});

test('while the store does not answer, requests are refused before the queue is full, and what was not recorded is counted', () => {
  const { world, site } = ownedLock();
  world.faults.storeDelayMs = undefined;
  for (let turn = 0; turn < 80; turn += 1) world.turn(turn % 2 === 0 ? 'withdrawn' : 'thrown');
  assert.equal(world.state.stores.length, 64);
  assert.ok(world.state.journal.unproven.suppressed > 0);
  const run = site.askAndWait({ verb: 'unlock' });
  assert.equal(run.closed, 'busy');
});

test('a signer that is silent: the transaction ends in time, and nothing moves', () => {
  const { world, site } = ownedLock();
  world.faults.signDelayMs = undefined;
  const run = site.ask({ verb: 'unlock' });
  world.run(40_000);
  assert.equal(run.closed, 'too-late');
  assert.deepEqual(world.drives, []);
});

test('power cuts at each moment of an unlock: the chain is whole, each decision is closed, the request stays spent', () => {
  let cuts = 0;
  let closedByStart = 0;
  for (let atMs = 20; atMs <= 700; atMs += 20) {
    const { world, site } = ownedLock();
    const requestId = new Uint8Array(16).fill(3);
    site.ask({ verb: 'unlock', requestId });
    world.run(atMs);
    const durable = world.stored.entries.length;
    world.restart();
    world.run(5000);
    cuts += 1;
    isWhole(world);
    assert.ok(world.stored.entries.length > durable);
    const records = world.records();
    const decided = records.filter(({ kind, allowed }) => kind === 'decision' && allowed === true);
    const closed = records.filter(({ kind, reason, requestId: id }) => id !== undefined && (kind === 'operation' || reason === 'started'));
    assert.equal(closed.length, decided.length, `cut after ${atMs} ms`);
    closedByStart += closed.filter(({ reason }) => reason === 'started').length;
    const again = site.askAndWait({ verb: 'unlock', requestId });
    if (decided.length > 0) assert.equal(again.receipt?.record.reason, 'request-repeated', `cut after ${atMs} ms`);
    world.run(11_000);
    assert.deepEqual(site.ingested.map(({ seq }) => seq), world.stored.entries.map(({ seq }) => seq), 'the hub has each entry once');
  }
  assert.ok(closedByStart > 0);
  console.log(`restart: ${cuts} power cuts, ${closedByStart} decisions closed by the start`);
});

test('a second start has nothing left to close', () => {
  const { world, site } = ownedLock();
  site.ask({ verb: 'unlock' });
  world.run(300);
  world.restart();
  world.run(500);
  const before = world.stored.entries.length;
  world.restart();
  world.run(500);
  assert.equal(world.stored.entries.length, before + 1);
});

test('the clock is held after a restart, and set again by the hub', () => {
  const { world, site } = ownedLock();
  site.tellsTime = false;
  world.restart();
  world.run(100);
  assert.equal(world.records().at(-1)?.clock, 'held');
  site.tellsTime = true;
  world.run(61_000);
  world.turn('withdrawn');
  world.run(100);
  assert.equal(world.records().at(-1)?.clock, 'synced');
});

test('a lock whose clock was never set says so', () => {
  const { world } = ownedLock();
  assert.equal(world.records()[0]?.clock, 'lost');
});

test('batches: 32 entries at most, again until they are acknowledged, only what is durable', () => {
  const { world, site } = ownedLock();
  site.acknowledges = false;
  for (let turn = 0; turn < 50; turn += 1) {
    world.turn(turn % 2 === 0 ? 'withdrawn' : 'thrown');
    world.run(10);
  }
  world.run(25_000);
  const batches = world.sent.filter(({ type }) => type === 'journal').length;
  assert.ok(batches >= 3, 'it was sent again');
  assert.ok(site.ingested.length <= 2 + 32);
  site.acknowledges = true;
  world.run(60_000);
  assert.equal(site.ingested.length, world.stored.entries.length);
  assert.equal(world.state.journal.held.length, 0);
});

test('a link that comes and goes loses nothing and ends what was undecided', () => {
  const { world, site } = ownedLock();
  site.ask({ verb: 'unlock' });
  world.run(50);
  world.input({ kind: 'linkDown' });
  world.turn('withdrawn');
  world.run(1000);
  assert.equal(world.state.sessions.length, 0);
  world.input({ kind: 'linkUp' });
  world.run(1000);
  assert.equal(site.ingested.length, world.stored.entries.length);
});

test('restore refuses what is not this lock’s: another lock, a broken chain, garbage, an acknowledgement from the future', () => {
  const { world, site } = ownedLock();
  site.askAndWait({ verb: 'unlock' });
  const { configuration = new Uint8Array(0), memory, entries, acknowledged } = world.stored;
  const restored = (change: Partial<Stored>): string => {
    const result = restore({ crypto: world.crypto }, world.keys, new Secret(SETUP_SECRET), { configuration, memory, entries, acknowledged, ...change });
    return result.ok ? 'restored' : result.error.code;
  };
  assert.equal(restored({}), 'restored', 'control');
  assert.equal(restored({ entries: entries.slice(2) }), 'restored', 'an acknowledged head may be gone');
  assert.equal(restored({ entries: [...entries.slice(0, 1), ...entries.slice(2)] }), 'journal-broken');
  assert.equal(restored({ entries: entries.slice(2), acknowledged: 0 }), 'journal-broken');
  assert.equal(restored({ acknowledged: 99 }), 'journal-broken');
  assert.equal(restored({ entries: [] }), 'journal-broken');
  assert.equal(restored({ configuration: configuration.slice(1) }), 'configuration-malformed');
  assert.equal(restored({ configuration: new Uint8Array(0) }), 'configuration-malformed');
});

test('a memory of documents that is missing or damaged is refused, never taken for an empty one', () => {
  const { world } = ownedLock();
  const { configuration = new Uint8Array(0), memory, entries, acknowledged } = world.stored;
  const restored = (parts: MemoryParts, format = CONFIGURATION_VERSION): string => {
    // [version, …] is a CBOR array of four: its second byte is the version.
    const stored = { configuration: configuration.with(1, format), memory: parts, entries, acknowledged };
    const result = restore({ crypto: world.crypto }, world.keys, new Secret(SETUP_SECRET), stored);
    return result.ok ? 'restored' : result.error.code;
  };
  assert.deepEqual(Object.keys(memory).toSorted(), [...MEMORY_PARTS].toSorted(), 'all are there from the first start on');
  assert.equal(restored(memory), 'restored', 'control');
  assert.equal(restored({}), 'memory-refused');
  for (const part of MEMORY_PARTS) {
    const { [part]: bytes = new Uint8Array(0), ...others } = memory;
    assert.equal(restored(others), 'memory-refused', `without ${part}`);
    for (let length = 0; length < bytes.length; length += 1) assert.equal(restored({ ...memory, [part]: bytes.slice(0, length) }), 'memory-refused', `${part} cut`);
    for (let bit = 0; bit < 8; bit += 1) assert.equal(restored({ ...memory, [part]: bytes.with(0, (bytes[0] ?? 0) ^ (1 << bit)) }), 'memory-refused', `${part} flipped`);
  }
  assert.equal(restored({}, CONFIGURATION_VERSION - 1), 'restored', 'a lock from before it opened to documents');
  assert.equal(restored(memory, CONFIGURATION_VERSION - 1), 'memory-refused', 'which has no memory of any');
});
