// The bound before the parser: whatever way the stream is cut, packets are followed alike.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as assertProperty, array, integer, property } from 'fast-check';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { followPackets, packetStart, type PacketBounds, type PacketState } from './packet-bound.ts';

const BOUNDS: PacketBounds = { maxPacketBytes: 1000, burst: 50, perSecond: 10 };

const remainingLength = (length: number): Bytes => {
  const bytes: number[] = [];
  for (let rest = length; ; ) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 128 : low);
    if (rest === 0) return Uint8Array.from(bytes);
  }
};
const packet = (length: number): Bytes => concat(Uint8Array.of(0x30), remainingLength(length), new Uint8Array(length).fill(0xff));

const followAll = (chunks: readonly Bytes[], now = 0): PacketState | string => {
  let state = packetStart(BOUNDS, 0);
  for (const chunk of chunks) {
    const next = followPackets(state, chunk, BOUNDS, now);
    if (!next.ok) return next.error.code;
    state = next.value;
  }
  return state;
};

void test('packets within their bounds pass, however the stream is cut', () => {
  assertProperty(
    property(array(integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 }), integer({ min: 1, max: 97 }), (lengths, step) => {
      const stream = concat(...lengths.map(packet));
      const chunks = Array.from({ length: Math.ceil(stream.length / step) }, (_, index) => stream.subarray(index * step, (index + 1) * step));
      assert.deepEqual(followAll(chunks), { skip: 0, header: 0, length: lengths.at(-1), tokens: 50 - lengths.length, at: 0 });
    }),
    { numRuns: 100 },
  );
});

void test('a packet too long is refused at its header, before its body comes', () => {
  assert.equal(followAll([packet(1000)]) instanceof Object, true);
  assert.equal(followAll([Uint8Array.of(0x30), remainingLength(1001)]), 'packet-too-long');
  assert.equal(followAll([Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f)]), 'packet-too-long');
  assert.equal(followAll([Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x01)]), 'packet-malformed');
});

void test('more packets than the bound are refused; with time they may come again', () => {
  const many = concat(...Array.from({ length: 50 }, () => packet(2)));
  assert.equal(followAll([many, packet(2)]), 'too-many-packets');
  const full = followPackets(packetStart(BOUNDS, 0), many, BOUNDS, 0);
  assert.ok(full.ok);
  assert.equal(followPackets(full.value, packet(2), BOUNDS, 99).ok, false);
  assert.equal(followPackets(full.value, packet(2), BOUNDS, 101).ok, true);
});
