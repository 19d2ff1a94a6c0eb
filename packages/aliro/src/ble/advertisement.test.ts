// The bytes of an advertisement, against the description's table and against OpenSSL's own ECB; and any bytes.

import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { decodeServiceData, dynamicTag, encodeAdvertisement, encodeServiceData, type ReaderAdvertisement } from './advertisement.ts';

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const advertisements: fc.Arbitrary<ReaderAdvertisement> = fc.record({
  state: fc.constantFrom('none', 'unknown-error', 'low-battery', 'sensor'),
  flows: fc.record({ ble: fc.boolean(), uwb: fc.boolean() }, { noNullPrototype: true }),
  txPowerDbm: fc.integer({ min: -128, max: 127 }),
  group: bytes(8), sub: bytes(2),
  expires: fc.option(fc.integer({ min: 0, max: 0xffff_fffe }), { nil: undefined }),
  tag: bytes(7),
}, { noNullPrototype: true });

const AD: ReaderAdvertisement = {
  state: 'low-battery', flows: { ble: true, uwb: false }, txPowerDbm: -8, group: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), sub: Uint8Array.of(9, 10), expires: 0x6543_2100, tag: new Uint8Array(7).fill(0xaa),
};

test('it is laid out as the table says, and fills the 31 bytes of an advertisement', () => {
  assert.equal(encodeAdvertisement(AD).toHex(), `0201061b16f2ff50f80102030405060708090a6543210000${'aa'.repeat(7)}`);
  assert.equal(encodeAdvertisement({ ...AD, expires: undefined }).toHex().slice(38, 46), 'ffffffff');
  assert.equal(encodeAdvertisement(AD).length, 31);
});

test('what is encoded is read again; cut, longer, or of another version it is not', () => {
  fc.assert(fc.property(advertisements, (ad) => assert.deepEqual(decodeServiceData(encodeServiceData(ad)), ad)));
  const data = encodeServiceData(AD);
  for (let length = 0; length < data.length; length += 1) assert.equal(decodeServiceData(data.subarray(0, length)), undefined);
  assert.equal(decodeServiceData(Uint8Array.of(...data, 0)), undefined);
  assert.equal(decodeServiceData(data.with(0, 0x51)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (any) => void decodeServiceData(any)));
});

test('the tag is seven bytes of AES-128-ECB over zeros, address and expiry', () => {
  const [key, address] = [Uint8Array.from({ length: 16 }, (_, at) => at), Uint8Array.of(0xc0, 0, 0, 0, 0, 1)];
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const whole = cipher.update(Buffer.from('000000000000c0000000000165432100', 'hex'));
  assert.deepEqual(dynamicTag(nobleCrypto, key, address, AD.expires), Uint8Array.from(whole.subarray(0, 7)));
});

test('another expiry, address, key or order of the address is another tag', () => {
  const [key, address] = [new Uint8Array(16).fill(1), Uint8Array.of(1, 2, 3, 4, 5, 6)];
  const tags = [
    dynamicTag(nobleCrypto, key, address, 1000), dynamicTag(nobleCrypto, key, address, 1900), dynamicTag(nobleCrypto, key, address, undefined),
    dynamicTag(nobleCrypto, key, address.with(5, 7), 1000), dynamicTag(nobleCrypto, key.with(0, 2), address, 1000),
    dynamicTag(nobleCrypto, key, address, 1000, { addressOrder: 'on-air' }),
  ];
  assert.equal(new Set(tags.map((tag) => tag.toHex())).size, tags.length);
  assert.throws(() => dynamicTag(nobleCrypto, key.slice(1), address, 1000), InvariantError);
});
