// The owner set: the authority of a site (DESIGN §3.3). A list of owner keys and a threshold; each set names the hash of its
// predecessor and is signed by that one's threshold, the first by its own. A lock holds one set and refuses a second history.
// Form: threshold.ts.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierOf, IDENTIFIER_BYTES, type SiteId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { MAX_SIGNED_BYTES, toSign, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asBytesList, asPredecessor, exactFields } from './fields.ts';
import { areDistinct, assembleSigned, checkSigners, MAX_SIGNERS, readManySigned } from './threshold.ts';

export const OWNER_SET_TYPE = 'mortise-owner-set';
export const MAX_OWNER_KEYS = MAX_SIGNERS;
/** The longest history of owner sets that is read at once. */
export const MAX_OWNER_SETS = 64;

const VERSION = 1;
const SALT_BYTES = 16;
const MAX_SEQUENCE = 0xffff_ffff;
const NAMES = ['keys', 'threshold', 'sequence', 'previous', 'salt'] as const;

export type OwnerSetFields = {
  /** 1 to 16 distinct P-256 public keys, 65 bytes each. */
  readonly keys: readonly Bytes[];
  /** How many of `keys` must sign what needs the authority: 1 to the number of keys. */
  readonly threshold: number;
  /** 1 for the first set, one more for each that follows. */
  readonly sequence: number;
  /** The predecessor's `hash`; null for the first set. */
  readonly previous: Bytes | null;
  /** 16 random bytes: two sites of the same keys are still two sites. */
  readonly salt: Bytes;
};

export type OwnerSet = OwnerSetFields & {
  /** First 16 bytes of the first set's hash; Aliro's reader group identifier. */
  readonly siteId: SiteId;
  /** SHA-256 of the payload. */
  readonly hash: Bytes;
};

/** The payload that each owner signs. */
export const ownerSetPayload = (crypto: Crypto, fields: OwnerSetFields): Bytes => {
  const values: Readonly<Record<(typeof NAMES)[number], Cbor>> = { ...fields };
  const payload = encodeCbor(new Map(NAMES.map((name) => [name, values[name]])));
  assert(decodePayload(crypto, payload) !== undefined, 'an owner set within its bounds');
  return payload;
};

/** What `signerKey` signs to agree to the set; join the results by `assembleOwnerSet`. */
export const ownerSetToSign = (crypto: Crypto, signerKey: Bytes, payload: Bytes): ToSign =>
  toSign(OWNER_SET_TYPE, VERSION, signerKey, payload, crypto);

/** The document from the signed objects of 1 to 16 distinct owners. */
export const assembleOwnerSet = assembleSigned;

/**
 * Opens an owner set. Without `previous` it must be a first set, signed by its own threshold; with `previous`, the set that
 * follows it, signed by the threshold of `previous`.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `threshold-not-met`;
 * `stale` (held already, or older), `gap` (sets in between are missing), `fork` (rightly signed, another history).
 */
export const openOwnerSet = (crypto: Crypto, bytes: Bytes, previous?: OwnerSet): Result<OwnerSet, DocumentError> => {
  if (bytes.length > MAX_SIGNED_BYTES) return refuseDocument('too-long');
  const many = readManySigned(bytes);
  const fields = many === undefined ? undefined : decodePayload(crypto, many.payload);
  if (many === undefined || fields === undefined) return refuseDocument('malformed');
  const hash = crypto.sha256(many.payload);
  if (previous !== undefined && equalBytes(hash, previous.hash)) return refuseDocument('stale');
  const agreed = checkSigners(crypto, many, OWNER_SET_TYPE, VERSION, previous ?? fields);
  if (!agreed.ok) return agreed;
  const place = checkPlace(fields, previous);
  if (!place.ok) return place;
  const siteId = previous?.siteId ?? identifierOf<SiteId>(hash.subarray(0, IDENTIFIER_BYTES));
  return ok({ ...fields, siteId, hash });
};

/** Opens a whole history, the first set first (1 to 64 documents), and answers the newest set. Errors: those of `openOwnerSet`. */
export const openOwnerSets = (crypto: Crypto, documents: readonly Bytes[]): Result<OwnerSet, DocumentError> => {
  if (documents.length > MAX_OWNER_SETS) return refuseDocument('too-long');
  let newest: OwnerSet | undefined;
  for (const document of documents) {
    const opened = openOwnerSet(crypto, document, newest);
    if (!opened.ok) return opened;
    newest = opened.value;
  }
  return newest === undefined ? refuseDocument('malformed') : ok(newest);
};

/** Whoever was an owner in a history that holds; of one that does not, nobody. */
export const ownersEver = (crypto: Crypto, documents: readonly Bytes[]): readonly Bytes[] => {
  let newest: OwnerSet | undefined;
  const keys: Bytes[] = [];
  for (const document of documents.slice(0, MAX_OWNER_SETS)) {
    const opened = openOwnerSet(crypto, document, newest);
    if (!opened.ok) return [];
    newest = opened.value;
    keys.push(...newest.keys);
  }
  return keys;
};

const decodePayload = (crypto: Crypto, payload: Bytes): OwnerSetFields | undefined => {
  const read = exactFields(decodeCbor(payload, MAX_SIGNED_BYTES), NAMES);
  const keys = asBytesList(read?.('keys'), { maxItems: MAX_OWNER_KEYS, minLength: PUBLIC_KEY_BYTES, maxLength: PUBLIC_KEY_BYTES });
  if (read === undefined || keys === undefined || !areKeys(crypto, keys)) return undefined;
  const threshold = asNumber(read('threshold'), 1, keys.length);
  const sequence = asNumber(read('sequence'), 1, MAX_SEQUENCE);
  const previous = asPredecessor(read('previous'));
  const salt = asBytes(read('salt'), SALT_BYTES);
  if (threshold === undefined || sequence === undefined || previous === undefined || salt === undefined) return undefined;
  // A first set has no predecessor, and nothing else lacks one.
  return (sequence === 1) === (previous === null) ? { keys, threshold, sequence, previous, salt } : undefined;
};

const areKeys = (crypto: Crypto, keys: readonly Bytes[]): boolean =>
  keys.every((key) => crypto.p256.isPublicKey(key)) && areDistinct(keys);

const checkPlace = (fields: OwnerSetFields, previous: OwnerSet | undefined): Result<null, DocumentError> => {
  if (previous === undefined) return fields.sequence === 1 ? ok(null) : refuseDocument('gap');
  if (fields.sequence < previous.sequence) return refuseDocument('stale');
  if (fields.sequence === previous.sequence) return refuseDocument('fork');
  if (fields.sequence > previous.sequence + 1) return refuseDocument('gap');
  const follows = fields.previous !== null && equalBytes(fields.previous, previous.hash);
  return follows ? ok(null) : refuseDocument('fork');
};
