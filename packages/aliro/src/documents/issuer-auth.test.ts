import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { filled, structureOf } from '../conformance/document.fixture.ts';
import { issuerAuthCbor, keyIdentifierOf, readIssuerAuth, signedStructure } from './issuer-auth.ts';

const PROTECTED = Uint8Array.of(0xa1, 0x01, 0x26);
const [KID, PAYLOAD, SIGNATURE] = [filled(8, 1), filled(5, 2), filled(64, 3)];

const codeOf = (value: Cbor): string => {
  const read = readIssuerAuth(value);
  return read.ok ? 'read' : read.error.code;
};

const withHeaders = (...headers: readonly (readonly [number | string, Cbor])[]): Cbor => [PROTECTED, new Map(headers), PAYLOAD, SIGNATURE];

test('what is written is read', () => {
  for (const names of [{ keyIdentifier: KID }, { certificate: filled(9, 4) }, { keyIdentifier: KID, certificate: filled(2048, 4) }]) {
    const auth = { ...names, payload: PAYLOAD, signature: SIGNATURE };
    assert.deepEqual(readIssuerAuth(issuerAuthCbor(auth)), { ok: true, value: auth });
  }
});

test('a COSE_Sign1 of four parts, headers of their sizes', () => {
  const good = [PROTECTED, new Map([[4, KID]]), PAYLOAD, SIGNATURE];
  const cases: readonly (readonly [string, Cbor, string])[] = [
    ['whole', good, 'read'],
    ['three parts', good.slice(0, 3), 'issuer-auth-malformed'],
    ['five parts', [...good, 0], 'issuer-auth-malformed'],
    ['a map', new Map(), 'issuer-auth-malformed'],
    ['a protected map', [new Map([[1, -7]]), ...good.slice(1)], 'issuer-auth-malformed'],
    ['headers that are none', [PROTECTED, [], PAYLOAD, SIGNATURE], 'issuer-auth-malformed'],
    ['a payload elsewhere', [PROTECTED, new Map([[4, KID]]), null, SIGNATURE], 'issuer-auth-malformed'],
    ['a signature of 63 bytes', [PROTECTED, new Map([[4, KID]]), PAYLOAD, filled(63, 3)], 'issuer-auth-malformed'],
    ['a signature of 65 bytes', [PROTECTED, new Map([[4, KID]]), PAYLOAD, filled(65, 3)], 'issuer-auth-malformed'],
    ['ES384', [Uint8Array.of(0xa1, 1, 0x38, 0x22), ...good.slice(1)], 'algorithm-unsupported'],
    ['nothing protected', [filled(0, 0), ...good.slice(1)], 'algorithm-unsupported'],
    ['more protected', [encodeCbor(new Map([[1, -7], [4, 0]])), ...good.slice(1)], 'algorithm-unsupported'],
    ['no names', withHeaders(), 'read'],
    ['other names', withHeaders([1, -7], ['4', KID]), 'read'],
    ['other headers beside', withHeaders([4, KID], [5, filled(3, 0)]), 'read'],
    ['a key id of 7 bytes', withHeaders([4, filled(7, 1)]), 'issuer-auth-malformed'],
    ['a key id of 9 bytes', withHeaders([4, filled(9, 1)]), 'issuer-auth-malformed'],
    ['a key id in text', withHeaders([4, '12345678'], [33, filled(9, 0)]), 'issuer-auth-malformed'],
    ['a chain of one', withHeaders([33, [filled(9, 0)]]), 'issuer-auth-malformed'],
    ['a certificate in text', withHeaders([4, KID], [33, 'x']), 'issuer-auth-malformed'],
    ['a certificate of 2048 bytes', withHeaders([33, filled(2048, 0)]), 'read'],
    ['a certificate of 2049 bytes', withHeaders([33, filled(2049, 0)]), 'certificate-malformed'],
    ['16 headers', withHeaders([4, KID], ...Array.from({ length: 15 }, (_, index) => [100 + index, 0] as const)), 'read'],
    ['17 headers', withHeaders([4, KID], ...Array.from({ length: 16 }, (_, index) => [100 + index, 0] as const)), 'issuer-auth-malformed'],
    ['the algorithm before the names', [filled(0, 0), new Map(), PAYLOAD, SIGNATURE], 'algorithm-unsupported'],
  ];
  for (const [name, value, code] of cases) assert.equal(codeOf(value), code, name);
});

test('what is signed is COSE’s Sig_structure, for every length of the payload', () => {
  for (const length of [0, 23, 24, 255, 256, 65_535]) assert.equal(hex(signedStructure(filled(length, 7))), hex(structureOf(PROTECTED, filled(length, 7))));
});

test('key identifiers are of 65-byte keys', () => {
  assert.equal(keyIdentifierOf(nobleCrypto, filled(65, 4)).length, 8);
  const wrong = (key: Bytes): void => { assert.throws(() => keyIdentifierOf(nobleCrypto, key), { name: 'InvariantError' }); };
  for (const length of [0, 33, 64, 66]) wrong(filled(length, 4));
});
