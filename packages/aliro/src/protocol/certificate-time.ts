// The two written times of X.509 (RFC 5280 §4.1.2.5): UTCTime `YYMMDDHHMMSSZ` (1950 to 2049) and GeneralizedTime
// `YYYYMMDDHHMMSSZ`, both in UTC. Calendar days that do not exist are refused.

import { isInstant, type Instant } from '@mortise/base/instant.ts';

const FORM = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const PIVOT = 50;

const fullYear = (written: string): number => {
  const year = Number(written);
  if (written.length === 4) return year;
  return year < PIVOT ? 2000 + year : 1900 + year;
};

/** Undefined: not in either form, no such day or time, or before 1970. */
export const timeOf = (text: string): Instant | undefined => {
  const [, year, ...rest] = FORM.exec(text) ?? [];
  if (year === undefined) return undefined;
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = rest.map(Number);
  const at = Date.UTC(fullYear(year), month - 1, day, hour, minute, second);
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(fullYear(year), month) && hour < 24 && minute < 60 && second < 60;
  return exists && isInstant(at) ? at : undefined;
};

/** Day 0 of the next month is the last of this one. */
const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
