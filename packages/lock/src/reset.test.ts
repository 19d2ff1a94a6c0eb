// Reset by the act inside: only with the bolt sensed withdrawn, moving nothing, written down, told to the hub if it can be, and bounded.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { RESET_REPORT_MS } from './reset-desk.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const reasons = ({ ingested }: Site): readonly string[] => ingested.map(({ record }) => required(decodeRecord(record), 'a record').reason);

test('the hub has the record before anything is erased, and nothing moves', () => {
  const { world, site } = ownedLock();
  world.input({ kind: 'reset' });
  world.run(1000);
  assert.deepEqual([world.erasures, world.records().at(-1)?.reason === 'reset'], [0, false], 'not while it is locked');
  world.turn('withdrawn');
  world.run(500);
  world.input({ kind: 'reset' });
  assert.equal(world.erasures, 0, 'not before it is durable');
  world.run(500);
  assert.deepEqual([world.erasures, reasons(site).at(-1), world.records().at(-1)?.rule, world.drives], [1, 'reset', 'inside', []]);
  world.input({ kind: 'reset' });
  world.run(5000);
  assert.deepEqual([world.erasures, world.records().filter(({ reason }) => reason === 'reset').length], [1, 1], 'once');
});

test('a hub that is silent, a link that is down, a store that hangs: it waits so long and no longer', () => {
  const until = (change: (world: World, site: Site) => void): number => {
    const { world, site } = ownedLock();
    world.turn('withdrawn');
    world.run(500);
    change(world, site);
    world.input({ kind: 'reset' });
    const start = world.nowMs;
    while (world.erasures === 0 && world.nowMs < start + 10_000) world.run(10);
    return world.nowMs - start;
  };
  const [silent, down, hanging] = [until((_, site) => { site.acknowledges = false; }), until((world) => { world.input({ kind: 'linkDown' }); }), until((world) => { world.faults.storeDelayMs = undefined; })];
  assert.ok(silent >= RESET_REPORT_MS && silent < RESET_REPORT_MS + 100, `${silent}`);
  assert.ok(down < 100, `${down}`);
  assert.ok(hanging >= RESET_REPORT_MS && hanging < RESET_REPORT_MS + 100, `${hanging}`);
});

test('a lock that nobody owns tells nobody, and one that has not started is not reset', () => {
  const world = new World();
  world.position = 'withdrawn';
  world.input({ kind: 'bolt', position: 'withdrawn' });
  world.input({ kind: 'reset' });
  world.run(5000);
  assert.equal(world.erasures, 0);
  world.start();
  world.run(100);
  world.input({ kind: 'reset' });
  world.run(50);
  assert.deepEqual([world.erasures, world.records().at(-1)?.reason], [1, 'reset']);
});
