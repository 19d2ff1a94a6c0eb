import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { InvariantError } from '@mortise/base/assert.ts';
import { encodeCbor, decodeCbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { REASONS, type Reason } from '@mortise/base/reasons.ts';
import { MAX_RECORD_BYTES, MAX_RULE_LENGTH, RECORD_KINDS, RECORD_VERBS, decodeRecord, encodeRecord, type JournalRecord } from './record.ts';

const isReason = (text: string): text is Reason => Object.hasOwn(REASONS, text);
const reasons = Object.keys(REASONS).filter(isReason);
/** For what only a caller without types can hand in. */
const isWhateverIsAskedFor = (value: unknown): value is never => value !== undefined;
const bytes = (length: number): fc.Arbitrary<Bytes> => fc.uint8Array({ minLength: length, maxLength: length });

const records: fc.Arbitrary<JournalRecord> = fc.record(
  {
    instant: fc.nat({ max: 253402300799999 }).map(instant),
    clock: fc.constantFrom('synced', 'held', 'lost'),
    kind: fc.constantFrom(...RECORD_KINDS),
    verb: fc.constantFrom(...RECORD_VERBS),
    interface: fc.nat(255),
    credential: bytes(32),
    pseudonym: bytes(16),
    grant: bytes(16),
    rule: fc.string({ maxLength: MAX_RULE_LENGTH }),
    reason: fc.constantFrom(...reasons),
    allowed: fc.boolean(),
    sensed: fc.record(
      { bolt: fc.constantFrom('locked', 'unlocked', 'moving', 'unknown'), door: fc.constantFrom('open', 'closed', 'none'), batteryMv: fc.nat(65535) },
      { requiredKeys: ['bolt', 'door'], noNullPrototype: true },
    ),
    transactionId: bytes(16),
    requestId: bytes(16),
  },
  { requiredKeys: ['instant', 'clock', 'kind', 'reason', 'sensed'], noNullPrototype: true },
);

const full: JournalRecord = {
  instant: instant(1_767_225_600_000), clock: 'synced', kind: 'decision', verb: 'unlock', interface: 0xf1, credential: new Uint8Array(32),
  pseudonym: new Uint8Array(16), grant: new Uint8Array(16), rule: 'trusted:1', reason: 'granted-trusted', allowed: true,
  sensed: { bolt: 'locked', door: 'closed', batteryMv: 6000 }, transactionId: new Uint8Array(16), requestId: new Uint8Array(16),
};

test('a record comes back as it was, within its bound', (t) => {
  let longest = 0;
  fc.assert(
    fc.property(records, (record) => {
      const encoded = encodeRecord(record);
      longest = Math.max(longest, encoded.length);
      assert.deepEqual(decodeRecord(encoded), record);
    }),
    { numRuns: 500 },
  );
  assert.ok(longest <= MAX_RECORD_BYTES / 2, 'half of the bound stays free for later fields');
  t.diagnostic(`500 records, the longest ${longest} bytes`);
});

test('every reason, kind and verb has its own bytes', () => {
  const all = [
    ...reasons.map((reason) => ({ ...full, reason })),
    ...RECORD_KINDS.slice(1).map((kind) => ({ ...full, kind })),
    ...RECORD_VERBS.slice(1).map((verb) => ({ ...full, verb })),
  ];
  assert.equal(new Set(all.map((record) => encodeRecord(record).toHex())).size, all.length);
});

test('a record cut anywhere is refused', () => {
  const whole = encodeRecord(full);
  for (let length = 0; length < whole.length; length += 1) assert.equal(decodeRecord(whole.subarray(0, length)), undefined, `${length}`);
  assert.deepEqual(decodeRecord(whole), full);
});

test('any bytes are answered or refused; what is answered has one form', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
      const record = decodeRecord(any);
      if (record !== undefined) assert.deepEqual(encodeRecord(record), any);
    }),
  );
});

test('any changed byte is refused or is another record', () => {
  const whole = encodeRecord(full);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = whole.map((byte, index) => (index === at ? byte ^ flip : byte));
      assert.notDeepEqual(decodeRecord(changed), full);
    }),
  );
});

test('fields that this version does not know, or out of range, are refused', () => {
  const map = decodeCbor(encodeRecord(full));
  assert.ok(map instanceof Map);
  const wrong: readonly (readonly [number, unknown])[] = [[0, 2], [2, 3], [3, 9], [4, 'explode'], [5, 256], [6, new Uint8Array(31)], [9, 'x'.repeat(97)], [10, 999], [11, 1], [12, [0, 0]], [12, [0, 0, 65536]], [15, true]];
  for (const [key, value] of wrong) {
    assert.equal(decodeRecord(encodeCbor(new Map([...map, [key, value]]))), undefined, `${key}: ${String(value)}`);
  }
  assert.deepEqual(decodeRecord(encodeCbor(new Map(map))), full);
});

test('the record of an electronic key names the lock that it was at', () => {
  const lock = identifierOf<LockId>(new Uint8Array(16).fill(7));
  assert.deepEqual(decodeRecord(encodeRecord({ ...full, lock })), { ...full, lock });
  const whole = encodeRecord({ ...full, lock });
  for (let length = 0; length < whole.length; length += 1) assert.equal(decodeRecord(whole.slice(0, length)), undefined);
});

test('writing a field out of its range is our bug', () => {
  assert.throws(() => encodeRecord({ ...full, credential: new Uint8Array(33) }), InvariantError);
  assert.throws(() => encodeRecord({ ...full, rule: 'x'.repeat(MAX_RULE_LENGTH + 1) }), InvariantError);
  assert.throws(() => encodeRecord({ ...full, sensed: { bolt: 'locked', door: 'closed', batteryMv: -1 } }), InvariantError);
  const stray: unknown = 'nothing of the kind';
  assert.ok(isWhateverIsAskedFor(stray));
  const strayFields: readonly Partial<JournalRecord>[] = [{ clock: stray }, { kind: stray }, { verb: stray }, { sensed: { bolt: stray, door: 'closed' } }, { sensed: { bolt: 'locked', door: stray } }];
  for (const fields of strayFields) assert.throws(() => encodeRecord({ ...full, ...fields }), InvariantError, 'what could not be read again is not written');
});
