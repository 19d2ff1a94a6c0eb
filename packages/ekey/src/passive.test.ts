// The key on a real passive lock, which lives on what the key gives it: time, the grant, the turn and the return, revocations handed on, records
// brought home. Cut and lifted anywhere: contact-cuts.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { decodeFromKey } from '@mortise/courier/key-message.ts';
import { openStatus } from '@mortise/courier/status.ts';
import { Guests } from '@mortise/lock/guests.conformance.ts';
import { ownedLock } from '@mortise/lock/site.conformance.ts';
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

test('the key brings home how the lock was left: open while it stands open, locked once it was turned back', () => {
  const boltIn = ({ key, guests: { world, site } }: Site): string | undefined => {
    const [post, ...more] = key.state.bag.fromLocks.filter(({ type }) => type === 'status');
    const status = post && openStatus(site.crypto, world.keys.identityKey, world.state.lockId, post.body);
    assert.equal(more.length, 0, 'the newest only');
    return status?.ok === true ? status.value.bolt : undefined;
  };
  const site = new Site('passive');
  site.ready();
  const touch = site.touch();
  touch.begin('unlock');
  site.run(3000);
  assert.equal(boltIn(site), 'unlocked');
  site.guests.world.turn('thrown');
  site.run(500);
  touch.lift();
  site.run(100);
  assert.deepEqual([boltIn(site), site.guests.world.position], ['locked', 'thrown']);
});

test('what locks wrote goes home before the key’s own journal: a hub that takes that no more has it all the same', () => {
  const site = new Site('passive');
  site.ready();
  site.open();
  const before = site.hub.said.length;
  site.update();
  const types = site.hub.said.slice(before).map(({ type }) => type);
  assert.ok(types.includes('post-from-lock') && types.lastIndexOf('post-from-lock') < types.indexOf('journal'), types.join());
  const again = new Site('passive');
  again.ready();
  again.open();
  again.hub.pass = (bytes, to) => (to === 'hub' && decodeFromKey(bytes)?.type === 'journal' ? [] : [bytes]);
  again.update();
  assert.ok(again.hub.fromLocks.length > 0 && again.hub.fromLocks.length === site.hub.fromLocks.length);
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

/** At a lock that was just adopted and knows no door; with the roster that tells it, for whoever carries it. */
const freshSite = (): { readonly site: Site; readonly roster: Bytes } => {
  const guests = new Guests(ownedLock({}, 'passive').site);
  const site = new Site('passive', 'a key', guests);
  site.ready();
  return { site, roster: guests.roster() };
};

const carry = (site: Site, roster: Bytes): void => {
  site.hub.link();
  site.hub.post(site.guests.world.state.lockId, 'roster', roster);
  site.run(1000);
  site.hub.unlink();
};

test('a lock that was just adopted is brought its roster by the first key that it shall let in, and opens in the same touch', () => {
  const without = freshSite().site;
  without.open();
  assert.deepEqual([without.guests.world.drives, tail(without, 1)[0]?.split(' ')[0]], [[], 'contact-refused'], 'control: without the roster');
  const { site, roster } = freshSite();
  carry(site, roster);
  site.open();
  assert.deepEqual([site.guests.world.position, tail(site, 2).map((told) => told.split(' ')[0])], ['withdrawn', ['contact-refused', 'contact-opened']]);
  assert.deepEqual(lockReasons(site).filter((reason) => /roster|granted|operation/.test(reason)).slice(-3), ['event roster-accepted', 'decision granted-document', 'operation granted-document']);
  assert.deepEqual(site.key.state.bag.forLocks, [], 'what was taken is not carried on');
  assert.ok(!site.key.stored.values.has('contact'));
});

test('a roster that is not its next one changes nothing, and the key asks no second time', () => {
  const { site } = freshSite();
  carry(site, site.guests.site.roster({ version: 7, previous: site.key.crypto.sha256(new Uint8Array(1)) }).bytes);
  site.open();
  assert.deepEqual([site.guests.world.drives, tail(site, 2).map((told) => told.split(' ')[0])[1]], [[], 'contact-refused']);
  assert.equal(lockReasons(site).filter((reason) => reason === 'event roster-refused').length, 1);
  assert.equal(site.key.told().filter((told) => told.startsWith('contact-refused')).length, 1);
});

test('lifted at any frame while the roster is brought: the next touch or the one after it opens, and no proof is left untold', () => {
  for (let frames = 1; frames < 60; frames += 1) {
    const { site, roster } = freshSite();
    carry(site, roster);
    const touch = site.touch();
    let [seen, wasLifted] = [0, false];
    touch.pins = (frame) => {
      seen += 1;
      if (seen > frames) wasLifted = true;
      return wasLifted ? [] : [frame];
    };
    touch.begin('unlock');
    site.run(1500);
    touch.lift();
    site.run(200);
    if (!wasLifted) return assert.ok(frames > 20, 'a touch that brings a roster takes many frames');
    assert.ok(!site.key.stored.values.has('contact'), `${frames}: nothing is left unfinished`);
    if (site.guests.world.position === 'withdrawn') site.guests.world.turn('thrown');
    for (let touches = 0; touches < 2 && site.guests.world.position === 'thrown'; touches += 1) site.open();
    assert.equal(site.guests.world.position, 'withdrawn', `after a lift at frame ${frames}`);
  }
  return assert.fail('it never ends');
});
