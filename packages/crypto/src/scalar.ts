// P-256's private scalars: the range test and FIPS 186-5 A.2.1. For adapters whose library does not do this itself.

import { assert, required } from '@mortise/base/assert.ts';
import { fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { PRIVATE_KEY_BYTES, SEED_BYTES } from './crypto.ts';

/** The order of the base point (SP 800-186 §3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const toNumber = (bytes: Bytes): bigint => BigInt(`0x${hex(bytes) || '0'}`);

/** Whether the bytes are a private key: 32 bytes, from 1 to n-1. */
export const isScalar = (bytes: Bytes): boolean => {
  if (bytes.length !== PRIVATE_KEY_BYTES) return false;
  const value = toNumber(bytes);
  return value > 0n && value < ORDER;
};

/** (seed mod (n-1)) + 1, of a seed of 48 uniform bytes: the bias is below 2^-128. */
export const scalarFromSeed = (seed: Bytes): Bytes => {
  assert(seed.length === SEED_BYTES, 'a key seed has 48 bytes');
  const value = (toNumber(seed) % (ORDER - 1n)) + 1n;
  return required(fromHex(value.toString(16).padStart(2 * PRIVATE_KEY_BYTES, '0')), 'hexadecimal digits');
};
