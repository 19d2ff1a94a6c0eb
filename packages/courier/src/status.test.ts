import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleLock, signWith } from '@mortise/documents/example-site.ts';
import { MECHANISM_NAMES, OPENINGS } from './built.ts';
import { decodeStatus, encodeStatus, isAfter, MAX_STATUS_BYTES, openStatus, statusToSign, unprovenStatus, WARNINGS, type Status } from './status.ts';

const lock = exampleLock();
const { lockId, identity: { publicKey: identityKey } } = lock;

const statuses: fc.Arbitrary<Status> = fc.record(
  {
    lockId: fc.constant(lockId),
    bolt: fc.constantFrom('locked', 'unlocked', 'moving', 'unknown'),
    door: fc.constantFrom('open', 'closed', 'none'),
    batteryMv: fc.nat(65535),
    adopted: fc.boolean(),
    rosterVersion: fc.nat(),
    ownerSequence: fc.nat(),
    since: fc.nat().map(instant),
    seq: fc.maxSafeNat(),
    relockAt: fc.nat().map(instant),
    instant: fc.nat().map(instant),
    clock: fc.constantFrom('synced', 'held', 'lost'),
    count: fc.integer({ min: 1 }),
    built: fc.record({ mechanism: fc.constantFrom(...MECHANISM_NAMES), opening: fc.constantFrom(...OPENINGS) }, { noNullPrototype: true }),
    held: fc.record({ until: fc.option(fc.nat().map(instant)) }, { noNullPrototype: true }),
    warnings: fc.subarray([...WARNINGS], { minLength: 1 }),
    reserve: fc.integer({ min: 0, max: 255 }),
  },
  { requiredKeys: ['lockId', 'bolt', 'door', 'adopted', 'rosterVersion', 'ownerSequence', 'since', 'seq', 'instant', 'clock', 'count'], noNullPrototype: true },
);
const example: Status = { lockId, bolt: 'locked', door: 'closed', adopted: true, rosterVersion: 1, ownerSequence: 1, since: instant(5), seq: 9, instant: instant(7), clock: 'synced', count: 3 };
const signed = signWith(lock.identity, statusToSign(crypto, identityKey, example));
const codeOf = (bytes: Uint8Array, key = identityKey, id = lockId): string => {
  const opened = openStatus(crypto, key, id, bytes);
  return opened.ok ? 'opened' : opened.error.code;
};

test('a status comes back as it was, signed and unsigned', () => {
  fc.assert(fc.property(statuses, (status) => assert.deepEqual(decodeStatus(encodeStatus(status)), status)));
  assert.deepEqual(openStatus(crypto, identityKey, lockId, signed), { ok: true, value: example });
  assert.deepEqual(unprovenStatus(signed), example);
});

test('only the lock’s own signature counts, and only for this lock', () => {
  const hub = exampleKey('a dishonest hub');
  assert.equal(codeOf(signed), 'opened', 'the control');
  assert.equal(codeOf(signWith(hub, statusToSign(crypto, hub.publicKey, example))), 'signature-invalid');
  assert.equal(codeOf(signWith(hub, statusToSign(crypto, identityKey, example))), 'signature-invalid', 'in the lock’s name');
  assert.equal(codeOf(encodeStatus(example)), 'signature-invalid', 'unsigned');
  const other = exampleLock('other');
  assert.equal(codeOf(signWith(lock.identity, statusToSign(crypto, identityKey, { ...example, lockId: other.lockId }))), 'other-lock');
  assert.equal(codeOf(new Uint8Array(MAX_STATUS_BYTES + 1)), 'malformed');
});

test('with any bit changed, cut anywhere, and for any bytes: refused', () => {
  fc.assert(
    fc.property(fc.nat({ max: signed.length - 1 }), fc.nat({ max: 7 }), (at, bit) =>
      assert.notEqual(codeOf(signed.with(at, (signed[at] ?? 0) ^ (1 << bit))), 'opened')),
    { numRuns: 60 },
  );
  for (let length = 0; length < signed.length; length += 1) assert.notEqual(codeOf(signed.subarray(0, length)), 'opened');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
    assert.notEqual(codeOf(any), 'opened');
    void [unprovenStatus(any), decodeStatus(any)];
  }));
});

test('fields out of their range are refused', () => {
  const good: readonly Cbor[] = [identifierBytes(lockId), 'locked', 'closed', 6000, true, 1, 2, 5, 9, 10, 11, 'held', 1, null, null, [], null];
  assert.ok(decodeStatus(encodeCbor(good)) !== undefined);
  const wrong: readonly (readonly [number, Cbor])[] = [
    [0, 'x'], [1, 'ajar'], [2, 'ajar'], [3, 65536], [3, 'x'], [4, 1], [5, -1], [6, -1], [6, null], [7, -1], [7, null], [8, 'x'], [9, 'x'], [10, null], [11, 'good'], [12, 0], [12, null],
    [13, 'deadbolt'], [13, ['bolt', 'stand']], [13, ['deadbolt', 'slowly']], [13, ['deadbolt']], [13, ['deadbolt', 'stand', 1]], [14, []], [14, ['x']], [14, [1, 2]], [14, 5],
    [15, null], [15, 'ajar'], [15, ['open']], [15, ['forced', 'ajar']], [15, ['ajar', 'ajar']], [16, -1], [16, 256], [16, 'x'],
  ];
  for (const [index, value] of wrong) assert.equal(decodeStatus(encodeCbor(good.with(index, value))), undefined, `${index}: ${JSON.stringify(value)}`);
  assert.equal(decodeStatus(encodeCbor(good.slice(1))), undefined);
});

test('the order is total: within a life by the count, across lives by the entry that each begins with', () => {
  assert.equal(isAfter({ seq: 9, count: 4 }, { seq: 9, count: 3 }), true);
  assert.equal(isAfter({ seq: 10, count: 1 }, { seq: 9, count: 300 }), true, 'a new life');
  assert.equal(isAfter({ seq: 9, count: 3 }, { seq: 9, count: 3 }), false, 'the same');
  assert.equal(isAfter({ seq: 8, count: 400 }, { seq: 9, count: 1 }), false);
});
