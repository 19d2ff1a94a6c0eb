// What `mortise would-open` says: yes or no and why, as the lock would say it, and what the answer goes by; or one JSON object.

import type { KeyDocuments } from '@mortise/api/keys.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import { REASONS } from '@mortise/base/reasons.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { plainTermsOf, type PlainTerms } from '@mortise/management/plain-terms.ts';
import type { KeyOpening, KeyQuestion } from '@mortise/wallet/key-opening.ts';
import { keyReason, type KeyReason } from '@mortise/words/key-reason.ts';
import { openingWords } from '@mortise/words/opening.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { termsLine } from '@mortise/words/terms.ts';
import { plainTime, shortDate, zoneName } from '@mortise/words/time.ts';
import type { KeyDoor } from './key-file.ts';
import { wrapped } from './table.ts';

/** `zone`: of the door, or UTC where this machine does not know that. */
export type Answer = KeyOpening & KeyQuestion & { readonly key: KeyDocuments; readonly door: KeyDoor };

export const textAnswer = (answer: Answer): string => {
  const rows = rowsOf(answer).map(([name, text]) => wrapped(`${name.padEnd(NAME_WIDTH)}${text}`, NAME_WIDTH));
  return [headline(answer), '\n', ...rows].join('');
};

export const jsonAnswer = (answer: Answer): string => {
  const { opening, reason, at, zone, door, key, rosterVersion, remote, confirmed } = answer;
  const { says, follows = null } = reasonWords(answer);
  const next = opening.opens || opening.next === undefined ? null : isoSeconds(opening.next);
  return `${JSON.stringify({
    opens: opening.opens, reason, number: REASONS[reason].number, says, follows, next, at: isoSeconds(at), zone, door: { id: door.id, name: door.name, lockId: door.lockId },
    siteId: key.siteId, rosterVersion, fromAfar: remote, confirmed,
  })}\n`;
};

// ---- words ------------------------------------------------------------------------------------------------------------------

const NAME_WIDTH = 9;
/** No calendar has a name here: names stay with the hub. */
const CALENDAR = 'the site’s holidays';

const headline = (answer: Answer): string => {
  const { opening, at, zone, door } = answer;
  const terms = plainOf(answer.terms);
  if (opening.opens) return wrapped(`Yes. ${terms === undefined ? 'The lock would open.' : openingWords(opening, { terms, at, now: at, zone }).why}`, 0);
  const { says, follows } = reasonWords(answer);
  return wrapped(`No. On ${shortDate(at, at, zone)}, ${plainTime(at, zone)}, ${zoneName(zone)}, ${door.name} would not open:`, 0) + wrapped(follows === undefined ? says : `${says} ${follows}`, 0);
};

/** As the lock's reason reads at that time to who holds the key. */
const reasonWords = ({ opening, reason, terms, at, zone }: Answer): KeyReason => {
  const plain = plainOf(terms);
  const next = opening.opens ? undefined : opening.next;
  return plain === undefined ? { says: reasonSentence(reason) } : keyReason(reason, { terms: plain, now: at, zone, next, calendarName: CALENDAR });
};

const plainOf = (terms: GrantTerms | undefined): PlainTerms | undefined => (terms === undefined ? undefined : plainTermsOf(terms));

const rowsOf = ({ reason, at, zone, door, key, terms, rosterVersion, remote, confirmed }: Answer): readonly (readonly [string, string])[] => {
  const plain = plainOf(terms);
  return [
    ['Reason', `${reason} (${REASONS[reason].number})`],
    ['Door', `${door.name} (lock ${door.lockId}), ${remote ? 'from afar' : 'at the door'}`],
    ['Time', whenWords(at, zone)],
    ...(plain === undefined ? [] : [['Key', termsLine(plain, { calendarName: () => CALENDAR, now: at, zone })] as const]),
    ['Site', `${key.siteName} (${key.siteId})`],
    ['Goes by', goesBy({ rosterVersion, confirmed, plain, revocations: key.revocations.length })],
  ];
};

const whenWords = (at: Instant, zone: string): string => `${shortDate(at, 0, zone)}, ${plainTime(at, zone)}, ${zoneName(zone)} (${isoSeconds(at)})`;

type Basis = { readonly rosterVersion: number; readonly confirmed: boolean; readonly plain: PlainTerms | undefined; readonly revocations: number };

const goesBy = ({ rosterVersion, confirmed, plain, revocations }: Basis): string => {
  const isCounted = plain !== undefined && (plain.uses !== null || plain.minutesAfterFirstUse !== null);
  const parts = [
    `roster ${rosterVersion}`,
    ...(revocations > 0 ? ['the revocations in the file'] : []),
    ...(plain === undefined || plain.freshForS === null ? [] : [confirmed ? 'a key that the hub confirms then' : 'the word from the hub in the file']),
    ...(isCounted ? ['no opening so far'] : []),
    'a lock whose clock is set',
  ];
  return `${parts.join('; ')}.`;
};
