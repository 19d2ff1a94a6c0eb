// The key of offline codes in a roster, one per lock and issuer (CONTRACTS: offline codes). Whoever has the key makes codes that this
// lock takes without having heard of them; so the entry bounds them: which kinds, how long, until when, and which were taken back.

import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asList, asNumber, type Cbor } from '@mortise/base/cbor.ts';
import { IDENTIFIER_BYTES } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { orNull } from './entry-terms.ts';
import { asInstant, exactFields } from './fields.ts';
import type { EntryForm } from './sealed-entry.ts';
import { RIGHTS } from './trusted-entry.ts';

/** `window`: opens as often as one likes within its time; `once`: opens once within it. */
export const CODE_KINDS = ['window', 'once'] as const;
export type CodeKind = (typeof CODE_KINDS)[number];

/** The 16 lengths, in hours: 1 to 12 hours, 1 to 28 days. */
export const CODE_LENGTHS_H = [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 96, 120, 168, 240, 336, 672] as const;

export const CODE_KEY_BYTES = 32;
/** Codes are numbered below this (packages/access/src/offline-code.ts). */
export const CODE_NUMBERS = 100_000_000;
/** Each may be forgotten when its time is over; who must take back more gives the issuer another key. */
export const MAX_REVOKED_CODES = 32;

export type CodeKeyEntry = {
  /** 16 random bytes, new with each key. They stand for the issuer in the lock's records. */
  readonly keyId: Bytes;
  /** 32 bytes. */
  readonly key: Secret;
  /** Sum of unlock, lock and unlatch: codes are for the keypad, and never open from afar. */
  readonly rights: number;
  /** At least one, each once. */
  readonly kinds: readonly CodeKind[];
  /** Index in `CODE_LENGTHS_H` of the longest code that counts. */
  readonly longest: number;
  /** The last instant at which any code of this key opens; null: without such a limit. */
  readonly until: Instant | null;
  /** Numbers of codes that were taken back, each once: at most 32. */
  readonly revoked: readonly number[];
};

const NAMES = ['keyId', 'key', 'rights', 'kinds', 'longest', 'until', 'revoked'] as const;

export const CODE_KEY_ENTRY: EntryForm<CodeKeyEntry> = {
  kind: 'codeKey',
  write: (entry) => new Map<string, Cbor>(NAMES.map((name) => [name, name === 'key' ? entry.key.reveal() : entry[name]])),
  read: (value) => {
    const read = exactFields(value, NAMES);
    const [keyId, key] = [asBytes(read?.('keyId'), IDENTIFIER_BYTES), asBytes(read?.('key'), CODE_KEY_BYTES)];
    const [rights, longest] = [asRights(read?.('rights')), asNumber(read?.('longest'), 0, CODE_LENGTHS_H.length - 1)];
    const [kinds, revoked] = [asKinds(read?.('kinds')), asNumbers(read?.('revoked'))];
    const until = orNull(read?.('until'), asInstant);
    if (keyId === undefined || key === undefined || rights === undefined || longest === undefined) return undefined;
    if (kinds === undefined || revoked === undefined || until === undefined) return undefined;
    return { keyId, key: new Secret(key), rights, kinds, longest, until, revoked };
  },
};

// A code is typed at the door, and holds nothing open.
const CODE_RIGHTS = RIGHTS.unlock | RIGHTS.lock | RIGHTS.unlatch;

const asRights = (value: Cbor | undefined): number | undefined => {
  const rights = asNumber(value, 1, CODE_RIGHTS);
  return rights !== undefined && (rights & CODE_RIGHTS) === rights ? rights : undefined;
};

const distinct = <T>(items: readonly T[] | undefined): readonly T[] | undefined => (items?.length === new Set(items).size ? items : undefined);

const asKinds = (value: Cbor | undefined): readonly CodeKind[] | undefined =>
  distinct(asList(value, 1, CODE_KINDS.length, (item) => CODE_KINDS.find((kind) => kind === item)));

const asNumbers = (value: Cbor | undefined): readonly number[] | undefined =>
  distinct(asList(value, 0, MAX_REVOKED_CODES, (item) => asNumber(item, 0, CODE_NUMBERS - 1)));
