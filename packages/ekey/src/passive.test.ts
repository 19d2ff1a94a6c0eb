// The key on a real passive lock, which lives on what the key gives it: time, the grant, the turn and the return, revocations handed on, records
// brought home. Cut and lifted anywhere: contact-cuts.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { Site } from './touch.conformance.ts';

const tail = (site: Site, count: number): readonly string[] => site.key.told().slice(-count);
const lockReasons = (site: Site): readonly string[] => site.guests.world.records().map(({ kind, reason }) => `${kind} ${reason}`);

test('time first, the grant decides, the hand turns; opening and return stand in both journals', () => {
  const site = new Site('passive');
  site.ready();
  const touch = site.touch();
  touch.begin('unlock');
  site.run(3000);
  assert.deepEqual([site.guests.world.position, site.key.signal.name, tail(site, 1)], ['withdrawn', 'granted', ['contact-opened lock:granted-document']]);
  site.guests.world.turn('thrown');
  site.run(500);
  assert.deepEqual([site.key.signal.name, tail(site, 1)[0]?.split(' ')[0]], ['closed', 'contact-closed']);
  touch.lift();
  site.run(100);
  assert.deepEqual(lockReasons(site).slice(-3), ['decision granted-document', 'operation granted-document', 'operation bolt-returned']);
  assert.equal(site.guests.world.records().findLast(({ kind }) => kind === 'decision')?.clock, 'held', 'by the key’s clock');
  site.update();
  assert.ok(site.hub.fromLocks.length > 0, 'and the lock’s journal comes home');
});

test('a key without a valid clock: the lock has no time, and its grant opens nothing', () => {
  const site = new Site('passive');
  site.ready(undefined, { revalidateBy: undefined });
  site.key.faults.hasRtc = false;
  site.open();
  assert.deepEqual([site.guests.world.drives, tail(site, 1)[0]?.startsWith('contact-refused')], [[], true]);
});

test('one key brings a revocation in, the lock hands it to the next', () => {
  const site = new Site('passive');
  site.ready();
  const taken = site.hub.revoke([identifierBytes(site.guests.grantId('some grant'))]);
  site.hub.revocations.push(taken);
  site.update();
  site.open();
  site.run(100);
  assert.ok(lockReasons(site).some((reason) => reason.endsWith('revocations-accepted')));
  site.key.state = { ...site.key.state, revocations: [] };
  site.guests.world.turn('thrown');
  site.open();
  assert.deepEqual(site.key.state.revocations.map(({ bytes }) => bytes.toHex()), [taken.toHex()]);
});
