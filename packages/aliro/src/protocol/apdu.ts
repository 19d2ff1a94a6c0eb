// Command and response APDUs (ISO/IEC 7816-4 as SPEC §2.1 uses it): short and extended forms, cutting a long command into a
// chain and putting it together again, cutting a long response into parts fetched by GET RESPONSE. Decoders take any bytes.

import { brief, briefly } from '@mortise/base/brief.ts';
import { EMPTY, concat, fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type AliroError } from './errors.ts';

/** CLA INS P1 P2. */
export type Header = readonly [cla: number, ins: number, p1: number, p2: number];

/** `expects`: whether Le was there. `extended`: lengths were in the three-byte form, so the answer may be. */
export type CommandApdu = {
  readonly header: Header;
  readonly data: Bytes;
  readonly expects: boolean;
  readonly extended: boolean;
};

export type ResponseApdu = { readonly data: Bytes; readonly status: number };

/** What a device accepts and sends when it offered tag 7F66, in bytes of the whole APDU, 261 to 65,535 (SPEC §2). */
export type ExtendedLength = { readonly maxCommand: number; readonly maxResponse: number };

/** The most data that a chain may carry, in either direction, and the most pieces it may come in. */
export const MAX_CHAINED_BYTES = 32768;
export const MAX_PIECES = 256;

/** Any device takes a whole short APDU (4 + 1 + 255 + 1): an offer of less is not an offer. */
export const MIN_EXTENDED = 261;

export const STATUS_OK = 0x9000;
const CHAINING = 0x10;
const SHORT_DATA = 255;
const SHORT_PART = 254;
const STATUS_BYTES = 2;
const GET_RESPONSE: Header = [0x00, 0xc0, 0x00, 0x00];

export const hasMore = (status: number): boolean => status >> 8 === 0x61;

/** Short: Lc and Le of one byte. Extended: Lc of 00 and two bytes, Le of two; Le 0 asks for all there is. */
const encodePiece = (header: Header, data: Bytes, expects: boolean, extended: boolean): Bytes => {
  const start = extended ? 7 : 5;
  const leBytes = extended ? 2 : 1;
  const out = brief(start + data.length + (expects ? leBytes : 0));
  [out[0], out[1], out[2], out[3]] = header;
  if (extended) out[5] = data.length >> 8;
  out[start - 1] = data.length & 0xff;
  out.set(data, start);
  return out;
};

/** SPEC §2.1: max command size − 4 (header) − Lc field − Le field. */
const pieceBytes = (extended: ExtendedLength | undefined): number =>
  extended === undefined ? SHORT_DATA : extended.maxCommand - 4 - 3 - 2;

/** The APDUs of one command, to be sent one after another; all but the last carry CLA | 10 (SPEC §2.1). */
export const encodeCommandChain = (
  header: Header, data: Bytes, expects: boolean, extended?: ExtendedLength,
): readonly [Bytes, ...Bytes[]] => {
  const size = pieceBytes(extended);
  if (data.length <= size) return [encodePiece(header, data, expects, extended !== undefined)];
  const [cla, ins, p1, p2] = header;
  const first = encodePiece([cla | CHAINING, ins, p1, p2], data.subarray(0, size), expects, extended !== undefined);
  return [first, ...encodeCommandChain(header, data.subarray(size), expects, extended)];
};

/** Asks for the next part: short with Le = xx of `61 xx`, extended with the largest response (SPEC §2.1). */
export const encodeGetResponse = (status: number, extended?: ExtendedLength): Bytes =>
  briefly(
    Uint8Array.from(GET_RESPONSE),
    extended === undefined ? uint(status & 0xff, 1) : uint(extended.maxResponse, 3),
  );

type Lengths = { readonly data: Bytes; readonly expects: boolean; readonly extended: boolean };

const lengthsOf = (body: Bytes, lcBytes: number, leBytes: number): Lengths | undefined => {
  const lc = fromUint(body.subarray(0, lcBytes));
  const rest = body.length - lcBytes - lc;
  if (lc === 0 || (rest !== 0 && rest !== leBytes)) return undefined;
  return { data: body.subarray(lcBytes, lcBytes + lc), expects: rest !== 0, extended: lcBytes === 3 };
};

/** Cases 1 to 4 of ISO/IEC 7816-4 §5.1, in both forms; a first length byte of 00 before more bytes says extended. */
const readLengths = (body: Bytes): Lengths | undefined => {
  if (body.length === 0) return { data: EMPTY, expects: false, extended: false };
  if (body.length === 1) return { data: EMPTY, expects: true, extended: false };
  if (body[0] !== 0) return lengthsOf(body, 1, 1);
  if (body.length === 3) return { data: EMPTY, expects: true, extended: true };
  return body.length > 3 ? lengthsOf(body, 3, 2) : undefined;
};

/** `apdu-malformed`: shorter than a header, or its lengths do not add up. A missing Le is tolerated (SPEC §2.1). */
export const decodeCommandApdu = (apdu: Bytes): Result<CommandApdu, AliroError> => {
  const [cla, ins, p1, p2] = apdu;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return refuse('apdu-malformed');
  const lengths = readLengths(apdu.subarray(4));
  if (lengths === undefined) return refuse('apdu-malformed');
  const { data, expects, extended } = lengths;
  return ok({ header: [cla, ins, p1, p2], data, expects, extended });
};

/** `apdu-malformed`: shorter than a status word. */
export const decodeResponseApdu = (apdu: Bytes): Result<ResponseApdu, AliroError> => {
  const end = apdu.length - STATUS_BYTES;
  return end < 0 ? refuse('apdu-malformed') : ok({ data: apdu.subarray(0, end), status: (apdu[end] ?? 0) * 256 + (apdu[end + 1] ?? 0) });
};

export const encodeResponseApdu = (data: Bytes, status: number): Bytes => {
  const out = brief(data.length + STATUS_BYTES);
  out.set(data);
  out[data.length] = status >> 8;
  out[data.length + 1] = status & 0xff;
  return out;
};

export const isGetResponse = ({ header }: CommandApdu): boolean => sameHeader(header, GET_RESPONSE);

// ---- putting a chain together, as the device -------------------------------------------------------------------------

/** The pieces of a command that is not complete yet. */
export type PartialCommand = { readonly header: Header; readonly pieces: readonly Bytes[]; readonly length: number };

export type Gathered =
  | { readonly kind: 'more'; readonly partial: PartialCommand }
  | { readonly kind: 'whole'; readonly command: CommandApdu };

const sameHeader = (a: Header, b: Header): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];

/** Adds a piece. `chain-broken`: another command came before the last piece. `apdu-too-long`: beyond the bounds above. */
export const gather = (partial: PartialCommand | undefined, command: CommandApdu): Result<Gathered, AliroError> => {
  const [cla, ins, p1, p2] = command.header;
  const isWhole = partial === undefined && (cla & CHAINING) === 0 && command.data.length <= MAX_CHAINED_BYTES;
  if (isWhole) return ok({ kind: 'whole', command });
  const header: Header = [cla & ~CHAINING, ins, p1, p2];
  if (partial !== undefined && !sameHeader(partial.header, header)) return refuse('chain-broken');
  const pieces = [...(partial?.pieces ?? []), command.data];
  const length = (partial?.length ?? 0) + command.data.length;
  if (length > MAX_CHAINED_BYTES || pieces.length > MAX_PIECES) return refuse('apdu-too-long');
  if (cla !== header[0]) return ok({ kind: 'more', partial: { header, pieces, length } });
  return ok({ kind: 'whole', command: { ...command, header, data: concat(...pieces) } });
};

// ---- cutting a response, as the device -------------------------------------------------------------------------------

export type Served = { readonly apdu: Bytes; readonly rest: Bytes };

/** The next part of `held` and what stays. `61 xx` counts the part just sent too, as the peer does (SPEC §2.1). */
export const servePart = (held: Bytes, limit: number): Served => {
  if (held.length <= limit) return { apdu: encodeResponseApdu(held, STATUS_OK), rest: EMPTY };
  const status = 0x6100 | Math.min(held.length, 0xff);
  return { apdu: encodeResponseApdu(held.subarray(0, limit), status), rest: held.subarray(limit) };
};

/** Data bytes of one part: 254 in the short form, else what the device offered less the status word. */
export const partBytes = (extended: boolean, offered: ExtendedLength | undefined): number =>
  extended && offered !== undefined ? offered.maxResponse - STATUS_BYTES : SHORT_PART;
