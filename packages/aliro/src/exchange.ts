// EXCHANGE (SPEC §7): objects under the secure channel. The reader closes with tag 97. A user device takes what its table
// names; a row whose operation it does not have makes the answer FFFF, as the peer's does, and ends the session.

import { concat, equalBytes, fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Header } from './apdu.ts';
import { refuse, type AliroError } from './errors.ts';
import { decodeTlvs, encodeTlv, type Tlv } from './tlv.ts';
import { INTERFACES } from './vendor.ts';

export const EXCHANGE: Header = [0x80, 0xc9, 0x00, 0x00];

/** What the objects of one command come to. */
export type ExchangeVerdict = {
  /** Whether every operation was carried out: 0000, else FFFF. */
  readonly done: boolean;
  readonly readerStatus?: number;
  readonly ranging: boolean;
};

type Row = { readonly min: number; readonly max: number; readonly supported: boolean };

const READER_STATUS = 0x97;
const RANGING = 0x98;
const MAILBOX = 0xba;
const NOTIFY = 0xae;
const UPDATE = 0x81;
const STATUS_BYTES = 2;
const MAX_OBJECT = 65535;

/** SPEC §7. Notifications are taken and go nowhere: our signalling bitmap does not promise them (SPEC §3.4, bits 6 and 7). */
const OBJECTS: ReadonlyMap<number, Row> = new Map([
  [READER_STATUS, { min: STATUS_BYTES, max: STATUS_BYTES, supported: true }],
  [RANGING, { min: 0, max: 0, supported: true }],
  [NOTIFY, { min: 0, max: 250, supported: true }],
  [MAILBOX, { min: 0, max: MAX_OBJECT, supported: false }],
  [UPDATE, { min: 0, max: MAX_OBJECT, supported: false }],
]);

const DONE = Uint8Array.of(0x00, 0x02, 0x00, 0x00);
const REFUSED = Uint8Array.of(0x00, 0x02, 0xff, 0xff);

/** `status`: SPEC §7.1, 0000 to 01FF; the high byte says success (01) or failure (00). */
export const encodeReaderStatus = (status: number): Bytes => encodeTlv(READER_STATUS, uint(status, STATUS_BYTES));

/** Tag 97 is for the NFC flow only; on Bluetooth completion is a message of its own (SPEC §5). */
export const closesByExchange = (interfaceByte: number): boolean => interfaceByte !== INTERFACES.ble;

export const encodeExchangeAnswer = (done: boolean): Bytes => concat(done ? DONE : REFUSED);

/** The reads before the trailing `0002 0000`; `exchange-refused` for any other ending (SPEC §7: non-zero is an error). */
export const decodeExchangeAnswer = (plaintext: Bytes): Result<Bytes, AliroError> => {
  const end = plaintext.length - DONE.length;
  return end >= 0 && equalBytes(plaintext.subarray(end), DONE) ? ok(plaintext.subarray(0, end)) : refuse('exchange-refused');
};

const refusalOf = (object: Tlv, row: Row | undefined, interfaceByte: number): Result<never, AliroError> | undefined => {
  if (row === undefined || (object.tag === READER_STATUS && !closesByExchange(interfaceByte))) return refuse('field-unexpected');
  return object.value.length < row.min || object.value.length > row.max ? refuse('field-length') : undefined;
};

const verdictOf = (objects: readonly Tlv[]): ExchangeVerdict => {
  const status = objects.find(({ tag }) => tag === READER_STATUS);
  return {
    done: objects.every(({ tag }) => OBJECTS.get(tag)?.supported),
    ...(status && { readerStatus: fromUint(status.value) }),
    ranging: objects.some(({ tag }) => tag === RANGING),
  };
};

/** Each object at most once; 98 once per transaction (`ranged`). Refused by the code that says what is wrong. */
export const readExchange = (plaintext: Bytes, interfaceByte: number, ranged: boolean): Result<ExchangeVerdict, AliroError> => {
  const decoded = decodeTlvs(plaintext);
  if (!decoded.ok) return decoded;
  if (decoded.value.length === 0) return refuse('field-missing');
  const seen = new Set<number>(ranged ? [RANGING] : []);
  for (const object of decoded.value) {
    const refusal = refusalOf(object, OBJECTS.get(object.tag), interfaceByte);
    if (refusal !== undefined) return refusal;
    if (seen.has(object.tag)) return refuse('field-repeated');
    seen.add(object.tag);
  }
  return ok(verdictOf(decoded.value));
};
