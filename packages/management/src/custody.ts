// Who has an electronic key, and who had it when: a log that only grows, and the state that its last entry leaves. A record is told of the
// person who held the key then, never of whoever holds it now.

/** `returned`: it is back, given back or found. */
export const CUSTODY_ACTIONS = ['registered', 'issued', 'returned', 'lost'] as const;
export type CustodyAction = (typeof CUSTODY_ACTIONS)[number];
export const KEY_STATES = ['inStock', 'issued', 'returned', 'lost'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** `at`: by the hub's clock; entries come in its order. `personId`: to whom it was issued, from whom it came back, who had it last; null: nobody. */
export type CustodyEntry = { readonly action: CustodyAction; readonly at: number; readonly personId: string | null };

const AFTER: Readonly<Record<CustodyAction, KeyState>> = { registered: 'inStock', issued: 'issued', returned: 'returned', lost: 'lost' };

/** From which state what may follow. A lost key that was found comes back before anybody gets it. */
const MAY: Readonly<Record<KeyState, readonly CustodyAction[]>> = {
  inStock: ['issued', 'lost'],
  issued: ['returned', 'lost'],
  returned: ['issued', 'lost'],
  lost: ['returned'],
};

/** The state that this action leaves. */
export const stateAfter = (action: CustodyAction): KeyState => AFTER[action];

/** Whether this may be done with a key in this state. */
export const mayFollow = (state: KeyState, action: CustodyAction): boolean => MAY[state].includes(action);

/**
 * Whom the log says held the key at `at`, oldest entry first; undefined: nobody, or nobody knows. From the instant of issuing on, and no more from
 * that of the return or loss on.
 */
export const holderAt = (log: readonly CustodyEntry[], at: number): string | undefined => {
  const last = lastAt(log, at);
  return last?.action === 'issued' ? (last.personId ?? undefined) : undefined;
};

/** Whether the key was reported lost at `at`, and not back yet. */
export const wasLostAt = (log: readonly CustodyEntry[], at: number): boolean => lastAt(log, at)?.action === 'lost';

const lastAt = (log: readonly CustodyEntry[], at: number): CustodyEntry | undefined => log.findLast((entry) => entry.at <= at);
