// RevocationData (SPEC §8.4): the value of a Revocation Document's element, which is a change of the list of what must no longer open.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asList, asNumber, asTagged, field, Tagged, type Cbor } from '@mortise/base/cbor.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { asAccessId } from './access-data.ts';
import { asNumbered, isRead } from './access-schedule.ts';
import { optional } from './document-cbor.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { extensionsCbor, readExtensions, type Extension } from './extension.ts';

/** At least one of `credential` (SHA-256 of the 65-byte key) and `accessId` (at most 16 bytes). `expiryS`: Unix seconds; absent: never. */
export type RevocationEntry = { readonly credential?: Bytes; readonly accessId?: Bytes; readonly expiryS?: number };

/** `overwrite` empties the issuer's list first. Then `add`, then `remove`; at most 1024 each. */
export type RevocationData = {
  readonly change: 'overwrite' | 'append';
  readonly add?: readonly RevocationEntry[];
  readonly remove?: readonly RevocationEntry[];
  readonly extensions?: readonly Extension[];
};

export const MAX_REVOCATION_ENTRIES = 1024;
export const CREDENTIAL_HASH_BYTES = 32;

const VERSION = 1;
const EPOCH_TAG = 1;
const LAST_KEY = 4;
const KEYS = { version: 0, change: 1, add: 2, remove: 3, extensions: 4 } as const;
const CHANGES = ['overwrite', 'append'] as const;

const malformed = refuseDocument('revocation-data-malformed');

const readEntry = (value: Cbor): RevocationEntry | undefined => {
  const map = asNumbered(value, 2);
  const [credential, accessId] = [asBytes(map?.get(0), CREDENTIAL_HASH_BYTES), asAccessId(map?.get(1))];
  const expiryS = asNumber(asTagged(map?.get(2), EPOCH_TAG));
  if (map === undefined || (credential === undefined && accessId === undefined)) return undefined;
  if (![credential, accessId, expiryS].every((part, index) => isRead(map, index, part))) return undefined;
  return { ...(credential && { credential }), ...(accessId && { accessId }), ...(expiryS !== undefined && { expiryS }) };
};

const entryCbor = ({ credential, accessId, expiryS }: RevocationEntry): Cbor =>
  new Map<number, Cbor>([...optional(0, credential), ...optional(1, accessId), ...optional(2, expiryS === undefined ? undefined : new Tagged(EPOCH_TAG, expiryS))]);

const readParts = (map: ReadonlyMap<number | string, Cbor>): RevocationData | undefined => {
  const change = CHANGES[asNumber(map.get(KEYS.change)) ?? CHANGES.length];
  const [add, remove] = [KEYS.add, KEYS.remove].map((key) => asList(map.get(key), 0, MAX_REVOCATION_ENTRIES, readEntry));
  const extensions = readExtensions(map.get(KEYS.extensions));
  if (change === undefined || ![add, remove, extensions].every((part, index) => isRead(map, KEYS.add + index, part))) return undefined;
  return { change, ...(add && { add }), ...(remove && { remove }), ...(extensions && { extensions }) };
};

/** `revocation-data-version`: a version other than 1; `revocation-data-malformed`: anything else that SPEC §8.4 does not say. */
export const readRevocationData = (value: Cbor): Result<RevocationData, DocumentError> => {
  const version = asNumber(field(value, KEYS.version));
  if (version === undefined) return malformed;
  if (version !== VERSION) return refuseDocument('revocation-data-version');
  const map = asNumbered(value, LAST_KEY);
  const data = map && readParts(map);
  return data === undefined ? malformed : ok(data);
};

/** Asserts that the data are within their bounds: they are ours. */
export const revocationDataCbor = ({ change, add, remove, extensions }: RevocationData): Cbor => {
  const value = new Map<number, Cbor>([
    [KEYS.version, VERSION],
    [KEYS.change, CHANGES.indexOf(change)],
    ...optional(KEYS.add, add?.map(entryCbor)),
    ...optional(KEYS.remove, remove?.map(entryCbor)),
    ...optional(KEYS.extensions, extensions && extensionsCbor(extensions)),
  ]);
  assert(readRevocationData(value).ok, 'revocation data within their bounds');
  return value;
};
