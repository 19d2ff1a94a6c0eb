// CONTROL FLOW (SPEC §3.7): how a reader gives up before there are keys. In the clear, so it says no more than that.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Header } from './apdu.ts';
import type { AliroError, AliroErrorCode } from './errors.ts';
import { byteOf, encodeTlv, readOrdered, type Field } from './tlv.ts';

export const CONTROL_FLOW: Header = [0x80, 0x3c, 0x00, 0x00];

export type ControlFlow = { readonly s1: number; readonly s2: number };

export const NO_COMMON_VERSION = 0x27;
const FAILURE = 0x00;
const NO_DETAIL = 0x00;
const S1 = 0x41;
const S2 = 0x42;
const DESCRIPTOR = 0x43;

const FIELDS: readonly Field[] = [
  { tag: S1, min: 1, max: 1 },
  { tag: S2, min: 1, max: 1 },
  { tag: DESCRIPTOR, min: 0, max: 250, optional: true },
];

export const encodeControlFlow = (code: AliroErrorCode): Bytes =>
  concat(
    encodeTlv(S1, Uint8Array.of(FAILURE)),
    encodeTlv(S2, Uint8Array.of(code === 'no-common-version' ? NO_COMMON_VERSION : NO_DETAIL)),
  );

export const decodeControlFlow = (data: Bytes): Result<ControlFlow, AliroError> => {
  const fields = readOrdered(data, FIELDS);
  return fields.ok ? ok({ s1: byteOf(fields.value, S1), s2: byteOf(fields.value, S2) }) : fields;
};
