// Time first: what sets a passive lock's clock and what does not. What does not is recorded with why, and the clock stays lost, so that grants,
// which are all limited in time, are refused; a key of the roster opens. Nothing a key's clock says raises the floor.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockQuality } from '@mortise/access/clock.ts';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeTimeAsk, encodeCertifiedTime } from '@mortise/courier/link-body.ts';
import { passiveLock, said, type Contacts, type Telling } from './contact.conformance.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './guests.conformance.ts';
import { MAX_CARRIED_UNPROVEN } from './near-carry.ts';
import type { NearLink } from './near-link.conformance.ts';

const floorOf = ({ world }: Contacts): number => world.state.clock.floor;

/** One touch with this telling: the records of refusals, whether a guest was let in, and how the floor moved. */
const tell = (contacts: Contacts, telling: Telling, document = contacts.guests.issue()): readonly unknown[] => {
  const before = floorOf(contacts);
  const { records, run } = contacts.visit([document], {}, telling);
  contacts.world.position = 'thrown';
  const refused = records.flatMap(({ reason, rule }) => (reason === 'time-refused' ? [rule] : []));
  const decision = records.find(({ kind, reason }) => kind === 'decision' && reason !== 'found-otherwise');
  assert.equal(run.outcome?.kind, 'completed');
  return [refused, decision?.reason, decision?.clock, floorOf(contacts) - before];
};

const nonceOf = (via: NearLink): Bytes => required(decodeTimeAsk(required(via.bodies('time-ask')[0], 'the lock asks')), 'a nonce');

test('a certified clock sets the lock’s, of an electronic key without raising the floor, of the hub raising it', () => {
  const contacts = passiveLock();
  const { site } = contacts;
  assert.deepEqual(tell(contacts, {}), [[], 'granted-document', 'held', 0]);
  const before = floorOf(contacts);
  const hub = { by: site.timeKey, certificate: site.certify(site.timeKey, { kind: 'hub' }) };
  assert.deepEqual(tell(contacts, hub).slice(0, 3), [[], 'granted-document', 'synced']);
  assert.ok(floorOf(contacts) > before, 'the hub’s word, though a key carried it');
  assert.deepEqual(tell(contacts, { fields: { instant: instant(site.now() + 3 * DAY_MS), lastSync: site.now() } }), [[], 'granted-document', 'held', 0], 'a key’s clock three days ahead');
  assert.deepEqual(tell(contacts, {}), [[], 'granted-document', 'held', 0], 'shuts nobody out');
});

test('what does not count is refused with its reason, recorded, and leaves the clock lost', () => {
  const contacts = passiveLock();
  const { site, guests } = contacts;
  const stranger = site.issuer;
  const at = (ms: number) => ({ instant: instant(site.now() + ms), lastSync: instant(site.now() + ms) });
  const old = contacts.tell(new Uint8Array(16).fill(9));
  const cases: readonly (readonly [string, Telling])[] = [
    ['nonce-wrong', { body: () => old }],
    ['other-lock', { fields: { lockId: identifierOf<LockId>(guests.id('another lock')) } }],
    ['expired', { certificate: site.certify(contacts.clock, { until: instant(site.now() - 1000) }) }],
    ['expired', { fields: { lastSync: instant(site.now() - 200 * DAY_MS) }, certificate: site.certify(contacts.clock, { driftPpm: 50 }) }],
    ['signer-unknown', { certificate: site.certify(contacts.clock, {}, stranger) }],
    ['signer-unknown', { by: stranger }],
    ['signer-unknown', { certificate: utf8('no certificate') }],
    ['malformed', { body: () => utf8('garbage') }],
    ['malformed', { body: () => encodeCertifiedTime({ certificate: contacts.certificate, answer: contacts.certificate }).slice(1) }],
    ['type-wrong', { body: () => encodeCertifiedTime({ certificate: contacts.certificate, answer: site.certify(contacts.clock, {}, contacts.clock) }) }],
    ['below-floor', { fields: at(-DAY_MS) }],
    ['below-floor', { fields: at(floorOf(contacts) - site.now() - MINUTE_MS) }],
  ];
  for (const [code, telling] of cases) {
    assert.deepEqual(tell(contacts, telling), [[`time:${code}`], 'clock-lost', 'lost', 0], code);
  }
  assert.deepEqual(tell(contacts, { silent: true }), [[], 'clock-lost', 'lost', 0], 'no answer at all');
  assert.deepEqual(tell(contacts, {}), [[], 'granted-document', 'held', 0], 'control');
  console.log(`passive time: ${cases.length} answers that do not count, each recorded`);
});

test('an answer that was held back counts no more', () => {
  const contacts = passiveLock();
  const { world } = contacts;
  const via = contacts.touch({ silent: true });
  world.run(20);
  const nonce = nonceOf(via);
  const before = contacts.lastSeq();
  const body = contacts.tell(nonce);
  world.run(10_001);
  via.bring('certified-time', body);
  world.run(100);
  assert.deepEqual(contacts.recordsAfter(before).map(({ rule }) => rule), ['time:too-late']);
});

test('a refusal leaves the question open, and so many are listened to', () => {
  const contacts = passiveLock();
  const { world, guests, site } = contacts;
  const via = contacts.touch({ silent: true });
  world.run(20);
  const nonce = nonceOf(via);
  via.bring('certified-time', utf8('garbage'));
  via.bring('certified-time', contacts.tell(nonce));
  world.run(20);
  assert.equal(clockQuality(world.state.clock, { monotonicMs: world.nowMs - world.bootMs, rtcMs: NaN }), 'held');
  via.bring('certified-time', contacts.tell(nonce));
  world.run(20);
  assert.deepEqual(contacts.recordsAfter(contacts.lastSeq() - 1).map(({ rule }) => rule), ['time:nonce-wrong'], 'a question is answered once');
  assert.equal(site.askAndWait({ verb: 'unlock', phone: guests.guest, documents: [guests.issue()], via }).receipt?.record.allowed, true);
  const noisy = contacts.touch({ silent: true });
  for (let count = 0; count <= MAX_CARRIED_UNPROVEN; count += 1) noisy.bring('certified-time', utf8('garbage'));
  world.run(50);
  assert.deepEqual([noisy.isOpen, noisy.heard.at(-1)], [false, { kind: 'closed', code: 'protocol-error' }]);
});

test('before the credential is proven nothing else is taken, and what is tried is recorded', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  const brings = [
    ['time-bound', site.timeBound(site.now())], ['time-answer', site.answer(new Uint8Array(16))], ['revocation', guests.revoke(guests.id('x')).bytes],
    ['owner-set', site.owners([site.owner, site.issuer])], ['journal-ack', site.ack(1)], ['status-ask', utf8('')],
  ] as const;
  for (const [type, body] of brings) {
    const [before, { floor }] = [contacts.lastSeq(), world.state.clock];
    const via = contacts.touch();
    world.run(20);
    via.bring(type, body);
    world.run(50);
    assert.deepEqual([via.isOpen, via.heard.at(-1)], [false, { kind: 'closed', code: 'protocol-error' }], type);
    assert.deepEqual(said(contacts.recordsAfter(before)), ['event protocol-error locked'], type);
    assert.equal(world.state.clock.floor, floor);
  }
  const via = contacts.touch();
  world.run(20);
  site.askAndWait({ verb: 'syncOnly', phone: site.phone, via });
  via.bring('time-bound', site.timeBound(instant(site.now() + HOUR_MS)));
  world.run(50);
  assert.ok(world.state.clock.floor > site.now(), 'control: the same from a key that has proven itself');
});

test('a bound that any key carries closes the door to a clock that was wound back', () => {
  const contacts = passiveLock();
  const { site, world, guests } = contacts;
  const document = guests.issue();
  const slow = { fields: { instant: instant(site.now() - 100), lastSync: instant(site.now() - 100) } };
  assert.deepEqual(tell(contacts, slow, document)[1], 'granted-document', 'before');
  world.nowMs += 30 * DAY_MS;
  const late = { fields: { instant: instant(site.now() - 30 * DAY_MS), lastSync: instant(site.now() - 30 * DAY_MS) } };
  assert.deepEqual(tell(contacts, late, document)[1], 'granted-document', 'nobody has told the lock: the key is the clock');
  const via = contacts.touch();
  world.run(20);
  site.askAndWait({ verb: 'syncOnly', phone: site.phone, via });
  via.bring('time-bound', site.timeBound(site.now()));
  world.run(50);
  assert.deepEqual(tell(contacts, late, document), [['time:below-floor'], 'clock-lost', 'lost', 0]);
});

test('an electronic key’s answer writes nothing: nothing of it outlives the contact', () => {
  const contacts = passiveLock();
  const { world } = contacts;
  contacts.touch();
  world.run(100);
  assert.equal(clockQuality(world.state.clock, { monotonicMs: world.nowMs - world.bootMs, rtcMs: NaN }), 'held', 'control');
  const configuration = world.stored.configuration;
  contacts.touch({ silent: true });
  world.run(100);
  assert.equal(world.stored.configuration, configuration);
  assert.equal(clockQuality(world.state.clock, { monotonicMs: world.nowMs - world.bootMs, rtcMs: NaN }), 'lost');
});
