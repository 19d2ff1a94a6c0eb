// A passive lock: the key brings power and time, the lock decides by what it holds, the hand turns, and both ends are written down. It has no
// battery, no clock, no link, and each touch is a new life.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { required } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { openStatus } from '@mortise/courier/status.ts';
import { GENESIS, pointOf, verifyEntries } from '@mortise/journal/chain.ts';
import { verifyReceipt } from '@mortise/journal/receipt.ts';
import { passiveLock, said, type Contacts } from './contact.conformance.ts';
import { TURN_MS, type Profile } from './profile.ts';
import type { PhoneRun } from './site.conformance.ts';
import { step } from './step.ts';
import { RTC_MS } from './world.conformance.ts';

const receiptsOf = ({ site, world, guests }: Contacts, run: PhoneRun, requestId: Bytes): readonly string[] => {
  const { transactionId = new Uint8Array(16) } = required(world.records().findLast(({ requestId: id }) => id !== undefined && hex(id) === hex(requestId)), 'a record');
  const expected = { requestId, transactionId, credential: site.crypto.sha256(guests.guest.publicKey) };
  return run.heard.flatMap((frame) => {
    if (frame.kind !== 'receipt') return [];
    const receipt = verifyReceipt(site.crypto, world.keys.identityKey, world.state.lockId, frame.receipt, expected);
    return receipt.ok ? said([receipt.value.record]) : [receipt.error.code];
  });
};

test('a key opens by its grant: the bolt is freed, the hand turns, and what was sensed is the receipt', () => {
  const contacts = passiveLock();
  const { guests, world } = contacts;
  const { run, records, via } = contacts.visit([guests.issue({ remote: false })]);
  assert.deepEqual([run.outcome, run.closed, run.receipt?.record.sensed.bolt], [{ kind: 'completed', readerStatus: 0x0181 }, 'done', 'unlocked']);
  assert.deepEqual(said(records), ['decision granted-document locked', 'operation granted-document unlocked']);
  assert.deepEqual(records.map(({ clock, interface: byte }) => [clock, byte]), [['held', INTERFACES.contact], ['held', INTERFACES.contact]]);
  assert.deepEqual(world.drives, ['withdraw']);
  const frames = via.heard.map(({ kind }) => kind);
  assert.deepEqual([frames[0], via.carried[0]?.type, frames.filter((kind) => kind === 'hello').length], ['hello', 'time-ask', 1]);
  assert.ok(frames.indexOf('carry') < frames.indexOf('apdu'), 'the time comes first');
  assert.ok(frames.lastIndexOf('closed') < frames.lastIndexOf('carry'), 'and what is carried last');
});

test('commands are in the extended form once SELECT is answered, and the fast phase is not offered', () => {
  const contacts = passiveLock();
  const { run } = contacts.visit([contacts.guests.issue()]);
  const commands = run.heard.flatMap((frame) => (frame.kind === 'apdu' ? [frame.apdu] : []));
  assert.deepEqual(commands.slice(1).map((apdu) => apdu[4]), [0, 0, 0, 0], 'AUTH0, AUTH1, ENVELOPE, EXCHANGE: none in pieces');
  const auth0 = required(commands.find((apdu) => apdu[0] === 0x80 && apdu[1] === 0x80), 'AUTH0');
  // SPEC §3.1: command parameters, tag 41, bit 0 asks for the fast phase.
  assert.equal(hex(auth0).match(/4101(..)/)?.[1], '00');
});

test('the bolt’s return while the key is there is an operation of the same credential, with a receipt of its own', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  const [before, { blocks }] = [contacts.lastSeq(), world];
  const requestId = site.entropy().slice(0, 16);
  const via = contacts.touch();
  world.run(20);
  const run = site.askAndWait({ verb: 'unlock', phone: guests.guest, documents: [guests.issue()], requestId, via });
  const given = contacts.entriesOf(via).length;
  world.turn('thrown');
  world.run(1000);
  const records = contacts.recordsAfter(before);
  assert.deepEqual(said(records), ['decision granted-document locked', 'operation granted-document unlocked', 'operation bolt-returned locked']);
  assert.deepEqual(receiptsOf(contacts, run, requestId), ['operation granted-document unlocked', 'operation bolt-returned locked']);
  assert.equal(run.heard.filter(({ kind }) => kind === 'closed').length, 1, 'the session ends once');
  assert.deepEqual(new Set(records.map(({ grant, credential }) => hex(grant ?? new Uint8Array(0)) + hex(credential ?? new Uint8Array(0)))).size, 1);
  assert.equal(contacts.entriesOf(via).length, given + 1, 'and it goes home with this very key');
  assert.equal(world.blocks, blocks + 2, 'blocked at its start, and again');
});

test('a return in the middle of the bolt’s way, and a hand that changes its mind, end as they end', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  const via = contacts.touch();
  world.run(20);
  site.askAndWait({ verb: 'unlock', phone: guests.guest, documents: [guests.issue()], via });
  const before = contacts.lastSeq();
  const sense = (position: 'thrown' | 'withdrawn' | 'between'): void => {
    world.position = position;
    world.input({ kind: 'bolt', position });
    world.run(100);
  };
  sense('between');
  sense('withdrawn');
  assert.deepEqual(contacts.recordsAfter(before), [], 'a hand that changed its mind');
  sense('between');
  world.run(TURN_MS);
  assert.deepEqual(said(contacts.recordsAfter(before)), ['event moved-by-other unknown'], 'left half-way');
  sense('thrown');
  assert.deepEqual(said(contacts.recordsAfter(before)).at(-1), 'operation bolt-returned locked');
});

test('not turned in time: no jam, the bolt is blocked again, and the next opening works', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  world.faults.stays = true;
  const [before, { blocks }] = [contacts.lastSeq(), world];
  const via = contacts.touch();
  world.run(20);
  const run = site.ask({ verb: 'unlock', phone: guests.guest, documents: [guests.issue()], via });
  world.run(TURN_MS);
  assert.equal(contacts.recordsAfter(before).length, 1, 'the hand still has time');
  world.run(500);
  assert.deepEqual(said(contacts.recordsAfter(before)), ['decision granted-document locked', 'operation not-turned locked']);
  assert.deepEqual([run.receipt?.record.reason, run.receipt?.record.allowed, run.closed, world.blocks - blocks, world.signals], ['not-turned', true, 'done', 2, ['granted']]);
  world.position = 'withdrawn';
  world.input({ kind: 'bolt', position: 'withdrawn' });
  world.run(100);
  assert.equal(contacts.recordsAfter(before).at(-1)?.reason, 'moved-by-other', 'whoever turns it now uses force');
  world.position = 'thrown';
  world.faults.stays = false;
  assert.equal(contacts.visit([guests.issue()]).run.receipt?.record.sensed.bolt, 'unlocked');
});

test('a waking by itself leaves no record; what is found otherwise than it was left does, once', () => {
  const contacts = passiveLock();
  const { world, guests } = contacts;
  const before = contacts.lastSeq();
  for (let count = 0; count < 20; count += 1) {
    contacts.touch();
    world.run(100);
  }
  assert.equal(contacts.lastSeq(), before);
  contacts.visit([guests.issue()]);
  const opened = contacts.lastSeq();
  contacts.touch();
  world.run(100);
  assert.equal(contacts.lastSeq(), opened, 'lifted while open, and found so');
  contacts.lift();
  world.position = 'thrown';
  for (let count = 0; count < 3; count += 1) {
    contacts.touch();
    world.run(100);
  }
  assert.deepEqual(said(contacts.recordsAfter(opened)), ['event found-otherwise locked']);
  assert.equal(contacts.recordsAfter(opened)[0]?.rule, 'left:unlocked');
  contacts.lift();
  world.position = 'between';
  contacts.touch();
  world.run(100);
  contacts.touch();
  world.run(100);
  assert.deepEqual(said(contacts.recordsAfter(opened)).slice(1), ['event found-otherwise unknown']);
});

test('what was decided and lifted before it was done is closed by the next waking, with the bolt as it is then', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  for (const position of ['thrown', 'withdrawn'] as const) {
    world.position = 'thrown';
    world.faults.stays = true;
    const before = contacts.lastSeq();
    const via = contacts.touch();
    world.run(20);
    site.ask({ verb: 'unlock', phone: guests.guest, documents: [guests.issue()], via });
    world.run(500);
    contacts.lift();
    world.position = position;
    contacts.touch();
    world.run(100);
    const records = contacts.recordsAfter(before);
    assert.deepEqual(said(records), ['decision granted-document locked', `event started ${position === 'thrown' ? 'locked' : 'unlocked'}`]);
    assert.equal(hex(records[1]?.requestId ?? new Uint8Array(0)), hex(records[0]?.requestId ?? new Uint8Array(1)));
    contacts.lift();
  }
});

test('touched while it stands open, the lock says so; and the return then is that key’s', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  contacts.visit([guests.issue()]);
  const before = contacts.lastSeq();
  const via = contacts.touch();
  world.run(20);
  const run = site.askAndWait({ verb: 'unlock', phone: site.phone, via });
  assert.deepEqual(run.outcome, { kind: 'completed', readerStatus: 0x0101 });
  world.turn('thrown');
  world.run(500);
  const records = contacts.recordsAfter(before);
  assert.deepEqual(said(records), ['decision granted-trusted unlocked', 'operation granted-trusted unlocked', 'operation bolt-returned locked']);
  assert.equal(hex(records[2]?.credential ?? new Uint8Array(0)), hex(site.crypto.sha256(site.phone.publicKey)));
});

test('a return that another key’s power shows is nobody’s', () => {
  const contacts = passiveLock();
  const { world } = contacts;
  contacts.visit([contacts.guests.issue()]);
  const before = contacts.lastSeq();
  contacts.touch();
  world.run(100);
  world.turn('thrown');
  world.run(100);
  const [record] = contacts.recordsAfter(before);
  assert.deepEqual([record?.kind, record?.reason, record?.credential], ['event', 'bolt-returned', undefined]);
});

test('it does what its profile says and no more: no lock, no relay, one contact at a time', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  assert.equal(contacts.visit([], { verb: 'lock', phone: site.phone }).records[0]?.reason, 'verb-not-supported');
  const first = contacts.touch();
  const second = site.connect();
  world.run(50);
  assert.deepEqual([first.isOpen, second.isOpen, world.state.near.length], [false, true, 1]);
  world.input({ kind: 'linkUp' });
  const relayed = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual([relayed.receipt?.record.reason, world.drives], ['verb-not-supported', []]);
  world.input({ kind: 'linkDown' });
  assert.equal(contacts.visit([guests.issue()]).run.receipt?.record.sensed.bolt, 'unlocked', 'control');
});

test('a real-time clock that a shell has nevertheless is not looked at', () => {
  const { world } = passiveLock();
  const state = { ...world.state, isStarted: false, clock: { ...world.state.clock, rtcOffsetMs: 500_000 } };
  const started = (profile: Profile): string =>
    step({ crypto: world.crypto }, { ...state, profile }, { now: { monotonicMs: 1, rtcMs: RTC_MS + world.nowMs }, entropy: new Uint8Array(32), event: { kind: 'started' } }).state.clock.basis;
  assert.deepEqual([started('passive'), started('powered')], ['none', 'rtc']);
});

test('the key is given revocations, status and journal, in this order, and what the hub acknowledged goes', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  contacts.visit([guests.issue(), guests.revoke(guests.id('another'))]);
  const { via } = contacts.visit([], { verb: 'syncOnly', phone: site.phone });
  const types = via.carried.map(({ type }) => type);
  assert.deepEqual(types.slice(0, 4), ['time-ask', 'revocation', 'status', 'journal']);
  const status = openStatus(site.crypto, world.keys.identityKey, world.state.lockId, required(via.bodies('status')[0], 'a status'));
  assert.deepEqual([status.ok && status.value.bolt, status.ok && status.value.clock], ['unlocked', 'held']);
  const given = contacts.entriesOf(via);
  const { from, held } = world.state.journal;
  assert.deepEqual(given.map(({ seq }) => seq), held.map(({ seq }) => seq));
  assert.ok(verifyEntries(site.crypto, world.state.lockId, from, given).ok);
  contacts.acknowledge();
  assert.ok(world.state.journal.acknowledged >= (given.at(-1)?.seq ?? Infinity));
  assert.equal(world.state.journal.kept.length, 0);
  assert.ok(verifyEntries(site.crypto, world.state.lockId, from.seq === 0 ? GENESIS : pointOf(required(world.stored.entries[0], 'an anchor')), world.stored.entries.slice(1)).ok);
});
