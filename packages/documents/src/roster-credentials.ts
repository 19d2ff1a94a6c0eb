// What a roster holds, opened: trusted phones, and PINs, cards, fingers and the keys of offline codes.

import { hex } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { CARD_ENTRY, cardNumber, type CardEntry } from './card-entry.ts';
import { CODE_KEY_ENTRY, type CodeKeyEntry } from './code-key-entry.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { FINGER_ENTRY, type FingerEntry } from './finger-entry.ts';
import { PIN_ENTRY, type PinEntry } from './pin-entry.ts';
import { openEntries, type RosterFields } from './roster.ts';
import { openEntry, type EntryForm } from './sealed-entry.ts';
import type { TrustedEntry } from './trusted-entry.ts';

export type RosterCredentials = {
  /** Two may be of the same digits: whoever chose them must not learn that. */
  readonly pins: readonly PinEntry[];
  readonly cards: readonly CardEntry[];
  readonly fingers: readonly FingerEntry[];
  readonly codeKeys: readonly CodeKeyEntry[];
};

/** All that a roster is about. */
export type OpenedEntries = { readonly trusted: readonly TrustedEntry[]; readonly credentials: RosterCredentials };

/** Every entry of a roster, opened with the lock's seal key. All or nothing. Errors: `entry-unreadable`, `malformed`. */
export const openRosterEntries = (crypto: Crypto, seal: KeyPair, roster: RosterFields): Result<OpenedEntries, DocumentError> => {
  const [trusted, credentials] = [openEntries(crypto, seal, roster), openCredentials(crypto, seal, roster)];
  if (!trusted.ok) return trusted;
  return credentials.ok ? ok({ trusted: trusted.value, credentials: credentials.value }) : credentials;
};

/**
 * The entries but the trusted ones, opened with the lock's seal key. All or nothing.
 * Errors: `entry-unreadable` (sealed to another key, lock or kind, or out of form), `malformed` (a card, slot or code key twice).
 */
export const openCredentials = (crypto: Crypto, seal: KeyPair, roster: RosterFields): Result<RosterCredentials, DocumentError> => {
  const all = <Entry>(form: EntryForm<Entry>): readonly Entry[] | undefined => openAll(crypto, seal, roster, form);
  const [pins, cards, fingers, codeKeys] = [all(PIN_ENTRY), all(CARD_ENTRY), all(FINGER_ENTRY), all(CODE_KEY_ENTRY)];
  if (pins === undefined || cards === undefined || fingers === undefined || codeKeys === undefined) return refuseDocument('entry-unreadable');
  const names = [cards.map(cardNumber), fingers.map(({ slot }) => slot), codeKeys.map(({ keyId }) => hex(keyId)), codeKeys.map(({ key }) => hex(key.reveal()))];
  return names.every((each) => new Set<string | number>(each).size === each.length) ? ok({ pins, cards, fingers, codeKeys }) : refuseDocument('malformed');
};

const openAll = <Entry>(crypto: Crypto, seal: KeyPair, { lockId, entries }: RosterFields, form: EntryForm<Entry>): readonly Entry[] | undefined => {
  const sealed = entries.filter(({ kind }) => kind === form.kind);
  const opened = sealed.map((entry) => openEntry(crypto, form, seal, lockId, entry.sealed)).filter((entry) => entry !== undefined);
  return opened.length === sealed.length ? opened : undefined;
};
