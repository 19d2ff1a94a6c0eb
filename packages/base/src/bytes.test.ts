import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base32, base64url, concat, equalBytes, fromBase32, fromBase64url, fromHex, fromUint, fromUtf8, hex, uint, utf8 } from './bytes.ts';

const bytes = fc.uint8Array({ maxLength: 80 });

test('each written form comes back as the same bytes', () => {
  fc.assert(fc.property(bytes, (value) => {
    assert.deepEqual(fromHex(hex(value)), value);
    assert.deepEqual(fromBase64url(base64url(value)), value);
    assert.deepEqual(fromBase32(base32(value)), value);
  }));
});

test('base32 agrees with RFC 4648 §10', () => {
  const vectors = [['', ''], ['f', 'my'], ['fo', 'mzxq'], ['foo', 'mzxw6'], ['foob', 'mzxw6yq'], ['fooba', 'mzxw6ytb'], ['foobar', 'mzxw6ytboi']] as const;
  for (const [plain, written] of vectors) assert.equal(base32(utf8(plain)), written);
});

test('a text is refused or is the one written form of its bytes', () => {
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => {
    const decoded = fromBase64url(text);
    if (decoded) assert.equal(base64url(decoded), text);
    const spelled = fromBase32(text);
    if (spelled) assert.equal(base32(spelled), text.toLowerCase());
  }));
  assert.equal(fromBase64url('AB'), undefined, 'stray bits');
  assert.equal(fromBase32('mz'), undefined, 'stray bits');
  assert.equal(fromHex('abc'), undefined);
});

test('base64url is taken as the language takes it, but for stray bits', () => {
  const letters = fc.array(fc.nat({ max: 63 }), { maxLength: 30 }).map((digits) => digits.map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(digit)).join(''));
  fc.assert(fc.property(letters, (text) => {
    const theirs = text.length % 4 === 1 ? undefined : Uint8Array.fromBase64(text, { alphabet: 'base64url' });
    assert.deepEqual(fromBase64url(text), theirs !== undefined && base64url(theirs) === text ? theirs : undefined);
  }), { numRuns: 2000 });
  for (const wrong of ['A', 'AA=', 'AA==', 'A+AA', 'A/AA', 'AA AA', 'AAAA\n', 'ÄAAA', '\u{1f511}AA']) assert.equal(fromBase64url(wrong), undefined, wrong);
});

test('whole numbers and text come back', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (value) => {
    assert.equal(fromUint(uint(value, 6)), value);
  }));
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    assert.equal(fromUtf8(utf8(text)), text);
  }));
});

test('equality is by content and joining keeps order', () => {
  fc.assert(fc.property(bytes, bytes, (a, b) => {
    assert.equal(equalBytes(a, b), hex(a) === hex(b));
    assert.equal(hex(concat(a, b)), hex(a) + hex(b));
  }));
});
