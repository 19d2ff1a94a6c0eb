// The next version of a lock's roster. An owner follows on from what any owner signed last and need not read its entries.
// After a restore the phone that was lost is one of those unreadable entries, so it goes by giving the whole list anew.

import { unreachable } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, ENTROPY_BYTES, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { RosterAccess } from '@mortise/documents/roster-access.ts';
import { fitsRoster, MAX_TRUSTED, rosterPayload, rosterToSign, type Policy, type Roster, type RosterFields, type SealedEntry } from '@mortise/documents/roster.ts';
import { MAX_OF_KIND, type EntryKind } from '@mortise/documents/sealed-entry.ts';
import { openTimeKeys, timeKeyPayload, timeKeyToSign, type TimeKey } from '@mortise/documents/time.ts';
import { entryId, sealNewEntry, type NewEntry } from './entries.ts';
import { signedBy } from './owner-signature.ts';
import { sealPhones, type Phone } from './phones.ts';

export type RosterChange =
  /** The lock trusts these phones and no others; 1 to 16. */
  | { readonly kind: 'replacePhones'; readonly phones: readonly Phone[] }
  /** The lock trusts this phone as well. */
  | { readonly kind: 'addPhone'; readonly phone: Phone }
  | { readonly kind: 'policy'; readonly policy: Policy }
  /** A PIN, a card, a finger or a key of codes more. */
  | { readonly kind: 'addEntry'; readonly entry: NewEntry }
  /** Without those of these ids (entries.ts); phones stay. */
  | { readonly kind: 'dropEntries'; readonly ids: readonly Bytes[] }
  /** Of the keys of codes only those of these ids: who made the others is no owner any more, or nobody can tell. */
  | { readonly kind: 'keepCodeKeys'; readonly ids: readonly Bytes[] }
  /** What it judges lent keys by; `groups`: ids of 16 bytes, at most 7. */
  | { readonly kind: 'access'; readonly access: RosterAccess; readonly groups: readonly Bytes[] }
  /**
   * The same once more, under this owner's signature, with the time keys that one of `ownerKeys` (the present owners') certified: who signed
   * it last is to go, and what they certified with them.
   */
  | { readonly kind: 'resign'; readonly ownerKeys: readonly Bytes[] }
  /** All of these, one after the other, in one version. */
  | { readonly kind: 'several'; readonly changes: readonly RosterChange[] };

export type RosterChangeError =
  /** The lock has no room for another phone, or the list is empty: nobody could open the door; no room for another entry of its kind, or for all of them together. */
  { readonly code: 'too-many-phones' | 'no-phones' | 'too-many-entries' | 'roster-full' };

/** By whom and to which lock; `sealKey` (65 bytes) is the lock's own, proven by lock-keys.ts. */
export type RosterAuthor = { readonly owner: KeyPair; readonly sealKey: Bytes };

/** The signed document that follows `last`, the newest roster, which the caller opened against the site's owners. */
export const nextRoster = (
  crypto: Crypto,
  last: Roster,
  { owner, sealKey }: RosterAuthor,
  change: RosterChange,
  entropy: Bytes,
): Result<Bytes, RosterChangeError> => {
  const changed = changedFields(crypto, fieldsOf(last), { owner, sealKey }, change, entropy);
  const phones = changed.entries.filter(isPhone).length;
  if (phones === 0) return err({ code: 'no-phones' });
  if (phones > MAX_TRUSTED) return err({ code: 'too-many-phones' });
  if (ENTRY_KINDS.some((kind) => changed.entries.filter((entry) => entry.kind === kind).length > MAX_OF_KIND[kind])) return err({ code: 'too-many-entries' });
  const fields: RosterFields = { ...changed, version: last.version + 1, previous: last.hash };
  if (!fitsRoster(fields)) return err({ code: 'roster-full' });
  return ok(signedBy(crypto, owner, rosterToSign(crypto, owner.publicKey, rosterPayload(crypto, fields))));
};

const ENTRY_KINDS = ['pin', 'card', 'finger', 'codeKey'] as const satisfies readonly EntryKind[];
const isPhone = ({ kind }: SealedEntry): boolean => kind === 'trusted';

const fieldsOf = ({ hash: _hash, signer: _signer, ...fields }: Roster): RosterFields => fields;

const changedFields = (crypto: Crypto, fields: RosterFields, author: RosterAuthor, change: RosterChange, entropy: Bytes): RosterFields => {
  const { lockId, entries, timeKeys } = fields;
  const sealed = (phones: readonly Phone[]) => sealPhones(crypto, { lockId, sealKey: author.sealKey }, phones, entropy);
  switch (change.kind) {
    case 'replacePhones':
      return { ...fields, entries: [...sealed(change.phones), ...entries.filter((entry) => !isPhone(entry))] };
    case 'addPhone':
      return { ...fields, entries: [...entries, ...sealed([change.phone])] };
    case 'addEntry':
      return { ...fields, entries: [...entries, sealNewEntry(crypto, { lockId, sealKey: author.sealKey }, change.entry, entropy)] };
    case 'dropEntries':
      return { ...fields, entries: entries.filter((entry) => isPhone(entry) || !isNamed(crypto, change.ids, entry)) };
    case 'keepCodeKeys':
      return { ...fields, entries: entries.filter((entry) => entry.kind !== 'codeKey' || isNamed(crypto, change.ids, entry)) };
    case 'policy':
      return { ...fields, policy: change.policy };
    case 'access':
      return { ...fields, access: change.access, groups: change.groups };
    case 'resign':
      return { ...fields, timeKeys: openTimeKeys(crypto, { certificates: timeKeys, ownerKeys: change.ownerKeys }).map((each) => certified(crypto, author.owner, each)) };
    case 'several':
      return change.changes.reduce((before, each, index) => changedFields(crypto, before, author, each, derive(crypto, entropy, `change ${index}`, ENTROPY_BYTES)), fields);
    default:
      return unreachable(change);
  }
};

const isNamed = (crypto: Crypto, ids: readonly Bytes[], entry: SealedEntry): boolean => ids.some((id) => equalBytes(id, entryId(crypto, entry)));

const certified = (crypto: Crypto, owner: KeyPair, timeKey: TimeKey): Bytes => signedBy(crypto, owner, timeKeyToSign(crypto, owner.publicKey, timeKeyPayload(crypto, timeKey)));
