// Floats in CBOR (RFC 8949 §3.3): no format of ours has one, but a number that is not whole must not become another one on its way. Written in the
// shortest of the three forms that loses nothing, and read in no other.

import type { Bytes } from './bytes.ts';
import { SIMPLE } from './cbor-value.ts';

/** How many bytes `value`, which is not a safe integer, takes after its head. */
const floatBytes = (value: number): 2 | 4 | 8 => {
  if (Number.isNaN(value) || Math.f16round(value) === value) return 2;
  return Math.fround(value) === value ? 4 : 8;
};

const viewOf = ({ buffer, byteOffset, byteLength }: Bytes): DataView => new DataView(buffer, byteOffset, byteLength);

/** Writes `value`, head and all, if there is room for it; answers where it ends. */
export const writeFloat = (out: Bytes, at: number, value: number): number => {
  const bytes = floatBytes(value);
  const end = at + 1 + bytes;
  if (end > out.length) return end;
  const view = viewOf(out);
  if (bytes === 2) view.setFloat16(at + 1, value);
  else if (bytes === 4) view.setFloat32(at + 1, value);
  else view.setFloat64(at + 1, value);
  out[at] = { 2: SIMPLE.float16, 4: SIMPLE.float32, 8: SIMPLE.float64 }[bytes];
  return end;
};

/** The float whose head stands at `at`; undefined when it is cut, not finite, an integer, or not in its shortest form. */
export const readFloat = (data: Bytes, at: number): { readonly value: number; readonly end: number } | undefined => {
  const bytes = new Map<number | undefined, number>([[SIMPLE.float16, 2], [SIMPLE.float32, 4], [SIMPLE.float64, 8]]).get(data[at]);
  if (bytes === undefined || at + 1 + bytes > data.length) return undefined;
  const value = valueAt(viewOf(data), at + 1, bytes);
  return Number.isFinite(value) && !Number.isSafeInteger(value) && floatBytes(value) === bytes ? { value, end: at + 1 + bytes } : undefined;
};

const valueAt = (view: DataView, at: number, bytes: number): number => {
  if (bytes === 2) return view.getFloat16(at);
  return bytes === 4 ? view.getFloat32(at) : view.getFloat64(at);
};
