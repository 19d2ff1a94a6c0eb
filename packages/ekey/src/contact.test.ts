// The key on a real lock: it opens, is refused, carries revocations, posts and journals, and tells its own journal of all of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { required } from '@mortise/base/assert.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { MAX_DOCUMENTS } from '@mortise/aliro/document-cbor.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { Site, type Touch } from './touch.conformance.ts';

const drivesOf = (site: Site): number => site.guests.world.drives.length;

/** The lock's records that came home by the key. */
const cameHome = (site: Site): readonly string[] => {
  const { world, site: owner } = site.guests;
  const records = site.hub.fromLocks.flatMap(({ message }) => {
    const read = decodeFromLock(message);
    if (read?.type !== 'journal') return [];
    const batch = openBatch(world.crypto, owner.journalKey.privateKey.reveal(), world.keys.identityKey, read.body);
    assert.ok(batch.ok);
    return batch.value.entries.map(({ seq, record }) => ({ seq, reason: required(decodeRecord(record), 'a record').reason }));
  });
  return [...new Map(records.map(({ seq, reason }) => [seq, reason])).values()];
};

test('the key opens by its grant; both journals tell of it, and the lock’s comes home by the key until the hub has it', () => {
  const site = new Site();
  site.ready();
  site.open();
  assert.deepEqual([site.guests.world.drives, site.key.told().at(-1)], [['withdraw'], 'contact-opened lock:granted-document']);
  const opened = required(site.key.records().at(-1), 'a record');
  assert.deepEqual([opened.lock, opened.sensed.bolt, opened.grant?.length], [site.guests.world.state.lockId, 'unlocked', 16]);
  site.update();
  assert.ok(cameHome(site).includes('granted-document'));
  assert.ok(site.key.state.bag.fromLocks.some(({ type }) => type === 'journal'), 'and stays in the key');
  const last = site.guests.world.state.journal.last.seq;
  site.hub.post(site.guests.world.state.lockId, 'journal-ack', site.hub.ack(site.guests.world.state.lockId, last));
  site.update();
  assert.deepEqual(site.key.state.bag.fromLocks.filter(({ type }) => type === 'journal'), [], 'until the hub’s word says that it is there');
  site.guests.world.turn('thrown');
  site.open();
  assert.equal(site.guests.world.state.journal.acknowledged, last, 'the lock hears it by the key, too');
});

test('a grant for another door, one that ended, another credential’s: the lock refuses with its reason, and both write it down', () => {
  const cases = [
    ['contact-refused lock:document-missing', (site: Site) => site.hub.grant({ places: [site.guests.otherDoor] })],
    ['contact-refused lock:grant-expired', (site: Site) => site.hub.grant({ places: [site.guests.door], until: site.hub.at(-1000) })],
    ['contact-refused lock:other-credential', (site: Site) => site.hub.grant({ places: [site.guests.door] }, site.guests.guest.publicKey)],
  ] as const;
  for (const [told, grant] of cases) {
    const site = new Site();
    site.ready([site.hub.ownTimeKey(), grant(site)]);
    site.open();
    assert.match(site.key.told().at(-1) ?? '', /^contact-refused lock:/, told);
    assert.equal(drivesOf(site), 0, told);
  }
});

test('of many grants the lock is shown those for its door, with their stamps; no answer is longer than a reader takes', () => {
  const site = new Site();
  const { hub, guests } = site;
  const others = Array.from({ length: 31 }, (_, index) => hub.grant({ places: [{ kind: 'group', id: hub.group(`group ${index}`) }], freshForS: 86_400 }));
  const fitting = hub.grant({ places: [guests.group], freshForS: 86_400 });
  const grants = [...others.slice(0, 20), fitting, ...others.slice(20)];
  site.ready([hub.ownTimeKey(), ...grants, ...grants.map((grant) => hub.stamp(grant))]);
  assert.ok(grants.length > MAX_DOCUMENTS);
  site.open();
  assert.deepEqual([drivesOf(site), site.key.told().at(-1)], [1, 'contact-opened lock:granted-document']);
});

test('past its deadline the key does not begin, until it was updated', () => {
  const site = new Site();
  site.ready(undefined, { revalidateBy: site.hub.at(60_000) });
  site.run(61_000);
  site.open();
  assert.deepEqual([drivesOf(site), site.key.told().at(-1)], [0, 'must-update']);
  site.hub.order([site.hub.ownTimeKey(), site.hub.grant({ places: [site.guests.door] })]);
  site.update();
  site.open();
  assert.equal(drivesOf(site), 1, 'the control');
});

test('revocations go in by the key, and bar a guest; the key learns what an owner took back and keeps the newest', () => {
  const site = new Site();
  const { guests, hub } = site;
  site.ready();
  const lent = guests.issue({ remote: true });
  const taken = hub.revoke([identifierBytes(guests.grantId('grant'))]);
  hub.revocations.push(taken);
  site.update();
  assert.deepEqual(site.key.state.revocations.map(({ bytes }) => bytes), [taken]);
  site.open();
  assert.ok(guests.world.records().some(({ reason }) => reason === 'revocations-accepted'));
  guests.world.turn('thrown');
  guests.world.input({ kind: 'linkUp' });
  site.run(500);
  assert.equal(guests.ask([lent]).decision.reason, 'revoked');
});

test('lifted, cut or drowned at any frame and effect: the lock opened only if a journal tells, and the next contact opens', () => {
  let turns = 0;
  for (const what of ['lift', 'cut', 'flip'] as const) {
    for (let at = 0; at < 24; at += 1) {
      const site = new Site();
      site.ready();
      const touch = site.touch();
      disturb(site, touch, what, at);
      turns += 1;
      touch.begin('unlock');
      site.run(5000);
      touch.lift();
      site.key.allow = () => true;
      if (what === 'cut') site.key.restart();
      site.run(3000);
      const told = site.key.told().filter((each) => each.startsWith('contact-'));
      if (drivesOf(site) > 0) assert.ok(told.length > 0, `${what} ${at}: it opened, and the key’s journal says nothing`);
      assert.ok(!site.key.stored.values.has('contact'), `${what} ${at}: nothing is left unfinished`);
      if (site.guests.world.position !== 'thrown') site.guests.world.turn('thrown');
      const before = drivesOf(site);
      site.open();
      assert.equal(drivesOf(site), before + 1, `${what} ${at}: the next one opens: ${site.key.told().slice(-4).join()} ${site.guests.world.records().slice(-3).map(({ reason }) => reason).join()}`);
    }
  }
  assert.ok(turns > 20, String(turns));
});

const disturb = (site: Site, touch: Touch, what: 'lift' | 'cut' | 'flip', at: number): void => {
  let count = 0;
  if (what === 'cut') {
    site.key.allow = () => {
      count += 1;
      if (count === at + 1) site.key.cut();
      return count !== at + 1;
    };
    return;
  }
  touch.pins = (frame) => {
    count += 1;
    if (count !== at + 1) return [frame];
    if (what === 'lift') touch.lift();
    return what === 'flip' ? [frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 1)] : [];
  };
};

test('any frames in any order leave the key whole, and it opens the next lock', () => {
  const site = new Site();
  site.ready();
  fc.assert(fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 40 }).map((body) => Uint8Array.of(5, ...body)), fc.uint8Array({ minLength: 1, maxLength: 40 }).map((body) => Uint8Array.of(2, ...body))), { maxLength: 6 }), (frames) => {
    site.key.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
    for (const bytes of frames) site.key.input({ kind: 'frame', bytes });
    site.key.input({ kind: 'lifted' });
    site.run(5);
    assert.equal(site.key.state.contact, undefined);
  }), { numRuns: 200 });
  site.open();
  assert.equal(drivesOf(site), 1);
});

test('a battery that is empty begins nothing; a low one says so', () => {
  const site = new Site();
  site.ready();
  site.key.input({ kind: 'battery', mv: 3100 });
  site.open();
  assert.deepEqual([drivesOf(site), site.key.told().at(-1)], [0, 'battery-empty']);
  site.run(5000);
  site.key.input({ kind: 'battery', mv: 3400 });
  assert.equal(site.key.signal.name, 'low-battery');
  site.open();
  assert.equal(drivesOf(site), 1, 'the control');
});
