// Time at the key: its own question to the hub's time keys, by whoever updates it, and its answer to a lock's question. An invalid clock answers
// nobody. The question is asked anew by each who comes; an answer to another one counts for nothing.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { openTimeAnswer, timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import { askSignature, inTurn, withUpdate, type Change, type Moment } from './change.ts';
import { timeAuthorityOf } from './enrolment-desk.ts';
import { hasRoomForRequest, note, noteUnproven } from './journal-keeper.ts';
import { answerKeyClock } from './key-clock.ts';
import { hasTime, stampOf } from './stamping.ts';
import { encodeClock, valueNames } from './stored-values.ts';
import type { Enrolled, EkeyState } from './state.ts';
import { answerUpdate } from './update-sending.ts';

/** Takes any bytes. What the clock learns outlives a restart. */
export const onTimeAnswer = (moment: Moment, state: EkeyState, enrolled: Enrolled, bytes: Bytes): Change => {
  const { nonce, askedAtMs } = state.update?.question ?? { nonce: undefined, askedAtMs: 0 };
  if (nonce === undefined) return answerUpdate(state, 'time-answer', 'not-asked');
  const authority = timeAuthorityOf(state, enrolled);
  const answer = openTimeAnswer(moment.crypto, bytes, { lockId: state.keyId, nonce, ...authority });
  if (!answer.ok) return refuse(moment, state, answer.error.code);
  // A key's clock is the hub's, at no remove: another key's word could pass on what was set long ago.
  if (answer.value.by.kind !== 'hub') return refuse(moment, state, 'signer-unknown');
  const clock = answerKeyClock(state.clock, answer.value, askedAtMs, moment.now);
  const answered = withUpdate(state, { question: { nonce: undefined, askedAtMs } });
  if (!clock.ok) return refuse(moment, answered, clock.error.code);
  if (!hasRoomForRequest(state)) return answerUpdate(state, 'time-answer', 'busy');
  const set: EkeyState = { ...answered, clock: clock.value };
  return note(moment, set, { kind: 'event', reason: 'clock-set' }, [[valueNames.clock, encodeClock(clock.value)]], { kind: 'answer', to: 'time-answer', code: 'accepted' });
};

/** Signs the time for a lock's nonce; undefined: the key has no time to give, or nobody certified it. */
export const answerLock = (moment: Moment, state: EkeyState, lockId: LockId, nonce: Bytes): Change | undefined => {
  const { own } = state.holdings;
  const { instant, errorMs } = stampOf(state, moment.now);
  if (own === undefined || !hasTime(state, moment.now) || instant + errorMs > own.until) return undefined;
  const payload = timeAnswerPayload({ lockId, nonce, instant, errorMs, lastSync: state.clock.setting?.instant ?? instant });
  const { message, assemble } = timeAnswerToSign(moment.crypto, state.keys.identityKey, payload);
  return askSignature(state, 'identity', message, { kind: 'time', contact: state.contact?.number ?? 0, certificate: own.certificate, assemble });
};

const refuse = (moment: Moment, state: EkeyState, code: string): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'clock-refused', rule: `time:${code}` }),
    (current) => answerUpdate(current, 'time-answer', code),
  );
