// How long a source of guesses is not listened to. Each source (keypad, finger sensor, card reader, PINs that come near or from afar)
// has a debt of its own, so that whoever stands at the keypad locks out nobody's phone. A wrong entry adds units of debt, and time takes
// them away, one unit every `unitMs`; from the fifth unit on each makes the source wait. A right entry forgives up to two units, but
// only so many in a time: whoever has a PIN cannot buy guesses with it without end. Time is the lock's own running time: no instant is
// used, since those can be moved, and a restart takes nothing away. docs/CODES.md has the table and what follows from it.

/** Where entries come from. `near` and `relay` are PINs that a phone or an integration brings, not its own key. */
export const LOCK_SOURCES = ['keypad', 'finger', 'card', 'near', 'relay'] as const;
export type LockSource = (typeof LOCK_SOURCES)[number];

export type LockoutPolicy = {
  /** In this time one unit of debt goes. */
  readonly unitMs: number;
  /** The wait after a wrong entry, by the whole units of debt then (1 to 12). With more, the source waits until they are 12. */
  readonly waitsMs: readonly number[];
};

/** Numbers that were true at the monotonic reading `atMs`. */
export type Lockout = KeptLockout & { readonly atMs: number };

/** What outlives a restart. Stored before an entry is answered, right or wrong; at other times it may be, which only helps who waits. */
export type KeptLockout = {
  /** Unforgiven units × `unitMs`, less what time took away. */
  readonly debtMs: number;
  /** How long the source is not listened to. */
  readonly waitMs: number;
  /** What was forgiven lately, at half a unit each, less what time took away. */
  readonly forgivenMs: number;
};

/** With more units of debt than this nothing is judged. */
export const FULL_UNITS = 12;
/** Of the most that one entry costs. */
export const MAX_ENTRY_UNITS = 4;
/** A right entry forgives so many at most. */
export const FORGIVEN_AT_ONCE = 2;
/** Forgiveness that can be saved up; it comes back at two units every `unitMs`. */
export const FORGIVEN_AT_MOST = 6;

const [S, MIN, HOUR] = [1000, 60_000, 3_600_000];
const PIN_POLICY: LockoutPolicy = { unitMs: 4 * HOUR, waitsMs: [0, 0, 0, 0, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 20 * MIN, 40 * MIN, HOUR, 2 * HOUR] };

/** PINs and codes can be guessed; fingers are misread now and then; a card's key cannot be guessed, and its waits only bound the work. */
export const LOCKOUT_POLICIES: Readonly<Record<LockSource, LockoutPolicy>> = {
  keypad: PIN_POLICY,
  near: PIN_POLICY,
  relay: PIN_POLICY,
  finger: { unitMs: 30 * MIN, waitsMs: [0, 0, 0, 0, 10 * S, 20 * S, 30 * S, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 20 * MIN] },
  card: { unitMs: MIN, waitsMs: [0, 0, 0, 0, S, S, 2 * S, 2 * S, 5 * S, 5 * S, 10 * S, 30 * S] },
};

export const NO_LOCKOUT: KeptLockout = { debtMs: 0, waitMs: 0, forgivenMs: 0 };

/** After a start: a wait begins anew with what was left of it when it was stored. */
export const startLockout = ({ debtMs, waitMs, forgivenMs }: KeptLockout, atMs: number): Lockout => ({ debtMs, waitMs, forgivenMs, atMs });

/** The same at a later reading. A reading that is earlier takes nothing away. */
export const lockoutAt = ({ debtMs, waitMs, forgivenMs, atMs }: Lockout, nowMs: number): Lockout => {
  const less = (ms: number): number => Math.max(0, ms - Math.max(0, nowMs - atMs));
  return { debtMs: less(debtMs), waitMs: less(waitMs), forgivenMs: less(forgivenMs), atMs: nowMs };
};

/** What to store; whole milliseconds, never less than what is owed. */
export const keptLockout = ({ debtMs, waitMs, forgivenMs }: Lockout): KeptLockout =>
  ({ debtMs: Math.ceil(debtMs), waitMs: Math.ceil(waitMs), forgivenMs: Math.ceil(forgivenMs) });

/** After a wrong entry that was judged, of so many units (0 to 4). */
export const afterMiss = ({ unitMs, waitsMs }: LockoutPolicy, lockout: Lockout, units: number): Lockout => {
  const debtMs = lockout.debtMs + units * unitMs;
  const level = Math.min(FULL_UNITS, Math.ceil(debtMs / unitMs));
  return { ...lockout, debtMs, waitMs: Math.max(waitsMs[level - 1] ?? 0, debtMs - FULL_UNITS * unitMs) };
};

/** After a right one. */
export const afterHit = ({ unitMs }: LockoutPolicy, lockout: Lockout): Lockout => {
  const left = Math.max(0, FORGIVEN_AT_MOST * unitMs - 2 * lockout.forgivenMs);
  const forgiven = Math.min(lockout.debtMs, FORGIVEN_AT_ONCE * unitMs, left);
  return { ...lockout, debtMs: lockout.debtMs - forgiven, forgivenMs: lockout.forgivenMs + forgiven / 2 };
};
