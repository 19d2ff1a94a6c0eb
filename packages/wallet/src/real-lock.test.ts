// The wallet against the real lock in its world of virtual time: adoption, operations at a round trip of 80 ms, a new roster.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { RIGHTS } from '@mortise/documents/trusted-entry.ts';
import { Home, LOCK_MS, ROUND_TRIP_MS, type Told } from './home.conformance.ts';
import { codeOf } from './operation.fixture.ts';

const sensedBolt = ({ outcome }: Told): string => (outcome.kind === 'sensed' ? outcome.receipt.record.sensed.bolt : codeOf(outcome));

test('a tap that locks or unlocks takes four round trips at most, and what the lock sensed comes back', () => {
  const home = new Home();
  for (const [verb, bolt, drives] of [['unlock', 'unlocked', ['withdraw']], ['lock', 'locked', ['withdraw', 'throw']]] as const) {
    const told = home.operate({ verb });
    assert.equal(sensedBolt(told), bolt);
    assert.deepEqual(home.world.drives, drives);
    const tookMs = required(told.drivenMs, 'the bolt was driven') - told.openedMs;
    assert.ok(tookMs <= 4 * ROUND_TRIP_MS + LOCK_MS, `${tookMs} ms`);
    console.log(`${verb}: ${tookMs} ms to the bolt at ${ROUND_TRIP_MS} ms a round trip, ${told.sent} frames of the phone in all`);
  }
});

test('where the ring filled meanwhile, one and a half round trips are left', () => {
  const home = new Home();
  const told = home.operate({ verb: 'unlock', ringMs: 800 });
  assert.equal(sensedBolt(told), 'unlocked');
  const tookMs = required(told.drivenMs, 'the bolt was driven') - told.ringMs;
  assert.ok(tookMs <= 1.5 * ROUND_TRIP_MS + LOCK_MS, `${tookMs} ms`);
  console.log(`full ring to bolt: ${tookMs} ms at ${ROUND_TRIP_MS} ms a round trip`);
});

test('a jam is told as sensed, an open door as a refusal with its reason', () => {
  const home = new Home();
  home.world.faults.jams = true;
  const jam = home.operate({ verb: 'unlock' });
  assert.ok(jam.outcome.kind === 'sensed');
  assert.equal(jam.outcome.receipt.record.reason, 'bolt-jammed');
  assert.notEqual(jam.outcome.receipt.record.sensed.bolt, 'unlocked');
  const other = new Home();
  other.operate({ verb: 'unlock' });
  other.world.moveDoor(true);
  const { outcome } = other.operate({ verb: 'lock' });
  assert.ok(outcome.kind === 'refused');
  assert.deepEqual([outcome.receipt?.record.reason, other.world.drives], ['door-open', ['withdraw']]);
});

test('a key that the lock does not know, and one without the remote right, are refused; the right one is the control', () => {
  const home = new Home();
  const stranger = deriveKeyPair(home.world.crypto, home.entropy(), 'stranger');
  const refused = home.operate({ verb: 'unlock', phone: stranger });
  assert.deepEqual(refused.outcome, { kind: 'refused', readerStatus: 0x0001, receipt: undefined });
  home.change({ kind: 'addPhone', phone: { credentialKey: stranger.publicKey, rights: RIGHTS.unlock } });
  const near = home.operate({ verb: 'unlock', phone: stranger }).outcome;
  assert.ok(near.kind === 'refused');
  assert.equal(near.receipt?.record.reason, 'remote-not-allowed');
  assert.deepEqual(home.world.drives, []);
  assert.equal(sensedBolt(home.operate({ verb: 'unlock' })), 'unlocked');
});

test('after a restore the new phone opens and the lost one does not', () => {
  const home = new Home();
  const fresh = deriveKeyPair(home.world.crypto, home.entropy(), 'new phone');
  home.change({ kind: 'replacePhones', phones: [{ credentialKey: fresh.publicKey }] });
  assert.equal(codeOf(home.operate({ verb: 'unlock' }).outcome), 'refused');
  assert.deepEqual(home.world.drives, []);
  assert.equal(sensedBolt(home.operate({ verb: 'unlock', phone: fresh })), 'unlocked');
});

test('a ring that fills too late, and a hub that sits on a frame, move nothing', () => {
  const late = new Home();
  assert.match(codeOf(late.operate({ verb: 'unlock', ringMs: 6000 }).outcome), /^notDone /);
  assert.deepEqual(late.world.drives, []);
  for (const held of [3, 4]) {
    const home = new Home();
    const told = home.operate({ verb: 'unlock', lateMs: (sent) => (sent === held ? 6000 : 0) });
    assert.match(codeOf(told.outcome), held === 4 ? /^notConfirmed / : /^notDone /);
    assert.deepEqual(home.world.drives, [], `frame ${held}`);
    assert.equal(sensedBolt(home.operate({ verb: 'unlock' })), 'unlocked', 'the lock still works');
  }
});

test('a guest’s wallet opens by the document that it was lent: one round trip more, and a receipt that names the grant', () => {
  const home = new Home();
  home.welcome();
  const guest = deriveKeyPair(home.world.crypto, home.entropy(), 'guest');
  const document = home.lend(guest, { uses: 1 });
  const told = home.operate({ verb: 'unlock', phone: guest, documents: [document], ringMs: 800 });
  assert.equal(sensedBolt(told), 'unlocked');
  assert.ok(told.outcome.kind === 'sensed');
  assert.deepEqual(told.outcome.receipt.record.grant, utf8('a grant, 16 byte'));
  assert.match(told.outcome.receipt.record.rule ?? '', /^owner:/);
  const tookMs = required(told.drivenMs, 'the bolt was driven') - told.ringMs;
  assert.ok(tookMs <= 2.5 * ROUND_TRIP_MS + LOCK_MS, `${tookMs} ms`);
  console.log(`full ring to bolt by a document: ${tookMs} ms at ${ROUND_TRIP_MS} ms a round trip, ${told.sent} frames of the phone in all`);
  home.world.turn('thrown');
  const spent = home.operate({ verb: 'unlock', phone: guest, documents: [document] }).outcome;
  assert.ok(spent.kind === 'refused');
  assert.deepEqual([spent.receipt?.record.reason, home.world.drives], ['uses-spent', ['withdraw']]);
});

test('a wallet that shows no document, or one that was lent to another, opens nothing; eight long ones still get through', () => {
  const home = new Home();
  home.welcome();
  const guest = deriveKeyPair(home.world.crypto, home.entropy(), 'guest');
  assert.deepEqual(home.operate({ verb: 'unlock', phone: guest }).outcome, { kind: 'refused', readerStatus: 0x0001, receipt: undefined });
  const others = home.operate({ verb: 'unlock', phone: guest, documents: [home.lend(home.phone)] }).outcome;
  assert.ok(others.kind === 'refused' && others.receipt === undefined);
  assert.deepEqual(home.world.drives, []);
  const long = Array.from({ length: 8 }, (_, at) => home.lend(guest, { until: home.second(at === 7 ? 3600 : 1) }));
  home.world.run(2000);
  assert.equal(sensedBolt(home.operate({ verb: 'unlock', phone: guest, documents: long })), 'unlocked', 'control: the last of them opens');
});
