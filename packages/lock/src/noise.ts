// Which records are of what proves nothing: anybody can cause them, as often as they like, so that a ring has a bound for them. It is
// told by the record itself, so that a lock that starts anew knows it of those that it finds.

import type { Reason } from '@mortise/base/reasons.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';

export type Judged = Pick<JournalRecord, 'kind' | 'allowed' | 'pseudonym' | 'reason'>;

/** Refusals of those whom the roster does not know, and what was brought and not taken, or was known already. */
export const isNoise = ({ kind, allowed, pseudonym, reason }: Judged): boolean =>
  kind === 'decision' ? allowed !== true && pseudonym === undefined : kind === 'event' && NOISY_EVENTS.includes(reason);

const NOISY_EVENTS: readonly Reason[] = [
  'adoption-refused', 'network-refused', 'owners-refused', 'protocol-error', 'refusals-suppressed', 'revocations-accepted', 'revocations-refused', 'roster-refused', 'time-refused',
];
