// Fresh randomness for one input of a pure core, from the operating system.

import { randomBytes } from 'node:crypto';
import type { Bytes } from '@mortise/base/bytes.ts';
import { ENTROPY_BYTES } from '@mortise/crypto/entropy.ts';
import { plain } from './plain-bytes.ts';

/** 32 bytes that nobody has seen. */
export const freshEntropy = (): Bytes => plain(randomBytes(ENTROPY_BYTES));
