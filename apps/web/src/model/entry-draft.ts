// A PIN or a finger as it is being given: what the fields hold, and what they mean. Days and times are the door's wall clock.

import type { EntryTermsJson } from '@mortise/api/entries.ts';
import type { HoursWindow } from '@mortise/api/grants.ts';
import type { EntryTerms, Factor } from '@mortise/documents/entry-terms.ts';
import { RIGHTS } from '@mortise/documents/trusted-entry.ts';
import { isPin } from '@mortise/documents/pin-entry.ts';
import { required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { scheduleOf } from '@mortise/management/hours-window.ts';
import { areHours, datesOf, spanOf, type LendDraft } from './lend-draft.ts';

export type EntryWho = { readonly id: string; readonly name: string; readonly isNew: boolean };

export type EntryDraft = Pick<LendDraft, 'from' | 'until' | 'holidays'> & {
  readonly who: EntryWho;
  readonly digits: string;
  /** Whether it has dates at all. */
  readonly isLimited: boolean;
  readonly hours: readonly HoursWindow[];
  readonly second: Factor | undefined;
  readonly duress: boolean;
};

export const freshEntryDraft = (who: EntryWho, digits: string, now: number, zone: string): EntryDraft =>
  ({ who, digits, isLimited: false, ...spanOf('week', now, zone), hours: [], holidays: null, second: undefined, duress: false });

export const MAX_ENTRY_WINDOWS = 4;

/** What the draft says, or the first thing that it lacks, as a sentence. */
export const entryTermsOf = (draft: EntryDraft, now: number, zone: string): Result<EntryTermsJson, string> => {
  const { isLimited, hours, holidays, second } = draft;
  const dates = isLimited ? datesOf(draft, now, zone) : ok({ from: null, until: null });
  if (!dates.ok) return err(dates.error.says);
  if (hours.length > MAX_ENTRY_WINDOWS) return err(`A lock keeps at most ${MAX_ENTRY_WINDOWS} times of the week for it.`);
  if (!areHours(hours) || hours.some((window) => scheduleOf(window) === undefined)) return err('Say on which days, and from when to when.');
  return ok({ verbs: ['unlock', 'lock'], ...dates.value, hours: [...hours], holidays, second: second === undefined ? [] : [second] });
};

/** The same as the lock reads it. */
export const sealedTermsOf = (terms: EntryTermsJson, pseudonym: Uint8Array, duress: boolean): EntryTerms => ({
  pseudonym,
  rights: terms.verbs.reduce((sum, verb) => sum + RIGHTS[verb], 0),
  from: terms.from === null ? null : instant(terms.from),
  until: terms.until === null ? null : instant(terms.until),
  hours: terms.hours.map((window) => required(scheduleOf(window), 'hours that are out of form were refused')),
  holidays: terms.holidays,
  second: terms.second,
  duress,
});

// ---- PINs --------------------------------------------------------------------------------------------------------------------

const MOST_COMMON = 3;

/** Why these digits make a poor PIN, as a sentence; undefined: they will do. */
export const pinFault = (digits: string): string | undefined => {
  if (!isPin(digits)) return 'A PIN has 6 to 9 digits.';
  const steps = digits.split('').slice(1).map((digit, index) => Number(digit) - Number(digits[index]));
  if (new Set(steps).size === 1) return 'Whoever tries PINs begins with rows like this one. Choose another.';
  if (new Set(digits).size < MOST_COMMON) return 'Too many digits are the same. Choose another.';
  return isDate(digits) ? 'This reads as a date, which people try first. Choose another.' : undefined;
};

const isDate = (digits: string): boolean => /^(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)?\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/.test(digits);

/** Seven digits, without a bias, and none that `pinFault` minds. `fresh`: 4 random bytes, drawn as often as it takes. */
export const drawPin = (fresh: () => Uint8Array): string => {
  for (;;) {
    const draw = fresh().reduce((sum, byte) => sum * 256 + byte, 0);
    const pin = String(draw % PINS).padStart(PIN_LENGTH, '0');
    if (draw < LIMIT && pinFault(pin) === undefined) return pin;
  }
};

const PIN_LENGTH = 7;
const PINS = 10 ** PIN_LENGTH;
const LIMIT = 2 ** 32 - (2 ** 32 % PINS);
