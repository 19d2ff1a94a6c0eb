// What an electronic key is told and says: orders by the hub's time key and nobody else's, status by the key's own, messages and bodies; each comes
// back as it was, and any other bytes are refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleSite, exampleTimeKey, signWith } from '@mortise/documents/example-site.ts';
import { timeKeyPayload, timeKeyToSign } from '@mortise/documents/time.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import {
  decodeEnrolment, decodeFromKey, decodeKeyAnswer, decodePost, decodeToKey, decodeTook, encodeEnrolment, encodeFromKey, encodeKeyAnswer, encodePost, encodeToKey, encodeTook,
  type FromKeyMessage, type ToKeyMessage,
} from './key-message.ts';
import { decodeKeyItem, decodeKeyOrders, encodeKeyItem, encodeKeyOrders, keyOrdersToSign, MAX_ITEMS, MAX_KEY_ORDERS_BYTES, openKeyOrders, type KeyOrders } from './key-orders.ts';
import { keyStatusToSign, MAX_HELD_ITEMS, openKeyStatus, unprovenKeyStatus, type KeyStatus } from './key-status.ts';
import { decodeCertifiedTime, encodeCertifiedTime } from './link-body.ts';
import { decodeFromLock, decodeToLock, NO_SESSION } from './link-message.ts';

const site = exampleSite();
const hub = exampleKey('time');
const identity = exampleKey('electronic key');
const keyId = lockIdOf(crypto, identity.publicKey);
const authority = { ownerKeys: site.ownerSet.keys, certificates: [exampleTimeKey(site)] };
const at = instant(Date.UTC(2026, 10, 23));
const digest = (name: string | number): Bytes => exampleEntropy(String(name));
const ORDERS: KeyOrders = { keyId, version: 7, instant: at, revalidateBy: instant(at + 86_400_000), buffer: 'overwrite', pin: { minutes: 15, epoch: 2 }, items: [digest('a'), digest('b')] };

const ordersBy = (by = hub, orders = ORDERS): Bytes => signWith(by, keyOrdersToSign(crypto, by.publicKey, orders));
const codeOf = (opened: { readonly ok: boolean; readonly error?: { readonly code: string } }): string => opened.error?.code ?? 'opened';

const orders = fc.record({
  keyId: fc.constant(keyId), version: fc.integer({ min: 1 }), instant: fc.nat().map(instant), revalidateBy: fc.option(fc.nat().map(instant), { nil: undefined }),
  buffer: fc.constantFrom('stop', 'overwrite'), pin: fc.option(fc.record({ minutes: fc.integer({ min: 1, max: 1440 }), epoch: fc.nat() }, { noNullPrototype: true }), { nil: undefined }),
  items: fc.nat({ max: MAX_ITEMS }).map((count) => Array.from({ length: count }, (_, index) => digest(index))),
}, { noNullPrototype: true });

test('orders come back as they were; the longest are within the bound', () => {
  fc.assert(fc.property(orders, (each) => assert.deepEqual(decodeKeyOrders(encodeKeyOrders(each)), each)), { numRuns: 50 });
  const most: KeyOrders = { ...ORDERS, version: Number.MAX_SAFE_INTEGER, items: Array.from({ length: MAX_ITEMS }, (_, index) => digest(index)) };
  assert.ok(ordersBy(hub, most).length <= MAX_KEY_ORDERS_BYTES);
  assert.deepEqual(openKeyOrders(crypto, ordersBy(hub, most), keyId, authority), { ok: true, value: most });
  assert.throws(() => ordersBy(hub, { ...ORDERS, items: [digest('a'), digest('a')] }), InvariantError, 'each item once');
});

test('orders count by the hub’s time key only, for the key that they name, to the letter', () => {
  const good = ordersBy();
  const ekey = signWith(site.owner, timeKeyToSign(crypto, site.owner.publicKey, timeKeyPayload(crypto, { key: identity.publicKey, kind: 'ekey', driftPpm: 20, until: instant(Date.UTC(2040, 0, 1)) })));
  const open = (bytes: Bytes, id: LockId = keyId, trust = authority): string => codeOf(openKeyOrders(crypto, bytes, id, trust));
  assert.equal(open(good), 'opened', 'the control');
  assert.equal(open(good, exampleLock('other').lockId), 'other-lock');
  assert.equal(open(ordersBy(exampleKey('stranger'))), 'signer-unknown');
  assert.equal(open(ordersBy(site.owner)), 'signer-unknown', 'an owner gives none');
  assert.equal(open(ordersBy(identity), keyId, { ...authority, certificates: [...authority.certificates, ekey] }), 'signer-unknown', 'a key gives itself none');
  assert.equal(open(good, keyId, { ...authority, ownerKeys: [exampleKey('other owner').publicKey] }), 'signer-unknown');
  assert.equal(open(new Uint8Array(MAX_KEY_ORDERS_BYTES + 1)), 'too-long');
  for (let length = 0; length < good.length; length += 1) assert.notEqual(open(good.slice(0, length)), 'opened');
  for (let index = 0; index < good.length; index += 7) assert.notEqual(open(good.with(index, (good[index] ?? 0) ^ 1)), 'opened', `byte ${index}`);
});

test('items say their kind', () => {
  for (const kind of ['access', 'stamp', 'time-key', 'delegation', 'revocation'] as const) {
    assert.deepEqual(decodeKeyItem(encodeKeyItem({ kind, bytes: Uint8Array.of(1, 2) })), { kind, bytes: Uint8Array.of(1, 2) });
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => assert.ok(decodeKeyItem(bytes) === undefined || bytes[0] === 0x82)), { numRuns: 500 });
  assert.equal(decodeKeyItem(encodeCbor([9, Uint8Array.of(1)])), undefined);
});

const STATUS: KeyStatus = {
  identityKey: identity.publicKey, credentialKey: exampleKey('credential').publicKey, siteId: site.ownerSet.siteId, ownerSequence: 1, ordersVersion: 7, stagedVersion: 8,
  held: [digest('a').slice(0, 16)], seq: 12, acknowledged: 3, free: 8183, instant: at, clock: 'held', errorMs: 900, batteryMv: 3900, forLocks: 10, fromLocks: 20, count: 1,
};
const statusBy = (by = identity, status = STATUS): Bytes => signWith(by, keyStatusToSign(crypto, status));

test('a status proves itself by the key that it names; a key of nobody and one that holds most fit too', () => {
  assert.deepEqual(openKeyStatus(crypto, statusBy()), { ok: true, value: { ...STATUS, keyId } });
  const most: KeyStatus = { ...STATUS, siteId: undefined, batteryMv: undefined, held: Array.from({ length: MAX_HELD_ITEMS }, (_, index) => digest(index).slice(0, 16)) };
  assert.deepEqual(openKeyStatus(crypto, statusBy(identity, most)), { ok: true, value: { ...most, keyId } });
  assert.equal(codeOf(openKeyStatus(crypto, statusBy(exampleKey('another')))), 'signature-invalid', 'who signs for another key');
  const good = statusBy();
  for (let length = 0; length < good.length; length += 1) assert.notEqual(codeOf(openKeyStatus(crypto, good.slice(0, length))), 'opened');
  for (let index = 0; index < good.length; index += 7) assert.notEqual(codeOf(openKeyStatus(crypto, good.with(index, (good[index] ?? 0) ^ 1))), 'opened', `byte ${index}`);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.equal(unprovenKeyStatus(bytes), undefined)), { numRuns: 300 });
});

const message = { session: fc.constant(NO_SESSION), seq: fc.maxSafeNat(), expires: fc.constant(0 as const), body: fc.uint8Array({ maxLength: 200 }) };
const toKey: fc.Arbitrary<ToKeyMessage> = fc.record({ type: fc.constantFrom('enrol', 'owner-set', 'revocation', 'time-answer', 'journal-ack', 'orders', 'item', 'post-for-lock', 'took'), ...message }, { noNullPrototype: true });
const fromKey: fc.Arbitrary<FromKeyMessage> = fc.record({ type: fc.constantFrom('key-status', 'time-ask', 'journal', 'post-from-lock', 'answer'), ...message }, { noNullPrototype: true });

test('messages come back as they were, and are none of a lock’s, nor of the other direction', () => {
  fc.assert(fc.property(toKey, (each) => {
    const bytes = encodeToKey(each);
    assert.deepEqual([decodeToKey(bytes), decodeFromKey(bytes), decodeToLock(bytes), decodeFromLock(bytes)], [each, undefined, undefined, undefined]);
  }), { numRuns: 100 });
  fc.assert(fc.property(fromKey, (each) => {
    const bytes = encodeFromKey(each);
    assert.deepEqual([decodeFromKey(bytes), decodeToKey(bytes), decodeToLock(bytes), decodeFromLock(bytes)], [each, undefined, undefined, undefined]);
  }), { numRuns: 100 });
});

test('bodies come back as they were; cut or other bytes are refused', () => {
  const lockId = identifierOf<LockId>(digest('lock').slice(0, 16));
  const post = { lockId, message: Uint8Array.of(1, 2, 3) };
  const answer = { to: 'orders', code: 'in-force' } as const;
  const enrolment = { ownerSets: [Uint8Array.of(1)], introduction: Uint8Array.of(2), enrolment: Uint8Array.of(3), timeKeys: [Uint8Array.of(4)] };
  const time = { certificate: Uint8Array.of(1), answer: Uint8Array.of(2, 3) };
  const table: readonly (readonly [Bytes, (bytes: Bytes) => unknown, unknown])[] = [
    [encodePost(post), decodePost, post], [encodeTook(300), decodeTook, 300], [encodeKeyAnswer(answer), decodeKeyAnswer, answer],
    [encodeEnrolment(enrolment), decodeEnrolment, enrolment], [encodeCertifiedTime(time), decodeCertifiedTime, time],
  ];
  for (const [bytes, decode, expected] of table) {
    assert.deepEqual(decode(bytes), expected);
    for (let length = 0; length < bytes.length; length += 1) assert.equal(decode(bytes.slice(0, length)), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (any) => assert.ok(decode(any) === undefined || any.length > 0)), { numRuns: 200 });
  }
  assert.equal(decodeKeyAnswer(encodeCbor([38, 'Not A Code'])), undefined);
  assert.equal(decodePost(encodeCbor([digest('x').slice(0, 16), new Uint8Array(0)])), undefined);
  assert.equal(decodeEnrolment(encodeCbor([[], Uint8Array.of(1), Uint8Array.of(1), [Uint8Array.of(1)]])), undefined);
});
