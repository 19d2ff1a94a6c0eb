// Opening on arrival: said by a person, once, for a quarter of an hour, and done when the lock's radio is heard after it was out of reach for a while. Who is at
// the door already, or has been there just now, holds the control instead; so a phone that lies inside opens nothing. As a pure machine; the radio is
// a hint of nearness and no proof of it.

/** How long what was said holds. */
export const INTENT_MS = 15 * 60_000;
/** The lock must have been out of reach for so long, on end, after it was said, and looked for all the while. */
export const AWAY_MS = 60_000;
/** A page that did not look for longer knows nothing of the time between: whoever has the phone may have come in meanwhile. Being away begins anew. */
export const UNSEEN_MS = 10_000;

export type Arrival =
  | { readonly kind: 'off'; readonly why?: 'at-door' | 'over' }
  /** `awaySince`: from when on the lock was not heard; undefined: it is heard. `lookedAt`: when that was looked at last. */
  | { readonly kind: 'coming'; readonly until: number; readonly awaySince: number | undefined; readonly lookedAt: number };

/** `at`: ms since 1970. `isNear`: the lock's radio is heard. */
export type ArrivalEvent =
  | { readonly kind: 'said' | 'looked'; readonly at: number; readonly isNear: boolean }
  | { readonly kind: 'withdrawn' };

/** `opens`: now, once. */
export type ArrivalStep = { readonly state: Arrival; readonly opens: boolean };

export const NOT_COMING: Arrival = { kind: 'off' };

export const stepArrival = (state: Arrival, event: ArrivalEvent): ArrivalStep => {
  switch (event.kind) {
    case 'withdrawn':
      return stays(NOT_COMING);
    case 'said':
      return stays(event.isNear ? { kind: 'off', why: 'at-door' } : { kind: 'coming', until: event.at + INTENT_MS, awaySince: event.at, lookedAt: event.at });
    case 'looked':
      return state.kind === 'coming' ? look(state, event.at, event.isNear) : stays(state);
  }
};

const stays = (state: Arrival): ArrivalStep => ({ state, opens: false });

const look = (state: Arrival & { readonly kind: 'coming' }, at: number, isNear: boolean): ArrivalStep => {
  if (at >= state.until) return stays({ kind: 'off', why: 'over' });
  const awaySince = at - state.lookedAt > UNSEEN_MS ? at : (state.awaySince ?? at);
  if (!isNear) return stays({ ...state, awaySince, lookedAt: at });
  const wasAway = state.awaySince !== undefined && at - awaySince >= AWAY_MS;
  return wasAway ? { state: NOT_COMING, opens: true } : stays({ ...state, awaySince: undefined, lookedAt: at });
};
