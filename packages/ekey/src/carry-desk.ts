// Carrying between the key and the lock that it is on. Before the transaction only the lock's question for the time is heard. After it what the lock
// gives goes into the bag, durable before the key says that it took it, and the lock is given what is for it: posts, and every
// revocation that the key holds. A lock that proved itself by its certificate is believed to be this lock, and nothing more.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeRosterAnswer, decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { decodeFromLock, encodeToLock, NO_SESSION, type FromLockMessage } from '@mortise/courier/link-message.ts';
import { encodeNearFrame } from '@mortise/courier/near-frame.ts';
import { postFromLock, withoutPosts } from './bag.ts';
import { changed, forEach, inTurn, withContact, type Change, type Moment } from './change.ts';
import { hasRoomForRequest, store } from './journal-keeper.ts';
import { takeRevocation } from './revocation-shelf.ts';
import type { Contact, EkeyState } from './state.ts';
import { answerLock } from './time-desk.ts';

/** A link message from the lock; any bytes. Undefined: what is no such message, or is not for now. */
export const onCarry = (moment: Moment, state: EkeyState, contact: Contact, bytes: Bytes): Change | undefined => {
  const message = decodeFromLock(bytes);
  if (message === undefined || contact.lockId === undefined) return undefined;
  if (message.type === 'time-ask') return onTimeAsk(moment, state, contact, contact.lockId, message.body);
  if (contact.stage !== 'after') return undefined;
  // Who never proved itself is no lock of this site: nothing of it is kept.
  if (!hasProvenItself(contact)) return changed(state);
  if (message.type === 'roster-answer' && contact.roster === 'given') return onRosterAnswer(state, contact.lockId, message, bytes);
  return inTurn(
    onMessage(moment, state, contact.lockId, message, bytes),
    (current) => give(current),
  );
};

/**
 * To a lock that refused, once in a contact: the roster that the key carries for it, by which it may let the key in. The lock has proven
 * itself; the roster does so to the lock.
 */
export const giveRoster = (state: EkeyState): Change => {
  const { contact, bag } = state;
  if (contact?.via !== 'contact' || contact.roster !== 'kept' || !hasProvenItself(contact)) return changed(state);
  const post = bag.forLocks.find(({ lockId, type }) => lockId === contact.lockId && type === 'roster');
  return post === undefined ? changed(state) : giveOne(withContact(state, { roster: 'given' }), 'roster', post.body);
};

// It takes nothing else of whom it refused: what else the key has for it waits until it lets the key in.
const onRosterAnswer = (state: EkeyState, lockId: LockId, message: FromLockMessage, bytes: Bytes): Change => {
  if (!hasRoomForRequest(state)) return changed(state);
  const isTaken = decodeRosterAnswer(message.body)?.code === 'accepted';
  return inTurn(
    keep(withContact(state, { roster: isTaken ? 'taken' : 'given' }), lockId, message, bytes),
    (current) => dropAnswered(current, lockId, message),
  );
};

/** The lock holds on to what is not taken. */
export const onTookFromLock = (state: EkeyState, seq: number): Change =>
  state.contact?.stage === 'after' ? changed(state, { kind: 'touchSend', frame: encodeNearFrame({ kind: 'took', seq }) }) : changed(state);

// Our signature leaves only to a reader whose certificate names the lock that it said it is.
const hasProvenItself = ({ operation }: Contact): boolean => operation?.isProven === true;

// A powered lock asks too, but takes the hub's answer only.
const onTimeAsk = (moment: Moment, state: EkeyState, contact: Contact, lockId: LockId, body: Bytes): Change | undefined => {
  const nonce = decodeTimeAsk(body);
  if (nonce === undefined) return undefined;
  const proven = contact.stage === 'after' && hasProvenItself(contact);
  if (contact.via !== 'contact' || contact.isAnsweringTime) return proven ? give(state) : changed(state);
  const answering = answerLock(moment, withContact(state, { isAnsweringTime: true }), lockId, nonce) ?? changed(state);
  return proven ? inTurn(answering, give) : answering;
};

const onMessage = (moment: Moment, state: EkeyState, lockId: LockId, message: FromLockMessage, bytes: Bytes): Change => {
  if (!hasRoomForRequest(state)) return changed(state);
  if (message.type === 'revocation') return onRevocation(moment, state, message.body);
  return inTurn(
    keep(state, lockId, message, bytes),
    (current) => dropAnswered(current, lockId, message),
  );
};

const onRevocation = (moment: Moment, state: EkeyState, body: Bytes): Change =>
  state.membership.kind === 'factory' ? changed(state) : takeRevocation(moment, state, state.membership, body);

const keep = (state: EkeyState, lockId: LockId, { type, seq }: FromLockMessage, bytes: Bytes): Change => {
  const { bag, puts, code } = postFromLock(state.bag, lockId, bytes);
  if (code !== 'accepted') return changed(state);
  return store({ ...state, bag }, { put: puts }, type === 'journal' ? { kind: 'tookFromLock', contact: state.contact?.number ?? 0, seq } : { kind: 'nothing' });
};

// The lock has answered what it was given of this kind: whatever it made of it, it has it.
const ANSWERED = { 'roster-answer': 'roster', 'owner-set-answer': 'owner-set' } as const;

const dropAnswered = (state: EkeyState, lockId: LockId, { type }: FromLockMessage): Change => {
  if (type !== 'roster-answer' && type !== 'owner-set-answer') return changed(state);
  const { bag, puts } = withoutPosts(state.bag, (post) => post.lockId === lockId && post.type === ANSWERED[type]);
  return puts.length === 0 ? changed(state) : store({ ...state, bag }, { put: puts });
};

// Once in a contact. A lock's answer, or the next key that comes, tells whether it took them; an acknowledgement or a bound that was given need not
// be given again: forgetting it costs a resend.
const give = (state: EkeyState): Change => {
  const { contact, bag, revocations } = state;
  if (contact?.lockId === undefined || contact.hasGiven) return changed(state);
  const posts = bag.forLocks.filter(({ lockId }) => lockId === contact.lockId);
  const shown = revocations.map(({ bytes }) => ({ type: 'revocation', body: bytes }) as const);
  return inTurn(
    forEach(withContact(state, { hasGiven: true }), [...shown, ...posts].slice(0, MAX_GIVEN), (current, { type, body }) => giveOne(current, type, body)),
    dropGiven,
  );
};

/** Messages to a lock in one contact; a lock takes no more (its near-carry.ts). */
export const MAX_GIVEN = 256;

const giveOne = (state: EkeyState, type: Parameters<typeof encodeToLock>[0]['type'], body: Bytes): Change => {
  const seq = state.contact?.seq ?? 0;
  const message = encodeToLock({ type, session: NO_SESSION, seq, expires: 0, body });
  return changed(withContact(state, { seq: seq + 1 }), { kind: 'touchSend', frame: encodeNearFrame({ kind: 'carry', message }) });
};

const dropGiven = (state: EkeyState): Change => {
  const { bag, puts } = withoutPosts(state.bag, (post) => post.lockId === state.contact?.lockId && (post.type === 'journal-ack' || post.type === 'time-bound'));
  return puts.length === 0 ? changed(state) : store({ ...state, bag }, { put: puts });
};
