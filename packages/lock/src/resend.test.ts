// A hub that has less of the journal than it once acknowledged (its backup was put back): what the lock still keeps comes again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENESIS } from '@mortise/journal/chain.ts';
import { MAX_KEPT_ENTRIES } from './events.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import type { World } from './world.conformance.ts';

const turn = (world: World, times: number): void => {
  for (let count = 0; count < times; count += 1) {
    world.turn(count % 2 === 0 ? 'withdrawn' : 'thrown');
    world.run(500);
  }
  world.run(20_000);
};

/** The hub forgets what came after its first `seq` records, and says so, as it does when a batch leaves a gap. */
const putBack = (world: World, site: Site, seq: number): void => {
  site.ingested.length = seq;
  site.known = site.ingested.at(-1) ?? GENESIS;
  site.acknowledge(seq);
  world.run(30_000);
};

const isWhole = (world: World, site: Site): void => {
  assert.deepEqual(site.ingested.map(({ seq }) => seq), world.stored.entries.map(({ seq }) => seq));
  assert.equal(world.state.journal.held.length, 0);
};

test('a hub whose backup was put back gets again what it had acknowledged since', () => {
  const { world, site } = ownedLock();
  turn(world, 60);
  isWhole(world, site);
  putBack(world, site, 5);
  isWhole(world, site);
  world.restart();
  world.run(5000);
  isWhole(world, site);
  putBack(world, site, 0);
  isWhole(world, site);
});

test('of what is too old to be kept nothing is made up: the batch begins where the lock’s memory does', () => {
  const { world, site } = ownedLock();
  turn(world, MAX_KEPT_ENTRIES);
  const last = world.stored.entries.length;
  assert.equal(world.state.journal.kept.length, MAX_KEPT_ENTRIES, 'the lock’s memory is bounded');
  site.acknowledges = false;
  site.known = world.stored.entries[last - MAX_KEPT_ENTRIES] ?? GENESIS; // the oldest that it keeps, and so the last before what it can send
  site.ingested.length = site.known.seq;
  site.acknowledge(3);
  world.run(12_000);
  assert.equal(site.ingested.length, site.known.seq);
  assert.equal(world.state.journal.from.seq, last - MAX_KEPT_ENTRIES + 1);
  site.acknowledges = true;
  world.run(60_000);
  isWhole(world, site);
});

test('an acknowledgement that comes late or twice changes nothing that is not sent again', () => {
  const { world, site } = ownedLock();
  turn(world, 10);
  const before = world.state.journal.last.seq;
  site.acknowledge(before);
  site.acknowledge(before + 1000);
  world.run(100);
  assert.deepEqual([world.state.journal.acknowledged, world.state.journal.held.length], [before, 0]);
});
