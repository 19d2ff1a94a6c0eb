// A key as it is being lent: what the fields hold, and the terms that they mean. Days and times are the door's wall clock. Nothing here
// decides; what does not hold together yet is said, by the step at which it is to be mended.

import { GRANT_VERBS, type GrantVerb } from '@mortise/access/grant.ts';
import type { GrantTermsJson, HoursWindow } from '@mortise/api/grants.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { dayAfter, instantOfWall, wallTime, weekdayOf, type WallTime } from '@mortise/words/wall-clock.ts';
import { NO_COUNT } from './count.ts';

export const LEND_STEPS = ['who', 'doors', 'when', 'send'] as const;
export type LendStep = (typeof LEND_STEPS)[number];

/** Somebody new, by a name, or with `id` somebody who was invited before; or a person whose key is known. */
export type LendWho = { readonly kind: 'new'; readonly name: string; readonly id?: string } | { readonly kind: 'known'; readonly id: string; readonly name: string; readonly credentialKey: string };

export type LendWay = 'mail' | 'sms' | 'share' | 'qr' | 'app';

/** What every key may do, and what it may besides if that is said. */
const USUAL: readonly GrantVerb[] = ['unlock', 'lock'];
export type MoreVerb = Exclude<GrantVerb, 'unlock' | 'lock'>;
export const moreOf = (verbs: readonly GrantVerb[]): readonly MoreVerb[] => verbs.filter((verb) => verb !== 'unlock' && verb !== 'lock');

export type LendDraft = {
  readonly who: LendWho;
  readonly places: readonly string[];
  readonly from: WallTime;
  readonly until: WallTime;
  readonly hours: readonly HoursWindow[];
  /** `NO_COUNT`: limited, and not said yet to how many. */
  readonly uses: number | null;
  readonly minutesAfterFirstUse: number | null;
  readonly holidays: number | null;
  /** How long the key opens without having heard from the hub. */
  readonly freshForS: number;
  readonly remote: boolean;
  readonly more: readonly MoreVerb[];
  readonly way: LendWay;
  readonly address: string;
  readonly number: string;
  readonly word: string;
  /** The owner signs once it is seen who asks. */
  readonly confirm: boolean;
  /** The grant whose unused link ends for this one. */
  readonly replaces: string | undefined;
};

const DAY_S = 86_400;
export const FRESH_CHOICES: readonly (readonly [number, string])[] = [[3600, 'an hour'], [DAY_S, 'a day'], [7 * DAY_S, 'a week'], [30 * DAY_S, 'a month']];

const MINUTE_MS = 60_000;

/** From this minute for a week, at any hour. */
export const freshDraft = (places: readonly string[], now: number, zone: string): LendDraft => ({
  who: { kind: 'new', name: '' }, places, ...spanOf('week', now, zone), hours: [], uses: null, minutesAfterFirstUse: null, holidays: null, freshForS: DAY_S,
  remote: false, more: [], way: 'mail', address: '', number: '', word: '', confirm: false, replaces: undefined,
});

// ---- spans that people name ---------------------------------------------------------------------------------------------------

export const SPANS = ['today', 'weekend', 'week', 'month', 'year'] as const;
export type Span = (typeof SPANS)[number];

const END: string = '23:59';

const lastDayOf = (span: Span, today: string): string => {
  switch (span) {
    case 'today':
      return today;
    case 'weekend':
      return dayAfter(today, 7 - weekdayOf(today));
    case 'week':
      return dayAfter(today, 7);
    case 'month':
      return dayAfter(today, 30);
    case 'year':
      return dayAfter(today, 365);
  }
};

/** From now, or from Saturday for a weekend to come, to the end of the last day. */
export const spanOf = (span: Span, now: number, zone: string): Pick<LendDraft, 'from' | 'until'> => {
  const here = wallTime(now, zone);
  const ahead = span === 'weekend' ? Math.max(0, 6 - weekdayOf(here.day)) : 0;
  const from = ahead > 0 ? { day: dayAfter(here.day, ahead), time: '00:00' } : here;
  return { from, until: { day: lastDayOf(span, here.day), time: END } };
};

// ---- what it means -----------------------------------------------------------------------------------------------------------

/** `step`: where it is mended. */
export type DraftFault = { readonly step: LendStep; readonly says: string };

/** The field says it too. */
export const COUNT_FAULT: DraftFault = { step: 'when', says: 'Say how many openings.' };

const MOST_PLACES = 32;
export const MOST_USES = 65_535;
const EPOCH_END = Date.parse('9999-01-01T00:00:00Z');

/** The last minute is wholly of the key. */
const endOf = (wall: WallTime, zone: string): number | undefined => {
  const at = instantOfWall(wall, zone, 'last');
  return at === undefined || wall.time !== END ? at : at + MINUTE_MS;
};

/** First and last instant of what the fields say. */
export const datesOf = ({ from, until }: Pick<LendDraft, 'from' | 'until'>, now: number, zone: string): Result<{ readonly from: number; readonly until: number }, DraftFault> => {
  const [start, end] = [instantOfWall(from, zone), endOf(until, zone)];
  if (start === undefined || end === undefined || end > EPOCH_END) return err({ step: 'when', says: 'Say from which day and time to which.' });
  if (end <= start) return err({ step: 'when', says: 'It ends before it begins.' });
  return end <= now ? err({ step: 'when', says: 'That is over already.' }) : ok({ from: start, until: end });
};

export const areHours = (hours: readonly HoursWindow[]): boolean => hours.every(({ days, from, until }) => days.length > 0 && from !== '' && until !== '');

/** The terms of the draft, or the first thing that they lack. Every key lapses without word from the hub, unless an owner's own hand signs it for longer. */
export const termsOfDraft = (draft: LendDraft, now: number, zone: string): Result<GrantTermsJson, DraftFault> => {
  const { places, hours, uses, minutesAfterFirstUse, holidays, freshForS, remote, more } = draft;
  const verbs = GRANT_VERBS.filter((verb) => [...USUAL, ...more].includes(verb));
  if (places.length === 0) return err({ step: 'doors', says: 'Choose at least one door.' });
  if (places.length > MOST_PLACES) return err({ step: 'doors', says: `A key opens at most ${MOST_PLACES} doors and groups. Make a group of them.` });
  const dates = datesOf(draft, now, zone);
  if (!dates.ok) return dates;
  if (!areHours(hours)) return err({ step: 'when', says: 'Say on which days, and from when to when.' });
  if (uses === NO_COUNT) return err(COUNT_FAULT);
  return ok({ places: [...places], verbs, ...dates.value, hours: [...hours], uses, minutesAfterFirstUse, freshForS, holidays, remote });
};

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const NUMBER = /^\+[1-9]\d{6,14}$/;

/** "+41 79 123 45 67" as the gateway wants it. */
export const plainNumber = (typed: string): string => typed.replaceAll(/[\s().-]/g, '').replace(/^00/, '+');

const addressFault = ({ way, address, number, who }: LendDraft): string | undefined => {
  if (way === 'mail' && !MAIL.test(address.trim())) return 'Say to which e-mail address.';
  if (way === 'sms' && !NUMBER.test(plainNumber(number))) return 'Say to which number, with its country: +41 79 …';
  return way === 'app' && who.kind !== 'known' ? 'Only somebody who holds a key already gets one straight into the app.' : undefined;
};

/** What keeps the draft from being sent; undefined: nothing. */
export const draftFault = (draft: LendDraft, isName: (name: string) => boolean, now: number, zone: string): DraftFault | undefined => {
  if (!isName(draft.who.name)) return { step: 'who', says: 'Say who gets the key.' };
  const terms = termsOfDraft(draft, now, zone);
  if (!terms.ok) return terms.error;
  const address = addressFault(draft);
  return address === undefined ? undefined : { step: 'send', says: address };
};

/** Whether an owner signs the key's own document: only then may it open from afar. */
export const isConfirmed = ({ way, confirm, remote }: Pick<LendDraft, 'way' | 'confirm' | 'remote'>): boolean => way === 'app' || confirm || remote;

const QR_MS = 15 * MINUTE_MS;
const LINK_MS = 3 * 86_400_000;

/** Until when the link may be fetched: a code on the screen briefly; else three days, or until the key begins; never longer than the key. */
export const redeemByOf = (way: LendWay, { from, until }: Pick<GrantTermsJson, 'from' | 'until'>, now: number): number =>
  Math.min(until, way === 'qr' ? now + QR_MS : Math.max(now + LINK_MS, from));
