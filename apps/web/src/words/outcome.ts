// How an operation ended, as one code that reasons.ts puts into words. Success is only what the lock signed: the bolt where the verb
// wanted it. Told apart: certainly not done, refused, and not known.

import type { Verb } from '@mortise/aliro/vendor.ts';
import { REASONS } from '@mortise/base/reasons.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { OperationOutcome, Why } from '@mortise/wallet/operation-outcome.ts';
import type { Receipt } from '@mortise/journal/receipt.ts';

/** Where the bolt must be sensed; a latch that is drawn as well is no less. */
const WANTED: { readonly [V in Verb]?: readonly Receipt['record']['sensed']['bolt'][] } = {
  unlock: ['unlocked', 'unlatched'], lock: ['locked'], unlatch: ['unlatched', 'unlocked'], holdUnlocked: ['unlocked', 'unlatched'],
};

const sensedCode = (verb: Verb, { record }: Receipt): Result<Receipt['record'], string> => {
  const wanted = WANTED[verb];
  return wanted === undefined || wanted.includes(record.sensed.bolt) ? ok(record) : err(record.reason === 'granted-trusted' ? 'bolt-jammed' : record.reason);
};

const NOT_THE_LOCK: readonly string[] = [
  'group-unknown', 'certificate-malformed', 'certificate-signature', 'certificate-expired', 'certificate-subject', 'certificate-missing', 'reader-signature-invalid',
];

/** `said` by the hub or the lock when it closed, if anything. */
const notDoneCode = (why: Why): string => {
  if (why.code === 'relay-closed') return why.said;
  if (why.code === 'link-lost' || why.code === 'timed-out') return why.code;
  return NOT_THE_LOCK.includes(why.code) ? 'other-lock' : 'not-understood';
};

const refusedCode = (readerStatus: number | undefined, receipt: Receipt | undefined): string => {
  if (receipt !== undefined) return receipt.record.reason;
  const reasons = Object.entries(REASONS).filter(([, reason]) => reason.readerStatus === readerStatus && reason.readerStatus !== 0);
  // Several reasons share a status: only a status of one reason says which it was.
  return reasons.length === 1 ? (reasons[0]?.[0] ?? 'refused-by-lock') : 'refused-by-lock';
};

/** The record that the lock signed, or why there is none: a code. */
export const outcomeCode = (verb: Verb, outcome: OperationOutcome): Result<Receipt['record'], string> => {
  switch (outcome.kind) {
    case 'sensed':
      return sensedCode(verb, outcome.receipt);
    case 'refused':
      return err(refusedCode(outcome.readerStatus, outcome.receipt));
    case 'notDone':
      return err(notDoneCode(outcome.why));
    case 'notConfirmed':
      return err(outcome.why.code.startsWith('receipt-') ? 'receipt-refused' : 'not-confirmed');
  }
};
