// What every PIN, card and finger of a roster says besides what it is known by: for whom it stands, what it may do, when, and
// whether something else of the same person must come with it. Each condition only narrows. CBOR: text keys, exactly these.

import { readSchedule, scheduleCbor } from '@mortise/aliro/access-schedule.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBoolean, asBytes, asList, asNumber, type Cbor } from '@mortise/base/cbor.ts';
import { IDENTIFIER_BYTES } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { MAX_CALENDAR_ID } from './calendar.ts';
import { asInstant, type Fields } from './fields.ts';
import { ALL_RIGHTS } from './trusted-entry.ts';

/** What a person can prove themselves by in a pair. */
export const FACTORS = ['phone', 'pin', 'card', 'finger'] as const;
export type Factor = (typeof FACTORS)[number];

export const MAX_ENTRY_HOURS = 4;
export const TERM_NAMES = ['pseudonym', 'rights', 'from', 'until', 'hours', 'holidays', 'second', 'duress'] as const;

export type EntryTerms = {
  /** 16 random bytes that stand for the person in the lock's records, the same in all entries of that person at this lock. */
  readonly pseudonym: Bytes;
  /** Sum of `RIGHTS`, 1 to `ALL_RIGHTS`. */
  readonly rights: number;
  /** First and last instant; null: without such a limit. */
  readonly from: Instant | null;
  readonly until: Instant | null;
  /** At most 4 windows, one of which must be active; none: at all hours. */
  readonly hours: readonly Schedule[];
  /** The roster's calendar on whose days it does not hold: 1 to 255. */
  readonly holidays: number | null;
  /** One of these must come from the same person with it, each once; none: it opens alone. */
  readonly second: readonly Factor[];
  /** Opens like any other, and raises a silent alarm. */
  readonly duress: boolean;
};

/** The terms as they stand in an entry's map. */
export const termValues = (terms: EntryTerms): readonly (readonly [string, Cbor])[] =>
  TERM_NAMES.map((name) => [name, name === 'hours' ? terms.hours.map(scheduleCbor) : terms[name]]);

export const readTerms = (read: Fields): EntryTerms | undefined => {
  const pseudonym = asBytes(read('pseudonym'), IDENTIFIER_BYTES);
  const rights = asNumber(read('rights'), 1, ALL_RIGHTS);
  const limits = readLimits(read);
  const second = asFactors(read('second'));
  const duress = asBoolean(read('duress'));
  if (pseudonym === undefined || rights === undefined || limits === undefined || second === undefined || duress === undefined) return undefined;
  return { pseudonym, rights, ...limits, second, duress };
};

type Limits = Pick<EntryTerms, 'from' | 'until' | 'hours' | 'holidays'>;

const readLimits = (read: Fields): Limits | undefined => {
  const [from, until] = [orNull(read('from'), asInstant), orNull(read('until'), asInstant)];
  const hours = asList(read('hours'), 0, MAX_ENTRY_HOURS, readSchedule);
  const holidays = orNull(read('holidays'), (value) => asNumber(value, 1, MAX_CALENDAR_ID));
  if (from === undefined || until === undefined || hours === undefined || holidays === undefined) return undefined;
  return from !== null && until !== null && from > until ? undefined : { from, until, hours, holidays };
};

/** Null stays null; undefined for what `read` does not read. */
export const orNull = <T>(value: Cbor | undefined, read: (value: Cbor | undefined) => T | undefined): T | null | undefined =>
  value === null ? null : read(value);

const asFactors = (value: Cbor | undefined): readonly Factor[] | undefined => {
  const factors = asList(value, 0, FACTORS.length, (item) => FACTORS.find((factor) => factor === item));
  return factors?.length === new Set(factors).size ? factors : undefined;
};
