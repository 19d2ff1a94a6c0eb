// What CBOR is to us once it is read: the values that cbor-writer.ts writes and cbor-reader.ts answers.

import type { Bytes } from './bytes.ts';

export type Cbor = null | boolean | number | string | Bytes | readonly Cbor[] | CborMap | Tagged;

/** Keys are whole numbers or text. */
export type CborMap = ReadonlyMap<number | string, Cbor>;

/** A tagged item (RFC 8949 §3.4). `decodeCbor` takes none; foreign-cbor.ts does, and keeps in `encoded` what a tagged byte string was read from, tag included. */
export class Tagged {
  readonly tag: number;
  readonly value: Cbor;
  readonly encoded: Bytes | undefined;

  constructor(tag: number, value: Cbor, encoded?: Bytes) {
    this.tag = tag;
    this.value = value;
    this.encoded = encoded;
  }
}

/** The major types of RFC 8949 §3.1. */
export const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;
/** The heads of the simple values and floats that we know (§3.3). */
export const SIMPLE = { false: 0xf4, true: 0xf5, null: 0xf6, float16: 0xf9, float32: 0xfa, float64: 0xfb } as const;

/** Whether the key at `one` comes before the one from `other` to `end`: no encoding is the beginning of another, so that two that are not the same differ before that. */
export const isBefore = (data: Bytes, one: number, other: number, end: number): boolean => {
  let at = 0;
  while (other + at < end && data[one + at] === data[other + at]) at += 1;
  return other + at < end && (data[one + at] ?? 0) < (data[other + at] ?? 0);
};
