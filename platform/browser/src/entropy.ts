// Fresh randomness for one input of a pure core, from the browser.

import type { Bytes } from '@mortise/base/bytes.ts';
import { ENTROPY_BYTES } from '@mortise/crypto/entropy.ts';

/** 32 bytes that nobody has seen. */
export const freshEntropy = (): Bytes => globalThis.crypto.getRandomValues(new Uint8Array(ENTROPY_BYTES));
