// A finger in a roster: a slot of the sensor, which matches by itself. The lock never sees a template, and the roster has none.

import { asNumber } from '@mortise/base/cbor.ts';
import { readTerms, TERM_NAMES, termValues, type EntryTerms } from './entry-terms.ts';
import { exactFields } from './fields.ts';
import type { EntryForm } from './sealed-entry.ts';

export const MAX_SLOT = 0xffff;

export type FingerEntry = EntryTerms & {
  /** 0 to 65535. */
  readonly slot: number;
};

export const FINGER_ENTRY: EntryForm<FingerEntry> = {
  kind: 'finger',
  write: (entry) => new Map([...termValues(entry), ['slot', entry.slot]]),
  read: (value) => {
    const read = exactFields(value, [...TERM_NAMES, 'slot']);
    const terms = read && readTerms(read);
    const slot = asNumber(read?.('slot'), 0, MAX_SLOT);
    return terms === undefined || slot === undefined ? undefined : { ...terms, slot };
  },
};
