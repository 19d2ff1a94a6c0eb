// Buffers stop at this adapter: their `slice`, `toString` and `toJSON` differ from a Uint8Array's, and the packages must
// not come to depend on either.

import type { Bytes } from '@mortise/base/bytes.ts';

/** The same memory as a plain Uint8Array. */
export const plain = (buffer: Uint8Array): Bytes => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
