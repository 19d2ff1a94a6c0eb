// Remote assignment: somebody with an electronic key asks for a door, a controller says yes or no, and the grant that this makes reaches the
// key with its next update. What has become of a request follows from what was decided, from the grant, and from what the key says it holds.

export const REQUEST_STATES = ['asked', 'approved', 'refused', 'lapsed', 'onTheKey'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** How long beforehand somebody may ask, and for how long, ms. */
export const MAX_REQUEST_AHEAD_MS = 366 * 86_400_000;

export type RequestFacts = {
  readonly decision: 'approved' | 'refused' | null;
  /** The last instant that was asked for. */
  readonly until: number;
  /** Whether whoever asked still has the key. */
  readonly isHeld: boolean;
  /** Whether the grant that came of it may still open; false too where none did. */
  readonly isGrantLive: boolean;
  /** Whether the key has said that it holds the grant's document. */
  readonly isOnKey: boolean;
};

/** `lapsed`: nobody decided in time, the key changed hands, or the grant is over. What was refused stays so. */
export const requestState = ({ decision, until, isHeld, isGrantLive, isOnKey }: RequestFacts, now: number): RequestState => {
  if (decision === 'refused') return 'refused';
  if (!isHeld || now > until || (decision === 'approved' && !isGrantLive)) return 'lapsed';
  if (decision === null) return 'asked';
  return isOnKey ? 'onTheKey' : 'approved';
};

export type Period = { readonly from: number; readonly until: number };

/** Whether this may be asked for: to come or begun, ending after it begins, and not beyond a year. */
export const isAskable = ({ from, until }: Period, now: number): boolean => from < until && until > now && until <= now + MAX_REQUEST_AHEAD_MS;
