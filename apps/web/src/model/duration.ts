// A time span as a field holds it while it is typed: a number and its unit. Cleared and typed anew it says nothing for a moment, and nothing is put in its place.

import { counted } from '@mortise/words/lists.ts';

export const UNITS = { s: { ms: 1000, one: 'second' }, min: { ms: 60_000, one: 'minute' }, h: { ms: 3_600_000, one: 'hour' } } as const;
export type Unit = keyof typeof UNITS;
export const UNIT_NAMES = ['s', 'min', 'h'] as const satisfies readonly Unit[];

export type Duration = { readonly text: string; readonly unit: Unit };
/** In ms. */
export type DurationBounds = { readonly min: number; readonly max: number };

/** The largest unit in which it is a whole number; parts of a second stay as they are. */
export const durationOf = (ms: number): Duration => {
  const unit = UNIT_NAMES.findLast((each) => ms > 0 && ms % UNITS[each].ms === 0) ?? 's';
  return { text: String(ms / UNITS[unit].ms), unit };
};

/** Undefined: it is no number, or out of bounds. At most three digits after a point or a comma. */
export const msOf = ({ text, unit }: Duration, { min, max }: DurationBounds): number | undefined => {
  const value = /^\s*\d{1,6}(?:[.,]\d{1,3})?\s*$/.test(text) ? Math.round(Number(text.replace(',', '.')) * UNITS[unit].ms) : undefined;
  return value === undefined || value < min || value > max ? undefined : value;
};

/** "5 minutes", "1 hour", "90 seconds". */
export const durationWords = (ms: number): string => {
  const { text, unit } = durationOf(ms);
  return counted(Number(text), UNITS[unit].one);
};

export const boundsSentence = ({ min, max }: DurationBounds): string => `From ${durationWords(min)} to ${durationWords(max)}.`;
