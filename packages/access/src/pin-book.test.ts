import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleEntropy, exampleLock } from '@mortise/documents/example-site.ts';
import { pinEntry } from '@mortise/documents/pin-entry.ts';
import { book, LOCK_ID, person, TERMS } from './entries.fixture.ts';
import { MAX_ENTRY_UNITS } from './lockout.ts';
import { findPins, guessUnits, isTyped, MAX_RUNS, MAX_TYPED, pinBook, pinRuns, RUNS_PER_UNIT } from './pin-book.ts';

const key = new Secret(exampleEntropy('pin key'));
const found = (pins: Parameters<typeof book>[0], typed: string): number => findPins(crypto, book(pins), typed).length;

test('a PIN is found alone and among decoys, at any place', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['471108', 1], ['4711080', 1], ['0471108', 1], ['98765471108123', 1], ['12345678901234471108', 1], ['47110812345678901234', 1],
    ['471107', 0], ['801174', 0], ['47110', 0], ['4711-08'.replace('-', '9'), 0], ['47100811', 0], ['99999999999999999999', 0],
  ];
  for (const [typed, count] of rows.filter(([text]) => isTyped(text))) assert.equal(found({ '471108': {} }, typed), count, typed);
});

test('every length from 6 to 9, and no other', () => {
  const pins = { '123456': {}, '7654321': {}, '11223344': {}, '998877665': {} };
  for (const typed of Object.keys(pins)) assert.equal(found(pins, typed), 1, typed);
  assert.equal(found({ '998877665': {} }, '99887766'), 0, 'a part of a PIN is none');
  assert.equal(found({ '123456': {}, '1234567': {} }, '1234567'), 2, 'one may stand in the other');
});

test('the runs of what was typed, and how many there can be', () => {
  assert.deepEqual(pinRuns('12345678', [6, 8]), ['123456', '234567', '345678', '12345678']);
  assert.deepEqual(pinRuns('123456', [6, 7, 8, 9]), ['123456']);
  assert.deepEqual(pinRuns('123456', []), []);
  const pins = ['998877665', '123456', '11223344', '654321'].map((digits) => pinEntry(crypto, LOCK_ID, digits, TERMS));
  assert.deepEqual(pinBook(crypto, LOCK_ID, key, pins).lengths, [6, 8, 9], 'each once and ascending, whatever came first');
  assert.equal(pinRuns('1'.repeat(MAX_TYPED), [6, 7, 8, 9]).length, MAX_RUNS);
});

test('a long entry costs as much as it tries', () => {
  const units = Array.from({ length: 15 }, (_, index) => guessUnits('1'.repeat(6 + index)));
  assert.deepEqual(units, [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4]);
  assert.equal(Math.max(...units), MAX_ENTRY_UNITS);
  for (let length = 6; length <= MAX_TYPED; length += 1) {
    for (const pin of [6, 7, 8, 9]) assert.ok(pinRuns('1'.repeat(length), [pin]).length <= RUNS_PER_UNIT * guessUnits('1'.repeat(length)));
  }
});

test('what is typed is 6 to 20 digits', () => {
  const rows = ['', '12345', '123456', '1'.repeat(20), '1'.repeat(21), '12345a', '123456\n', '１２３４５６', '-12345'];
  assert.deepEqual(rows.map(isTyped), [false, false, true, true, false, false, false, false, false]);
  assert.throws(() => findPins(crypto, book({}), '12345'), InvariantError);
});

test('each run costs two hashes, found or not, and nothing is tried of lengths that nobody has', () => {
  let hashes = 0;
  const counting: Crypto = {
    ...crypto,
    sha256: (data) => { hashes += 1; return crypto.sha256(data); },
    hmacSha256: (secret, data) => { hashes += 1; return crypto.hmacSha256(secret, data); },
  };
  const cost = (pins: Parameters<typeof book>[0], typed: string): number => {
    hashes = 0;
    findPins(counting, book(pins), typed);
    return hashes;
  };
  const all = { '123456': {}, '7654321': {}, '11223344': {}, '998877665': {} };
  assert.equal(cost(all, '1'.repeat(20)), 2 * MAX_RUNS, 'the most there is');
  assert.deepEqual([cost(all, '123456'), cost(all, '999999')], [2, 2]);
  assert.deepEqual([cost(all, '123456'.padEnd(20, '0')), cost(all, '0'.repeat(20))], [2 * MAX_RUNS, 2 * MAX_RUNS], 'a find does not end the search');
  assert.deepEqual([cost({ '123456': {} }, '1'.repeat(20)), cost({}, '1'.repeat(20))], [30, 0]);
});

test('two persons may have the same PIN: both are found, and the book does not say so', () => {
  const pins = [person('Anna'), person('Beat')].map((pseudonym) => pinEntry(crypto, LOCK_ID, '471108', { ...TERMS, pseudonym }));
  const terms = findPins(crypto, pinBook(crypto, LOCK_ID, key, pins), '471108');
  assert.deepEqual(terms.map(({ pseudonym }) => pseudonym), [person('Anna'), person('Beat')]);
});

test('verifiers are under the lock’s key, and what the book holds has neither digits nor image', () => {
  const pins = [pinEntry(crypto, LOCK_ID, '471108', TERMS)];
  const [one, two] = [key, new Secret(exampleEntropy('another'))].map((each) => pinBook(crypto, LOCK_ID, each, pins));
  assert.ok(one !== undefined && two !== undefined);
  assert.notDeepEqual([...one.kept.keys()], [...two.kept.keys()]);
  assert.equal(findPins(crypto, { ...one, key: two.key }, '471108').length, 0);
  assert.equal(findPins(crypto, { ...one, lockId: exampleLock('next').lockId }, '471108').length, 0, 'an image is for one lock');
  assert.equal(findPins(crypto, one, '471108').length, 1, 'the control');
  const text = JSON.stringify([...one.kept], (_, value: unknown) => (value instanceof Uint8Array ? value.toHex() : value));
  assert.ok(!text.includes('471108') && !text.includes(pins[0]?.image.toHex() ?? '') && JSON.stringify(one.key) === '"[secret]"');
  assert.throws(() => pinBook(crypto, LOCK_ID, new Secret(new Uint8Array(31)), pins), InvariantError);
});

test('a verifier is compared in full, not by the bytes it is found by', () => {
  const [first = ''] = book({ '471108': {} }).kept.keys();
  const forged = { verifier: new Uint8Array(32).fill(1), terms: TERMS };
  assert.equal(findPins(crypto, { ...book({ '471108': {} }), kept: new Map([[first, [forged]]]) }, '471108').length, 0);
});

test('any PIN among any decoys is found, and no PIN is found in digits that do not hold it', () => {
  const digits = (min: number, max: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((all) => all.join(''));
  fc.assert(fc.property(digits(6, 9), digits(0, 11), fc.nat(11), (pin, decoys, at) => {
    const typed = decoys.slice(0, at) + pin + decoys.slice(at);
    assert.equal(found({ [pin]: {} }, typed), typed.split('').filter((_, index) => typed.startsWith(pin, index)).length);
  }), { numRuns: 100 });
  fc.assert(fc.property(digits(6, 9), digits(6, 20), (pin, typed) => assert.equal(found({ [pin]: {} }, typed) > 0, typed.includes(pin))), { numRuns: 100 });
});
