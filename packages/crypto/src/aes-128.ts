// What both adapters ask of keys and IVs of AES-128: others are our bug.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { BLOCK_BYTES } from './crypto.ts';

export const assertAes128 = (key: Bytes): void => assert(key.length === BLOCK_BYTES, 'an AES-128 key has 16 bytes');

export const assertCbc = (key: Bytes, iv: Bytes): void => {
  assertAes128(key);
  assert(iv.length === BLOCK_BYTES, 'a CBC IV has 16 bytes');
};
