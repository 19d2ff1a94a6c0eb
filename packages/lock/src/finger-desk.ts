// The finger sensor keeps templates by slots, and the roster says whose slot is which; the lock brings the two together. A template whose slot no roster names is
// forgotten at once. A slot that has none is filled only while somebody stands there who may say whose finger it is: for a minute after the same person's PIN or card, or an
// owner's phone near the door. That wait ends by the lock's own clock, whatever became of whoever asked for it. No template ever leaves the sensor.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { FingerEntry } from '@mortise/documents/finger-entry.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { note } from './journal-keeper.ts';
import type { LockState } from './state.ts';

/** How long the sensor waits for the finger. */
export const ENROLMENT_MS = 60_000;
/** A finger that was laid on in time is learnt by then. */
export const LEARNING_MS = 5000;
/** Slots that a sensor may name. */
export const MAX_FINGER_SLOTS = 1024;

/** The sensor says which slots hold a finger: at the start, and whenever that changed. */
export const onFingerSlots = (moment: Moment, state: LockState, slots: readonly number[]): Change => {
  const known = slots.slice(0, MAX_FINGER_SLOTS);
  const { enrolling } = state.fingers;
  const came = enrolling !== undefined && known.includes(enrolling.slot) ? enrolling.slot : undefined;
  const next: LockState = { ...state, fingers: { slots: known, enrolling: came === undefined ? enrolling : undefined } };
  return inTurn(next, (current) => noteEnrolled(moment, current, came), (current) => forgetStray(current));
};

/** Whose slot is to be filled now: of this person, or of anybody where an owner stands there (undefined). */
export const openEnrolment = ({ now }: Moment, state: LockState, pseudonym: Bytes | undefined): Change => {
  const empty = wanted(state).find((finger) => state.fingers.slots?.includes(finger.slot) === false && (pseudonym === undefined || equalBytes(finger.pseudonym, pseudonym)));
  if (empty === undefined) return changed(state);
  const enrolling = { slot: empty.slot, pseudonym: empty.pseudonym, untilMs: now.monotonicMs + ENROLMENT_MS + LEARNING_MS };
  return changed({ ...state, fingers: { ...state.fingers, enrolling } }, { kind: 'fingerEnrol', slot: empty.slot, forMs: ENROLMENT_MS });
};

/** Nobody came. */
export const expireEnrolment = ({ now }: Moment, state: LockState): Change => {
  const { enrolling } = state.fingers;
  return enrolling !== undefined && now.monotonicMs >= enrolling.untilMs ? endEnrolment(state, enrolling.slot) : changed(state);
};

export const enrolmentMs = ({ fingers: { enrolling } }: LockState): number => enrolling?.untilMs ?? Infinity;

/** Fingers that a roster named once and names no more, or names another's now; what waits for such a one waits no longer. */
export const forgetStray = (state: LockState): Change => inTurn(state, endOthersEnrolment, forgetUnnamed);

// Whoever touches now would be learnt as whoever has the slot by the new roster.
const endOthersEnrolment = (state: LockState): Change => {
  const { enrolling } = state.fingers;
  const stays = enrolling === undefined || wanted(state).some(({ slot, pseudonym }) => slot === enrolling.slot && equalBytes(pseudonym, enrolling.pseudonym));
  return stays ? changed(state) : endEnrolment(state, enrolling.slot);
};

// The sensor too waits no longer.
const endEnrolment = (state: LockState, slot: number): Change => changed({ ...state, fingers: { ...state.fingers, enrolling: undefined } }, { kind: 'fingerForget', slot });

const forgetUnnamed = (state: LockState): Change => {
  if (state.membership.kind !== 'adopted' || state.fingers.slots === undefined) return changed(state);
  const named = new Set(wanted(state).map(({ slot }) => slot));
  const stray = state.fingers.slots.filter((slot) => !named.has(slot));
  const kept: LockState = { ...state, fingers: { ...state.fingers, slots: state.fingers.slots.filter((slot) => named.has(slot)) } };
  return forEach(kept, stray, (current, slot) => changed(current, { kind: 'fingerForget', slot }));
};

const wanted = ({ membership }: LockState): readonly FingerEntry[] => (membership.kind === 'adopted' ? membership.credentials.fingers : []);

const noteEnrolled = (moment: Moment, state: LockState, slot: number | undefined): Change => {
  const finger = wanted(state).find((each) => each.slot === slot);
  return finger === undefined ? changed(state) : note(moment, state, { kind: 'event', reason: 'finger-enrolled', pseudonym: finger.pseudonym, rule: `slot:${finger.slot}` });
};
