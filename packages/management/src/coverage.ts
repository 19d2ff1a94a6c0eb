// How far a lock has heard of a grant, and until when what it has not heard of could matter. By what the lock itself said: of its roster and
// owners in its status, of revocations in its journal. Where that is not known, the worst is told.

/** A document that was signed for a grant. `retired`: it shall not open any more. `stampedUntil`: to when it was confirmed at the latest. */
export type CoveredDocument = {
  readonly accessId: string; readonly until: number; readonly freshForS: number | null; readonly retired: boolean; readonly stampedUntil: number | null;
};

/** `isHeld`: whether anybody has a key by it. `isWanted`: whether it shall open at all now. */
export type CoveredGrant = { readonly isHeld: boolean; readonly isWanted: boolean; readonly documents: readonly CoveredDocument[] };

export type LockKnowledge = {
  readonly heardAt: number | null;
  /** The lock holds the newest roster and owner set, and that roster lets the grant's document count. */
  readonly isReady: boolean;
  /** It refused what was sent. */
  readonly hasRefused: boolean;
  /** The access ids that it took back. */
  readonly revoked: ReadonlySet<string>;
};

export type Standing = 'wanted' | 'onItsWay' | 'onTheLock' | 'notHeard' | 'cannotBeChecked';
/** `opensUntil`: the last instant at which a former document could open this lock; null: none can. */
export type Coverage = { readonly standing: Standing; readonly opensUntil: number | null };

/** A lock that is there says something every half minute; one that was not heard for so long is silent. */
export const SILENT_MS = 300_000;

export const coverage = (grant: CoveredGrant, lock: LockKnowledge, now: number): Coverage => {
  const opensUntil = Math.max(-1, ...grant.documents.filter(({ retired, accessId }) => retired && !lock.revoked.has(accessId)).map(lastOpening));
  const former = opensUntil >= now ? opensUntil : null;
  return { standing: standingOf(grant, lock, former !== null, now), opensUntil: former };
};

/** A document that must be confirmed opens no longer than its newest stamp says. */
const lastOpening = ({ until, freshForS, stampedUntil }: CoveredDocument): number => (freshForS === null ? until : Math.min(until, stampedUntil ?? -1));

const standingOf = ({ isHeld, isWanted }: CoveredGrant, { heardAt, isReady, hasRefused }: LockKnowledge, isFormerOpen: boolean, now: number): Standing => {
  if (!isHeld && !isFormerOpen) return 'wanted';
  if (!isFormerOpen && (isReady || !isWanted)) return 'onTheLock';
  if (hasRefused) return 'cannotBeChecked';
  return heardAt === null || now - heardAt > SILENT_MS ? 'notHeard' : 'onItsWay';
};
