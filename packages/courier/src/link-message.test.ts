import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { equalBytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import {
  MAX_LINK_BODY_BYTES, MAX_LINK_MESSAGE_BYTES, NO_SESSION, decodeFromLock, decodeToLock, encodeFromLock, encodeToLock, hasExpired,
  type FromLockMessage, type ToLockMessage,
} from './link-message.ts';

const common = {
  session: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  seq: fc.maxSafeNat(),
  expires: fc.nat({ max: 253402300799999 }).map(instant),
  body: fc.uint8Array({ maxLength: 300 }),
};
const toLock: fc.Arbitrary<ToLockMessage> = fc.record(
  { type: fc.constantFrom('adopt', 'relay', 'roster', 'journal-ack', 'time-answer', 'status-ask', 'revocation', 'owner-set', 'time-bound', 'certified-time', 'network', 'reset'), ...common },
  { noNullPrototype: true },
);
const fromLock: fc.Arbitrary<FromLockMessage> = fc.record(
  { type: fc.constantFrom('adopt', 'relay', 'roster-answer', 'journal', 'time-ask', 'status', 'statement', 'owner-set-answer', 'revocation', 'network-answer', 'reset-answer'), ...common },
  { noNullPrototype: true },
);

const relay: ToLockMessage = { type: 'relay', session: NO_SESSION, seq: 7, expires: 0, body: Uint8Array.of(1) };

test('messages come back as they were, in either direction', () => {
  fc.assert(fc.property(toLock, (message) => assert.deepEqual(decodeToLock(encodeToLock(message)), message)), { numRuns: 300 });
  fc.assert(fc.property(fromLock, (message) => assert.deepEqual(decodeFromLock(encodeFromLock(message)), message)), { numRuns: 300 });
});

test('the form is the one of the contract', () => {
  const expected = [1, 2, NO_SESSION, 7, 0, Uint8Array.of(1)];
  assert.ok(equalBytes(encodeToLock(relay), encodeCbor(expected)));
  assert.equal(encodeToLock(relay)[2], 2);
  assert.equal(encodeFromLock({ ...relay, type: 'relay' })[2], 18);
  assert.equal(encodeFromLock({ ...relay, type: 'statement' })[2], 23);
  assert.deepEqual((['revocation', 'owner-set', 'time-bound', 'certified-time'] as const).map((type) => encodeToLock({ ...relay, type })[2]), [7, 8, 9, 10]);
});

test('a message handed back to its sender is refused', () => {
  fc.assert(fc.property(toLock, (message) => decodeFromLock(encodeToLock(message)) === undefined));
  fc.assert(fc.property(fromLock, (message) => decodeToLock(encodeFromLock(message)) === undefined));
});

test('the largest message fits its bound; larger ones are refused or our bug', () => {
  const largest = { ...relay, session: new Uint8Array(8), seq: Number.MAX_SAFE_INTEGER, expires: instant(253402300799999), body: new Uint8Array(MAX_LINK_BODY_BYTES) };
  const bytes = encodeToLock(largest);
  assert.ok(bytes.length <= MAX_LINK_MESSAGE_BYTES);
  assert.deepEqual(decodeToLock(bytes), largest);
  assert.throws(() => encodeToLock({ ...largest, body: new Uint8Array(MAX_LINK_BODY_BYTES + 1) }), InvariantError);
  assert.equal(decodeToLock(encodeCbor([1, 2, NO_SESSION, 7, 0, new Uint8Array(MAX_LINK_BODY_BYTES + 1)])), undefined);
  assert.equal(decodeToLock(encodeCbor([1, 2, NO_SESSION, 7, 0, new Uint8Array(MAX_LINK_MESSAGE_BYTES)])), undefined);
});

test('a message cut anywhere, or with a field in another form, is refused', () => {
  const bytes = encodeToLock(relay);
  for (let length = 0; length < bytes.length; length += 1) assert.equal(decodeToLock(bytes.subarray(0, length)), undefined);
  assert.equal(decodeToLock(Uint8Array.of(...bytes, 0)), undefined, 'a byte too many');
  const wrong = [
    [2, 2, NO_SESSION, 7, 0, NO_SESSION], [1, 0, NO_SESSION, 7, 0, NO_SESSION], [1, 16, NO_SESSION, 7, 0, NO_SESSION], [1, 2, new Uint8Array(7), 7, 0, NO_SESSION],
    [1, 2, NO_SESSION, -1, 0, NO_SESSION], [1, 2, NO_SESSION, 7, -1, NO_SESSION], [1, 2, NO_SESSION, 7, 253402300800000, NO_SESSION], [1, 2, NO_SESSION, 7, 0, 'x'], [1, 2, NO_SESSION, 7, 0],
  ];
  for (const fields of wrong) assert.equal(decodeToLock(encodeCbor(fields)), undefined, JSON.stringify(fields));
});

test('any bytes are answered or refused', (t) => {
  let taken = 0;
  const mutated = fc.tuple(toLock, fc.nat(400), fc.integer({ min: 1, max: 255 })).map(([message, at, flip]) =>
    encodeToLock(message).map((byte, index, all) => (index === at % all.length ? byte ^ flip : byte)));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (any) => {
      const message = decodeToLock(any);
      decodeFromLock(any);
      if (message === undefined) return;
      taken += 1;
      assert.ok(equalBytes(encodeToLock(message), any));
    }),
    { numRuns: 1000 },
  );
  assert.ok(taken > 0);
  t.diagnostic(`${taken} of 1000 taken, all in their one form`);
});

test('a message counts until its instant', () => {
  const at = instant(1000);
  assert.equal(hasExpired({ expires: instant(1001) }, at), false);
  assert.equal(hasExpired({ expires: at }, at), true);
  assert.equal(hasExpired({ expires: instant(999) }, at), true);
  assert.equal(hasExpired({ expires: 0 }, at), false);
});
