import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError, required } from '@mortise/base/assert.ts';
import { fromHex, utf8 } from '@mortise/base/bytes.ts';
import { ff1Decrypt, ff1Encrypt } from './format-preserving.ts';

type Case = { sample: number; key: string; tweak: string; plaintext: string; ciphertext: string };
const { cases }: { cases: readonly Case[] } = JSON.parse(readFileSync(new URL('../../../vectors/crypto/ff1.json', import.meta.url), 'utf8'));
const bytes = (text: string): Uint8Array => required(fromHex(text), 'vectors are hexadecimal');

test('NIST’s samples of FF1, both ways', () => {
  assert.equal(cases.length, 4);
  for (const { sample, key, tweak, plaintext, ciphertext } of cases) {
    assert.equal(ff1Encrypt(bytes(key), bytes(tweak), plaintext), ciphertext, `sample ${sample}`);
    assert.equal(ff1Decrypt(bytes(key), bytes(tweak), ciphertext), plaintext, `sample ${sample}`);
  }
});

test('what was encrypted comes back, and under its own key and tweak only', () => {
  const key = new Uint8Array(32).fill(7);
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 32 }).map((all) => all.join(''));
  fc.assert(fc.property(digits, (text) => assert.equal(ff1Decrypt(key, utf8('t'), ff1Encrypt(key, utf8('t'), text)), text)), { numRuns: 60 });
  const text = '123456789';
  assert.notEqual(ff1Decrypt(key, utf8('u'), ff1Encrypt(key, utf8('t'), text)), text);
  assert.notEqual(ff1Decrypt(key.with(0, 8), utf8('t'), ff1Encrypt(key, utf8('t'), text)), text);
});

test('keys of other lengths and what is not 6 to 32 digits are our own bugs', () => {
  const key = new Uint8Array(16);
  const run = (length: number, text: string) => () => ff1Encrypt(new Uint8Array(length), utf8(''), text);
  for (const text of ['12345', '1'.repeat(33), '12345x', '１２３４５６', '']) assert.throws(run(16, text), InvariantError, text);
  for (const length of [0, 15, 24, 33]) assert.throws(run(length, '123456'), InvariantError, String(length));
  assert.equal(ff1Encrypt(key, utf8(''), '1'.repeat(32)).length, 32, 'the control');
  assert.equal(ff1Encrypt(key, utf8(''), '123456').length, 6, 'the control');
});
