// A card in a roster: which card says it is this one, and the AES-128 key by which it proves that. Each card has keys of its own, so
// that a lock holds nothing that opens for another card; the number alone opens nothing.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes } from '@mortise/base/cbor.ts';
import { Secret } from '@mortise/base/secret.ts';
import { readTerms, TERM_NAMES, termValues, type EntryTerms } from './entry-terms.ts';
import { exactFields } from './fields.ts';
import type { EntryForm } from './sealed-entry.ts';

export const CARD_KEY_BYTES = 16;
/** Of a card's number: a UID has 4, 7 or 10. */
export const CARD_NUMBER_BYTES = { min: 4, max: 16 } as const;

export type CardEntry = EntryTerms & {
  /** 4 to 16 bytes. */
  readonly card: Bytes;
  /** 16 bytes. */
  readonly key: Secret;
};

export const CARD_ENTRY: EntryForm<CardEntry> = {
  kind: 'card',
  write: (entry) => new Map([...termValues(entry), ['card', entry.card], ['key', entry.key.reveal()]]),
  read: (value) => {
    const read = exactFields(value, [...TERM_NAMES, 'card', 'key']);
    const terms = read && readTerms(read);
    const [card, key] = [asBytes(read?.('card')), asBytes(read?.('key'), CARD_KEY_BYTES)];
    if (terms === undefined || card === undefined || key === undefined) return undefined;
    return card.length < CARD_NUMBER_BYTES.min || card.length > CARD_NUMBER_BYTES.max ? undefined : { ...terms, card, key: new Secret(key) };
  },
};

/** Which card an entry is of. */
export const cardNumber = ({ card }: Pick<CardEntry, 'card'>): string => hex(card);
