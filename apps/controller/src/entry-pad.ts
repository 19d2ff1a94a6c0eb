// The port between the lock and what hands use at it: a keypad, a finger sensor, a card reader; each may be missing. It reports what was typed and
// confirmed, what the sensor matched, what lies on the reader, and passes commands to the card; it decides nothing and keeps nothing.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockEvent } from '@mortise/lock/events.ts';

export type PadEvent = Extract<LockEvent, { readonly kind: 'typed' | 'finger' | 'fingerSlots' | 'cardFound' | 'cardAnswer' | 'cardGone' }>;

export type EntryPad = {
  /** Which slots of the finger sensor hold a finger; undefined: there is no sensor. Changes are reported. */
  readonly fingerSlots: () => readonly number[] | undefined;
  /** The next finger within `forMs` goes into the slot. */
  readonly enrolFinger: (slot: number, forMs: number) => void;
  /** What is in the slot goes, and it waits for none any more. */
  readonly forgetFinger: (slot: number) => void;
  /** To the card on the reader; its answer comes as an event. Nothing, if none lies there. */
  readonly sendToCard: (apdu: Bytes) => void;
  /** Reports from now on, in order. Answers how to stop listening. */
  readonly listen: (listener: (event: PadEvent) => void) => () => void;
};

/** Of a lock that has neither keypad nor sensor nor reader. */
export const NO_PAD: EntryPad = { fingerSlots: () => undefined, enrolFinger: () => undefined, forgetFinger: () => undefined, sendToCard: () => undefined, listen: () => () => undefined };
