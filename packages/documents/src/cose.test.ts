import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, EMPTY, fromBase64url, fromHex, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { MAX_SIGNED_BYTES, openSigned, signatureStructure, toSign } from './cose.ts';
import { exampleKey, signWith } from './example-site.ts';

const key = exampleKey('signer');
const other = exampleKey('another signer');
const bytesOf = (text: string): Bytes => required(fromHex(text), 'hex');
const sign = (type: string, payload: Bytes, version = 1): Bytes => signWith(key, toSign(type, version, key.publicKey, payload, crypto));
const codeOf = (bytes: Bytes, type = 'mortise-test', keys = [key.publicKey]): string => {
  const opened = openSigned(crypto, bytes, type, keys);
  return opened.ok ? 'opened' : opened.error.code;
};

test('the signed structure is that of the COSE working group’s examples sign-pass-02 and ecdsa-sig-01', () => {
  const content = utf8('This is the content.');
  const publicKey = concat(
    Uint8Array.of(4),
    required(fromBase64url('usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8'), 'x'),
    required(fromBase64url('IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4'), 'y'),
  );
  const external = signatureStructure(bytesOf('a10126'), bytesOf('11aa22bb33cc44dd55006699'), content);
  assert.equal(
    hex(external),
    '846a5369676e61747572653143a101264c11aa22bb33cc44dd5500669954546869732069732074686520636f6e74656e742e',
  );
  const plain = signatureStructure(bytesOf('a201260300'), EMPTY, content);
  assert.equal(hex(plain), '846a5369676e61747572653145a2012603004054546869732069732074686520636f6e74656e742e');
  const signatures = [
    [external, 'eae868ecc176883766c5dc5ba5b8dca25dab3c2e56a551ce5705b793914348e155388b10c4f1b59a6733eab416870a945111a4b2fbdbef33a77234b1deff2f9b'],
    [plain, 'eae868ecc176883766c5dc5ba5b8dca25dab3c2e56a551ce5705b793914348e172727f48461fabbba2e343492ddecac3983686250bc68e9f1a7a07d41225b59f'],
  ] as const;
  for (const [message, signature] of signatures) assert.ok(crypto.p256.verify(publicKey, bytesOf(signature), message));
});

test('what was signed opens, for any payload and version', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 65_535 }), (payload, version) => {
      const opened = openSigned(crypto, sign('mortise-test', payload, version), 'mortise-test', [other.publicKey, key.publicKey]);
      assert.deepEqual(opened, { ok: true, value: { payload, version, signer: key.publicKey } });
    }),
    { numRuns: 20 },
  );
});

test('another type, signer, length, or signature is refused under its own code', () => {
  const right = sign('mortise-test', utf8('payload'));
  const forged = toSign('mortise-test', 1, key.publicKey, utf8('payload'), crypto).assemble(new Uint8Array(64));
  assert.equal(codeOf(right), 'opened');
  assert.equal(codeOf(right, 'mortise-tes'), 'type-wrong');
  assert.equal(codeOf(right, 'mortise-test', [other.publicKey]), 'signer-unknown');
  assert.equal(codeOf(right, 'mortise-test', []), 'signer-unknown');
  assert.equal(codeOf(forged), 'signature-invalid');
  assert.equal(codeOf(new Uint8Array(MAX_SIGNED_BYTES + 1)), 'too-long');
});

test('every changed bit and every cut is refused', () => {
  const right = sign('mortise-test', utf8('payload'));
  let refused = 0;
  for (let at = 0; at < right.length; at += 1) {
    const changed = Uint8Array.from(right);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    assert.notEqual(codeOf(changed), 'opened', `bit changed in byte ${at}`);
    assert.equal(codeOf(right.subarray(0, at)), 'malformed', `cut at ${at}`);
    refused += 2;
  }
  console.log(`cose: ${refused} changed or cut forms of ${right.length} bytes refused`);
});

test('headers that are not exactly ours are malformed', () => {
  const kid = crypto.sha256(key.publicKey).subarray(0, 8);
  const fields: readonly (readonly [number | string, Cbor])[] = [[1, -7], [4, kid], [16, 'application/x.mortise-test'], ['version', 1]];
  const withHeader = (header: readonly (readonly [number | string, Cbor])[], unprotected: ReadonlyMap<number, Cbor> = new Map()): Bytes => {
    const bytes = encodeCbor(new Map(header));
    const signature = crypto.p256.sign(key.privateKey.reveal(), signatureStructure(bytes, EMPTY, utf8('p')));
    return encodeCbor([bytes, unprotected, utf8('p'), signature]);
  };
  assert.equal(codeOf(withHeader(fields)), 'opened', 'the control');
  assert.equal(codeOf(withHeader([...fields, [2, ['version']]])), 'malformed', 'a critical header');
  assert.equal(codeOf(withHeader([[1, -35], ...fields.slice(1)])), 'malformed', 'another algorithm');
  assert.equal(codeOf(withHeader(fields.slice(0, 3))), 'malformed', 'no version');
  assert.equal(codeOf(withHeader([...fields.slice(0, 3), ['version', 0]])), 'malformed', 'version 0');
  assert.equal(codeOf(withHeader([...fields.slice(0, 3), ['version', 65_536]])), 'malformed', 'version 65,536');
  assert.equal(codeOf(withHeader(fields.with(1, [4, kid.subarray(1)]))), 'malformed', 'a short kid');
  assert.equal(codeOf(withHeader(fields.with(2, [16, 61]))), 'malformed', 'a type by number');
  assert.equal(codeOf(withHeader(fields, new Map([[1, -7]]))), 'malformed', 'an unprotected header');
});

test('other shapes are malformed', () => {
  const header = utf8('header');
  const signature = new Uint8Array(64);
  const shapes: readonly Cbor[] = [null, [], [header, new Map(), utf8('p')], [header, new Map(), utf8('p'), signature, 0], [header, null, utf8('p'), signature],
    ['header', new Map(), utf8('p'), signature], [header, new Map(), null, signature], [header, new Map(), utf8('p'), signature.subarray(1)]];
  for (const shape of shapes) assert.equal(codeOf(encodeCbor(shape)), 'malformed');
});

test('a version out of range or a signature of another length is our bug', () => {
  for (const version of [0, -1, 1.5, 65_536]) assert.throws(() => sign('mortise-test', utf8('p'), version), { name: 'InvariantError' });
  const { assemble } = toSign('mortise-test', 1, key.publicKey, utf8('p'), crypto);
  assert.throws(() => assemble(new Uint8Array(63)), { name: 'InvariantError' });
});

test('any bytes are answered', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => assert.notEqual(codeOf(bytes), 'opened')));
});
