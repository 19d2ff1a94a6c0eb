// The times in Aliro's documents and in tags 91 and 92: 20 characters `YYYY-MM-DDTHH:MM:SSZ` in UTC (SPEC §3.3, §8.2).

import { fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { isoSeconds, isInstant, type Instant } from '@mortise/base/instant.ts';

export const DOCUMENT_TIME_BYTES = 20;

const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** The 30th of February and 24 o'clock are parsed as a later day. To write the time again and compare would cost three times as much. */
const isOnDay = (at: Instant, text: string): boolean => new Date(at).getUTCDate() === Number(text.slice(8, 10));

/** Undefined: not in the form, no such day or time, or before 1970. */
export const documentTime = (text: string): Instant | undefined => {
  const at = FORM.test(text) ? Date.parse(text) : Number.NaN;
  return isInstant(at) && isOnDay(at, text) ? at : undefined;
};

/** The same from bytes; any bytes are taken. */
export const readDocumentTime = (bytes: Bytes): Instant | undefined => documentTime(fromUtf8(bytes));

export const encodeDocumentTime = (at: Instant): Bytes => utf8(isoSeconds(at));
