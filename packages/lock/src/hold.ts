// Hold-open: kept unlocked until a time that somebody with the right named, or in the hours of the owners' schedule. While it is held nothing relocks and a
// door that stands open is no alarm. Whoever locks it, by key or by hand, ends it: a schedule then begins anew with its next window. It does not
// outlive a restart: the schedule does by itself, and a hold until a time must be asked for again. Nor does it outlive the lent key by which it was asked for.

import type { Bytes } from '@mortise/base/bytes.ts';

/** The key of a grant by which somebody asked. `credentialKey`: 65 bytes. */
export type HoldKey = { readonly credentialKey: Bytes; readonly grant: Bytes };

/** `untilMs`: monotonic; undefined: nobody asked. `by`: whose end is the hold's, once it is taken back; undefined: a key of the roster. `hours`: of the schedule. `deciding`: its decision is being stored; `overruled`: this window is over for it. `lookMs`: when the schedule is looked at next. */
export type Hold = {
  readonly untilMs: number | undefined;
  readonly by: HoldKey | undefined;
  readonly hours: 'idle' | 'deciding' | 'holding' | 'overruled';
  readonly lookMs: number;
};

export const NO_HOLD: Hold = { untilMs: undefined, by: undefined, hours: 'idle', lookMs: 0 };

/** A hold that somebody asks for ends after so long at the latest. */
export const MAX_HOLD_MS = 86_400_000;

/** How often the owners' schedule is looked at. */
export const HOLD_LOOK_MS = 30_000;

export const isHeld = ({ hold }: { readonly hold: Hold }): boolean => hold.untilMs !== undefined || hold.hours === 'holding';

/** The hold is over; a schedule's window does not begin it again. */
export const endedHold = (hold: Hold): Hold => ({ ...hold, untilMs: undefined, by: undefined, hours: hold.hours === 'idle' ? 'idle' : 'overruled' });
