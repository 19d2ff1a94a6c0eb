// The key and whoever updates it: enrolment, orders and their items, journal, posts, revocations; and what must not count.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeKeyAnswer, encodeToKey } from '@mortise/courier/key-message.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { assembleOwnerSet, ownerSetPayload, ownerSetToSign } from '@mortise/documents/owner-set.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { KeyHub, siteNamed } from './key-hub.conformance.ts';
import { enrolled, fixture, TRUE_MS, updated } from './update.fixture.ts';

const answersOf = (hub: KeyHub): readonly string[] => hub.answers.map((body) => {
  const { to, code } = required(decodeKeyAnswer(Uint8Array.fromHex(body)), 'an answer');
  return `${to} ${code}`;
});

test('a key of nobody is enrolled, updated, and says what it holds; its records come home', () => {
  const { hub, world, run } = fixture();
  assert.equal(world.signal.name, 'not-enrolled');
  hub.link();
  run(50);
  assert.equal(hub.status?.siteId, undefined);
  hub.say('enrol', hub.enrolment());
  run(50);
  hub.unlink();
  hub.order([hub.ownTimeKey(), hub.grant({ places: [{ kind: 'group', id: hub.group('all') }] })]);
  hub.link();
  run(500);
  assert.deepEqual([world.state.orders?.version, world.state.staged, world.signal.name], [1, undefined, 'updated']);
  assert.deepEqual(hub.records.map(({ reason }) => reason), ['started', 'key-enrolled', 'clock-set', 'clock-set', 'orders-accepted']);
  assert.deepEqual([hub.status?.ordersVersion, hub.status?.held.length, hub.status?.clock], [1, 2, 'synced']);
  hub.unlink();
  run(5000);
  assert.equal(world.signal.name, 'idle');
});

test('the first site wins; another is refused and recorded, whatever it brings; the same may renew its papers', () => {
  const { hub, world, run } = enrolled();
  const other = new KeyHub(world, siteNamed(world.crypto, 'another site'), () => instant(TRUE_MS));
  for (const body of [other.enrolment(), hub.enrolment({}, identifierOf<LockId>(new Uint8Array(16))), utf8('garbage')]) hub.say('enrol', body);
  hub.say('orders', other.signedOrders(other.order([])));
  hub.say('owner-set', other.site.ownerSetBytes);
  run(100);
  assert.deepEqual(world.told().slice(-5), ['enrolment-refused document:other-site', 'enrolment-refused document:other-lock', 'enrolment-refused document:malformed', 'orders-refused document:signer-unknown', 'owners-refused document:signer-unknown']);
  assert.equal(world.state.membership.kind === 'enrolled' && world.state.membership.siteId, hub.site.ownerSet.siteId);
  hub.say('enrol', hub.enrolment({ timeKeys: [hub.timeKey(), hub.timeKey({ driftPpm: 1 })] }));
  run(100);
  assert.deepEqual(answersOf(hub).slice(-2), ['enrol accepted', 'time-answer accepted'], 'the control');
  world.restart();
  assert.equal(world.state.membership.kind === 'enrolled' && world.state.membership.papers.timeKeys.length, 2);
});

test('owners follow one another; a fork is refused, the same set again is not news', () => {
  const { hub, world, run } = enrolled();
  const { owner, ownerSet } = hub.site;
  const second = deriveKeyPair(world.crypto, world.crypto.sha256(utf8('second')), 'owner');
  const next = (keys: readonly KeyPair[], salt: number): Bytes => {
    const fields = { keys: keys.map(({ publicKey }) => publicKey), threshold: 1, sequence: 2, previous: ownerSet.hash, salt: new Uint8Array(16).fill(salt) };
    return assembleOwnerSet([hub.sign(owner, ownerSetToSign(world.crypto, owner.publicKey, ownerSetPayload(world.crypto, fields)))]);
  };
  const set = next([owner, second], 1);
  for (const body of [set, set, next([second], 2)]) hub.say('owner-set', body);
  run(100);
  assert.deepEqual(world.told().slice(-2), ['owners-accepted owners:2', 'owners-refused document:fork']);
  world.restart();
  assert.equal(world.state.membership.kind === 'enrolled' && world.state.membership.ownerSet.sequence, 2);
});

test('orders: replays, older ones, those of other keys and strangers are refused and recorded; the newer one holds', () => {
  const { hub, world, run } = updated();
  const [first, time] = [hub.signedOrders(), hub.ownTimeKey()];
  const second = hub.order([time], { version: 5 });
  const bodies = [
    hub.signedOrders(second), hub.signedOrders(second), first, hub.signedOrders({ ...second, keyId: identifierOf<LockId>(new Uint8Array(16)), version: 9 }),
    hub.signedOrders({ ...second, version: 9 }, hub.site.owner), hub.signedOrders({ ...second, buffer: 'overwrite' }), utf8('garbage'),
  ];
  hub.link();
  run(300);
  for (const body of bodies) hub.say('orders', body);
  run(100);
  assert.deepEqual(world.told().filter((told) => told.startsWith('orders-')).slice(-6), [
    'orders-accepted orders:5', 'orders-refused document:stale', 'orders-refused document:other-lock', 'orders-refused document:signer-unknown', 'orders-refused document:stale', 'orders-refused document:malformed',
  ]);
  assert.deepEqual([world.state.orders?.version, world.state.items.size], [5, 1], 'and what only the former orders named is gone');
});

test('items come in any order, twice, or unasked; the former orders hold until all are there', () => {
  const { hub, world, run } = updated();
  const before = world.state.orders;
  const orders = hub.order([hub.grant({ places: [{ kind: 'group', id: hub.group('a') }] }), hub.grant({ places: [{ kind: 'group', id: hub.group('b') }] }), hub.ownTimeKey(99)]);
  const items = orders.items.map((digest) => required(hub.items.get(digest.toHex()), 'an item'));
  hub.pass = () => [];
  hub.link();
  run(50);
  hub.pass = (message) => [message];
  hub.say('item', required(items[0], 'an item'));
  hub.say('orders', hub.signedOrders(orders));
  for (const item of [items[2], items[2], utf8('no item'), items[0]]) hub.say('item', required(item, 'an item'));
  run(50);
  const told = ['item accepted', 'item accepted', 'item accepted', 'item not-wanted', 'item not-wanted', 'orders accepted'];
  assert.deepEqual(answersOf(hub).slice(-6).toSorted(), told);
  assert.deepEqual([world.state.orders, world.state.staged?.version, world.state.items.size], [before, orders.version, 3 + (before?.items.length ?? 0) - 1]);
  world.restart();
  assert.deepEqual([world.state.orders, world.state.staged?.version], [before, orders.version], 'what was gathered outlives the power');
  hub.link();
  run(300);
  assert.deepEqual([world.state.orders?.version, world.state.staged, world.state.items.size], [orders.version, undefined, 3]);
});

test('only what is missing is given: an update that was done costs no item again', () => {
  const { hub, run } = updated();
  hub.unlink();
  hub.carriedBytes = 0;
  hub.link();
  run(500);
  assert.ok(hub.carriedBytes < 3000, `${hub.carriedBytes} bytes`);
  assert.ok(!hub.said.slice(-4).some(({ type }) => type === 'post-from-lock'));
});

test('revocations: an owner’s newest counts, an older one and a stranger’s do not', () => {
  const { hub, world, run } = enrolled();
  const stranger = deriveKeyPair(world.crypto, world.crypto.sha256(utf8('stranger')), 'key');
  const grant = new Uint8Array(16).fill(7);
  const [older, newer] = [hub.revoke([grant], hub.at(-60_000)), hub.revoke([grant, new Uint8Array(16).fill(8)])];
  for (const body of [older, newer, older, newer, hub.revoke([grant], hub.at(5000), stranger), utf8('garbage')]) hub.say('revocation', body);
  run(100);
  assert.deepEqual(answersOf(hub).slice(-6).toSorted(), ['revocation accepted', 'revocation accepted', 'revocation accepted', 'revocation accepted', 'revocation refused', 'revocation refused']);
  assert.deepEqual(world.state.revocations.map(({ bytes }) => bytes), [newer]);
  world.restart();
  assert.deepEqual(world.state.revocations.map(({ bytes }) => bytes), [newer]);
});

test('a key of nobody hears nothing but an enrolment; what is no message ends the session', () => {
  const { hub, world, run } = fixture();
  let closed = 0;
  world.updateClosed = () => { closed += 1; };
  hub.link();
  run(50);
  hub.say('orders', utf8('x'));
  hub.say('time-answer', utf8('x'));
  run(50);
  assert.deepEqual([answersOf(hub), closed], [['orders not-enrolled', 'time-answer not-enrolled'], 0]);
  world.input({ kind: 'message', bytes: utf8('garbage') });
  assert.deepEqual([closed, world.state.update], [1, undefined]);
});

test('any message of any type with any body changes nothing of what the key holds', () => {
  const { hub, world, run } = updated();
  hub.link();
  run(300);
  const before = [world.state.orders, world.state.membership, world.state.items, world.state.clock.setting];
  const type = fc.constantFrom('enrol', 'owner-set', 'revocation', 'time-answer', 'journal-ack', 'orders', 'item', 'post-for-lock', 'took');
  fc.assert(fc.property(type, fc.uint8Array({ maxLength: 200 }), (each, body) => {
    world.input({ kind: 'message', bytes: encodeToKey({ type: each, session: NO_SESSION, seq: 1, expires: 0, body }) });
    run(5);
    assert.deepEqual([world.state.orders, world.state.membership, world.state.items, world.state.clock.setting], before);
  }), { numRuns: 200 });
});
