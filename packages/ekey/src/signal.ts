// What the key shows now: what just happened, then what is going on, then how it stands.

import type { Reason } from '@mortise/base/reasons.ts';
import type { Reading } from './events.ts';
import { BATTERY_LOW_MV, signalOfRefusal, standingRefusal } from './may-open.ts';
import { hasTime } from './stamping.ts';
import { SIGNALS, type SignalName, type SignalState } from './signal-table.ts';
import type { EkeyState, Shown } from './state.ts';

/** What just happened stays so long. */
export const SHOWN_FOR_MS = 4000;

export type Signal = SignalState & { readonly name: SignalName; readonly reason?: Reason };

/** A function of the state: the shell asks for it after each step. */
export const signalOf = (state: EkeyState, now: Reading): Signal => {
  const { name, reason } = shownNow(state, now);
  return { ...SIGNALS[name], name, ...(reason !== undefined && { reason }) };
};

/** Says what just happened. */
export const showing = (state: EkeyState, now: Reading, name: SignalName, reason?: Reason): EkeyState =>
  ({ ...state, shown: { name, ...(reason !== undefined && { reason }), untilMs: now.monotonicMs + SHOWN_FOR_MS } });

type Named = Pick<Shown, 'name' | 'reason'>;

const shownNow = (state: EkeyState, now: Reading): Named => {
  if (state.shown !== undefined && now.monotonicMs < state.shown.untilMs) return state.shown;
  if (state.contact !== undefined && state.contact.stage !== 'over') return { name: contactSignal(state) };
  if (state.update !== undefined) return { name: 'updating' };
  return standing(state, now);
};

const contactSignal = ({ contact }: EkeyState): SignalName => {
  if (contact?.end === 'opened') return 'granted';
  return contact?.end === 'closed' ? 'closed' : 'touching';
};

const standing = (state: EkeyState, now: Reading): Named => {
  if (state.membership.kind === 'factory') return { name: 'not-enrolled' };
  const reason = standingRefusal(state, now);
  if (reason === 'pin-missing') return { name: pinSignal(state, now) };
  if (reason !== undefined) return { name: signalOfRefusal(reason), reason };
  if (!hasTime(state, now)) return { name: 'clock-invalid' };
  return { name: (state.batteryMv ?? Infinity) < BATTERY_LOW_MV ? 'low-battery' : 'idle' };
};

const pinSignal = ({ pin }: EkeyState, now: Reading): SignalName => {
  if (pin.verifier === undefined) return 'pin-to-choose';
  return now.monotonicMs < pin.blockedUntilMs ? 'pin-blocked' : 'pin-needed';
};
