// Electronic keys in the order in which somebody has to look after them, and what they come to together.

import type { Ekey } from '@mortise/api/ekeys.ts';
import { isEmptied, isOverdue, isPastDue } from '../words/ekey.ts';
import { isFound } from './find.ts';

export type EkeyCounts = { readonly all: number; readonly out: number; readonly overdue: number; readonly pastDue: number; readonly lost: number };

export const ekeyCounts = (ekeys: readonly Ekey[], now: number): EkeyCounts => ({
  all: ekeys.length, out: ekeys.filter(({ state }) => state === 'issued').length, overdue: ekeys.filter((ekey) => isOverdue(ekey, now)).length, pastDue: ekeys.filter((ekey) => isPastDue(ekey, now)).length, lost: ekeys.filter(({ state }) => state === 'lost').length,
});

const rank = (ekey: Ekey, now: number): number => {
  if (ekey.state === 'lost') return isEmptied(ekey) ? 3 : 0;
  if (isOverdue(ekey, now) || isPastDue(ekey, now)) return 1;
  if (!ekey.orders.isCurrent) return 2;
  return ekey.state === 'issued' ? 4 : 5;
};

/** Lost first, then overdue or past their date, then those that wait for an update; of each kind those that are due back first. */
export const urgentFirst = (ekeys: readonly Ekey[], now: number): readonly Ekey[] =>
  ekeys.toSorted((a, b) => rank(a, now) - rank(b, now) || (a.dueBack ?? Infinity) - (b.dueBack ?? Infinity) || (a.orders.revalidateBy ?? Infinity) - (b.orders.revalidateBy ?? Infinity) || a.name.localeCompare(b.name, 'en', { numeric: true }));

/** By the key's name, what is printed on it, and who has it. */
export const foundEkeys = (ekeys: readonly Ekey[], typed: string): readonly Ekey[] => ekeys.filter(({ name, serial, person }) => isFound(typed, name, serial, person?.name ?? ''));
