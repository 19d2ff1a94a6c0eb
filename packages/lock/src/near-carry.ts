// A phone that carries: one that an allowed key, or one of the roster, came from, once its transaction is over. The lock asks it for the
// time, says how it is, and gives it the journal batch by batch, the next when it says that it took the one before. It takes from
// it what it takes from the hub. Nothing is dropped here but by the hub's signed word, so that a carrier may break off anywhere.

import { decodeToLock, hasExpired, type ToLockMessage } from '@mortise/courier/link-message.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { onOwnerSet } from './owner-desk.ts';
import { findConnection, peerOf, updateCarrying, updateConnection } from './near-connections.ts';
import { askBatch, batchBytes, entriesAfter, onAcknowledged, withSent } from './outbox.ts';
import type { NearPeer } from './peer.ts';
import { pointOf } from '@mortise/journal/chain.ts';
import { onRevocation } from './revocation-desk.ts';
import { onRoster } from './roster-desk.ts';
import { sayTo } from './sending.ts';
import { stampOf } from './sensing.ts';
import { findSession } from './sessions.ts';
import { askStatusFor, statusOf } from './status-desk.ts';
import { askTimeBy, NO_QUESTION, onTimeAnswer, onTimeBound } from './time-desk.ts';
import type { Adopted, AfterSigned, Carrying, LockState, NearConnection } from './state.ts';

/** Messages that one connection may bring: each costs the lock some signatures to check. */
export const MAX_CARRIED = 256;

/** Whatever happened: what there is to say to each phone that carries. */
export const pumpCarriers = (moment: Moment, state: LockState): Change =>
  forEach(state, state.near.filter((each) => mayCarry(state, each)), (current, each) => pumpCarrier(moment, current, peerOf(each)));

/** A link message from a phone that carries; any bytes. Undefined: what it is not for a carrier to say, or too much of it. */
export const onCarried = (moment: Moment, state: LockState, adopted: Adopted, from: NearPeer, { taken }: Carrying, bytes: Bytes): Change | undefined => {
  const message = decodeToLock(bytes);
  if (message === undefined || taken >= MAX_CARRIED) return undefined;
  const counted = updateCarrying(state, from, { taken: taken + 1 });
  const { instant, clock } = stampOf(state, moment.now);
  return clock !== 'lost' && hasExpired(message, instant) ? changed(counted) : onMessage(moment, counted, adopted, from, message);
};

/** The phone holds the batch of this message. */
export const onTook = (state: LockState, from: NearPeer, seq: number): Change => {
  const batch = findConnection(state, from)?.carrying?.batch;
  return changed(batch?.kind === 'sent' && batch.seq === seq ? updateCarrying(state, from, { from: batch.to, batch: { kind: 'idle' } }) : state);
};

/** The batch for a phone is signed: off it goes, if it is still there. */
export const onCarriedBatchSigned = (moment: Moment, state: LockState, to: NearPeer, batch: AfterSigned & { readonly kind: 'batch' }, signature: Bytes): Change => {
  const carrying = findConnection(state, to)?.carrying;
  const [bytes, last] = [batchBytes(moment, state, batch, signature), batch.entries.at(-1)];
  if (carrying === undefined || bytes === undefined || last === undefined) return changed(state);
  const sent = updateCarrying(withSent(state, last.seq), to, { batch: { kind: 'sent', seq: carrying.seq, to: pointOf(last) } });
  return sayTo(sent, to, 'journal', bytes);
};

// While a transaction is under way nothing stands in its way.
const mayCarry = (state: LockState, connection: NearConnection): boolean =>
  connection.isProven && state.membership.kind === 'adopted' && findSession(state, peerOf(connection)) === undefined;

const pumpCarrier = (moment: Moment, state: LockState, peer: NearPeer): Change =>
  inTurn(
    state,
    (current) => (findConnection(current, peer)?.carrying === undefined ? beginCarrying(moment, current, peer) : changed(current)),
    (current) => pumpStatus(moment, current, peer),
    (current) => pumpBatch(moment, current, peer),
  );

const beginCarrying = (moment: Moment, state: LockState, peer: NearPeer): Change => {
  const carrying: Carrying = { seq: 1, taken: 0, told: undefined, question: NO_QUESTION, from: state.journal.from, batch: { kind: 'idle' } };
  return askTimeBy(moment, updateConnection(state, peer, { carrying }), peer);
};

// Once, and again when the phone has brought a roster or owners: an answer proves nothing to the hub, the signed status does.
const pumpStatus = (moment: Moment, state: LockState, peer: NearPeer): Change => {
  const { rosterVersion, ownerSequence } = statusOf(state, moment.now);
  const told = findConnection(state, peer)?.carrying?.told;
  if (told?.rosterVersion === rosterVersion && told.ownerSequence === ownerSequence) return changed(state);
  return askStatusFor(moment, updateCarrying(state, peer, { told: { rosterVersion, ownerSequence } }), peer) ?? changed(state);
};

const pumpBatch = (moment: Moment, state: LockState, peer: NearPeer): Change => {
  const carrying = findConnection(state, peer)?.carrying;
  if (carrying?.batch.kind !== 'idle') return changed(state);
  // What the hub has acknowledged meanwhile, by whatever way, is not said again.
  const from = carrying.from.seq >= state.journal.from.seq ? carrying.from : state.journal.from;
  const entries = entriesAfter(state, from);
  if (entries.length === 0) return changed(state);
  return askBatch(moment, updateCarrying(state, peer, { from, batch: { kind: 'signing' } }), peer, from, entries) ?? changed(state);
};

const onMessage = (moment: Moment, state: LockState, adopted: Adopted, from: NearPeer, { type, body }: ToLockMessage): Change | undefined => {
  switch (type) {
    case 'roster':
      return onRoster(moment, state, adopted, from, body);
    case 'owner-set':
      return onOwnerSet(moment, state, adopted, from, body);
    case 'revocation':
      return onRevocation(moment, state, adopted, body);
    case 'time-answer':
      return onTimeAnswer(moment, state, adopted, from, body);
    case 'time-bound':
      return onTimeBound(moment, state, adopted, body);
    case 'journal-ack':
      return onAcknowledged(moment, state, adopted, body);
    case 'adopt':
    case 'certified-time':
    case 'relay':
    case 'status-ask':
      return undefined;
  }
};
