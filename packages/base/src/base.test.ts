import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { InvariantError, required } from './assert.ts';
import { type LockId, identifierBytes, identifierOf, parseIdentifier } from './identifiers.ts';
import { instant, isInstant } from './instant.ts';
import { isoSeconds } from './written-time.ts';
import { isReason, reasonNumber, reasonOf, REASONS } from './reasons.ts';
import { Secret } from './secret.ts';

test('a secret does not print', () => {
  const secret = new Secret(Uint8Array.of(0xde, 0xad));
  for (const text of [String(secret), JSON.stringify({ secret }), inspect(secret)]) assert.doesNotMatch(text, /222|173|dead/i);
  assert.deepEqual(secret.reveal(), Uint8Array.of(0xde, 0xad));
});

test('an identifier has 16 bytes in both directions', () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
  const id = identifierOf<LockId>(bytes);
  assert.deepEqual(identifierBytes(id), bytes);
  assert.equal(parseIdentifier(id), id);
  for (const wrong of ['', 'AAAA', `${id}A`, 7, null, undefined]) assert.equal(parseIdentifier(wrong), undefined);
  assert.throws(() => identifierOf(bytes.subarray(1)), InvariantError);
});

test('an instant is a whole millisecond of the years 1970 to 9999', () => {
  assert.equal(isoSeconds(instant(1_795_435_200_999)), '2026-11-23T12:00:00Z');
  for (const wrong of [-1, 1.5, Number.NaN, Infinity, 253402300800000, '0']) assert.equal(isInstant(wrong), false);
});

test('reasons have one number each, and each number its reason', (t) => {
  const reasons = Object.keys(REASONS).filter(isReason);
  assert.equal(new Set(reasons.map(reasonNumber)).size, reasons.length);
  for (const reason of reasons) assert.equal(reasonOf(reasonNumber(reason)), reason);
  assert.equal(reasonOf(999), undefined);
  t.diagnostic(`${reasons.length} reasons`);
});

test('what is missing is our bug', () => {
  assert.throws(() => required(undefined, 'gone'), InvariantError);
  assert.equal(required(0, 'here'), 0);
});
