import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { encodeKit, kitKey, parseKit } from './recovery-kit.ts';

const seed = new Secret(Uint8Array.from({ length: 32 }, (_, index) => index * 7));
const code = encodeKit(crypto, seed);
const read = (text: string): string => {
  const parsed = parseKit(crypto, text);
  return parsed.ok ? parsed.value.reveal().toHex() : parsed.error.code;
};

test('a kit reads back, as printed and as people type', () => {
  assert.match(code, /^([A-Z2-7]{4}-){13}[A-Z2-7]{4}$/);
  const asTyped = [code, code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')}\n`, code.replaceAll('-', '–')];
  for (const text of [...asTyped, code.replaceAll('O', '0').replaceAll('I', '1').replaceAll('B', '8')]) {
    assert.equal(read(text), seed.reveal().toHex(), text);
  }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) =>
      assert.equal(read(encodeKit(crypto, new Secret(bytes))), bytes.toHex()),
    ),
  );
});

test('each kind of slip has its code and says how many characters there are', () => {
  const bare = code.replaceAll('-', '');
  assert.equal(read(''), 'kit-length');
  assert.equal(read('A'.repeat(10_000)), 'kit-length');
  assert.equal(read(bare.slice(1)), 'kit-length');
  assert.equal(read(`${bare}A`), 'kit-length');
  assert.equal(read(`9${bare.slice(1)}`), 'kit-characters');
  assert.equal(read(`é${bare.slice(1)}`), 'kit-characters');
  assert.deepEqual(parseKit(crypto, bare.slice(3)), { ok: false, error: { code: 'kit-length', characters: 53 } });
});

test('no slip in one character and no swap of neighbours passes', () => {
  const bare = code.replaceAll('-', '');
  let tried = 0;
  for (let at = 0; at < bare.length; at += 1) {
    for (const other of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567') {
      if (other === bare[at]) continue;
      tried += 1;
      assert.notEqual(read(bare.slice(0, at) + other + bare.slice(at + 1)), seed.reveal().toHex());
    }
    const swapped = bare.slice(0, at) + (bare[at + 1] ?? '') + (bare[at] ?? '') + bare.slice(at + 2);
    if (swapped !== bare) assert.notEqual(read(swapped), seed.reveal().toHex());
  }
  assert.equal(tried, 56 * 31);
  console.log(`kit: ${tried} slips of one character, none read as the same seed`);
});

test('any text is answered', () => {
  fc.assert(fc.property(fc.string({ maxLength: 120, unit: 'binary' }), (text) => assert.match(read(text), /^kit-/)), { numRuns: 50 });
});

test('the key belongs to the seed; a seed of another length is our bug', () => {
  assert.deepEqual(kitKey(crypto, seed).publicKey, kitKey(crypto, new Secret(seed.reveal())).publicKey);
  assert.notDeepEqual(kitKey(crypto, seed).publicKey, kitKey(crypto, new Secret(new Uint8Array(32))).publicKey);
  assert.throws(() => encodeKit(crypto, new Secret(new Uint8Array(31))), InvariantError);
});
