// The hold control as a machine without clock or drawing. The ring is the hand: it may fill and drain. What the lock did is no phase
// of it; that is told by the door's state. Opening needs a full ring, or two taps where holding is not possible.

export type HoldPhase =
  | { readonly kind: 'rest'; readonly early: boolean } // early: the last hold was let go too soon
  | { readonly kind: 'armed' } // two taps: the first one was made
  | { readonly kind: 'holding'; readonly since: number }
  | { readonly kind: 'asking' }
  | { readonly kind: 'refused'; readonly code: string };

/** `at`: when the hand did it, in ms, by the browser's own time of the event; a busy page hears of it later, and of several things at once. */
export type HoldEvent =
  | { readonly kind: 'pressed' | 'released'; readonly at: number } | { readonly kind: 'filled' }
  | { readonly kind: 'tapped' } | { readonly kind: 'lapsed' } | { readonly kind: 'doorChanged' } // its state, as it is shown
  | { readonly kind: 'opened' } | { readonly kind: 'failed'; readonly code: string };

/** `warm`: open the way to the lock. `send`: now the verb may go. `drop`: close the way, nothing was asked. */
export type HoldEffect = 'warm' | 'send' | 'drop';
type Holding = Extract<HoldPhase, { kind: 'holding' }>;
export type HoldStep = { readonly phase: HoldPhase; readonly effects: readonly HoldEffect[] };

export const HOLD_MS = 900;
/** How long the first of two taps counts, and how long a refusal is shown. */
export const ARMED_MS = 8000;
export const REFUSED_MS = 9000;

const REST: HoldPhase = { kind: 'rest', early: false };
const to = (phase: HoldPhase, ...effects: readonly HoldEffect[]): HoldStep => ({ phase, effects });

const restEvent = (phase: HoldPhase, event: HoldEvent): HoldStep => {
  if (event.kind === 'pressed') return to({ kind: 'holding', since: event.at }, 'warm');
  if (event.kind === 'tapped') return to({ kind: 'armed' });
  return event.kind === 'lapsed' || event.kind === 'doorChanged' ? to(REST) : to(phase);
};

// A page that was busy hears that the hand let go before it hears that the ring was full.
const isFull = ({ since }: Holding, event: HoldEvent): boolean => event.kind === 'filled' || (event.kind === 'released' && event.at - since >= HOLD_MS);

const holdingEvent = (phase: Holding, event: HoldEvent): HoldStep => {
  if (isFull(phase, event)) return to({ kind: 'asking' }, 'send');
  if (event.kind === 'released') return to({ kind: 'rest', early: true }, 'drop');
  return event.kind === 'failed' ? to({ kind: 'refused', code: event.code }, 'drop') : to(phase);
};

// The way is not warmed for a first tap: the lock would close it before a slow second one.
const armedEvent = (phase: HoldPhase, event: HoldEvent): HoldStep => {
  if (event.kind === 'tapped') return to({ kind: 'asking' }, 'warm', 'send');
  return event.kind === 'lapsed' || event.kind === 'doorChanged' ? to(REST) : to(phase);
};

const askingEvent = (phase: HoldPhase, event: HoldEvent): HoldStep => {
  if (event.kind === 'opened') return to(REST);
  return event.kind === 'failed' ? to({ kind: 'refused', code: event.code }) : to(phase);
};

export const AT_REST: HoldPhase = REST;

/** What the event makes of the phase, and what has to be done. Events that a phase does not know change nothing. */
export const stepHold = (phase: HoldPhase, event: HoldEvent): HoldStep => {
  switch (phase.kind) {
    case 'rest':
    case 'refused':
      return restEvent(phase, event);
    case 'holding':
      return holdingEvent(phase, event);
    case 'armed':
      return armedEvent(phase, event);
    case 'asking':
      return askingEvent(phase, event);
  }
};
