// ChangeKey's data (NT4H2421Gx §10.6.1; AN12196 tables 25 and 26): the key that the session was opened with is replaced by itself,
// any other under what stood there before, with a checksum.

import { concat, type Bytes } from '@mortise/base/bytes.ts';

const POLYNOMIAL = 0xedb88320;

/** CRC-32 without its last inversion, low byte first (AN12196 table 25, step 7). */
export const keyChecksum = (key: Bytes): Bytes => {
  let register = 0xffffffff;
  for (const byte of key) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit += 1) register = (register >>> 1) ^ (register & 1 ? POLYNOMIAL : 0);
  }
  return Uint8Array.of(register & 0xff, (register >>> 8) & 0xff, (register >>> 16) & 0xff, register >>> 24);
};

/** For the key that the session was opened with. */
export const ownKeyData = (key: Bytes, version: number): Bytes => concat(key, Uint8Array.of(version));

/** For another key of the application. */
export const otherKeyData = (key: Bytes, before: Bytes, version: number): Bytes =>
  concat(key.map((byte, index) => byte ^ (before[index] ?? 0)), Uint8Array.of(version), keyChecksum(key));
