// When an entry is not even judged, where it is written down, and by what place and time it is judged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifierOf, type DoorId } from '@mortise/base/identifiers.ts';
import type { StoreWrite } from './events.ts';
import { lockWith, PIN, type Hands } from './entries.fixture.ts';
import { MAX_PENDING_STORES_FOR_REQUESTS } from './journal-keeper.ts';
import { World } from './world.conformance.ts';

const OPENS = ['granted', 'decision granted-pin allowed', 'operation granted-pin allowed'];
const typeAt = (world: World, digits: string): void => world.input({ kind: 'typed', digits, verb: 'unlock' });

/** What is handed to the store for what is typed. */
const writesFor = ({ world }: Hands, digits: string): readonly StoreWrite[] => {
  const writes: StoreWrite[] = [];
  world.beforeEffect = (effect) => {
    if (effect.kind === 'store') writes.push(effect.write);
  };
  typeAt(world, digits);
  world.beforeEffect = () => undefined;
  world.run(100);
  return writes;
};

test('before it has started a lock takes nothing, one of nobody refuses, and one without a keypad does not hear', () => {
  const { world } = lockWith({ pins: { [PIN]: {} } });
  world.revive();
  typeAt(world, PIN);
  world.run(100);
  assert.deepEqual([world.signals, world.drives], [[], []]);
  world.start();
  typeAt(world, PIN);
  world.run(100);
  assert.deepEqual([world.signals, world.drives], [['granted'], ['withdraw']], 'control');
  const fresh = new World();
  fresh.start();
  typeAt(fresh, PIN);
  assert.deepEqual(fresh.signals, ['refused']);
  const passive = new World('a lock without a keypad', 'passive');
  passive.wake();
  typeAt(passive, PIN);
  assert.deepEqual(passive.signals, []);
});

test('while the store does not get on, no more is taken than can be written; what is turned away costs nothing', () => {
  const { world } = lockWith({ pins: { [PIN]: {} } });
  world.faults.storeDelayMs = undefined;
  for (let tries = 0; tries < MAX_PENDING_STORES_FOR_REQUESTS + 9; tries += 1) typeAt(world, '99999');
  assert.deepEqual([world.state.stores.length, world.signals.length], [MAX_PENDING_STORES_FOR_REQUESTS, 9]);
  assert.ok(world.signals.every((signal) => signal === 'refused'));
  const before = world.state.entries;
  typeAt(world, PIN);
  assert.deepEqual([world.state.entries, world.drives], [before, []]);
});

test('a refusal and what it costs are one write; what costs nothing writes nothing beside its record', () => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  const keysOf = (writes: readonly StoreWrite[]): readonly (readonly string[])[] => writes.map((write) => Object.keys(write).toSorted());
  assert.deepEqual(keysOf(writesFor(hands, '999999')), [['append', 'memory']]);
  assert.deepEqual(keysOf(writesFor(hands, '99999')), [['append']], 'malformed');
  for (let tries = 0; tries < 4; tries += 1) writesFor(hands, '999999');
  assert.deepEqual(keysOf(writesFor(hands, PIN)), [['append']], 'locked out');
});

test('however much noise there was in this minute, what opens is on record before it opens', () => {
  const hands = lockWith({ pins: { [PIN]: {}, '222222': { rights: 2 } } });
  for (let tries = 0; tries < 40; tries += 1) {
    typeAt(hands.world, '99999');
    hands.world.run(20);
  }
  assert.deepEqual(hands.type(PIN), OPENS);
  hands.world.turn('thrown');
  hands.world.run(50);
  assert.deepEqual(hands.type('222222'), ['refused', 'decision right-missing refused'], 'and so is who may not');
});

test('hours are of the door’s zone, and days off of its calendars; without these nothing opens that needs them', () => {
  const terms = { pins: { [PIN]: { hours: [{ startS: 0, utc: false }] }, '222222': { holidays: 3 } } };
  const hands = lockWith(terms);
  assert.deepEqual(hands.type(PIN), ['refused', 'decision zone-unknown refused']);
  assert.deepEqual(hands.type('222222'), ['refused', 'decision holiday refused']);
  const place = { door: identifierOf<DoorId>(new Uint8Array(16).fill(3)), zoneTable: { initialOffsetS: 7200, transitions: [], untilS: 4_000_000_000 }, delegations: [] };
  hands.enrol(terms, { access: { ...place, calendars: [{ id: 3, days: [], untilDay: 40_000 }] } });
  assert.deepEqual(hands.type(PIN), OPENS);
  assert.equal(hands.type('222222').at(0), 'granted');
  hands.enrol(terms, { access: { ...place, calendars: [] } });
  assert.deepEqual(hands.type('222222'), ['refused', 'decision holiday refused']);
});
