// CBOR as others write it: what an Aliro document, signed by somebody else's issuer, may look like (RFC 8949 §4.1 with the preferred
// forms of §4.2.1, but map keys in any order). Definite lengths, shortest integers, no key twice, no floats, no trailing bytes, and
// depth and size bounded: each byte is looked at a fixed number of times. Any bytes are answered or refused, never thrown on.

import type { Bytes } from './bytes.ts';
import { readCbor, type ReaderForm, type Spans } from './cbor-reader.ts';
import type { Cbor } from './cbor-value.ts';

/** How deep arrays, maps and tags may stand in each other. */
export const MAX_FOREIGN_DEPTH = 16;

export type { Spans } from './cbor-reader.ts';

const FOREIGN: ReaderForm = { maxDepth: MAX_FOREIGN_DEPTH, isDeterministic: false, isCopied: false };

/** Undefined when the bytes are not in the form above, or are longer than `maxBytes`. Byte strings are views into `bytes`. */
export const decodeForeignCbor = (bytes: Bytes, maxBytes: number, spans?: Spans): Cbor | undefined =>
  bytes.length > maxBytes ? undefined : readCbor(bytes, FOREIGN, spans);
