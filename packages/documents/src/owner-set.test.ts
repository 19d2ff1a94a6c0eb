import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { required } from '@mortise/base/assert.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { toSign } from './cose.ts';
import { exampleEntropy, exampleKey, ownerSetFields, signOwnerSet, signWith } from './example-site.ts';
import { assembleOwnerSet, openOwnerSet, openOwnerSets, ownerSetPayload, ownerSetToSign, type OwnerSet } from './owner-set.ts';

const [anna, ben, cleo, dora, eve] = ['anna', 'ben', 'cleo', 'dora', 'eve'].map(exampleKey).map((key) => required(key, 'a key'));
assert.ok(anna && ben && cleo && dora && eve);

const open = (bytes: Bytes, previous?: OwnerSet): OwnerSet => {
  const opened = openOwnerSet(crypto, bytes, previous);
  assert.ok(opened.ok, opened.ok ? '' : opened.error.code);
  return opened.value;
};
const codeOf = (bytes: Bytes, previous?: OwnerSet): string => {
  const opened = openOwnerSet(crypto, bytes, previous);
  return opened.ok ? 'opened' : opened.error.code;
};
const openAll = (documents: readonly Bytes[]): string => {
  const opened = openOwnerSets(crypto, documents);
  return opened.ok ? `opened ${opened.value.sequence}` : opened.error.code;
};

const firstFields = ownerSetFields([anna, ben, cleo], { threshold: 2 });
const firstDocument = signOwnerSet(firstFields, [anna, ben]);
const first = open(firstDocument);
const secondFields = ownerSetFields([anna, ben, dora], { threshold: 2, sequence: 2, previous: first.hash });
const secondDocument = signOwnerSet(secondFields, [ben, cleo]);
const second = open(secondDocument, first);

test('a first set is signed by its own threshold and names its site', () => {
  const { siteId, hash, ...fields } = first;
  assert.deepEqual(fields, firstFields);
  assert.deepEqual(identifierBytes(siteId), crypto.sha256(ownerSetPayload(crypto, firstFields)).subarray(0, 16));
  assert.deepEqual(hash, crypto.sha256(ownerSetPayload(crypto, firstFields)));
  assert.equal(codeOf(signOwnerSet(firstFields, [anna])), 'threshold-not-met');
  assert.equal(codeOf(signOwnerSet(firstFields, [anna, ben, cleo])), 'opened');
});

test('another salt is another site', () => {
  const elsewhere = open(signOwnerSet({ ...firstFields, salt: exampleEntropy('elsewhere').subarray(0, 16) }, [anna, ben]));
  assert.notEqual(elsewhere.siteId, first.siteId);
});

test('a following set is signed by the old threshold and stays of the same site', () => {
  assert.equal(second.siteId, first.siteId);
  assert.deepEqual(second.keys, secondFields.keys);
  assert.equal(codeOf(signOwnerSet(secondFields, [anna, cleo]), first), 'opened');
});

test('who may not sign a change, cannot', () => {
  assert.equal(codeOf(signOwnerSet(secondFields, [anna]), first), 'threshold-not-met', 'one of two');
  assert.equal(codeOf(signOwnerSet(secondFields, [anna, dora]), first), 'signer-unknown', 'the newcomer signs for herself');
  assert.equal(codeOf(signOwnerSet(secondFields, [anna, eve]), first), 'signer-unknown', 'a stranger');
  assert.equal(codeOf(signOwnerSet(secondFields, [anna, anna]), first), 'malformed', 'one owner twice');
  assert.equal(codeOf(signOwnerSet(secondFields, [anna, ben, eve]), first), 'signer-unknown', 'a stranger beside enough owners');
  const third = { ...secondFields, sequence: 3, previous: second.hash };
  assert.equal(codeOf(signOwnerSet(third, [anna, cleo]), second), 'signer-unknown', 'an owner who was removed');
  assert.equal(codeOf(signOwnerSet(third, [anna, dora]), second), 'opened', 'the control');
});

test('signatures for other payloads or types do not count', () => {
  const payload = ownerSetPayload(crypto, secondFields);
  const lowered = ownerSetPayload(crypto, { ...secondFields, threshold: 1 });
  const byAnna = signWith(anna, ownerSetToSign(crypto, anna.publicKey, payload));
  const byBenLowered = signWith(ben, ownerSetToSign(crypto, ben.publicKey, lowered));
  const byBenElsewhere = signWith(ben, toSign('mortise-roster', 1, ben.publicKey, payload, crypto));
  const byBenNewer = signWith(ben, toSign('mortise-owner-set', 2, ben.publicKey, payload, crypto));
  assert.equal(codeOf(assembleOwnerSet([byAnna, byBenLowered]), first), 'malformed');
  assert.equal(codeOf(assembleOwnerSet([byAnna, byBenElsewhere]), first), 'type-wrong');
  assert.equal(codeOf(assembleOwnerSet([byAnna, byBenNewer]), first), 'version-unknown');
});

test('a second history is refused as a fork, a gap as a gap, what is held as stale', () => {
  const rival = signOwnerSet({ ...firstFields, sequence: 2, previous: first.hash, threshold: 1 }, [anna, ben]);
  const elsewhere = open(signOwnerSet({ ...firstFields, salt: exampleEntropy('elsewhere').subarray(0, 16) }, [anna, ben]));
  const grafted = signOwnerSet({ ...secondFields, previous: elsewhere.hash }, [anna, ben]);
  const far = signOwnerSet({ ...secondFields, sequence: 4, previous: second.hash }, [anna, ben]);
  assert.equal(codeOf(rival, first), 'opened', 'the control: alone it is a fine set');
  assert.equal(codeOf(rival, second), 'fork', 'but not beside another of its sequence');
  assert.equal(codeOf(grafted, first), 'fork', 'the predecessor is of another site');
  const uncounted = signOwnerSet({ ...secondFields, previous: second.hash }, [anna, ben]);
  assert.equal(codeOf(uncounted, second), 'fork', 'the predecessor is right, the sequence is not');
  assert.equal(codeOf(far, second), 'gap');
  assert.equal(codeOf(secondDocument, second), 'stale', 'the same again');
  assert.equal(codeOf(signOwnerSet(firstFields, [anna, cleo]), second), 'signer-unknown', 'an older one, by a removed owner');
  assert.equal(codeOf(firstDocument, second), 'stale', 'an older one, by present owners');
  assert.equal(codeOf(secondDocument), 'signer-unknown', 'a later set cannot pose as a first: its own keys did not sign');
  assert.equal(codeOf(signOwnerSet(secondFields, [anna, ben])), 'gap', 'nor when they did');
});

test('a history opens as a whole and in order only', () => {
  assert.equal(openAll([firstDocument, secondDocument]), 'opened 2');
  assert.equal(openAll([firstDocument]), 'opened 1');
  assert.equal(openAll([secondDocument, firstDocument]), 'signer-unknown');
  assert.equal(openAll([firstDocument, firstDocument]), 'stale');
  assert.equal(openAll([]), 'malformed');
  assert.equal(openAll(Array.from({ length: 65 }, () => firstDocument)), 'too-long');
});

test('payloads outside the bounds are malformed', () => {
  type Raw = Readonly<Record<string, Cbor | undefined>>;
  const raw = (changes: Raw): Bytes => {
    const all: Raw = { ...firstFields, ...changes };
    const payload = encodeCbor(new Map(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))));
    return assembleOwnerSet([anna, ben].map((key) => signWith(key, ownerSetToSign(crypto, key.publicKey, payload))));
  };
  assert.equal(codeOf(raw({})), 'opened', 'the control');
  const bad: readonly Raw[] = [
    { threshold: 0 },
    { threshold: 4 },
    { keys: [] },
    { keys: [anna.publicKey, anna.publicKey, ben.publicKey] },
    { keys: [anna.publicKey, ben.publicKey, new Uint8Array(65).fill(4)] },
    { keys: Array.from({ length: 17 }, (_, n) => exampleKey(`owner ${n}`).publicKey) },
    { sequence: 0 },
    { sequence: 1, previous: first.hash },
    { sequence: 2, previous: null },
    { salt: new Uint8Array(15) },
    { salt: undefined },
    { more: 1 },
  ];
  for (const changes of bad) assert.equal(codeOf(raw(changes)), 'malformed', Object.keys(changes).join());
});

test('any bytes, and every cut, are answered', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => assert.notEqual(codeOf(bytes), 'opened')));
  for (let at = 0; at < firstDocument.length; at += 1) assert.equal(codeOf(firstDocument.subarray(0, at)), 'malformed');
  assert.equal(codeOf(new Uint8Array(61_441)), 'too-long');
});
