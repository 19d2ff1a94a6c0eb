// How a transaction ended, as the key's own journal tells it, and the bolt's return after it. What a receipt says is what the lock told: the key
// knows locks by their certificates and has no key to check a receipt's signature by; the lock's own journal is what counts.

import { INTERFACES } from '@mortise/aliro/vendor.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { unprovenReceipt, type Receipt } from '@mortise/journal/receipt.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import type { OperationOutcome, Why } from '@mortise/wallet/operation-outcome.ts';
import { changed, withContact, type Change, type Moment } from './change.ts';
import { note, noteUnproven, type Note } from './journal-keeper.ts';
import { showing } from './signal.ts';
import type { SignalName } from './signal-table.ts';
import { valueNames } from './stored-values.ts';
import type { Contact, EkeyState } from './state.ts';

/** Who and what a record of this contact is about. */
export const recordOf = ({ contact }: EkeyState): Pick<JournalRecord, 'verb' | 'interface' | 'lock' | 'transactionId' | 'requestId'> => {
  if (contact === undefined) return {};
  const { lockId, operation } = contact;
  return {
    verb: contact.verb,
    interface: contact.via === 'contact' ? INTERFACES.contact : INTERFACES.ble,
    ...(lockId !== undefined && { lock: lockId }),
    ...(operation !== undefined && { requestId: operation.requestId }),
    ...(operation?.transactionId !== undefined && { transactionId: operation.transactionId }),
  };
};

/** The transaction is over, one way or another. */
export const onOutcome = (moment: Moment, state: EkeyState, outcome: OperationOutcome): Change => {
  const { end, shown, record } = endOf(outcome, state);
  const operation = state.contact?.operation;
  const credential = moment.crypto.sha256(state.keys.credentialKey);
  const expected = operation?.transactionId && { requestId: operation.requestId, transactionId: operation.transactionId, credential };
  const ended = showing(withContact(state, { end, expected }), moment.now, shown, record.reason);
  // Whoever can say hello can begin; only to a lock of the site the signature leaves.
  const write = outcome.kind === 'notDone' ? noteUnproven : note;
  return write(moment, ended, { ...recordOf(state), ...record }, [[valueNames.contact, null]]);
};

/** A later receipt of the same request: the bolt came back. Any bytes; what is none, or another's, changes nothing. */
export const onSecondReceipt = (moment: Moment, state: EkeyState, { lockId, end, expected }: Contact, bytes: Bytes): Change => {
  if (end !== 'opened' || lockId === undefined || expected === undefined) return changed(state);
  const receipt = unprovenReceipt(moment.crypto, lockId, bytes, expected);
  if (!receipt.ok || receipt.value.record.kind !== 'operation' || receipt.value.record.sensed.bolt !== 'locked') return changed(state);
  const closed = showing(withContact(state, { end: 'closed' }), moment.now, 'closed', 'contact-closed');
  return note(moment, closed, { ...recordOf(state), kind: 'operation', allowed: true, reason: 'contact-closed', ...told(receipt.value) });
};

type End = { readonly end: Contact['end']; readonly shown: SignalName; readonly record: Note };

const endOf = (outcome: OperationOutcome, state: EkeyState): End => {
  switch (outcome.kind) {
    case 'sensed':
      return sensedEnd(outcome.receipt, state);
    case 'refused':
      return refusedEnd(outcome);
    case 'notDone':
      return brokenEnd('unproven', outcome.why);
    case 'notConfirmed':
      return brokenEnd('proven', outcome.why);
  }
};

const sensedEnd = (receipt: Receipt, { contact }: EkeyState): End => {
  const { sensed: { bolt }, reason } = receipt.record;
  const said = told(receipt);
  const done = (end: 'opened' | 'closed', why: Reason): End => ({ end, shown: end === 'opened' ? 'granted' : 'closed', record: { kind: 'operation', allowed: true, reason: why, ...said } });
  if (contact?.verb === 'syncOnly') return { ...done('closed', 'contact-closed'), record: { kind: 'event', reason: 'contact-closed', rule: `lock:${reason}`, ...said } };
  if (contact?.verb === 'unlock' && bolt === 'unlocked') return done('opened', 'contact-opened');
  if (contact?.verb === 'lock' && bolt === 'locked') return done('closed', 'contact-closed');
  return { end: 'broken', shown: 'broke-off', record: { kind: 'event', reason: 'contact-broke-off', ...said, rule: `lock:${reason}` } };
};

const refusedEnd = ({ readerStatus, receipt }: Extract<OperationOutcome, { kind: 'refused' }>): End => {
  const why = receipt?.record.reason ?? (readerStatus ?? 0).toString(16).padStart(4, '0');
  return { end: 'refused', shown: 'refused', record: { kind: 'decision', allowed: false, reason: 'contact-refused', rule: `lock:${why}` } };
};

// Before the proof nothing can have opened; after it, the lock's own journal knows.
const brokenEnd = (how: 'proven' | 'unproven', why: Why): End => {
  const isLink = why.code === 'link-lost' || why.code === 'timed-out' || why.code === 'relay-closed' || how === 'proven';
  const rule = `${how}:${'said' in why ? why.said : why.code}`;
  const record = { kind: 'event', reason: isLink ? 'contact-broke-off' : 'contact-failed', rule } as const;
  return { end: 'broken', shown: isLink ? 'broke-off' : 'not-ours', record };
};

const told = ({ record }: Receipt): Pick<Note, 'sensed' | 'rule'> & Partial<Pick<JournalRecord, 'grant'>> => ({
  sensed: { bolt: record.sensed.bolt, door: record.sensed.door },
  rule: `lock:${record.reason}`,
  ...(record.grant !== undefined && { grant: record.grant }),
});
