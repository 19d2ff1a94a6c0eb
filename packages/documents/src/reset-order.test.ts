import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { toSign } from './cose.ts';
import { exampleKey, exampleLock, exampleSite, ownerSetFields, signOwnerSet, signWith } from './example-site.ts';
import { openOwnerSet, type OwnerSet } from './owner-set.ts';
import { assembleResetOrder, MAX_RESET_ORDER_BYTES, openResetOrder, RESET_ORDER_MS, RESET_ORDER_TYPE, resetOrderPayload, resetOrderToSign, type ResetOrder } from './reset-order.ts';

const site = exampleSite();
const { lockId } = exampleLock();
const stranger = exampleKey('a stranger');
const order: ResetOrder = { siteId: site.ownerSet.siteId, lockId, issued: instant(1000), until: instant(1000 + RESET_ORDER_MS) };

const signed = (payload: Bytes, signers: readonly KeyPair[] = [site.owner]): Bytes =>
  assembleResetOrder(signers.map((signer) => signWith(signer, resetOrderToSign(crypto, signer.publicKey, payload))));
const codeOf = (bytes: Bytes, ownerSet: OwnerSet = site.ownerSet, lock = lockId): string => {
  const opened = openResetOrder(crypto, bytes, { lockId: lock, ownerSet });
  return opened.ok ? 'opened' : opened.error.code;
};

test('an order comes back as it was signed, by any owner where one is enough', () => {
  for (const owner of [site.owner, site.kit]) assert.deepEqual(openResetOrder(crypto, signed(resetOrderPayload(order), [owner]), { lockId, ownerSet: site.ownerSet }), { ok: true, value: order });
});

test('by a stranger, for another lock or site, as another document: refused', () => {
  const other = exampleSite('other');
  const payload = resetOrderPayload(order);
  assert.equal(codeOf(signed(payload)), 'opened', 'the control');
  assert.equal(codeOf(signed(payload, [stranger])), 'signer-unknown');
  assert.equal(codeOf(signed(payload, [site.owner, stranger])), 'signer-unknown', 'a wrong one among right ones');
  assert.equal(codeOf(signed(payload), site.ownerSet, exampleLock('other').lockId), 'other-lock');
  assert.equal(codeOf(signed(resetOrderPayload({ ...order, siteId: other.ownerSet.siteId }))), 'other-site');
  assert.equal(codeOf(assembleResetOrder([signWith(site.owner, toSign('mortise-roster', 1, site.owner.publicKey, payload, crypto))])), 'type-wrong');
  assert.equal(codeOf(assembleResetOrder([signWith(site.owner, toSign(RESET_ORDER_TYPE, 2, site.owner.publicKey, payload, crypto))])), 'version-unknown');
});

test('where owners must agree, one alone resets nothing; nor does one of them twice', () => {
  const [a, b] = [exampleKey('a'), exampleKey('b')];
  const set = openOwnerSet(crypto, signOwnerSet(ownerSetFields([a, b], { threshold: 2 }), [a, b]));
  assert.ok(set.ok);
  const payload = resetOrderPayload({ ...order, siteId: set.value.siteId });
  assert.deepEqual([codeOf(signed(payload, [a]), set.value), codeOf(signed(payload, [a, a]), set.value), codeOf(signed(payload, [a, b]), set.value)], ['threshold-not-met', 'malformed', 'opened']);
});

test('its end is after its beginning and not too far away; what is not its form is refused', () => {
  const raw = (issued: Cbor, until: Cbor): Bytes => encodeCbor(new Map<string, Cbor>([['siteId', identifierBytes(order.siteId)], ['lockId', identifierBytes(lockId)], ['issued', issued], ['until', until]]));
  assert.deepEqual([raw(5, 5), raw(5, 4), raw(0, RESET_ORDER_MS), raw(0, RESET_ORDER_MS + 1), raw('x', 5), raw(5, null)].map((payload) => codeOf(signed(payload))),
    ['opened', 'malformed', 'opened', 'malformed', 'malformed', 'malformed']);
  assert.equal(codeOf(new Uint8Array(MAX_RESET_ORDER_BYTES + 1)), 'too-long');
});

test('with any bit changed, cut anywhere, and for any bytes: refused', () => {
  const bytes = signed(resetOrderPayload(order));
  fc.assert(fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 }), (at, bit) => assert.notEqual(codeOf(bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit))), 'opened')), { numRuns: 60 });
  for (let length = 0; length < bytes.length; length += 1) assert.notEqual(codeOf(bytes.subarray(0, length)), 'opened');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (any) => assert.notEqual(codeOf(any), 'opened')));
});
