import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@mortise/base/bytes.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { freshEntropy } from './entropy.ts';
import { asSigningKey, generateSigningKey, signWith } from './signing-key.ts';

test('what the browser signs, a lock verifies', async () => {
  const key = await generateSigningKey();
  assert.equal(nobleCrypto.p256.isPublicKey(key.publicKey), true);
  for (const message of ['', 'open', 'x'.repeat(1000)].map(utf8)) {
    const signature = await signWith(key, message);
    assert.equal(signature.length, 64);
    assert.equal(nobleCrypto.p256.verify(key.publicKey, signature, message), true);
    assert.equal(nobleCrypto.p256.verify(key.publicKey, signature, utf8('other')), false);
  }
});

test('the private key cannot be carried away', async () => {
  const { privateKey } = await generateSigningKey();
  assert.equal(privateKey.extractable, false);
  assert.deepEqual(privateKey.usages, ['sign']);
  for (const format of ['jwk', 'pkcs8'] as const) await assert.rejects(globalThis.crypto.subtle.exportKey(format, privateKey));
});

test('a key survives structured cloning, as storage does it; anything else is no key', async () => {
  const key = await generateSigningKey();
  const back = asSigningKey(structuredClone(key));
  assert.ok(back);
  assert.equal(nobleCrypto.p256.verify(key.publicKey, await signWith(back, utf8('m')), utf8('m')), true);
  const { publicKey } = key;
  for (const other of [undefined, null, 1, 'key', {}, publicKey, { publicKey }, { privateKey: publicKey, publicKey }, { ...key, publicKey: publicKey.subarray(1) }])
    assert.equal(asSigningKey(other), undefined);
});

test('fresh entropy is 32 bytes and differs each time', () => {
  assert.equal(freshEntropy().length, 32);
  assert.notDeepEqual(freshEntropy(), freshEntropy());
});
