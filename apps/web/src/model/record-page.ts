// Records as they were found: page after page of one search, with what is missing of the journals it was about.

import { signal } from '@preact/signals';
import type { RecordGap, RecordItem } from '@mortise/api/records.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { call, type Failure } from './client.ts';
import { zone } from './live.ts';
import { queryOf, recordsPath, type RecordSearch } from './record-search.ts';

/** `of`: the address of the search. */
export type Found = { readonly of: string; readonly items: readonly RecordItem[]; readonly next: number | null; readonly gaps: readonly RecordGap[]; readonly moreGaps: boolean };

const found = signal<Found | undefined>(undefined);
export const foundFailure = signal<Failure | undefined>(undefined);
export const searching = signal(false);

/** What was asked last: an answer to something else is not shown. */
let asked = '';
const LIMIT = 50;

/** What was found by this search; undefined: nothing yet. */
export const foundBy = (search: RecordSearch): Found | undefined => (found.value?.of === recordsPath(search) ? found.value : undefined);

/** The newest of what is searched for. */
export const searchRecords = async (search: RecordSearch): Promise<void> => {
  asked = recordsPath(search);
  found.value = undefined;
  await ask(search, undefined);
};

/** The next page of the same. */
export const olderRecords = async (search: RecordSearch): Promise<void> => {
  const before = foundBy(search);
  if (!searching.value && before !== undefined && before.next !== null) await ask(search, before);
};

const ask = async (search: RecordSearch, before: Found | undefined): Promise<void> => {
  const of = recordsPath(search);
  searching.value = true;
  const answer = await call(ROUTES.records, { query: { ...queryOf(search, zone.value), before: before?.next ?? undefined, limit: LIMIT } });
  if (of !== asked) return;
  searching.value = false;
  foundFailure.value = answer.ok ? undefined : answer.error;
  if (!answer.ok) return;
  const { items, next, gaps, moreGaps } = answer.value;
  found.value = before === undefined ? { of, items, next, gaps, moreGaps } : { ...before, items: [...before.items, ...items], next };
};
