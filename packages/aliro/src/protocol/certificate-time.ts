// The two written times of X.509 (RFC 5280 §4.1.2.5): UTCTime `YYMMDDHHMMSSZ` (1950 to 2049) and GeneralizedTime
// `YYYYMMDDHHMMSSZ`, both in UTC. Calendar days that do not exist are refused.

import type { Instant } from '@mortise/base/instant.ts';
import { digitsAt, instantOfTime } from '@mortise/base/written-time.ts';

const PIVOT = 50;
const UTC_TIME = 13;
const GENERALIZED_TIME = 15;

/** Undefined: not in either form, no such day or time, or before 1970. */
export const timeOf = (text: string): Instant | undefined => {
  if ((text.length !== UTC_TIME && text.length !== GENERALIZED_TIME) || !text.endsWith('Z')) return undefined;
  const at = text.length - UTC_TIME + 2;
  return instantOfTime({
    year: yearOf(digitsAt(text, 0, at), at), month: digitsAt(text, at, 2), day: digitsAt(text, at + 2, 2),
    hour: digitsAt(text, at + 4, 2), minute: digitsAt(text, at + 6, 2), second: digitsAt(text, at + 8, 2),
  });
};

const yearOf = (written: number, digits: number): number => {
  if (digits === 4) return written;
  return written < PIVOT ? 2000 + written : 1900 + written;
};
