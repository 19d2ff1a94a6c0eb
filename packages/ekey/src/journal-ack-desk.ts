// The hub's word that it holds a journal up to an entry: the key's own, and those of locks whose batches it carries. Only by this anything is given
// up. Under the policy `stop` acknowledged records go at once; under `overwrite` they stay until their room is needed, so that a hub
// that turns out to have lost them gets them again.

import type { Bytes } from '@mortise/base/bytes.ts';
import { openJournalAck } from '@mortise/courier/journal-ack.ts';
import { decodePost } from '@mortise/courier/key-message.ts';
import { decodeToLock } from '@mortise/courier/link-message.ts';
import { isAcknowledged, postForLock, withoutPosts } from './bag.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { timeAuthorityOf } from './enrolment-desk.ts';
import { droppingUpTo, hasRoomForRequest, store } from './journal-keeper.ts';
import { raiseKeyFloor } from './key-clock.ts';
import { encodeClock, valueNames } from './stored-values.ts';
import type { Enrolled, EkeyState } from './state.ts';
import { answerUpdate } from './update-sending.ts';

/** Takes any bytes. An older word than the last is of no account; a younger one that says less is a hub that lost what it had. */
export const onJournalAck = (moment: Moment, state: EkeyState, enrolled: Enrolled, bytes: Bytes): Change => {
  const ack = openJournalAck(moment.crypto, bytes, state.keyId, timeAuthorityOf(state, enrolled));
  if (!ack.ok) return answerUpdate(state, 'journal-ack', ack.error.code);
  const { seq, instant } = ack.value;
  const { journal } = state;
  if (instant < (journal.acknowledgedAt ?? 0) || seq > journal.sentUpTo) return answerUpdate(state, 'journal-ack', 'stale');
  const clock = raiseKeyFloor(state.clock, instant, moment.now);
  return keepAcknowledged({ ...state, clock, journal: { ...journal, acknowledgedAt: instant, acknowledged: Math.max(seq, journal.from.seq) } });
};

/** Gives up what the policy says. Forgetting this write costs a resend, no more. */
export const keepAcknowledged = (state: EkeyState): Change => {
  const journal = state.orders?.buffer === 'overwrite' ? state.journal : droppingUpTo(state.journal, state.journal.acknowledged);
  const next: EkeyState = { ...state, journal };
  return state.stores.length < MAX_ACK_STORES ? store(next, { put: [[valueNames.clock, encodeClock(state.clock)]], acknowledged: journal.acknowledged, keepFrom: journal.from.seq + 1 }) : changed(next);
};

// An acknowledgement makes room, so that it is taken where a request is not.
const MAX_ACK_STORES = 48;

/** A message for a lock; takes any bytes. An acknowledgement of the lock's journal frees what the key carries of it. */
export const onPostForLock = (moment: Moment, state: EkeyState, enrolled: Enrolled, bytes: Bytes): Change => {
  const post = decodePost(bytes);
  if (post === undefined) return answerUpdate(state, 'post-for-lock', 'malformed');
  return inTurn(
    state,
    (current) => freeAcknowledged(moment, current, enrolled, post),
    (current) => putIn(current, post),
  );
};

type Post = { readonly lockId: Parameters<typeof postForLock>[1]; readonly message: Bytes };

const putIn = (state: EkeyState, { lockId, message }: Post): Change => {
  if (state.stores.length >= MAX_ACK_STORES) return answerUpdate(state, 'post-for-lock', 'busy');
  const { bag, puts, code } = postForLock(state.bag, lockId, message);
  if (code === 'known') return answerUpdate(state, 'post-for-lock', 'accepted');
  return code === 'accepted' ? store({ ...state, bag }, { put: puts }, { kind: 'answer', to: 'post-for-lock', code }) : answerUpdate(state, 'post-for-lock', code);
};

const freeAcknowledged = (moment: Moment, state: EkeyState, enrolled: Enrolled, { lockId, message }: Post): Change => {
  const read = decodeToLock(message);
  if (read?.type !== 'journal-ack' || !hasRoomForRequest(state)) return changed(state);
  const ack = openJournalAck(moment.crypto, read.body, lockId, timeAuthorityOf(state, enrolled));
  if (!ack.ok) return changed(state);
  const { bag, puts } = withoutPosts(state.bag, (post) => isAcknowledged(post, lockId, ack.value.seq));
  return puts.length === 0 ? changed(state) : store({ ...state, bag }, { put: puts });
};

