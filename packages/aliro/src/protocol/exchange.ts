// EXCHANGE (SPEC §7): objects under the secure channel. The reader closes with tag 97, reaches the mailbox with BA, makes the ranging
// key available with 98. An answer has what was read and then whether all was done: 0000, else FFFF as the peer's, which ends
// the session.

import { concat, fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Header } from './apdu.ts';
import { refuse, type AliroError } from './errors.ts';
import { decodeMailboxCommand, encodeMailboxCommand, type MailboxCommand } from './mailbox.ts';
import { decodeTlvs, encodeTlv, type Tlv } from './tlv.ts';
import { INTERFACES } from './vendor.ts';

export const EXCHANGE: Header = [0x80, 0xc9, 0x00, 0x00];

/** What the objects of one command ask for. */
export type ExchangeCommand = {
  readonly mailbox?: MailboxCommand;
  /** SPEC §7.1; ends the transaction. */
  readonly readerStatus?: number;
  readonly ranging: boolean;
  /** An update document, whose content nobody knows (SPEC §7): answered FFFF. */
  readonly unsupported: boolean;
};

type Row = { readonly min: number; readonly max: number };

const READER_STATUS = 0x97;
const RANGING = 0x98;
const MAILBOX = 0xba;
const NOTIFY = 0xae;
const UPDATE = 0x81;
const STATUS_BYTES = 2;
const MAX_OBJECT = 65535;

/** SPEC §7. Notifications are taken and go nowhere: our signalling bitmap does not promise them (SPEC §3.4, bits 6 and 7). */
const OBJECTS: ReadonlyMap<number, Row> = new Map([
  [READER_STATUS, { min: STATUS_BYTES, max: STATUS_BYTES }],
  [RANGING, { min: 0, max: 0 }],
  [NOTIFY, { min: 0, max: 250 }],
  [MAILBOX, { min: 1, max: MAX_OBJECT }],
  [UPDATE, { min: 0, max: MAX_OBJECT }],
]);

const DONE = 0x0000;
const NOT_DONE = 0xffff;
const LENGTH_BYTES = 2;

/** `status`: SPEC §7.1, 0000 to 01FF; the high byte says success (01) or failure (00). */
export const encodeReaderStatus = (status: number): Bytes => encodeTlv(READER_STATUS, uint(status, STATUS_BYTES));

/** The object BA, for an EXCHANGE of its own. */
export const encodeMailboxObject = (command: MailboxCommand): Bytes => encodeTlv(MAILBOX, encodeMailboxCommand(command));

/** How a reader closes: by EXCHANGE 97, as in the NFC flow, or by a message of its own that stands outside the APDUs (SPEC §5, §10). */
export type Closing = 'exchange' | 'message';

/** `closing`: for a form of the interface that has no message for it; left out, as SPEC §5 says: by message on Bluetooth, else by EXCHANGE. */
export type ClosingConfig = { readonly interfaceByte: number; readonly closing?: Closing };

export const closesByExchange = ({ interfaceByte, closing }: ClosingConfig): boolean =>
  (closing ?? (interfaceByte === INTERFACES.ble ? 'message' : 'exchange')) === 'exchange';

const lengthAnd = (data: Bytes): Bytes => concat(uint(data.length, LENGTH_BYTES), data);

/** Each read as its length and its bytes, then `0002 SSSS`. */
export const encodeExchangeAnswer = (done: boolean, reads: readonly Bytes[] = []): Bytes =>
  concat(...reads.map(lengthAnd), lengthAnd(uint(done ? DONE : NOT_DONE, STATUS_BYTES)));

const readPieces = (plaintext: Bytes): readonly Bytes[] | undefined => {
  const pieces: Bytes[] = [];
  for (let at = 0; at < plaintext.length; ) {
    const end = at + LENGTH_BYTES + fromUint(plaintext.subarray(at, at + LENGTH_BYTES));
    if (end > plaintext.length) return undefined;
    pieces.push(plaintext.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return pieces;
};

/** What was read, in its order. `exchange-refused` when the answer does not end in `0002 0000` (SPEC §7: non-zero is an error). */
export const decodeExchangeAnswer = (plaintext: Bytes): Result<readonly Bytes[], AliroError> => {
  const pieces = readPieces(plaintext);
  const status = pieces?.at(-1);
  if (pieces === undefined || status?.length !== STATUS_BYTES || fromUint(status) !== DONE) return refuse('exchange-refused');
  return ok(pieces.slice(0, -1));
};

const refusalOf = (object: Tlv, row: Row | undefined, closes: boolean): Result<never, AliroError> | undefined => {
  if (row === undefined || (object.tag === READER_STATUS && !closes)) return refuse('field-unexpected');
  return object.value.length < row.min || object.value.length > row.max ? refuse('field-length') : undefined;
};

const commandOf = (objects: readonly Tlv[]): Result<ExchangeCommand, AliroError> => {
  const valueOf = (wanted: number): Bytes | undefined => objects.find(({ tag }) => tag === wanted)?.value;
  const [status, box] = [valueOf(READER_STATUS), valueOf(MAILBOX)];
  const mailbox = box && decodeMailboxCommand(box);
  if (mailbox?.ok === false) return mailbox;
  return ok({
    ...(mailbox && { mailbox: mailbox.value }),
    ...(status && { readerStatus: fromUint(status) }),
    ranging: valueOf(RANGING) !== undefined,
    unsupported: valueOf(UPDATE) !== undefined,
  });
};

/** Each object at most once; 98 once per transaction (`ranged`), 97 only where the reader closes by EXCHANGE. Refused by the code that says what is wrong. */
export const readExchange = (plaintext: Bytes, config: ClosingConfig, ranged: boolean): Result<ExchangeCommand, AliroError> => {
  const decoded = decodeTlvs(plaintext);
  if (!decoded.ok) return decoded;
  if (decoded.value.length === 0) return refuse('field-missing');
  const seen = new Set<number>(ranged ? [RANGING] : []);
  for (const object of decoded.value) {
    const refusal = refusalOf(object, OBJECTS.get(object.tag), closesByExchange(config));
    if (refusal !== undefined) return refusal;
    if (seen.has(object.tag)) return refuse('field-repeated');
    seen.add(object.tag);
  }
  return commandOf(decoded.value);
};
