// Until when a lost key could open which lock, in plain words: the counts on top, and a chip and a sentence for each lock.

import { counted } from '@mortise/words/lists.ts';
import { endTime, when, zoneName } from '@mortise/words/time.ts';
import type { CoveredLock, CoverageCounts } from '../model/ekey-coverage.ts';
import type { Mark, Times } from './grant-state.ts';

/** What all locks together come to. */
export const coverageSummary = ({ all, heard, unbounded, open, lastAt }: CoverageCounts, { now, zone }: Times): string => {
  if (all === 0) return 'No lock was ever to open to this key.';
  if (unbounded + open === 0) return all === heard ? `${all === 1 ? 'The lock has' : `All ${all} locks have`} heard. The key opens nothing.` : 'The key opens nothing any more, at any lock.';
  const left = `${counted(unbounded + open, 'lock')} of ${all} would still open to it.`;
  const worst = unbounded > 0
    ? ` ${unbounded + open === 1 ? 'It goes' : counted(unbounded, 'of them goes', 'of them go')} by the key’s own clock, so that no date ends it: only hearing does.`
    : lastAt === null ? '' : ` Left alone, the last closes ${endTime(lastAt, now, zone)}, ${zoneName(zone)}.`;
  return left + worst;
};

export const coverageMark = (lock: CoveredLock, now: number): Mark => {
  if (lock.unbounded) return { tone: 'alarm', word: 'Would open, without end' };
  if (lock.hasHeard) return { tone: 'ok', word: 'Has heard' };
  return lock.opensUntil === null || lock.opensUntil <= now ? { tone: 'so', word: 'Need not hear' } : { tone: 'wait', word: 'Would still open' };
};

const heardOf = ({ heardAt }: CoveredLock, { now, zone }: Times): string => (heardAt === null ? 'Nobody has brought word of this lock since it was added.' : `The lock itself was last heard of ${when(heardAt, now, zone)}.`);

/** What the chip means at this lock, and when the lock was last heard of. */
export const coverageSentence = (lock: CoveredLock, times: Times): string => {
  const { opensUntil, unbounded, hasHeard } = lock;
  const { now, zone } = times;
  if (unbounded) return `It has not heard, and takes the time from the key itself: the key can open it until it has heard, however long that takes. ${heardOf(lock, times)}`;
  if (hasHeard) return `It refuses the key. ${heardOf(lock, times)}`;
  if (opensUntil === null || opensUntil <= now) return `It has not heard, and need not: nothing that the key ever held can open it now. ${heardOf(lock, times)}`;
  return `It has not heard. Until then the key opens it, at the latest until ${endTime(opensUntil, now, zone)}, ${zoneName(zone)}. ${heardOf(lock, times)}`;
};
