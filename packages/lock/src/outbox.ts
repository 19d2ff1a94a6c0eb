// The journal's way out: batches of what is durable, sealed for the owners' journal key and signed once each. To the hub one batch is on
// its way at a time; it is sent again until the hub says that it is durable there. Nothing that could still be lost here leaves
// the lock, for it could come back as another history. Phones that carry get the same batches (near-carry.ts).

import { headStatementToSign } from '@mortise/journal/head-statement.ts';
import { encodeBatch, MAX_BATCH_ENTRIES } from '@mortise/journal/batch.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { ENTROPY_BYTES, derive } from '@mortise/crypto/entropy.ts';
import type { ChainPoint, Entry } from '@mortise/journal/chain.ts';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { openJournalAck } from '@mortise/courier/journal-ack.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { hasRoomForRequest, startingAfter, startingAgain, store } from './journal-keeper.ts';
import { HUB, type Carrier } from './peer.ts';
import { traitsOf } from './profile.ts';
import { askSignature, send } from './sending.ts';
import type { Adopted, AfterSigned, LockState, Outbox } from './state.ts';

/** An unacknowledged batch is sent again after this. */
export const RESEND_MS = 10_000;

const IDLE: Outbox = { kind: 'idle' };

/** Whatever happened: starts the next batch, or the same one again, if there is one to send and somebody to send it to. */
export const pumpOutbox = (moment: Moment, state: LockState): Change => {
  if (!state.link.isUp || state.membership.kind !== 'adopted' || !isFree(state.outbox, moment.now.monotonicMs)) return changed(state);
  const entries = entriesAfter(state, state.journal.from);
  if (entries.length === 0) return changed({ ...state, outbox: IDLE });
  return askBatch(moment, { ...state, outbox: { kind: 'signing' } }, HUB, state.journal.from, entries) ?? changed(state);
};

/** The next entries after `from`, as many as one batch holds: those that are durable, for others could come back as another history. */
export const entriesAfter = ({ journal: { held, durable } }: LockState, from: ChainPoint): readonly Entry[] =>
  held.filter(({ seq }) => seq > from.seq && seq <= durable).slice(0, MAX_BATCH_ENTRIES);

/** Asks for the signature over the head of these entries, the first of which follows `from`; undefined: not now. */
export const askBatch = ({ crypto }: Moment, state: LockState, to: Carrier, from: ChainPoint, entries: readonly Entry[]): Change | undefined => {
  const last = required(entries.at(-1), 'a batch is not empty');
  const { message } = headStatementToSign(crypto, state.keys.identityKey, { lockId: state.lockId, seq: last.seq, head: last.head });
  return askSignature(state, 'identity', message, { kind: 'batch', to, from, entries });
};

type Batch = AfterSigned & { readonly kind: 'batch' };

/** The batch for the hub is signed: off it goes. */
export const onBatchSigned = (moment: Moment, state: LockState, batch: Batch, signature: Bytes): Change => {
  const bytes = state.link.isUp ? batchBytes(moment, state, batch, signature) : undefined;
  const upTo = batch.entries.at(-1)?.seq;
  if (bytes === undefined || upTo === undefined) return changed({ ...state, outbox: IDLE });
  const outbox = { kind: 'sent', upTo, againMs: moment.now.monotonicMs + RESEND_MS } as const;
  return send({ ...withSent(state, upTo), outbox }, 'journal', NO_SESSION, bytes);
};

/** A batch that was signed, sealed to the owners' journal key; undefined: nobody owns the lock. */
export const batchBytes = ({ crypto, entropy }: Moment, { membership, lockId, keys }: LockState, { from, entries }: Batch, signature: Bytes): Bytes | undefined => {
  const last = entries.at(-1);
  if (membership.kind !== 'adopted' || last === undefined) return undefined;
  const statement = headStatementToSign(crypto, keys.identityKey, { lockId, seq: last.seq, head: last.head }).assemble(signature);
  const { journalKey } = membership.roster;
  return encodeBatch(crypto, { lockId, from, entries, journalKey, statement }, derive(crypto, entropy, 'journal batch', ENTROPY_BYTES));
};

/** Entries up to `seq` have left the lock: they may be acknowledged from now on. */
export const withSent = (state: LockState, seq: number): LockState =>
  ({ ...state, journal: { ...state.journal, sentUpTo: Math.max(state.journal.sentUpTo, seq) } });

/**
 * The hub's word that it holds everything up to an entry; takes any bytes. What was never sent cannot be acknowledged, and who brings a word
 * that is older than the last one taken brings nothing. Less than it held before: its storage was put back, and what is
 * still kept goes again, with the next batch that is due.
 */
export const onAcknowledged = ({ crypto }: Moment, state: LockState, { ownerSet, roster }: Adopted, bytes: Bytes): Change => {
  const ack = openJournalAck(crypto, bytes, state.lockId, { ownerKeys: ownerSet.keys, certificates: roster.timeKeys });
  if (!ack.ok || ack.value.instant < (state.journal.acknowledgedAt ?? 0)) return changed(state);
  return acknowledge({ ...state, journal: { ...state.journal, acknowledgedAt: ack.value.instant } }, ack.value.seq);
};

const acknowledge = (state: LockState, seq: number): Change => {
  const { journal } = state;
  if (seq < journal.from.seq) return changed({ ...state, journal: startingAgain(journal, seq) });
  const entry = journal.held.find((each) => each.seq === seq);
  if (entry === undefined || seq > journal.sentUpTo) return changed(state);
  const isAnswered = state.outbox.kind === 'sent' && seq >= state.outbox.upTo;
  const next: LockState = { ...state, journal: { ...startingAfter(traitsOf(state), journal, entry), acknowledged: seq }, outbox: isAnswered ? IDLE : state.outbox };
  // Forgetting this write costs a resend, no more.
  return inTurn(next, (current) => (hasRoomForRequest(current) ? store(current, { acknowledged: seq }) : changed(current)));
};

export const resetOutbox = (state: LockState): LockState => ({ ...state, outbox: IDLE });

const isFree = (outbox: Outbox, nowMs: number): boolean => outbox.kind === 'idle' || (outbox.kind === 'sent' && nowMs >= outbox.againMs);
