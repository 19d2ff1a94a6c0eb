// What records are searched for, as it stands in the address of the page: readable, so that it can be sent on. Days and times are the site's
// wall clock; a name that the page does not know is left out.

import { identifier } from '@mortise/api/fields.ts';
import { instantOfWall } from '@mortise/words/wall-clock.ts';

/** Identifiers; times as `2026-05-29T14:06`. Left out: anything. */
export type RecordSearch = { readonly lock?: string; readonly key?: string; readonly person?: string; readonly location?: string; readonly from?: string; readonly until?: string };

const IDS = ['lock', 'key', 'person', 'location'] as const;
const TIMES = ['from', 'until'] as const;
const FIELDS = [...IDS, ...TIMES];
const WALL = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})$/;

/** Takes any query of an address. */
export const searchOf = (query: string): RecordSearch => {
  const given = new URLSearchParams(query);
  const read = FIELDS.flatMap((field) => {
    const text = given.get(field) ?? '';
    const isGood = field === 'from' || field === 'until' ? WALL.test(text) : identifier.safeParse(text).success;
    return isGood ? [[field, text] as const] : [];
  });
  return Object.fromEntries(read);
};

/** `/estate/records`, with what is searched for. */
export const recordsPath = (search: RecordSearch): string => {
  const given = new URLSearchParams(FIELDS.flatMap((field) => (search[field] === undefined || search[field] === '' ? [] : [[field, search[field]]])));
  return given.size === 0 ? '/estate/records' : `/estate/records?${given.toString().replaceAll('%3A', ':')}`;
};

const MINUTE_MS = 60_000;

/** The instant of such a field; undefined: it says none. */
export const atWall = (text: string | undefined, zone: string, which: 'first' | 'last'): number | undefined => {
  const [, day, time] = text?.match(WALL) ?? [];
  return day === undefined || time === undefined ? undefined : instantOfWall({ day, time }, zone, which);
};

/** What is asked of the hub; `until` is the whole of its minute. An hour that a clock goes through twice is both of them. */
export const queryOf = ({ lock, key, person, location, from, until }: RecordSearch, zone: string): Readonly<Record<string, string | number | undefined>> => {
  const [start, end] = [atWall(from, zone, 'first'), atWall(until, zone, 'last')];
  return { lock, ekey: key, person, location, from: start && Math.max(0, start), until: end && Math.max(0, end + MINUTE_MS - 1) };
};

/** Why nothing can be found; undefined: something may. */
export const searchFault = ({ from, until }: RecordSearch): string | undefined => (from !== undefined && until !== undefined && until < from ? 'It ends before it begins.' : undefined);

export const isSearch = (search: RecordSearch): boolean => Object.keys(search).length > 0;
