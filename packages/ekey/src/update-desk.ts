// Whoever updates the key: a station by the serial line, a phone, the network. The key speaks first: how it is, what it holds, what time it is; and
// gives its records and what locks gave it, one thing after the other, the next when it is told that the one before was taken.
// Nothing is believed for having come this way, and nothing given up but by the hub's signed word, so that either may go at any byte.

import type { Bytes } from '@mortise/base/bytes.ts';
import { hasExpired } from '@mortise/courier/link-message.ts';
import { decodeToKey, decodeTook, type ToKeyMessage } from '@mortise/courier/key-message.ts';
import { withoutPosts } from './bag.ts';
import { changed, inTurn, withUpdate, type Change, type Moment } from './change.ts';
import { onEnrol, onOwnerSet } from './enrolment-desk.ts';
import { onJournalAck, onPostForLock } from './journal-ack-desk.ts';
import { hasRoomForRequest, store } from './journal-keeper.ts';
import { onItem, onOrders } from './orders-desk.ts';
import { takeRevocation } from './revocation-shelf.ts';
import { hasTime, stampOf } from './stamping.ts';
import type { EkeyState, Enrolled, Update } from './state.ts';
import { onTimeAnswer } from './time-desk.ts';
import { askTime } from './time-question.ts';
import { answerUpdate } from './update-sending.ts';

/** Messages that one session may bring: items, posts for some thousand locks, and acknowledgements. */
export const MAX_UPDATE_MESSAGES = 16_384;

/** Somebody is there. One at a time: a new one takes the place of the one before. */
export const onLinked = (moment: Moment, state: EkeyState): Change => {
  if (!state.isStarted) return changed(state);
  const { journal } = state;
  const point = journal.acknowledged >= journal.from.seq ? journal.entries[journal.acknowledged - journal.from.seq - 1] : undefined;
  const from = point === undefined ? journal.from : { seq: point.seq, head: point.head };
  const update: Update = { seq: 1, taken: 0, isStatusWanted: true, question: { nonce: undefined, askedAtMs: 0 }, from, sending: { kind: 'idle' }, posted: new Set() };
  return askTime(moment, { ...withoutUpdate(state), update });
};

export const withoutUpdate = (state: EkeyState): EkeyState =>
  ({ ...state, update: undefined, signatures: state.signatures.filter(({ after }) => after.kind !== 'batch' && after.kind !== 'status') });

/** One message; takes any bytes. What is none ends the session. */
export const onMessage = (moment: Moment, state: EkeyState, bytes: Bytes): Change => {
  const { update } = state;
  if (update === undefined) return changed(state);
  const message = update.taken >= MAX_UPDATE_MESSAGES ? undefined : decodeToKey(bytes);
  if (message === undefined) return changed(withoutUpdate(state), { kind: 'updateClose' });
  const counted = withUpdate(state, { taken: update.taken + 1 });
  if (hasTime(counted, moment.now) && hasExpired(message, stampOf(counted, moment.now).instant)) return answerUpdate(counted, message.type, 'expired');
  if (message.type === 'enrol') return onEnrol(moment, counted, message.body);
  if (message.type === 'took') return onTook(counted, update, decodeTook(message.body));
  return counted.membership.kind === 'factory' ? answerUpdate(counted, message.type, 'not-enrolled') : onEnrolledMessage(moment, counted, counted.membership, message);
};

const onEnrolledMessage = (moment: Moment, state: EkeyState, enrolled: Enrolled, { type, body }: ToKeyMessage): Change => {
  switch (type) {
    case 'owner-set':
      return onOwnerSet(moment, state, enrolled, body);
    case 'revocation':
      return onRevocation(moment, state, enrolled, body);
    case 'time-answer':
      return onTimeAnswer(moment, state, enrolled, body);
    case 'journal-ack':
      return onJournalAck(moment, state, enrolled, body);
    case 'orders':
      return onOrders(moment, state, enrolled, body);
    case 'item':
      return onItem(moment, state, enrolled, body);
    case 'post-for-lock':
      return onPostForLock(moment, state, enrolled, body);
    case 'enrol':
    case 'took':
      return changed(state);
  }
};

const onRevocation = (moment: Moment, state: EkeyState, enrolled: Enrolled, body: Bytes): Change => {
  const { code, ...change } = takeRevocation(moment, state, enrolled, body, { kind: 'answer', to: 'revocation', code: 'accepted' });
  return code === 'accepted' ? change : answerUpdate(state, 'revocation', code === 'stale' ? 'accepted' : code);
};

const onTook = (state: EkeyState, { sending, posted }: Update, seq: number | undefined): Change => {
  if ((sending.kind !== 'batch' && sending.kind !== 'post') || sending.seq !== seq) return changed(state);
  const idle = { sending: { kind: 'idle' } } as const;
  if (sending.kind === 'batch') return changed(withUpdate(state, { ...idle, from: sending.to }));
  return dropPosted(withUpdate(state, { ...idle, posted: new Set(posted).add(sending.number) }), sending.number);
};

// What a lock says of itself it says again; its journal it may not have any more.
const dropPosted = (state: EkeyState, number: number): Change => {
  if (!hasRoomForRequest(state)) return changed(state);
  const fromLock = state.bag.fromLocks.find((post) => post.number === number && post.type !== 'journal');
  const { bag, puts } = withoutPosts(state.bag, (post) => post === fromLock);
  return puts.length === 0 ? changed(state) : inTurn({ ...state, bag }, (current) => store(current, { put: puts }));
};
