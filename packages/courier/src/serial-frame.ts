// Messages over a serial line, between an electronic key and its station: COBS(message ‖ CRC-32) ‖ 00. Consistent Overhead Byte Stuffing
// (Cheshire and Baker, 1999) leaves no zero in a frame, so that whoever comes in the middle, or lost bytes, is in step again at the
// next zero; the checksum (CRC-32 of ISO 3309, as in Ethernet and zip) tells line noise. It is no protection against anybody: every
// message proves itself.

import { assert } from '@mortise/base/assert.ts';
import { concat, EMPTY, equalBytes, uint, type Bytes } from '@mortise/base/bytes.ts';
import { MAX_LINK_MESSAGE_BYTES } from './link-message.ts';

const CRC_BYTES = 4;
/** One byte for each 254, and the first. */
const overhead = (length: number): number => Math.floor(length / 254) + 1;
/** A frame without its zero. */
export const MAX_SERIAL_FRAME_BYTES = MAX_LINK_MESSAGE_BYTES + CRC_BYTES + overhead(MAX_LINK_MESSAGE_BYTES + CRC_BYTES);

/** The bytes on the line for a message of 1 to MAX_LINK_MESSAGE_BYTES bytes; longer or empty ones are our bug. */
export const encodeSerialFrame = (message: Bytes): Bytes => {
  assert(message.length > 0 && message.length <= MAX_LINK_MESSAGE_BYTES, 'a message on the line is bounded and not empty');
  return concat(stuff(concat(message, uint(crc32(message), CRC_BYTES))), Uint8Array.of(0));
};

/** One way of a line: the bytes since the last zero. `isLost`: there were too many, or they are noise; nothing counts before the next zero. */
export type SerialLine = { readonly parts: readonly Bytes[]; readonly length: number; readonly isLost: boolean };

export const IDLE_LINE: SerialLine = { parts: [], length: 0, isLost: false };

/** What came over the line: whole messages, and how many frames were noise. Takes any bytes, in any pieces. */
export type Heard = { readonly line: SerialLine; readonly messages: readonly Bytes[]; readonly noise: number };

export const hearSerial = (line: SerialLine, bytes: Bytes): Heard => {
  const messages: Bytes[] = [];
  let [now, rest, noise] = [line, bytes, 0];
  for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
    const frame = frameOf(hearPart(now, rest.subarray(0, end)));
    [now, rest] = [IDLE_LINE, rest.subarray(end + 1)];
    if (frame === EMPTY) continue;
    if (frame === undefined) noise += 1;
    else messages.push(frame);
  }
  return { line: hearPart(now, rest), messages, noise };
};

const hearPart = (line: SerialLine, part: Bytes): SerialLine => {
  if (part.length === 0 || line.isLost) return line;
  const length = line.length + part.length;
  if (length > MAX_SERIAL_FRAME_BYTES) return { ...IDLE_LINE, isLost: true };
  const parts = [...line.parts, part.slice()];
  return { parts: parts.length < MAX_PARTS ? parts : [concat(...parts)], length, isLost: false };
};

/** Of a frame that comes in small pieces, before they are put together. */
const MAX_PARTS = 256;

/** EMPTY: nothing between two zeros. */
const frameOf = ({ parts, length, isLost }: SerialLine): Bytes | undefined => {
  if (isLost) return undefined;
  if (length === 0) return EMPTY;
  const framed = unstuff(concat(...parts));
  if (framed === undefined || framed.length <= CRC_BYTES) return undefined;
  const message = framed.slice(0, -CRC_BYTES);
  return equalBytes(uint(crc32(message), CRC_BYTES), framed.slice(-CRC_BYTES)) ? message : undefined;
};

// ---- COBS --------------------------------------------------------------------------------------------------------------------

const BLOCK = 254;

const stuff = (bytes: Bytes): Bytes => {
  const out = new Uint8Array(bytes.length + overhead(bytes.length));
  let [written, start] = [0, 0];
  for (;;) {
    const zero = bytes.subarray(start, start + BLOCK).indexOf(0);
    const length = zero < 0 ? Math.min(BLOCK, bytes.length - start) : zero;
    out[written] = length + 1;
    out.set(bytes.subarray(start, start + length), written + 1);
    [written, start] = [written + length + 1, start + length + (zero < 0 ? 0 : 1)];
    // A zero at the very end has an empty block behind it.
    if (zero < 0 && start >= bytes.length) return out.subarray(0, written);
  }
};

const unstuff = (bytes: Bytes): Bytes | undefined => {
  const out = new Uint8Array(bytes.length);
  let [written, at] = [0, 0];
  while (at < bytes.length) {
    const code = bytes[at] ?? 0;
    const end = at + code;
    if (code === 0 || end > bytes.length) return undefined;
    out.set(bytes.subarray(at + 1, end), written);
    // A full block stands for no zero, the last one for the end; the zero itself is there already.
    written += code - 1 + (code <= BLOCK && end < bytes.length ? 1 : 0);
    at = end;
  }
  return out.slice(0, written);
};

// ---- CRC-32 ------------------------------------------------------------------------------------------------------------------

const POLYNOMIAL = 0xed_b8_83_20;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32 (ISO 3309): of `123456789` it is CBF43926. */
export const crc32 = (bytes: Bytes): number => {
  let value = 0xff_ff_ff_ff;
  for (const byte of bytes) value = (value >>> 8) ^ (TABLE[(value ^ byte) & 0xff] ?? 0);
  return (value ^ 0xff_ff_ff_ff) >>> 0;
};
