import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { equalBytes } from '@mortise/base/bytes.ts';
import { identifierBytes, identifierOf, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { MAX_LINK_MESSAGE_BYTES } from './link-message.ts';
import { decodeNearFrame, encodeNearFrame, sitePrefixOf, type NearFrame } from './near-frame.ts';
import { MAX_NEAR_MESSAGE_BYTES } from './near-packet.ts';

const lockId = identifierOf<LockId>(new Uint8Array(16).fill(7));
const prefix = fc.uint8Array({ minLength: 8, maxLength: 8 }).filter((bytes) => bytes.some((byte) => byte !== 0));
const frames: fc.Arbitrary<NearFrame> = fc.oneof(
  fc.constant<NearFrame>({ kind: 'open' }),
  fc.uint8Array({ minLength: 1 }).map((apdu): NearFrame => ({ kind: 'apdu', apdu })),
  fc.uint8Array({ minLength: 1 }).map((receipt): NearFrame => ({ kind: 'receipt', receipt })),
  fc.constantFrom('done', 'too-late').map((code): NearFrame => ({ kind: 'closed', code })),
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((message): NearFrame => ({ kind: 'carry', message })),
  fc.option(prefix, { nil: undefined }).map((sitePrefix): NearFrame => ({ kind: 'hello', lockId, sitePrefix })),
  fc.maxSafeNat().map((seq): NearFrame => ({ kind: 'took', seq })),
);

test('frames come back as they were', () => {
  fc.assert(fc.property(frames, (frame) => assert.deepEqual(decodeNearFrame(encodeNearFrame(frame)), frame)), { numRuns: 300 });
});

test('the form is the one of the design', () => {
  const siteId = identifierOf<SiteId>(new Uint8Array(16).fill(3));
  const hello = encodeNearFrame({ kind: 'hello', lockId, sitePrefix: sitePrefixOf(siteId) });
  assert.deepEqual([...hello], [6, ...identifierBytes(lockId), 3, 3, 3, 3, 3, 3, 3, 3]);
  assert.deepEqual([...encodeNearFrame({ kind: 'took', seq: 500 })], [7, 0x19, 1, 0xf4]);
  assert.deepEqual([...encodeNearFrame({ kind: 'carry', message: Uint8Array.of(1, 2) })], [5, 1, 2]);
  assert.deepEqual([...encodeNearFrame({ kind: 'open' })], [1]);
});

test('the largest carried message fits a near message; larger ones are refused or our bug', () => {
  const largest = encodeNearFrame({ kind: 'carry', message: new Uint8Array(MAX_LINK_MESSAGE_BYTES) });
  assert.ok(largest.length <= MAX_NEAR_MESSAGE_BYTES && decodeNearFrame(largest) !== undefined);
  assert.equal(decodeNearFrame(new Uint8Array(MAX_LINK_MESSAGE_BYTES + 2).fill(5)), undefined);
  assert.throws(() => encodeNearFrame({ kind: 'carry', message: new Uint8Array(MAX_LINK_MESSAGE_BYTES + 1) }), InvariantError);
  assert.throws(() => encodeNearFrame({ kind: 'carry', message: new Uint8Array(0) }), InvariantError);
});

test('cut anywhere, or another type, a frame is refused; any bytes are refused or are the one form of their frame', () => {
  for (const frame of [{ kind: 'hello', lockId, sitePrefix: undefined }, { kind: 'took', seq: 70_000 }] as const) {
    const bytes = encodeNearFrame(frame);
    for (let length = 0; length < bytes.length; length += 1) assert.equal(decodeNearFrame(bytes.subarray(0, length)), undefined);
    assert.equal(decodeNearFrame(Uint8Array.of(...bytes, 0)), undefined);
  }
  for (const type of [0, 8, 255]) assert.equal(decodeNearFrame(Uint8Array.of(type, 1)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
    const frame = decodeNearFrame(any);
    assert.ok(frame === undefined || equalBytes(encodeNearFrame(frame), any));
  }), { numRuns: 1000 });
});
