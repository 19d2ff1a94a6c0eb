// WebCrypto wants memory of its own kind: never shared, never a view into somebody's pool.

import type { Bytes } from '@mortise/base/bytes.ts';

/** A copy that nobody else holds. */
export const owned = (bytes: Bytes): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
