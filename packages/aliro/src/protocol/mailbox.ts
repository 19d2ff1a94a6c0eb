// The mailbox (SPEC §7, tag BA): bytes in the user device that readers of its group read, write and fill. Reads of a command see
// what was stored before it; then its sets apply, then its writes. An atomic session collects changes over several commands:
// reads go on seeing what is stored, and the last command stores everything at once; a session that breaks off stores nothing.

import { concat, fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type AliroError } from './errors.ts';
import { decodeTlvs, encodeTlvs, type Tlv, type TlvParts } from './tlv.ts';

/** `offset`, `length`: 0 to 65535 bytes. */
export type MailboxOperation =
  | { readonly kind: 'read'; readonly offset: number; readonly length: number }
  | { readonly kind: 'write'; readonly offset: number; readonly data: Bytes }
  | { readonly kind: 'set'; readonly offset: number; readonly length: number; readonly value: number };

/** `goesOn`: part of an atomic session that another command continues. */
export type MailboxCommand = { readonly goesOn: boolean; readonly operations: readonly MailboxOperation[] };

/** `pending`: the content as an atomic session would leave it; undefined outside one. */
export type Mailbox = { readonly stored: Bytes; readonly pending?: Bytes };

/** `stored` changed when `mailbox.stored` is another array than before. */
export type MailboxResult = { readonly mailbox: Mailbox; readonly reads: readonly Bytes[] };

/** The largest mailbox of a user device of ours, in bytes. */
export const MAX_MAILBOX_BYTES = 16384;
/** The most that one command reads, so that its answer fits into a chain of APDUs. */
export const MAX_READ_BYTES = 16384;

const SESSION = 0x8c;
const READ = 0x87;
const WRITE = 0x8a;
const SET = 0x95;
const GOES_ON = 0x01;
const [READ_BYTES, WRITE_HEAD_BYTES, SET_BYTES] = [4, 2, 5];

const partsOf = (operation: MailboxOperation): TlvParts => {
  const at = uint(operation.offset, 2);
  switch (operation.kind) {
    case 'read':
      return [READ, concat(at, uint(operation.length, 2))];
    case 'write':
      return [WRITE, concat(at, operation.data)];
    case 'set':
      return [SET, concat(at, uint(operation.length, 2), uint(operation.value, 1))];
  }
};

/** The value of BA. Peers take one operation of each kind, in the order read, write, set (SPEC §7): send no more. */
export const encodeMailboxCommand = ({ goesOn, operations }: MailboxCommand): Bytes =>
  encodeTlvs([SESSION, Uint8Array.of(goesOn ? GOES_ON : 0)], ...operations.map(partsOf));

const readOperation = ({ tag, value }: Tlv): MailboxOperation | undefined => {
  const [offset, length] = [fromUint(value.subarray(0, 2)), fromUint(value.subarray(2, 4))];
  if (tag === READ && value.length === READ_BYTES) return { kind: 'read', offset, length };
  if (tag === WRITE && value.length > WRITE_HEAD_BYTES) return { kind: 'write', offset, data: value.subarray(WRITE_HEAD_BYTES) };
  return tag === SET && value.length === SET_BYTES ? { kind: 'set', offset, length, value: value[4] ?? 0 } : undefined;
};

/** Several operations of one kind are taken, in any order. `field-missing`: no 8C in front; `field-value`: 8C or an operation out of form. */
export const decodeMailboxCommand = (value: Bytes): Result<MailboxCommand, AliroError> => {
  const decoded = decodeTlvs(value);
  if (!decoded.ok) return decoded;
  const [session, ...objects] = decoded.value;
  if (session?.tag !== SESSION) return refuse('field-missing');
  if (session.value.length !== 1 || (session.value[0] ?? 0) > GOES_ON) return refuse('field-value');
  const operations = objects.map(readOperation).filter((operation) => operation !== undefined);
  return operations.length === objects.length ? ok({ goesOn: session.value[0] === GOES_ON, operations }) : refuse('field-value');
};

const endOf = (operation: MailboxOperation): number => operation.offset + (operation.kind === 'write' ? operation.data.length : operation.length);

const changed = (content: Bytes, operations: readonly MailboxOperation[]): Bytes => {
  const next = content.slice();
  for (const one of operations) if (one.kind === 'set') next.fill(one.value, one.offset, endOf(one));
  for (const one of operations) if (one.kind === 'write') next.set(one.data, one.offset);
  return next;
};

/** `mailbox-out-of-bounds`: an operation beyond the end, or more read than an answer holds; then nothing has changed. */
export const operateMailbox = (mailbox: Mailbox, { goesOn, operations }: MailboxCommand): Result<MailboxResult, AliroError> => {
  const { stored, pending } = mailbox;
  const reads = operations.flatMap((one) => (one.kind === 'read' ? [stored.subarray(one.offset, endOf(one))] : []));
  const readBytes = reads.reduce((sum, { length }) => sum + length, 0);
  if (operations.some((one) => endOf(one) > stored.length) || readBytes > MAX_READ_BYTES) return refuse('mailbox-out-of-bounds');
  const changes = operations.some(({ kind }) => kind !== 'read');
  const next = changes ? changed(pending ?? stored, operations) : pending ?? stored;
  return ok({ mailbox: goesOn ? { stored, pending: next } : { stored: next }, reads });
};
