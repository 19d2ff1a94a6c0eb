import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { concat, EMPTY, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { derive, deriveKeyPair } from './entropy.ts';
import { nobleCrypto as crypto } from './noble.ts';
import { openSealed, SEAL_OVERHEAD_BYTES, sealTo } from './seal.ts';

const ENTROPY = new Uint8Array(32).fill(9);
const owner = deriveKeyPair(crypto, ENTROPY, 'owner');
const other = deriveKeyPair(crypto, ENTROPY, 'other');
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const open = (sealed: Bytes, context = utf8('roster'), pair = owner): Bytes | undefined =>
  openSealed(crypto, pair.privateKey.reveal(), pair.publicKey, context, sealed);

test('what was sealed opens with the key and the context it was sealed for', () => {
  fc.assert(
    fc.property(bytes(100), bytes(30), fc.uint8Array({ minLength: 32, maxLength: 32 }), (plaintext, context, entropy) => {
      const sealed = sealTo(crypto, owner.publicKey, context, plaintext, entropy);
      assert.equal(sealed.length, plaintext.length + SEAL_OVERHEAD_BYTES);
      assert.deepEqual(open(sealed, context), plaintext);
      assert.equal(open(sealed, concat(context, Uint8Array.of(0))), undefined);
    }),
    { numRuns: 10 },
  );
});

test('another key, any cut and any altered byte are refused', () => {
  const sealed = sealTo(crypto, owner.publicKey, utf8('roster'), utf8('pseudonym'), ENTROPY);
  assert.deepEqual(open(sealed), utf8('pseudonym'));
  assert.equal(open(sealed, utf8('roster'), other), undefined);
  for (let at = 0; at < sealed.length; at += 1) {
    assert.equal(open(sealed.subarray(0, at)), undefined, `cut to ${at}`);
    if (at % 5 === 0) assert.equal(open(sealed.with(at, (sealed[at] ?? 0) ^ 1)), undefined, `altered at ${at}`);
  }
});

test('any bytes are answered', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (any) => assert.equal(open(any), undefined)), { numRuns: 30 });
});

test('one entropy for two messages never gives one key stream', () => {
  const [one, two] = [utf8('aaaa'), utf8('bbbb')].map((text) => sealTo(crypto, owner.publicKey, EMPTY, text, ENTROPY));
  assert.notDeepEqual(one?.subarray(0, 65), two?.subarray(0, 65));
});

test('names of entropy are independent; its length is ours to keep', () => {
  assert.deepEqual(derive(crypto, ENTROPY, 'a', 16), derive(crypto, ENTROPY, 'a', 16));
  assert.notDeepEqual(derive(crypto, ENTROPY, 'a', 16), derive(crypto, ENTROPY, 'b', 16));
  assert.throws(() => derive(crypto, ENTROPY.subarray(1), 'a', 16), InvariantError);
  assert.equal(JSON.stringify(owner.privateKey), '"[secret]"');
});
