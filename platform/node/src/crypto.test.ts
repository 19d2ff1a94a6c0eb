import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@mortise/base/bytes.ts';
import { cryptoConformance } from '@mortise/crypto/crypto.conformance.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { nodeCrypto } from './crypto.ts';
import { freshEntropy } from './entropy.ts';
import { longTermSigner } from './p256.ts';

cryptoConformance('node', nodeCrypto);

test('a long-term signer is randomised and its signatures hold on both adapters', () => {
  const privateKey = nodeCrypto.p256.privateKeyFromSeed(new Uint8Array(48).fill(5));
  const publicKey = nodeCrypto.p256.publicKey(privateKey);
  const sign = longTermSigner(privateKey);
  const [one, other] = [sign(utf8('message')), sign(utf8('message'))];
  assert.notDeepEqual(one, other);
  for (const signature of [one, other])
    for (const crypto of [nodeCrypto, nobleCrypto]) {
      assert.equal(crypto.p256.verify(publicKey, signature, utf8('message')), true);
      assert.equal(crypto.p256.verify(publicKey, signature, utf8('massage')), false);
    }
});

test('fresh entropy is 32 plain bytes and differs each time', () => {
  const seen = new Set(Array.from({ length: 100 }, () => freshEntropy().toHex()));
  assert.equal(seen.size, 100);
  assert.equal(freshEntropy().length, 32);
  assert.equal(Object.getPrototypeOf(freshEntropy()), Uint8Array.prototype);
});
