// Locks of a lost key in the order of their urgency, and what they come to together.

import type { EkeyCoverage } from '@mortise/api/ekeys.ts';

export type CoveredLock = EkeyCoverage['locks'][number];

/** `open`: would open until some instant to come, of which `lastAt` is the last; `unbounded`: at any. */
export type CoverageCounts = { readonly all: number; readonly heard: number; readonly unbounded: number; readonly open: number; readonly lastAt: number | null };

const isOpen = ({ unbounded, opensUntil }: CoveredLock, now: number): boolean => !unbounded && opensUntil !== null && opensUntil > now;

export const coverageCounts = (locks: readonly CoveredLock[], now: number): CoverageCounts => {
  const ends = locks.filter((lock) => isOpen(lock, now)).map(({ opensUntil }) => opensUntil ?? 0);
  return {
    all: locks.length, heard: locks.filter(({ hasHeard }) => hasHeard).length, unbounded: locks.filter(({ unbounded }) => unbounded).length, open: ends.length,
    lastAt: ends.length === 0 ? null : Math.max(...ends),
  };
};

/** The worst first: without end, then those that open longest, then what is over, then those that have heard; those heard of longest ago before others. */
export const worstFirst = (locks: readonly CoveredLock[], now: number): readonly CoveredLock[] => {
  const rank = (lock: CoveredLock): number => (lock.unbounded ? 0 : isOpen(lock, now) ? 1 : lock.hasHeard ? 3 : 2);
  const until = (lock: CoveredLock): number => (isOpen(lock, now) ? (lock.opensUntil ?? 0) : 0);
  return locks.toSorted((a, b) => rank(a) - rank(b) || until(b) - until(a) || (a.heardAt ?? 0) - (b.heardAt ?? 0) || a.doorName.localeCompare(b.doorName, 'en'));
};
