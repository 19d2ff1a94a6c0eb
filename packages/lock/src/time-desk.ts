// The lock's question to the time keys: its own nonce, when the link comes up and every hour. Whoever holds the answer back only
// leaves the clock as it was; an answer to another question counts for nothing. What the hub said to nobody's question is a bound. A lock
// without a clock of its own asks whoever touches it, and is answered with the answering key's certificate.

import { answerClock, clockMemory, isSameClockMemory, raiseFloor, type Clock, type ClockError } from '@mortise/access/clock.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { decodeCertifiedTime, encodeTimeAsk, NONCE_BYTES } from '@mortise/courier/link-body.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { openTimeBound } from '@mortise/courier/time-bound.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openTimeAnswer, type TimeAuthority } from '@mortise/documents/time.ts';
import { changed, type Change, type Moment } from './change.ts';
import { encodeConfiguration } from './configuration.ts';
import { hasRoomForRequest, noteUnproven, store } from './journal-keeper.ts';
import { findConnection, updateCarrying } from './near-connections.ts';
import type { Carrier, NearPeer } from './peer.ts';
import { sayTo, send } from './sending.ts';
import type { Adopted, LockState, TimeQuestionState } from './state.ts';

export const ASK_EVERY_MS = 3_600_000;
/** An unanswered question is asked again, with another nonce. */
export const ASK_AGAIN_MS = 60_000;

export const NO_QUESTION: TimeQuestionState = { nonce: undefined, askedAtMs: 0, nextMs: 0 };

/** Asks if it is time to and there is somebody to ask. */
export const askTime = (moment: Moment, state: LockState): Change => {
  const { now, crypto, entropy } = moment;
  if (!state.link.isUp || state.membership.kind !== 'adopted' || now.monotonicMs < state.question.nextMs) return changed(state);
  const nonce = derive(crypto, entropy, 'time nonce', NONCE_BYTES);
  const question = { nonce, askedAtMs: now.monotonicMs, nextMs: now.monotonicMs + ASK_AGAIN_MS };
  return send({ ...state, question }, 'time-ask', NO_SESSION, encodeTimeAsk(nonce));
};

/** Takes any bytes. What the clock learns outlives a restart. */
export const onTimeAnswer = (moment: Moment, state: LockState, adopted: Adopted, from: Carrier, bytes: Bytes): Change => {
  const { nonce, askedAtMs } = questionTo(state, from);
  if (nonce === undefined) return changed(state);
  const answer = openTimeAnswer(moment.crypto, bytes, { lockId: state.lockId, nonce, ...timeAuthority(adopted) });
  if (!answer.ok) return changed(state);
  const clock = answerClock(state.clock, answer.value, askedAtMs, moment.now);
  const nextMs = clock.ok && from.kind === 'hub' ? moment.now.monotonicMs + ASK_EVERY_MS : state.question.nextMs;
  const answered = withQuestion(state, from, { nonce: undefined, askedAtMs }, nextMs);
  return clock.ok ? keepClock(moment, answered, clock.value) : changed(answered);
};

/**
 * An answer with the certificate of the key that gave it, from whoever is there; takes any bytes. What does not count is recorded, and the
 * question stays open: it may have been another's.
 */
export const onCertifiedTime = (moment: Moment, state: LockState, { ownerSet }: Adopted, from: NearPeer, bytes: Bytes): Change => {
  const set = readCertifiedTime(moment, state, ownerSet.keys, from, bytes);
  if (typeof set === 'string') return noteUnproven(moment, state, { kind: 'event', reason: 'time-refused', rule: `time:${set}` });
  return keepClock(moment, withQuestion(state, from, NO_QUESTION), set);
};

const readCertifiedTime = (
  { crypto, now }: Moment, state: LockState, ownerKeys: readonly Bytes[], from: NearPeer, bytes: Bytes,
): Clock | DocumentErrorCode | ClockError['code'] => {
  const certified = decodeCertifiedTime(bytes);
  const { nonce, askedAtMs } = questionTo(state, from);
  if (certified === undefined) return 'malformed';
  if (nonce === undefined) return 'nonce-wrong';
  const answer = openTimeAnswer(crypto, certified.answer, { lockId: state.lockId, nonce, ownerKeys, certificates: [certified.certificate] });
  if (!answer.ok) return answer.error.code;
  const clock = answerClock(state.clock, answer.value, askedAtMs, now);
  return clock.ok ? clock.value : clock.error.code;
};

/** Asks by a phone that carries: it may have the hub's answer at once, or not at all. */
export const askTimeBy = ({ crypto, entropy, now }: Moment, state: LockState, by: NearPeer): Change => {
  const nonce = derive(crypto, entropy, `time nonce ${by.connection}`, NONCE_BYTES);
  return sayTo(withQuestion(state, by, { nonce, askedAtMs: now.monotonicMs }), by, 'time-ask', encodeTimeAsk(nonce));
};

type Question = Pick<TimeQuestionState, 'nonce' | 'askedAtMs'>;

const questionTo = (state: LockState, from: Carrier): Question =>
  from.kind === 'hub' ? state.question : (findConnection(state, from)?.carrying?.question ?? NO_QUESTION);

const withQuestion = (state: LockState, to: Carrier, question: Question, nextMs = state.question.nextMs): LockState =>
  to.kind === 'hub' ? { ...state, question: { ...question, nextMs } } : updateCarrying(state, to, { question });

/** An instant that the hub says has passed, whoever carries it; takes any bytes. It raises the floor and never sets the clock. */
export const onTimeBound = (moment: Moment, state: LockState, adopted: Adopted, bytes: Bytes): Change => {
  const bound = openTimeBound(moment.crypto, bytes, timeAuthority(adopted));
  const clock = bound.ok ? raiseFloor(state.clock, bound.value, moment.now) : state.clock;
  return clock === state.clock ? changed(state) : keepClock(moment, state, clock);
};

const timeAuthority = ({ ownerSet, roster }: Adopted): TimeAuthority => ({ ownerKeys: ownerSet.keys, certificates: roster.timeKeys });

const keepClock = ({ crypto }: Moment, state: LockState, clock: Clock): Change => {
  const set: LockState = { ...state, clock };
  if (isSameClockMemory(clockMemory(clock), clockMemory(state.clock))) return changed(set);
  return hasRoomForRequest(set) ? store(set, { configuration: encodeConfiguration(crypto, set) }) : changed(set);
};
