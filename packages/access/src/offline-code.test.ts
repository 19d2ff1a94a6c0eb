import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { CODE_KINDS, CODE_LENGTHS_H, CODE_NUMBERS, type CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import { exampleEntropy, exampleLock } from '@mortise/documents/example-site.ts';
import { NO_CODE_MEMORY } from './code-memory.ts';
import { CODE, CODE_KEY, ENTRY, LOCK_ID, NOON } from './entries.fixture.ts';
import { judgeCode } from './judge-code.ts';
import { CODE_EPOCH, CODE_HOURS, CODE_INDEXES, codeFrom, codeHourOf, codeHours, codeNumber, codeOfNumber, codeUntil, decodeCode, encodeCode, HOUR_MS, isCode, type OfflineCode } from './offline-code.ts';

const anyCode: fc.Arbitrary<OfflineCode> = fc.record({ kind: fc.constantFrom(...CODE_KINDS), startH: fc.nat(CODE_HOURS - 1), length: fc.nat(15), index: fc.nat(3) }, { noNullPrototype: true });

test('the numbers of codes are used up to the last', () => {
  assert.deepEqual([CODE_HOURS, new Date(CODE_EPOCH + CODE_HOURS * HOUR_MS).getUTCFullYear()], [781_250, 2113]);
  const rows: readonly (readonly [OfflineCode, number])[] = [
    [{ kind: 'window', startH: 0, length: 0, index: 0 }, 0], [{ kind: 'window', startH: 0, length: 0, index: 3 }, 3], [{ kind: 'once', startH: 0, length: 0, index: 0 }, 4],
    [{ kind: 'window', startH: 0, length: 1, index: 0 }, 8], [{ kind: 'window', startH: 1, length: 0, index: 0 }, 128], [{ kind: 'once', startH: 781_249, length: 15, index: 3 }, CODE_NUMBERS - 1],
  ];
  for (const [code, number] of rows) assert.deepEqual([codeNumber(code), codeOfNumber(number)], [number, code]);
  fc.assert(fc.property(anyCode, (code) => assert.deepEqual(codeOfNumber(codeNumber(code)), code)));
  for (const changes of [{ startH: 781_250 }, { startH: -1 }, { startH: 0.5 }, { length: 16 }, { length: -1 }, { index: 4 }, { index: -1 }, { index: NaN }]) {
    assert.throws(() => codeNumber({ ...CODE, ...changes }), InvariantError, JSON.stringify(changes));
  }
});

test('a code is nine digits, and says under its key at its lock what was put in', () => {
  fc.assert(fc.property(anyCode, (code) => {
    const digits = encodeCode(CODE_KEY, LOCK_ID, code);
    assert.ok(isCode(digits));
    assert.deepEqual(decodeCode(CODE_KEY, LOCK_ID, digits), code);
  }), { numRuns: 100 });
  const digits = encodeCode(CODE_KEY, LOCK_ID, CODE);
  assert.notDeepEqual(decodeCode({ key: new Secret(exampleEntropy('another')) }, LOCK_ID, digits), CODE, 'another key');
  assert.notDeepEqual(decodeCode(CODE_KEY, exampleLock('next').lockId, digits), CODE, 'the same key at another lock');
  assert.deepEqual(['12345678', '123456789', '1234567890', '12345678a', '123456789\n'].map(isCode), [false, true, false, false, false]);
});

test('the form of codes is fixed: a change of it is a change of every code that was given out', () => {
  const codes = [CODE, { ...CODE, kind: 'once' as const }, { ...CODE, index: 3 }, { ...CODE, length: 15 }, { ...CODE, startH: 0 }].map((code) => encodeCode(CODE_KEY, LOCK_ID, code));
  assert.deepEqual(codes, ['645712987', '900919518', '919432263', '366154032', '884308054']);
});

test('a code holds from its hour to the last millisecond of its length', () => {
  assert.deepEqual([codeFrom(CODE), codeUntil(CODE)], [NOON, NOON + HOUR_MS - 1]);
  for (const [length, hours] of CODE_LENGTHS_H.entries()) {
    const code = { ...CODE, length };
    assert.deepEqual([codeHours(code), codeUntil(code) - codeFrom(code) + 1], [hours, hours * HOUR_MS]);
  }
  assert.deepEqual([codeHourOf(CODE_EPOCH), codeHourOf(instant(CODE_EPOCH + HOUR_MS - 1)), codeHourOf(instant(CODE_EPOCH + HOUR_MS))], [0, 0, 1]);
});

// ---- how many hold at an instant -------------------------------------------------------------------------------------------------

const HOURS_UP_TO = (longest: number): number => CODE_LENGTHS_H.slice(0, longest + 1).reduce((sum, hours) => sum + hours, 0);

/** Every code that is not further from now than twice the longest, through the whole decision. */
const opening = (key: CodeKeyEntry, now: Instant): readonly string[] => {
  const digits: string[] = [];
  const [first, last] = [codeHourOf(now) - 700, codeHourOf(now) + 2];
  for (let number = first * 128; number < last * 128; number += 1) {
    const code = codeOfNumber(number);
    // What is clearly over is not worth an encryption; the next test takes samples of that.
    if (codeUntil(code) < now - 2 * HOUR_MS || codeFrom(code) > now + 2 * HOUR_MS || code.length > key.longest + 1) continue;
    const typed = encodeCode(key, LOCK_ID, code);
    if (judgeCode(key, LOCK_ID, typed, { ...ENTRY, clock: { quality: 'synced', now } }, NO_CODE_MEMORY)?.decision.allowed === true) digits.push(typed);
  }
  return digits;
};

test('the number of codes that hold at an instant is as docs/CODES.md derives it', (t) => {
  assert.deepEqual([15, 12, 8, 6].map(HOURS_UP_TO), [1812, 564, 108, 36]);
  const rows: readonly (readonly [Partial<CodeKeyEntry>, Instant, number])[] = [
    [{ longest: 12 }, NOON, 2 * CODE_INDEXES * 564], [{ longest: 8, kinds: ['once'] }, NOON, CODE_INDEXES * 108], [{ longest: 0 }, NOON, 8], [{ longest: 0 }, instant(NOON + HOUR_MS - 1), 8],
  ];
  for (const [changes, now, count] of rows) {
    const digits = opening({ ...CODE_KEY, ...changes }, now);
    assert.equal(digits.length, count);
    assert.equal(new Set(digits).size, count, 'each is other digits');
  }
  t.diagnostic('4512, 432 and 8 codes hold at an instant, each tried through the decision');
});

test('of all nine-digit strings one in ten passes the check, and of the numbers behind them as many hold as were counted', () => {
  // The same strings in every run: a multiplicative walk through the 10⁹.
  const samples = Array.from({ length: 4000 }, (_, index) => String((index * 982_451_653 + 12_345) % 1_000_000_000).padStart(9, '0'));
  const passed = samples.filter((digits) => decodeCode(CODE_KEY, LOCK_ID, digits) !== undefined).length;
  assert.ok(Math.abs(passed - 400) < 5 * Math.sqrt(360), `${passed} of 4000`);
  const holds = (number: number): boolean => {
    const code = codeOfNumber(number);
    return codeFrom(code) <= NOON && NOON <= codeUntil(code);
  };
  let count = 0;
  for (let number = 0; number < CODE_NUMBERS; number += 1) {
    // Whole hours at a time where none can hold: exhaustive, and quick.
    if (number % 128 === 0 && Math.abs(Math.floor(number / 128) - codeHourOf(NOON)) > 700) { number += 127; continue; }
    if (holds(number)) count += 1;
  }
  assert.equal(count, 2 * CODE_INDEXES * 1812);
});
