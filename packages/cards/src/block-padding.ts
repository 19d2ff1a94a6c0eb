// Padding method 2 of ISO/IEC 9797-1, as EV2 secure messaging uses it (NT4H2421Gx §9.1.4): 80, then zeros, always there.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { BLOCK_BYTES } from '@mortise/crypto/crypto.ts';

const MARK = 0x80;

export const pad = (data: Bytes): Bytes => concat(data, Uint8Array.of(MARK), new Uint8Array(BLOCK_BYTES - 1 - (data.length % BLOCK_BYTES)));

/** Undefined when the last block does not end in 80 and zeros. */
export const unpad = (blocks: Bytes): Bytes | undefined => {
  const end = blocks.findLastIndex((byte) => byte !== 0);
  return blocks[end] === MARK && blocks.length - end <= BLOCK_BYTES ? blocks.subarray(0, end) : undefined;
};
