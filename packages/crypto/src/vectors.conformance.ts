// Published vectors (vectors/crypto), run against any adapter.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { fromHex, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from './crypto.ts';

type EcdsaVectors = { privateKey: string; publicKey: string; cases: readonly { message: string; signature: string }[] };
type EcdhCase = { privateKey: string; publicKey: string; peerKey: string; sharedX: string };
type HkdfCase = { ikm: string; salt: string; info: string; okm: string };
type HmacCase = { key: string; data: string; mac: string };
type HashCase = { message: string; sha256: string; sha1: string };
type CbcCase = { key: string; iv: string; plaintext: string; ciphertext: string };
type GcmCase = { number: number; key: string; iv: string; plaintext: string; additional: string; sealed: string };

const load = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../../../vectors/crypto/${name}.json`, import.meta.url), 'utf8'));
const bytes = (text: string): Bytes => required(fromHex(text), 'vectors are hexadecimal');

const hashes = (crypto: Crypto): void => {
  for (const { message, sha256, sha1 } of load<{ cases: HashCase[] }>('sha').cases) {
    assert.equal(hex(crypto.sha256(utf8(message))), sha256);
    assert.equal(hex(crypto.sha1(utf8(message))), sha1);
  }
};

const macs = (crypto: Crypto): void => {
  for (const { key, data, mac } of load<{ cases: HmacCase[] }>('hmac-sha256').cases)
    assert.equal(hex(crypto.hmacSha256(bytes(key), bytes(data))), mac);
  for (const { ikm, salt, info, okm } of load<{ cases: HkdfCase[] }>('hkdf-sha256').cases)
    assert.equal(hex(crypto.hkdfSha256(bytes(ikm), bytes(salt), bytes(info), okm.length / 2)), okm);
};

const gcm = (crypto: Crypto): void => {
  for (const c of load<{ cases: GcmCase[] }>('aes-gcm').cases) {
    const [key, iv, additional] = [bytes(c.key), bytes(c.iv), bytes(c.additional)];
    assert.equal(hex(crypto.aesGcmSeal(key, iv, bytes(c.plaintext), additional)), c.sealed, `case ${c.number}`);
    assert.equal(hex(required(crypto.aesGcmOpen(key, iv, bytes(c.sealed), additional), `case ${c.number} opens`)), c.plaintext);
  }
};

const aes128 = (crypto: Crypto): void => {
  for (const { key, iv, plaintext, ciphertext } of load<{ cases: CbcCase[] }>('aes-cbc').cases) {
    assert.equal(hex(crypto.aesCbcEncrypt(bytes(key), bytes(iv), bytes(plaintext))), ciphertext);
    assert.equal(hex(required(crypto.aesCbcDecrypt(bytes(key), bytes(iv), bytes(ciphertext)), 'whole blocks')), plaintext);
  }
  for (const { key, data, mac } of load<{ cases: HmacCase[] }>('aes-cmac').cases) assert.equal(hex(crypto.aesCmac(bytes(key), bytes(data))), mac);
};

const ecdsa = (crypto: Crypto): void => {
  const { privateKey, publicKey, cases } = load<EcdsaVectors>('ecdsa-p256');
  assert.equal(hex(crypto.p256.publicKey(bytes(privateKey))), publicKey);
  for (const { message, signature } of cases) {
    assert.equal(hex(crypto.p256.sign(bytes(privateKey), utf8(message))), signature);
    assert.equal(crypto.p256.verify(bytes(publicKey), bytes(signature), utf8(message)), true);
  }
};

const ecdh = (crypto: Crypto): void => {
  for (const c of load<{ cases: EcdhCase[] }>('ecdh-p256').cases) {
    assert.equal(hex(crypto.p256.publicKey(bytes(c.privateKey))), c.publicKey);
    assert.equal(hex(required(crypto.p256.sharedX(bytes(c.privateKey), bytes(c.peerKey)), 'a point')), c.sharedX);
  }
};

/** Registers one test per specification. */
export const vectorConformance = (name: string, crypto: Crypto): void => {
  test(`${name}: FIPS 180-4 example messages`, () => hashes(crypto));
  test(`${name}: RFC 4231 (HMAC) and RFC 5869 (HKDF)`, () => macs(crypto));
  test(`${name}: GCM as submitted to NIST, appendix B`, () => gcm(crypto));
  test(`${name}: NIST SP 800-38A F.2 (CBC) and RFC 4493 4 (CMAC)`, () => aes128(crypto));
  test(`${name}: RFC 6979 A.2.5 (ECDSA)`, () => ecdsa(crypto));
  test(`${name}: RFC 5903 8.1 (ECDH)`, () => ecdh(crypto));
};
