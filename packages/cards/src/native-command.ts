// Commands and answers on the wire: native commands in ISO/IEC 7816-4's wrapping (90 INS 00 00 Lc data 00, answered by data and
// 91xx; NT4H2421Gx §8.4), and the ISO selection by name. Decoders take any bytes.

import { EMPTY, concat, fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';

/** Instructions of NT4H2421Gx §10 and of DESFire's native set. */
export const INS = {
  authenticateEv2First: 0x71,
  additionalFrame: 0xaf,
  selectApplication: 0x5a,
  createApplication: 0xca,
  createStandardFile: 0xcd,
  getCardUid: 0x51,
  getFileSettings: 0xf5,
  readData: 0xad,
  writeData: 0x8d,
  changeKey: 0xc4,
} as const;

/** Status words: 91xx of native commands, 9000 and 6A82 of ISO ones. */
export const STATUS = {
  done: 0x9100,
  more: 0x91af,
  integrityError: 0x911e,
  illegalCommand: 0x911c,
  noSuchKey: 0x9140,
  lengthError: 0x917e,
  permissionDenied: 0x919d,
  parameterError: 0x919e,
  applicationMissing: 0x91a0,
  authenticationError: 0x91ae,
  boundaryError: 0x91be,
  duplicate: 0x91de,
  fileMissing: 0x91f0,
  isoDone: 0x9000,
  isoMissing: 0x6a82,
  isoClass: 0x6e00,
} as const;

export const MAX_DATA_BYTES = 255;
const MAX_ANSWER_BYTES = 256 + 2;
const NATIVE_CLASS = 0x90;
const SELECT_BY_NAME = Uint8Array.of(0x00, 0xa4, 0x04, 0x0c);
const LE = Uint8Array.of(0x00);

/** `data`: at most 255 bytes. */
export const encodeNative = (ins: number, data: Bytes = EMPTY): Bytes =>
  concat(Uint8Array.of(NATIVE_CLASS, ins, 0, 0), data.length === 0 ? EMPTY : uint(data.length, 1), data, LE);

export const encodeSelectByName = (name: Bytes): Bytes => concat(SELECT_BY_NAME, uint(name.length, 1), name, LE);

export type CardAnswer = { readonly data: Bytes; readonly status: number };

/** Undefined for less than a status word and for more than a short answer holds. */
export const decodeAnswer = (apdu: Bytes): CardAnswer | undefined =>
  apdu.length < 2 || apdu.length > MAX_ANSWER_BYTES ? undefined : { data: apdu.subarray(0, -2), status: fromUint(apdu.subarray(-2)) };

export const encodeAnswer = ({ data, status }: CardAnswer): Bytes => concat(data, uint(status, 2));

// ---- the card's side -------------------------------------------------------------------------------------------------

export type CardCommand = { readonly kind: 'native'; readonly ins: number; readonly data: Bytes } | { readonly kind: 'select'; readonly name: Bytes };

const bodyOf = (apdu: Bytes): Bytes | undefined => {
  if (apdu.length === 5 && apdu[4] === 0) return EMPTY;
  const whole = apdu.length === 6 + (apdu[4] ?? 0) && apdu[4] !== 0 && apdu.at(-1) === 0;
  return whole ? apdu.subarray(5, -1) : undefined;
};

/** Undefined for everything but the two forms above, whole and in short lengths. */
export const decodeCommand = (apdu: Bytes): CardCommand | undefined => {
  const data = bodyOf(apdu);
  if (data === undefined) return undefined;
  if (SELECT_BY_NAME.every((byte, index) => apdu[index] === byte)) return { kind: 'select', name: data };
  return apdu[0] === NATIVE_CLASS && apdu[2] === 0 && apdu[3] === 0 ? { kind: 'native', ins: apdu[1] ?? 0, data } : undefined;
};
