import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { equalBytes, utf8 } from '@mortise/base/bytes.ts';
import { MAX_CLOSED_CODE_LENGTH, MAX_RELAY_FRAME_BYTES, decodeRelayFrame, encodeRelayFrame, type RelayFrame } from './relay-frame.ts';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
const frames: fc.Arbitrary<RelayFrame> = fc.oneof(
  fc.constant<RelayFrame>({ kind: 'open' }),
  bytes.map((apdu): RelayFrame => ({ kind: 'apdu', apdu })),
  bytes.map((receipt): RelayFrame => ({ kind: 'receipt', receipt })),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,63}$/).map((code): RelayFrame => ({ kind: 'closed', code })),
);

test('frames come back as they were', () => {
  fc.assert(fc.property(frames, (frame) => assert.deepEqual(decodeRelayFrame(encodeRelayFrame(frame)), frame)));
});

test('the form is type, then body', () => {
  assert.deepEqual(encodeRelayFrame({ kind: 'open' }), Uint8Array.of(1));
  assert.deepEqual(encodeRelayFrame({ kind: 'apdu', apdu: Uint8Array.of(0, 0xa4) }), Uint8Array.of(2, 0, 0xa4));
  assert.deepEqual(encodeRelayFrame({ kind: 'receipt', receipt: Uint8Array.of(9) }), Uint8Array.of(3, 9));
  assert.deepEqual(encodeRelayFrame({ kind: 'closed', code: 'done' }), Uint8Array.of(4, ...utf8('done')));
});

test('what is no frame is refused', () => {
  const wrong = [[], [0], [5], [1, 0], [2], [3], [4], [4, 0x41], [4, 0x2d], [4, 0xc3, 0xa4], [4, ...utf8('a'.repeat(MAX_CLOSED_CODE_LENGTH + 1))]];
  for (const each of wrong) assert.equal(decodeRelayFrame(Uint8Array.from(each)), undefined, String(each));
});

test('bounds hold on both sides', () => {
  const largest: RelayFrame = { kind: 'apdu', apdu: new Uint8Array(MAX_RELAY_FRAME_BYTES - 1) };
  assert.deepEqual(decodeRelayFrame(encodeRelayFrame(largest)), largest);
  assert.equal(decodeRelayFrame(new Uint8Array(MAX_RELAY_FRAME_BYTES + 1).fill(2)), undefined);
  assert.throws(() => encodeRelayFrame({ kind: 'apdu', apdu: new Uint8Array(MAX_RELAY_FRAME_BYTES) }), InvariantError);
  assert.throws(() => encodeRelayFrame({ kind: 'apdu', apdu: new Uint8Array(0) }), InvariantError);
  assert.throws(() => encodeRelayFrame({ kind: 'closed', code: 'Not a code' }), InvariantError);
});

test('any bytes are refused or are the one form of their frame', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (any) => {
      const frame = decodeRelayFrame(any);
      assert.ok(frame === undefined || equalBytes(encodeRelayFrame(frame), any));
    }),
    { numRuns: 1000 },
  );
});
