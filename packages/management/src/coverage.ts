// How far a lock has heard of a grant, and until when what it has not heard of could matter. By what the lock itself said: of its roster and
// owners in its status, of revocations in its journal. Where that is not known, the worst is told.

/** A document that was signed for a grant. `retired`: it shall not open any more. `stampedUntil`: to when it was confirmed at the latest. */
export type CoveredDocument = {
  readonly accessId: string; readonly until: number; readonly freshForS: number | null; readonly retired: boolean; readonly stampedUntil: number | null;
};

/**
 * `isHeld`: whether anybody has a key by it. `isWanted`: whether it shall open at all now. `clockFrom`: where the key that holds it tells locks the
 * time, and somebody has it: the earliest instant at which they can hold its clock; undefined: it is no clock, or is in the site's own hands.
 */
export type CoveredGrant = { readonly isHeld: boolean; readonly isWanted: boolean; readonly documents: readonly CoveredDocument[]; readonly clockFrom?: number | undefined };

export type LockKnowledge = {
  readonly heardAt: number | null;
  /** The lock holds the newest roster and owner set, and that roster lets the grant's document count. */
  readonly isReady: boolean;
  /** It refused what was sent. */
  readonly hasRefused: boolean;
  /** The access ids that it took back. */
  readonly revoked: ReadonlySet<string>;
  /** It may have no clock but that of the key that touches it. */
  readonly takesKeyTime: boolean;
};

export type Standing = 'wanted' | 'onItsWay' | 'onTheLock' | 'notHeard' | 'cannotBeChecked';
/** The last instant at which a former document could open a lock; null: none can; `unbounded`: at any, for its holder's own key is the clock. */
export type OpensUntil = number | 'unbounded' | null;
export type Coverage = { readonly standing: Standing; readonly opensUntil: OpensUntil };

/** A lock that is there says something every half minute; one that was not heard for so long is silent. */
export const SILENT_MS = 300_000;

export const coverage = (grant: CoveredGrant, lock: LockKnowledge, now: number): Coverage => {
  const opensUntil = formerUntil(grant, lock, now);
  return { standing: standingOf(grant, lock, opensUntil !== null, now), opensUntil };
};

/** The worst of several grants at one lock. */
export const worstOf = (all: readonly OpensUntil[]): OpensUntil => {
  if (all.includes('unbounded')) return 'unbounded';
  const last = Math.max(-1, ...all.filter((each) => typeof each === 'number'));
  return last < 0 ? null : last;
};

const formerUntil = ({ documents, clockFrom = Infinity }: CoveredGrant, { revoked, takesKeyTime }: LockKnowledge, now: number): OpensUntil => {
  const ends = documents.filter(({ retired, accessId }) => retired && !revoked.has(accessId)).map(lastOpening);
  if (takesKeyTime && ends.some((end) => end >= clockFrom)) return 'unbounded';
  return worstOf(ends.filter((end) => end >= now));
};

/** A document that must be confirmed opens no longer than its newest stamp says. */
const lastOpening = ({ until, freshForS, stampedUntil }: CoveredDocument): number => (freshForS === null ? until : Math.min(until, stampedUntil ?? -1));

const standingOf = ({ isHeld, isWanted }: CoveredGrant, { heardAt, isReady, hasRefused }: LockKnowledge, isFormerOpen: boolean, now: number): Standing => {
  if (!isHeld && !isFormerOpen) return 'wanted';
  if (!isFormerOpen && (isReady || !isWanted)) return 'onTheLock';
  if (hasRefused) return 'cannotBeChecked';
  return heardAt === null || now - heardAt > SILENT_MS ? 'notHeard' : 'onItsWay';
};
