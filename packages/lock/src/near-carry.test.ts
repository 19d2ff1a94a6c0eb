// A phone that carries: what the lock gives it and takes from it once it has opened or was allowed to; who may carry and who may not;
// and that nothing is lost wherever it breaks off.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockQuality } from '@mortise/access/clock.ts';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeOwnerSetAnswer, decodeRosterAnswer, decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { encodeToLock, NO_SESSION } from '@mortise/courier/link-message.ts';
import { openStatus } from '@mortise/courier/status.ts';
import { timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import { MAX_BATCH_ENTRIES, openBatch } from '@mortise/journal/batch.ts';
import { DAY_MS, welcomingLock, type Guests } from './guests.conformance.ts';
import { MAX_CARRIED } from './near-carry.ts';
import { MAX_NEAR_CONNECTIONS } from './near-connections.ts';
import type { NearLink } from './near-link.conformance.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import type { World } from './world.conformance.ts';

/** A lock whose link is down, so that everything goes by phone; its clock runs. */
const offline = (): Guests => {
  const guests = welcomingLock();
  guests.world.run(1000);
  guests.world.input({ kind: 'linkDown' });
  return guests;
};

/** The entries that a phone was given. */
const entriesOf = (site: Site, via: NearLink): readonly number[] =>
  via.bodies('journal').flatMap((body) => {
    const batch = openBatch(site.crypto, site.journalKey.privateKey.reveal(), site.world.keys.identityKey, body);
    assert.ok(batch.ok, batch.ok ? '' : batch.error.code);
    return batch.value.entries.map(({ seq }) => seq);
  });

const carrier = (guests: Guests): NearLink => {
  const via = guests.site.connect();
  assert.equal(guests.site.askAndWait({ verb: 'syncOnly', via }).outcome?.kind, 'completed');
  return via;
};

const answerTime = (site: Site, via: NearLink, ageMs = 0): Bytes => {
  const nonce = required(decodeTimeAsk(required(via.bodies('time-ask')[0], 'the lock asks for the time')), 'a nonce');
  const at = instant(site.now() - ageMs);
  return site.sign(site.timeKey, timeAnswerToSign(site.crypto, site.timeKey.publicKey, timeAnswerPayload({ lockId: site.world.state.lockId, nonce, instant: at, errorMs: 100, lastSync: at })));
};

const qualityOf = ({ state, nowMs, bootMs }: World): string => clockQuality(state.clock, { monotonicMs: nowMs - bootMs, rtcMs: 0 });

test('after it opened, a phone is asked for the time, told how the lock is, and given the journal whole, in order', () => {
  const guests = offline();
  const { world, site } = guests;
  for (let count = 0; count < 50; count += 1) world.turn(count % 2 === 0 ? 'withdrawn' : 'thrown');
  world.run(1000);
  const via = site.connect();
  const run = site.askAndWait({ verb: 'unlock', via });
  assert.equal(run.receipt?.record.sensed.bolt, 'unlocked');
  assert.deepEqual(via.carried.map(({ type }) => type).slice(0, 3), ['time-ask', 'status', 'journal']);
  assert.deepEqual(via.carried.map(({ seq }) => seq), via.carried.map((_, index) => index + 1));
  const status = openStatus(site.crypto, world.keys.identityKey, world.state.lockId, required(via.bodies('status')[0], 'a status'));
  assert.deepEqual([status.ok && status.value.bolt, status.ok && status.value.rosterVersion, status.ok && status.value.ownerSequence], ['unlocked', 2, 1]);
  const { acknowledged, last } = world.state.journal;
  const carried = entriesOf(site, via);
  assert.ok(carried.length > MAX_BATCH_ENTRIES, 'more than one batch');
  assert.deepEqual(carried, Array.from({ length: last.seq - acknowledged }, (_, index) => acknowledged + 1 + index));
  assert.equal(world.state.journal.held.length, carried.length, 'the lock drops nothing for that');
});

test('the receipt comes before anything to carry, so that no opening waits for it', () => {
  const guests = offline();
  const via = guests.site.connect();
  guests.site.askAndWait({ verb: 'unlock', via });
  const kinds = via.heard.map(({ kind }) => kind);
  assert.ok(kinds.lastIndexOf('closed') < kinds.indexOf('carry') && kinds.indexOf('receipt') < kinds.indexOf('closed'), kinds.join(' '));
});

test('the next batch comes when the last one was taken, and not before; another number means nothing', () => {
  const guests = offline();
  const { world, site } = guests;
  for (let count = 0; count < 80; count += 1) world.turn(count % 2 === 0 ? 'withdrawn' : 'thrown');
  world.run(1000);
  const via = site.connect();
  via.takes = false;
  site.askAndWait({ verb: 'syncOnly', via });
  assert.equal(via.bodies('journal').length, 1);
  const { seq } = required(via.carried.find(({ type }) => type === 'journal'), 'a batch');
  via.say({ kind: 'took', seq: seq + 1 });
  world.run(100);
  assert.equal(via.bodies('journal').length, 1);
  via.say({ kind: 'took', seq });
  via.say({ kind: 'took', seq });
  world.run(100);
  assert.equal(via.bodies('journal').length, 2);
  assert.deepEqual(entriesOf(site, via), [...new Set(entriesOf(site, via))]);
});

test('a phone that breaks off costs nothing: the next one is given all again; the hub’s signed word lets it go', () => {
  const guests = offline();
  const { world, site } = guests;
  const first = carrier(guests);
  first.leave();
  const second = carrier(guests);
  const [one, two] = [entriesOf(site, first), entriesOf(site, second)];
  assert.deepEqual(two.slice(0, one.length), one);
  second.bring('journal-ack', site.ack(required(one.at(-1), 'entries')));
  world.run(100);
  assert.equal(world.state.journal.acknowledged, one.at(-1));
  const third = carrier(guests);
  assert.equal(entriesOf(site, third)[0], required(one.at(-1), 'entries') + 1, 'what is acknowledged is not said again');
});

test('syncOnly moves nothing, and its record is no unfinished operation', () => {
  const guests = offline();
  const { world, site } = guests;
  const via = site.connect();
  const run = site.askAndWait({ verb: 'syncOnly', via });
  assert.deepEqual([run.outcome, run.closed, world.drives, world.signals], [{ kind: 'completed', readerStatus: 0x0100 }, 'done', [], []]);
  assert.deepEqual([run.receipt?.record.verb, run.receipt?.record.allowed, run.receipt?.record.kind, run.receipt?.record.sensed.bolt], ['syncOnly', true, 'decision', 'locked']);
  world.turn('withdrawn');
  assert.deepEqual(site.askAndWait({ verb: 'syncOnly', via }).outcome, { kind: 'completed', readerStatus: 0x0101 });
  world.restart();
  world.run(100);
  assert.equal(world.records().filter(({ reason }) => reason === 'started').length, 2, 'one for each start');
  assert.equal(site.askAndWait({ verb: 'syncOnly' }).receipt?.record.reason, 'verb-not-supported', 'over the relay there is nobody to carry');
});

test('a guest whose grant holds may carry, also when its uses are spent; nobody else', () => {
  const guests = offline();
  const { world, site } = guests;
  const counted = guests.issue({ uses: 1, remote: false });
  assert.equal(guests.ask([counted], { via: site.connect() }).decision.reason, 'granted-document');
  const via = site.connect();
  const sync = guests.ask([counted], { verb: 'syncOnly', via });
  assert.deepEqual([sync.decision.reason, sync.decision.allowed, sync.drives], ['granted-document', true, 0]);
  assert.ok(via.bodies('journal').length > 0);
  const refused: readonly (readonly [string, Parameters<Guests['ask']>[0], Parameters<Guests['ask']>[1]])[] = [
    ['credential-unknown', [], { phone: guests.second }],
    ['grant-expired', [guests.issue({ until: guests.at(-1000) })], {}],
    ['right-missing', [guests.issue({ verbs: ['lock'] })], {}],
    ['revoked', [guests.issue({ grantId: guests.grantId('taken back') }), guests.revoke(guests.id('taken back'))], {}],
  ];
  for (const [reason, documents, ask] of refused) {
    const other = site.connect();
    const told = guests.ask(documents, { verb: 'syncOnly', via: other, ...ask });
    assert.deepEqual([told.decision.reason, told.decision.allowed], [reason, false]);
    world.run(1000);
    assert.deepEqual(other.carried, [], reason);
    other.bring('revocation', guests.revoke(guests.id('x')).bytes);
    world.run(100);
    assert.equal(other.isOpen, false, 'what it brings is not taken');
  }
});

test('a key of the roster may carry though what it asked for was refused', () => {
  const guests = offline();
  const { world, site } = guests;
  world.turn('withdrawn');
  world.moveDoor(true);
  const via = site.connect();
  assert.equal(site.askAndWait({ verb: 'lock', via }).receipt?.record.reason, 'door-open');
  assert.ok(via.bodies('journal').length > 0);
});

test('what a phone brings is taken as from the hub, and answered to that phone: roster, owners, revocations', () => {
  const guests = offline();
  const { world, site } = guests;
  const [via, bystander] = [carrier(guests), carrier(guests)];
  const told = bystander.carried.length;
  const old = guests.roster();
  via.bring('roster', old);
  via.bring('owner-set', site.owners([site.owner, site.issuer]));
  const revocation = guests.revoke(guests.id('grant'));
  via.bring('revocation', revocation.bytes);
  world.run(200);
  assert.deepEqual(via.bodies('roster-answer').map(decodeRosterAnswer), [{ version: 3, code: 'accepted' }]);
  assert.deepEqual(via.bodies('owner-set-answer').map(decodeOwnerSetAnswer), [{ sequence: 2, code: 'accepted' }]);
  assert.deepEqual(bystander.carried.slice(told).filter(({ type }) => type !== 'journal' && type !== 'status'), [], 'the other phone hears no answer to it');
  const statuses = via.bodies('status').map((body) => openStatus(site.crypto, world.keys.identityKey, world.state.lockId, body)).flatMap((each) => (each.ok ? [each.value] : []));
  const [first, last] = [statuses[0], statuses.at(-1)];
  assert.deepEqual([first?.rosterVersion, first?.ownerSequence, last?.rosterVersion, last?.ownerSequence], [2, 1, 3, 2], 'the lock signs that it has them, for the hub to know by this phone');
  assert.equal(guests.ask([guests.issue()], { via: site.connect() }).decision.reason, 'revoked');
  via.bring('roster', guests.roster());
  via.bring('roster', old);
  world.run(200);
  assert.deepEqual(via.bodies('roster-answer').map(decodeRosterAnswer).slice(1), [{ version: 4, code: 'stale' }, { version: 4, code: 'accepted' }], 'an old courier’s is refused at once');
});

test('a clock that is lost is set by the hub’s answer that a phone fetched for the lock’s own nonce, and by no other', () => {
  const guests = offline();
  const { world, site } = guests;
  world.state = { ...world.state, clock: { ...world.state.clock, basis: 'none' } };
  const via = carrier(guests);
  const other = carrier(guests);
  assert.equal(qualityOf(world), 'lost');
  via.bring('time-answer', answerTime(site, other));
  world.run(100);
  assert.equal(qualityOf(world), 'lost', 'an answer to another connection’s question');
  const late = carrier(guests);
  const held = answerTime(site, late);
  world.run(11_000);
  late.bring('time-answer', held);
  world.run(100);
  assert.equal(qualityOf(world), 'lost', 'an answer that was held back');
  const fresh = site.connect();
  const asked = site.ask({ verb: 'syncOnly', via: fresh });
  world.run(300);
  assert.equal(asked.closed, 'done');
  fresh.bring('time-answer', answerTime(site, fresh));
  world.run(100);
  assert.equal(qualityOf(world), 'synced');
});

test('a time bound that a phone brings raises the floor and never sets the clock', () => {
  const guests = offline();
  const { world, site } = guests;
  const { clock } = world.state;
  const via = carrier(guests);
  via.bring('time-bound', site.timeBound(site.now()));
  world.run(100);
  assert.ok(world.state.clock.floor > clock.floor);
  assert.equal(world.state.clock.answeredAtMs, clock.answeredAtMs);
});

test('what is not for a phone to say ends the connection, and so does too much', () => {
  const guests = offline();
  const { world, site } = guests;
  for (const type of ['adopt', 'relay', 'status-ask'] as const) {
    const via = carrier(guests);
    via.bring(type, utf8('x'));
    world.run(100);
    assert.equal(via.isOpen, false, type);
  }
  const garbled = carrier(guests);
  garbled.say({ kind: 'carry', message: utf8('no message') });
  world.run(100);
  assert.equal(garbled.isOpen, false);
  const via = carrier(guests);
  for (let count = 0; count < MAX_CARRIED; count += 1) via.bring('time-bound', utf8('x'));
  world.run(100);
  assert.equal(via.isOpen, true);
  via.bring('time-bound', utf8('x'));
  world.run(100);
  assert.equal(via.isOpen, false);
  assert.ok(site.askAndWait({ verb: 'unlock', via: site.connect() }).receipt !== undefined, 'control: the lock goes on');
});

test('a message past its expiry counts for nothing', () => {
  const guests = offline();
  const { world, site } = guests;
  const via = carrier(guests);
  const bring = (ms: number): void => via.say({ kind: 'carry', message: encodeToLock({ type: 'roster', session: NO_SESSION, seq: 9, expires: instant(site.now() + ms), body: guests.roster() }) });
  bring(-1000);
  world.run(100);
  assert.deepEqual(via.bodies('roster-answer'), []);
  bring(DAY_MS);
  world.run(100);
  assert.equal(via.bodies('roster-answer').length, 1, 'control');
});

test('hub and phones at once: each is given the journal, and an acknowledgement by either way holds for all', () => {
  const { world, site } = ownedLock();
  site.acknowledges = false;
  const via = site.connect();
  site.askAndWait({ verb: 'unlock', via });
  world.run(30_000);
  assert.ok(entriesOf(site, via).length > 0 && site.ingested.length > 0);
  const { seq } = site.known;
  via.bring('journal-ack', site.ack(seq));
  world.run(100);
  assert.equal(world.state.journal.acknowledged, seq);
  site.acknowledges = true;
  world.run(60_000);
  assert.deepEqual([world.state.journal.held.length, site.ingested.length], [0, world.stored.entries.length]);
});

test('carriers give way to whoever comes, and may come again', () => {
  const guests = offline();
  const { world, site } = guests;
  const crowd = Array.from({ length: MAX_NEAR_CONNECTIONS }, () => carrier(guests));
  const owner = site.connect();
  assert.equal(site.askAndWait({ verb: 'unlock', via: owner }).receipt?.record.sensed.bolt, 'unlocked');
  assert.deepEqual(crowd.map(({ isOpen }) => isOpen), [false, true, true, true]);
  assert.equal(world.state.signatures.length, 0);
  assert.ok(entriesOf(site, carrier(guests)).length > 0);
});

test('a signer that is silent keeps no carrier’s place, and the lock asks for no more than its bound', () => {
  const guests = offline();
  const { world, site } = guests;
  const via = carrier(guests);
  world.faults.signDelayMs = undefined;
  for (let count = 0; count < 40; count += 1) {
    const next = site.connect();
    site.ask({ verb: 'unlock', via: next });
    world.run(50);
    next.leave();
  }
  via.leave();
  world.run(10_000);
  world.faults.signDelayMs = 1;
  assert.equal(site.askAndWait({ verb: 'unlock', via: site.connect() }).receipt?.record.sensed.bolt, 'unlocked');
});
