// What somebody asks for: a door, found by words, a time on the site's wall clock, and why. Nothing here decides; the hub and then an owner do.

import { MAX_WORD_CHARACTERS } from '@mortise/api/grants.ts';
import type { AskablePlaces } from '@mortise/api/locations.ts';
import { isAskable } from '@mortise/management/access-request.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { dayAfter, instantOfWall, wallTime, type WallTime } from '@mortise/words/wall-clock.ts';

export type AskableDoor = AskablePlaces['doors'][number];

export type AskDraft = { readonly ekeyId: string | undefined; readonly doorId: string | undefined; readonly from: WallTime; readonly until: WallTime; readonly reason: string };

export const ASK_SPANS = ['now', 'today', 'tomorrow', 'week'] as const;
export type AskSpan = (typeof ASK_SPANS)[number];

const HOUR_MS = 3_600_000;
/** How long a job takes for which somebody asks on the spot. */
const NOW_MS = 4 * HOUR_MS;
const [FIRST, LAST] = ['00:00', '23:59'];

/** From when to when, as the fields hold it. */
export const askSpan = (span: AskSpan, now: number, zone: string): Pick<AskDraft, 'from' | 'until'> => {
  const from = wallTime(now, zone);
  switch (span) {
    case 'now':
      return { from, until: wallTime(now + NOW_MS, zone) };
    case 'today':
      return { from, until: { day: from.day, time: LAST } };
    case 'tomorrow':
      return { from: { day: dayAfter(from.day, 1), time: FIRST }, until: { day: dayAfter(from.day, 1), time: LAST } };
    case 'week':
      return { from, until: { day: dayAfter(from.day, 7), time: LAST } };
  }
};

export const freshAsk = (ekeyId: string | undefined, now: number, zone: string): AskDraft => ({ ekeyId, doorId: undefined, ...askSpan('now', now, zone), reason: '' });

/** The span that the draft's times are, if any; one that begins now stays so while the minutes pass. */
export const spanIn = (draft: Pick<AskDraft, 'from' | 'until'>, now: number, zone: string): AskSpan | undefined =>
  ASK_SPANS.find((span) => {
    const { from, until } = askSpan(span, now, zone);
    if (span === 'now') return from.day === draft.from.day && lengthOf(draft, zone) === NOW_MS;
    return from.day === draft.from.day && until.day === draft.until.day && until.time === draft.until.time;
  });

const lengthOf = ({ from, until }: Pick<AskDraft, 'from' | 'until'>, zone: string): number => (instantOfWall(until, zone, 'last') ?? NaN) - (instantOfWall(from, zone) ?? NaN);

export type Asking = { readonly ekeyId: string; readonly doorId: string; readonly from: number; readonly until: number; readonly reason: string };
/** Which field, and what is wrong with it. `silent`: not filled in yet, which is no fault. */
export type AskFault = { readonly field: 'ekey' | 'door' | 'when' | 'reason'; readonly says: string; readonly silent: boolean };

const fault = (field: AskFault['field'], says: string, silent = false): Result<never, AskFault> => err({ field, says, silent });

/** What is asked for, or what is to be mended first. A time that begins by the wall clock's minute begins now. */
export const askingOf = ({ ekeyId, doorId, from, until, reason }: AskDraft, now: number, zone: string): Result<Asking, AskFault> => {
  if (ekeyId === undefined) return fault('ekey', 'Choose the key.', true);
  if (doorId === undefined) return fault('door', 'Choose the door.', true);
  const [first, last] = [instantOfWall(from, zone), instantOfWall(until, zone, 'last')];
  if (first === undefined || last === undefined) return fault('when', 'Fill in the dates and times.');
  if (last <= first) return fault('when', 'It ends before it begins.');
  if (!isAskable({ from: first, until: last }, now)) return fault('when', last <= now ? 'That time is over.' : 'Ask for a time within a year from now.');
  const why = reason.trim();
  if (why === '') return fault('reason', 'Say why: whoever decides reads it.', true);
  return why.length > MAX_WORD_CHARACTERS ? fault('reason', `Say it in at most ${MAX_WORD_CHARACTERS} characters.`) : ok({ ekeyId, doorId, from: first, until: last, reason: why });
};

// ---- finding a door --------------------------------------------------------------------------------------------------------

export const MAX_FOUND = 20;
/** So much of a lock's number tells it from others. */
const NUMBER_CHARACTERS = 4;

const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

const matches = ({ name, location, lockId }: AskableDoor, words: readonly string[], text: string): boolean => {
  const said = plain(`${name} ${location?.name ?? ''}`);
  return words.every((word) => said.includes(word)) || (text.length >= NUMBER_CHARACTERS && lockId.startsWith(text));
};

const byName = (a: AskableDoor, b: AskableDoor): number => (a.location?.name ?? '').localeCompare(b.location?.name ?? '', 'en', { numeric: true }) || a.name.localeCompare(b.name, 'en', { numeric: true });

/** The doors whose name and location hold every word, or whose lock's number begins so; by location and name. `more`: how many beyond MAX_FOUND. */
export const foundDoors = (doors: readonly AskableDoor[], text: string): { readonly doors: readonly AskableDoor[]; readonly more: number } => {
  const words = plain(text).split(/\s+/).filter((word) => word !== '');
  const found = doors.filter((door) => matches(door, words, text.trim())).toSorted(byName);
  return { doors: found.slice(0, MAX_FOUND), more: Math.max(0, found.length - MAX_FOUND) };
};
