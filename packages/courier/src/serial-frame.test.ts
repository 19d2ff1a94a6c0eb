// Frames on a serial line: any message in any pieces; noise never becomes a message and costs no more than the frame it hits; CRC and COBS against
// published values.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { concat, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { MAX_LINK_MESSAGE_BYTES } from './link-message.ts';
import { crc32, encodeSerialFrame, hearSerial, IDLE_LINE, MAX_SERIAL_FRAME_BYTES, type SerialLine } from './serial-frame.ts';

const messages = fc.array(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 600 }), fc.integer({ min: 1, max: 1200 }).map((length) => new Uint8Array(length).fill(length % 3))), { maxLength: 4 });

/** Hears the bytes in pieces of these sizes, over and over. */
const hearInPieces = (bytes: Bytes, sizes: readonly number[]) => {
  let line: SerialLine = IDLE_LINE;
  const heard: Bytes[] = [];
  let noise = 0;
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    const step = hearSerial(line, bytes.slice(at, at + size));
    [line, at, noise] = [step.line, at + size, noise + step.noise];
    heard.push(...step.messages);
  }
  return { heard, noise, line };
};

test('the checksum is that of ISO 3309, the stuffing that of Cheshire and Baker', () => {
  assert.equal(crc32(utf8('123456789')), 0xcb_f4_39_26, 'the check value of CRC-32');
  // 11 22 00 33 stuffed is 03 11 22 02 33 …: here with the checksum behind it, which has no zero.
  const message = Uint8Array.of(0x11, 0x22, 0x00, 0x33);
  const sum = hex(Uint8Array.of(...[24, 16, 8, 0].map((shift) => (crc32(message) >>> shift) & 255)));
  assert.equal(hex(encodeSerialFrame(message)), `0311220633${sum}00`);
});

test('messages come back, in whatever pieces, and the frame holds no zero but its last', () => {
  fc.assert(fc.property(messages, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }), (sent, sizes) => {
    const frames = sent.map(encodeSerialFrame);
    assert.ok(frames.every((frame) => frame.indexOf(0) === frame.length - 1));
    const { heard, noise } = hearInPieces(concat(...frames), sizes);
    assert.deepEqual([heard.map(hex), noise], [sent.map(hex), 0]);
  }), { numRuns: 200 });
});

test('lengths about a full block, and the longest message', () => {
  for (const length of [1, 249, 250, 251, 253, 254, 255, 503, 504, 505, 508, MAX_LINK_MESSAGE_BYTES]) {
    for (const fill of [0, 1]) {
      const message = new Uint8Array(length).fill(fill);
      const frame = encodeSerialFrame(message);
      assert.ok(frame.length <= MAX_SERIAL_FRAME_BYTES + 1);
      assert.deepEqual(hearSerial(IDLE_LINE, frame).messages.map(({ length: heard }) => heard), [length], `${length} of ${fill}`);
    }
  }
  assert.throws(() => encodeSerialFrame(new Uint8Array(0)), InvariantError);
  assert.throws(() => encodeSerialFrame(new Uint8Array(MAX_LINK_MESSAGE_BYTES + 1)), InvariantError);
});

test('the longest message comes in byte by byte', () => {
  const message = new Uint8Array(20_000).fill(9);
  assert.deepEqual(hearInPieces(encodeSerialFrame(message), [1]).heard.map(hex), [hex(message)]);
});

test('a frame that lost or changed any byte is noise, and the next one is heard', () => {
  const [first, second] = [encodeSerialFrame(utf8('a first message')), encodeSerialFrame(utf8('a second'))];
  for (let at = 0; at < first.length - 1; at += 1) {
    for (const damaged of [concat(first.slice(0, at), first.slice(at + 1)), first.with(at, (first[at] ?? 0) ^ 0x41 || 7)]) {
      const { messages: heard } = hearSerial(IDLE_LINE, concat(damaged, second));
      assert.deepEqual(heard.map(hex), [hex(utf8('a second'))], `byte ${at}`);
    }
    const cut = hearSerial(IDLE_LINE, concat(first.slice(0, at), Uint8Array.of(0), second));
    assert.deepEqual(cut.messages.map(hex), [hex(utf8('a second'))], `cut at ${at}, and the line cleared by a zero`);
  }
});

test('any bytes are answered or passed over, within a bound', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (pieces) => {
    const after = hearInPieces(concat(...pieces, Uint8Array.of(0)), [7, 100]);
    const own = hearSerial(after.line, encodeSerialFrame(utf8('control')));
    assert.deepEqual(own.messages.map(hex), [hex(utf8('control'))]);
  }), { numRuns: 300 });
  let line = IDLE_LINE;
  for (let turn = 0; turn < 10; turn += 1) line = hearSerial(line, new Uint8Array(20_000).fill(1)).line;
  assert.deepEqual(line, { parts: [], length: 0, isLost: true }, 'without a zero nothing piles up');
  const heard = hearSerial(line, concat(Uint8Array.of(1, 0), encodeSerialFrame(utf8('control'))));
  assert.deepEqual([heard.messages.length, heard.noise], [1, 1]);
});
