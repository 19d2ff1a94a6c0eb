// How one operation ended, as far as the phone can know it. Only a receipt that the lock signed says what the lock did; what
// a relay says or leaves unsaid never counts as success.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { AliroErrorCode } from '@mortise/aliro/errors.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { unprovenReceipt, verifyReceipt, type Receipt, type ReceiptError } from '@mortise/journal/receipt.ts';

export type OperationOutcome =
  /** The lock drove the bolt, or found it there already, and signed what it then sensed: `record.sensed`, and `bolt-jammed` as its reason where it came to no end. Asked to sync only, or to hold no longer, it moved nothing, and signed what it sensed. */
  | { readonly kind: 'sensed'; readonly receipt: Receipt }
  /** The lock refused: it said so under the session's keys (`readerStatus`, SPEC §7.1), in a receipt, or both. */
  | { readonly kind: 'refused'; readonly readerStatus: number | undefined; readonly receipt: Receipt | undefined }
  /** Our signature never left: the lock cannot have acted on this request. */
  | { readonly kind: 'notDone'; readonly why: Why }
  /** The lock may have acted or not: ask it for its state. */
  | { readonly kind: 'notConfirmed'; readonly why: Why };

export type Why =
  /** Aliro's own reasons, among them: who answered is not this lock. */
  | { readonly code: AliroErrorCode }
  /** Not a frame, out of turn, or too many. */
  | { readonly code: 'relay-malformed' }
  /** Whoever relays, or the lock, closed; `said` is its unsigned word. */
  | { readonly code: 'relay-closed'; readonly said: string }
  /** The shell's: the link broke, the time ran out, the finger let go. */
  | { readonly code: 'link-lost' | 'timed-out' | 'released' }
  | { readonly code: `receipt-${ReceiptError['code']}` }
  /** A true receipt of this request, but of another verb or interface. */
  | { readonly code: 'receipt-other-operation' };

/** What the receipt must be about. */
export type Asked = {
  /** Undefined: not known; what the receipt says is then what was told, and no proof. */
  readonly identityKey: Bytes | undefined;
  readonly lockId: LockId;
  readonly credentialKey: Bytes;
  readonly requestId: Bytes;
  readonly transactionId: Bytes;
  readonly verb: Verb;
  /** Aliro's interface byte. */
  readonly interface: number;
};

/** The outcome that a receipt proves, by any bytes. `readerStatus`: what the lock said under the session's keys, if it did. */
export const outcomeOfReceipt = (crypto: Crypto, asked: Asked, bytes: Bytes, readerStatus: number | undefined): OperationOutcome => {
  const { identityKey, lockId, requestId, transactionId } = asked;
  const expected = { requestId, transactionId, credential: crypto.sha256(asked.credentialKey) };
  const receipt = identityKey === undefined ? unprovenReceipt(crypto, lockId, bytes, expected) : verifyReceipt(crypto, identityKey, lockId, bytes, expected);
  if (!receipt.ok) return { kind: 'notConfirmed', why: { code: `receipt-${receipt.error.code}` } };
  const { record } = receipt.value;
  if (record.verb !== asked.verb || record.interface !== asked.interface) {
    return { kind: 'notConfirmed', why: { code: 'receipt-other-operation' } };
  }
  if (isRefusal(record)) return { kind: 'refused', readerStatus, receipt: receipt.value };
  // A decision alone says that the bolt will be driven; only the operation's record says what became of it. What drives nothing has no other.
  if (record.kind !== 'operation' && !DRIVE_NOTHING.includes(asked.verb)) return { kind: 'notConfirmed', why: { code: 'receipt-other-operation' } };
  return { kind: 'sensed', receipt: receipt.value };
};

const DRIVE_NOTHING: readonly Verb[] = ['syncOnly', 'endHold'];

// A bolt that jammed was driven: that is no refusal, though the lock did not do what it was asked.
const isRefusal = ({ allowed, reason }: Receipt['record']): boolean => allowed === false && reason !== 'bolt-jammed';
