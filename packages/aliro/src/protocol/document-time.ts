// The times in Aliro's documents and in tags 91 and 92: 20 characters `YYYY-MM-DDTHH:MM:SSZ` in UTC (SPEC §3.3, §8.2).

import { fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { digitsAt, instantOfTime, isoSeconds } from '@mortise/base/written-time.ts';

export const DOCUMENT_TIME_BYTES = 20;

/** Undefined: not in the form, no such day or time, or before 1970. */
export const documentTime = (text: string): Instant | undefined => {
  if (text.length !== DOCUMENT_TIME_BYTES) return undefined;
  const isMarked = text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':' && text[19] === 'Z';
  if (!isMarked) return undefined;
  return instantOfTime({
    year: digitsAt(text, 0, 4), month: digitsAt(text, 5, 2), day: digitsAt(text, 8, 2),
    hour: digitsAt(text, 11, 2), minute: digitsAt(text, 14, 2), second: digitsAt(text, 17, 2),
  });
};

/** The same from bytes; any bytes are taken. */
export const readDocumentTime = (bytes: Bytes): Instant | undefined => documentTime(fromUtf8(bytes));

export const encodeDocumentTime = (at: Instant): Bytes => utf8(isoSeconds(at));
