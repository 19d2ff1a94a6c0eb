// The suite that every adapter of `Crypto` passes: published vectors, agreement with noble, and refusals. Run it from a test
// file of the adapter.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError, required } from '@mortise/base/assert.ts';
import { concat, EMPTY, fromHex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from './crypto.ts';
import { nobleCrypto } from './noble.ts';
import { vectorConformance } from './vectors.conformance.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hexadecimal');
const FIELD = 'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff';
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
const SEED = new Uint8Array(48).fill(7);
const FEW = { numRuns: 12 };

const anyBytes = (minLength: number, maxLength: number): fc.Arbitrary<Bytes> => fc.uint8Array({ minLength, maxLength });
const flip = (value: Bytes, at: number): Bytes => value.with(at, (value[at] ?? 0) ^ 1);
const isPlain = (value: Bytes): void => assert.equal(Object.getPrototypeOf(value), Uint8Array.prototype);

const symmetricAgree = (crypto: Crypto): void => {
  fc.assert(
    fc.property(anyBytes(32, 32), anyBytes(12, 12), anyBytes(0, 200), anyBytes(0, 40), (key, iv, data, more) => {
      for (const run of [
        (c: Crypto) => c.sha256(data),
        (c: Crypto) => c.sha1(data),
        (c: Crypto) => c.hmacSha256(more, data),
        (c: Crypto) => c.hkdfSha256(key, more, data, 1 + data.length),
        (c: Crypto) => c.aesGcmSeal(key, iv, data, more),
        (c: Crypto) => c.aesGcmSeal(key.subarray(0, 16), iv, data),
      ]) {
        assert.deepEqual(run(crypto), run(nobleCrypto));
        isPlain(run(crypto));
      }
      assert.deepEqual(crypto.aesGcmOpen(key, iv, nobleCrypto.aesGcmSeal(key, iv, data, more), more), data);
    }),
  );
};

const aes128Agrees = (crypto: Crypto): void => {
  const blocks = fc.integer({ min: 0, max: 9 }).chain((count) => anyBytes(16 * count, 16 * count));
  fc.assert(
    fc.property(anyBytes(16, 16), anyBytes(16, 16), blocks, anyBytes(0, 100), (key, iv, plaintext, any) => {
      const ciphertext = crypto.aesCbcEncrypt(key, iv, plaintext);
      assert.deepEqual(ciphertext, nobleCrypto.aesCbcEncrypt(key, iv, plaintext));
      assert.deepEqual(crypto.aesCbcDecrypt(key, iv, ciphertext), plaintext);
      assert.deepEqual(crypto.aesCbcDecrypt(key, iv, any), nobleCrypto.aesCbcDecrypt(key, iv, any));
      assert.equal(crypto.aesCbcDecrypt(key, iv, any) === undefined, any.length % 16 !== 0);
      assert.deepEqual(crypto.aesCmac(key, any), nobleCrypto.aesCmac(key, any));
      for (const value of [ciphertext, crypto.aesCmac(key, any)]) isPlain(value);
    }),
  );
};

const curveAgrees = (crypto: Crypto): void => {
  fc.assert(
    fc.property(anyBytes(48, 48), anyBytes(48, 48), anyBytes(0, 60), (seed, otherSeed, message) => {
      const privateKey = crypto.p256.privateKeyFromSeed(seed);
      assert.deepEqual(privateKey, nobleCrypto.p256.privateKeyFromSeed(seed));
      const publicKey = crypto.p256.publicKey(privateKey);
      assert.deepEqual(publicKey, nobleCrypto.p256.publicKey(privateKey));
      const peer = nobleCrypto.p256.publicKey(nobleCrypto.p256.privateKeyFromSeed(otherSeed));
      assert.deepEqual(crypto.p256.sharedX(privateKey, peer), nobleCrypto.p256.sharedX(privateKey, peer));
      const signature = crypto.p256.sign(privateKey, message);
      assert.equal(nobleCrypto.p256.verify(publicKey, signature, message), true);
      assert.equal(crypto.p256.verify(publicKey, signature, concat(message, EMPTY, Uint8Array.of(0))), false);
      for (const value of [privateKey, publicKey, signature]) isPlain(value);
    }),
    FEW,
  );
};

const gcmRefuses = (crypto: Crypto): void => {
  const [key, iv, additional] = [new Uint8Array(32).fill(1), new Uint8Array(12).fill(2), utf8('bound')];
  const sealed = crypto.aesGcmSeal(key, iv, utf8('bolt'), additional);
  assert.deepEqual(crypto.aesGcmOpen(key, iv, sealed, additional), utf8('bolt'));
  for (let at = 0; at < sealed.length; at += 1) {
    assert.equal(crypto.aesGcmOpen(key, iv, flip(sealed, at), additional), undefined, `flipped at ${at}`);
    assert.equal(crypto.aesGcmOpen(key, iv, sealed.subarray(0, at), additional), undefined, `cut to ${at}`);
  }
  assert.equal(crypto.aesGcmOpen(key, iv, sealed), undefined);
  assert.equal(crypto.aesGcmOpen(flip(key, 0), iv, sealed, additional), undefined);
  assert.equal(crypto.aesGcmOpen(key, flip(iv, 0), sealed, additional), undefined);
  assert.equal(crypto.aesGcmOpen(key, iv, concat(sealed, Uint8Array.of(0)), additional), undefined);
};

const notPoints = (good: Bytes): readonly (readonly [string, Bytes])[] => [
  ['empty', EMPTY],
  ['infinity', Uint8Array.of(0)],
  ['off the curve', flip(good, 64)],
  ['all zero coordinates', concat(Uint8Array.of(4), new Uint8Array(64))],
  ['x = p', concat(Uint8Array.of(4), bytes(FIELD), good.subarray(33))],
  // x = 0 lies on the curve; p written in its place would decode to the same point where x is reduced.
  ['x = p for 0', concat(Uint8Array.of(4), bytes(FIELD), bytes('66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4'))],
  ['y = p', concat(good.subarray(0, 33), bytes(FIELD))],
  ['all ones', new Uint8Array(65).fill(255).with(0, 4)],
  ['compressed', concat(Uint8Array.of(2 + ((good[64] ?? 0) & 1)), good.subarray(1, 33))],
  ['hybrid', good.with(0, 6 + ((good[64] ?? 0) & 1))],
  ['one byte short', good.subarray(0, 64)],
  ['one byte long', concat(good, Uint8Array.of(0))],
];

const pointsRefused = (crypto: Crypto): void => {
  const privateKey = crypto.p256.privateKeyFromSeed(SEED);
  const good = crypto.p256.publicKey(privateKey);
  const signature = crypto.p256.sign(privateKey, utf8('m'));
  assert.equal(crypto.p256.isPublicKey(good), true);
  const zeroX = bytes(`04${'00'.repeat(32)}66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4`);
  assert.equal(crypto.p256.isPublicKey(zeroX), true, 'the point with x = 0 is a point');
  for (const [what, key] of notPoints(good)) {
    assert.equal(crypto.p256.isPublicKey(key), false, what);
    assert.equal(crypto.p256.sharedX(privateKey, key), undefined, what);
    assert.equal(crypto.p256.verify(key, signature, utf8('m')), false, what);
  }
};

const negateS = (signature: Bytes): Bytes => {
  const s = BigInt(`0x${signature.subarray(32).toHex()}`);
  return concat(signature.subarray(0, 32), bytes((BigInt(`0x${ORDER}`) - s).toString(16).padStart(64, '0')));
};

const signaturesRefused = (crypto: Crypto): void => {
  const [privateKey, message] = [crypto.p256.privateKeyFromSeed(SEED), utf8('open')];
  const publicKey = crypto.p256.publicKey(privateKey);
  const signature = crypto.p256.sign(privateKey, message);
  assert.equal(crypto.p256.verify(publicKey, signature, message), true);
  assert.equal(crypto.p256.verify(publicKey, negateS(signature), message), true, 'both halves of s count');
  const [r, s, zero, order] = [signature.subarray(0, 32), signature.subarray(32), new Uint8Array(32), bytes(ORDER)];
  const wrong = [concat(zero, s), concat(r, zero), concat(zero, zero), concat(order, s), concat(r, order), concat(s, r)];
  for (const other of wrong) assert.equal(crypto.p256.verify(publicKey, other, message), false);
  for (let at = 0; at < 64; at += 1) assert.equal(crypto.p256.verify(publicKey, signature.subarray(0, at), message), false);
  for (let at = 0; at < 64; at += 9) assert.equal(crypto.p256.verify(publicKey, flip(signature, at), message), false);
};

const anythingAnswered = (crypto: Crypto): void => {
  const [privateKey, iv] = [crypto.p256.privateKeyFromSeed(SEED), new Uint8Array(12)];
  const point = fc.oneof(anyBytes(0, 80), anyBytes(64, 64).map((rest) => concat(Uint8Array.of(4), rest)));
  fc.assert(
    fc.property(point, fc.oneof(anyBytes(0, 80), anyBytes(64, 64)), anyBytes(0, 40), (key, signature, message) => {
      assert.equal(crypto.p256.isPublicKey(key), false);
      assert.equal(crypto.p256.sharedX(privateKey, key), undefined);
      assert.equal(crypto.p256.verify(key, signature, message), false);
      assert.equal(crypto.p256.verify(crypto.p256.publicKey(privateKey), signature, message), false);
      assert.equal(crypto.aesGcmOpen(privateKey, iv, message), undefined);
    }),
    { numRuns: 40 },
  );
};

const ourMistakes = (crypto: Crypto): void => {
  const [key, iv, privateKey] = [new Uint8Array(32), new Uint8Array(12), crypto.p256.privateKeyFromSeed(SEED)];
  const peer = crypto.p256.publicKey(privateKey);
  const mistakes: readonly (readonly [string, () => unknown])[] = [
    ['AES key of 24 bytes', () => crypto.aesGcmSeal(new Uint8Array(24), iv, EMPTY)],
    ['AES key of 0 bytes', () => crypto.aesGcmOpen(EMPTY, iv, new Uint8Array(16))],
    ['IV of 16 bytes', () => crypto.aesGcmSeal(key, new Uint8Array(16), EMPTY)],
    ['IV of 8 bytes', () => crypto.aesGcmOpen(key, new Uint8Array(8), new Uint8Array(16))],
    ['CBC under a key of 32 bytes', () => crypto.aesCbcEncrypt(key, new Uint8Array(16), EMPTY)],
    ['CBC with an IV of 12 bytes', () => crypto.aesCbcDecrypt(new Uint8Array(16), iv, EMPTY)],
    ['CBC of half a block', () => crypto.aesCbcEncrypt(new Uint8Array(16), new Uint8Array(16), new Uint8Array(8))],
    ['CMAC under a key of 32 bytes', () => crypto.aesCmac(key, EMPTY)],
    ['HKDF of 0 bytes', () => crypto.hkdfSha256(key, EMPTY, EMPTY, 0)],
    ['HKDF of 8161 bytes', () => crypto.hkdfSha256(key, EMPTY, EMPTY, 8161)],
    ['seed of 32 bytes', () => crypto.p256.privateKeyFromSeed(key)],
    ['scalar 0', () => crypto.p256.sharedX(key, peer)],
    ['scalar n', () => crypto.p256.publicKey(bytes(ORDER))],
    ['scalar n to sign with', () => crypto.p256.sign(bytes(ORDER), EMPTY)],
    ['scalar of 31 bytes', () => crypto.p256.publicKey(privateKey.subarray(1))],
    ['scalar of 33 bytes', () => crypto.p256.publicKey(concat(Uint8Array.of(0), privateKey))],
  ];
  for (const [what, run] of mistakes) assert.throws(run, InvariantError, what);
};

const seedOf = (value: bigint): Bytes => bytes(value.toString(16).padStart(96, '0'));
const scalarOf = (value: bigint): Bytes => bytes(value.toString(16).padStart(64, '0'));

const seedEdges = (crypto: Crypto): void => {
  const order = BigInt(`0x${ORDER}`);
  assert.deepEqual(crypto.p256.privateKeyFromSeed(seedOf(0n)), scalarOf(1n));
  assert.deepEqual(crypto.p256.privateKeyFromSeed(seedOf(order - 2n)), scalarOf(order - 1n));
  assert.deepEqual(crypto.p256.privateKeyFromSeed(seedOf(order - 1n)), scalarOf(1n));
};

/** Registers the whole suite under `name`. */
export const cryptoConformance = (name: string, crypto: Crypto): void => {
  vectorConformance(name, crypto);
  test(`${name}: hashes, HMAC, HKDF and GCM agree with noble and are plain bytes`, () => symmetricAgree(crypto));
  test(`${name}: AES-128 in CBC and as CMAC agrees with noble, and half blocks are refused`, () => aes128Agrees(crypto));
  test(`${name}: keys, ECDH and signatures agree with noble`, () => curveAgrees(crypto));
  test(`${name}: GCM refuses each flipped bit, each cut, another key, IV or additional data`, () => gcmRefuses(crypto));
  test(`${name}: what is no point of the curve is refused everywhere`, () => pointsRefused(crypto));
  test(`${name}: signatures: both halves of s, nothing altered, r and s in range`, () => signaturesRefused(crypto));
  test(`${name}: whatever bytes come are answered`, () => anythingAnswered(crypto));
  test(`${name}: wrong lengths and scalars of our own are our bugs`, () => ourMistakes(crypto));
  test(`${name}: FIPS 186-5 A.2.1 at its edges`, () => seedEdges(crypto));
};
