// The roster: what one lock is told by its site's owners (CONTRACTS: roster). One chain per lock, signed by any one owner;
// each version names its predecessor's hash, so that a lock refuses a second history and a missing version. Another owner
// can follow on without reading the entries, which are sealed to the lock singly.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBoolean, asBytes, asList, asNumber, asText, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, IDENTIFIER_BYTES, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { openSigned, toSign, type Signed, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { DOOR_POLICY_NAMES, doorPolicyValues, readDoorPolicy, type DoorPolicy } from './door-policy.ts';
import { asBytesList, asIdentifier, asPredecessor, exactFields } from './fields.ts';
import { ACCESS_NAMES, readRosterAccess, rosterAccessValues, type RosterAccess } from './roster-access.ts';
import { isEntryKind, MAX_OF_KIND, MAX_SEALED_ENTRY_BYTES, type EntryKind } from './sealed-entry.ts';
import { MAX_TIME_KEY_BYTES } from './time.ts';
import { openTrusted, type TrustedEntry } from './trusted-entry.ts';

export const ROSTER_TYPE = 'mortise-roster';
export const MAX_ROSTER_BYTES = 24_576;
/** What COSE_Sign1 puts around a payload: headers, signer, signature. */
const MAX_SIGNING_BYTES = 256;
export const MAX_TRUSTED = MAX_OF_KIND.trusted;
export const MAX_TIME_KEYS = 8;
export const MAX_GROUPS = 7;
export const POLICY_BOUNDS = {
  relockDelayMs: { min: 0, max: 3_600_000 },
  jamTimeoutMs: { min: 500, max: 30_000 },
} as const;

// A roster without `access` is written as it always was; one with it is of the second format, one whose policy has a part about the door of
// the third. Each has exactly its own fields.
const [FORMAT, FORMAT_WITH_ACCESS, FORMAT_WITH_DOOR] = [1, 2, 3];
const FORMATS: readonly number[] = [FORMAT, FORMAT_WITH_ACCESS, FORMAT_WITH_DOOR];
const MAX_ROSTER_VERSION = 0xffff_ffff;
const MAX_ZONE_LENGTH = 64;
const NAMES = ['siteId', 'lockId', 'version', 'previous', 'entries', 'zone', 'policy', 'timeKeys', 'journalKey', 'groups'] as const;
const POLICY_NAMES = ['relockDelayMs', 'relockOnClose', 'jamTimeoutMs'] as const;

export type SealedEntry = { readonly kind: EntryKind; readonly sealed: Bytes };

export type Policy = {
  /** After an unlock with the door closed, ms; 0: the lock never locks by itself. At most one hour. */
  readonly relockDelayMs: number;
  /** Whether closing the opened door locks at once, without the delay. */
  readonly relockOnClose: boolean;
  /** How long the bolt may take to reach its end before it counts as jammed, ms: 500 to 30,000. */
  readonly jamTimeoutMs: number;
  /** About the door and the mechanism (door-policy.ts); absent: DEFAULT_DOOR_POLICY. */
  readonly door?: DoorPolicy;
};

export type RosterFields = {
  readonly siteId: SiteId;
  readonly lockId: LockId;
  /** 1 for the lock's first roster, one more for each that follows. */
  readonly version: number;
  /** The predecessor's `hash`; null for version 1. */
  readonly previous: Bytes | null;
  /** At most `MAX_OF_KIND` of each kind, and no more than fit. */
  readonly entries: readonly SealedEntry[];
  /** IANA name, like `Europe/Zurich`. */
  readonly zone: string;
  readonly policy: Policy;
  /** At most 8 certificates of time keys, as signed objects (time.ts). */
  readonly timeKeys: readonly Bytes[];
  /** P-256 public key (65 bytes) to which the lock seals its records. */
  readonly journalKey: Bytes;
  /** At most 7 group ids of 16 bytes. */
  readonly groups: readonly Bytes[];
  /** What the lock needs to judge access documents (roster-access.ts); absent: it opens to none. */
  readonly access?: RosterAccess;
};

export type Roster = RosterFields & {
  /** SHA-256 of the payload. */
  readonly hash: Bytes;
  /** The owner key that signed. */
  readonly signer: Bytes;
};

/** For whom a roster must be, and whose signature counts. */
export type RosterPlace = { readonly siteId: SiteId; readonly lockId: LockId; readonly ownerKeys: readonly Bytes[] };

/** What a roster must follow: the version and hash of the one that is held. */
export type Predecessor = Pick<Roster, 'version' | 'hash'>;

/** Whether all of it together is short enough to be signed, with the signature's own bytes. */
export const fitsRoster = (fields: RosterFields): boolean => encodeFields(fields).length <= MAX_ROSTER_BYTES - MAX_SIGNING_BYTES;

export const rosterPayload = (crypto: Crypto, fields: RosterFields): Bytes => {
  const payload = encodeFields(fields);
  assert(payload.length <= MAX_ROSTER_BYTES && decodePayload(crypto, payload) !== undefined, 'a roster within its bounds');
  return payload;
};

const encodeFields = (fields: RosterFields): Bytes => {
  const { access: opening, ...common } = fields;
  const values: Readonly<Record<(typeof NAMES)[number], Cbor>> = {
    ...common,
    siteId: identifierBytes(fields.siteId),
    lockId: identifierBytes(fields.lockId),
    entries: fields.entries.map((entry) => [entry.kind, entry.sealed]),
    policy: policyCbor(fields.policy),
  };
  const access = opening === undefined ? [] : rosterAccessValues(opening);
  return encodeCbor(new Map<string, Cbor>([...NAMES.map((name) => [name, values[name]] as const), ...access]));
};

const policyCbor = (policy: Policy): Cbor => {
  const common = POLICY_NAMES.map((name) => [name, policy[name]] as const);
  return new Map<string, Cbor>([...common, ...(policy.door === undefined ? [] : doorPolicyValues(policy.door))]);
};

/** What the owner `signerKey` signs; `assemble` gives the document. */
export const rosterToSign = (crypto: Crypto, signerKey: Bytes, payload: Bytes): ToSign =>
  toSign(ROSTER_TYPE, formatOf(payload), signerKey, payload, crypto);

/**
 * Opens the roster that follows `previous` (undefined: the lock has none yet, so it must be version 1).
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `other-site`,
 * `other-lock`; `stale` (held already, or older), `gap` (versions in between are missing), `fork` (another history).
 */
export const openRoster = (
  crypto: Crypto,
  bytes: Bytes,
  place: RosterPlace,
  previous: Predecessor | undefined,
): Result<Roster, DocumentError> => {
  const roster = reopenRoster(crypto, bytes, place);
  return roster.ok ? checkPlace(roster.value, previous) : roster;
};

/**
 * Opens a roster that is held already, at whatever place in its chain: by an owner, for this lock. Whoever takes it from another
 * must know that nothing newer is held anywhere, or leave that to the lock, as one who writes the next version does.
 * Errors: those of `openRoster` up to `other-lock`.
 */
export const reopenRoster = (crypto: Crypto, bytes: Bytes, place: RosterPlace): Result<Roster, DocumentError> => {
  if (bytes.length > MAX_ROSTER_BYTES) return refuseDocument('too-long');
  const signed = openSigned(crypto, bytes, ROSTER_TYPE, place.ownerKeys);
  if (!signed.ok) return signed;
  if (!FORMATS.includes(signed.value.version)) return refuseDocument('version-unknown');
  const roster = rosterOf(crypto, signed.value);
  if (roster === undefined) return refuseDocument('malformed');
  if (roster.siteId !== place.siteId) return refuseDocument('other-site');
  if (roster.lockId !== place.lockId) return refuseDocument('other-lock');
  return ok(roster);
};

/**
 * The trusted entries, opened with the lock's seal key; of the others see roster-credentials.ts. All or nothing.
 * Errors: `entry-unreadable` (sealed to another key, lock or kind), `malformed` (one key twice).
 */
export const openEntries = (crypto: Crypto, seal: KeyPair, roster: RosterFields): Result<readonly TrustedEntry[], DocumentError> => {
  const trusted: TrustedEntry[] = [];
  for (const { kind, sealed } of roster.entries) {
    if (kind !== 'trusted') continue;
    const entry = openTrusted(crypto, seal, roster.lockId, sealed);
    if (entry === undefined) return refuseDocument('entry-unreadable');
    // Two entries for one key would leave it to their order which rights it has.
    if (trusted.some((other) => equalBytes(other.credentialKey, entry.credentialKey))) return refuseDocument('malformed');
    trusted.push(entry);
  }
  return ok(trusted);
};

const checkPlace = (roster: Roster, previous: Predecessor | undefined): Result<Roster, DocumentError> => {
  if (previous === undefined) return roster.version === 1 ? ok(roster) : refuseDocument('gap');
  if (equalBytes(roster.hash, previous.hash) || roster.version < previous.version) return refuseDocument('stale');
  if (roster.version === previous.version) return refuseDocument('fork');
  if (roster.version > previous.version + 1) return refuseDocument('gap');
  const follows = roster.previous !== null && equalBytes(roster.previous, previous.hash);
  return follows ? ok(roster) : refuseDocument('fork');
};

const rosterOf = (crypto: Crypto, signed: Signed): Roster | undefined => {
  const fields = signed.version === formatOf(signed.payload) ? decodePayload(crypto, signed.payload) : undefined;
  return fields === undefined ? undefined : { ...fields, hash: crypto.sha256(signed.payload), signer: signed.signer };
};

type Chain = Pick<RosterFields, 'siteId' | 'lockId' | 'version' | 'previous'>;
type Content = Omit<RosterFields, keyof Chain | 'access'>;
type Read = (name: (typeof NAMES)[number]) => Cbor | undefined;

const formatOf = (payload: Bytes): number => {
  const value = decodeCbor(payload, MAX_ROSTER_BYTES);
  const policy = value instanceof Map ? value.get('policy') : undefined;
  if (policy instanceof Map && DOOR_POLICY_NAMES.some((name) => policy.has(name))) return FORMAT_WITH_DOOR;
  return value instanceof Map && ACCESS_NAMES.some((name) => value.has(name)) ? FORMAT_WITH_ACCESS : FORMAT;
};

const decodePayload = (crypto: Crypto, payload: Bytes): RosterFields | undefined => {
  const value = decodeCbor(payload, MAX_ROSTER_BYTES);
  const old = exactFields(value, NAMES);
  const read = old ?? exactFields(value, [...NAMES, ...ACCESS_NAMES]);
  const chain = read === undefined ? undefined : decodeChain(read);
  const content = read === undefined ? undefined : decodeContent(crypto, read);
  const access = read === undefined || old !== undefined ? undefined : readRosterAccess(read);
  if (chain === undefined || content === undefined || (old === undefined && access === undefined)) return undefined;
  return { ...chain, ...content, ...(access && { access }) };
};

const decodeChain = (read: Read): Chain | undefined => {
  const siteId = asIdentifier<SiteId>(read('siteId'));
  const lockId = asIdentifier<LockId>(read('lockId'));
  const version = asNumber(read('version'), 1, MAX_ROSTER_VERSION);
  const previous = asPredecessor(read('previous'));
  if (siteId === undefined || lockId === undefined || version === undefined || previous === undefined) return undefined;
  return (version === 1) === (previous === null) ? { siteId, lockId, version, previous } : undefined;
};

const decodeContent = (crypto: Crypto, read: Read): Content | undefined => {
  const entries = decodeEntries(read('entries'));
  const zone = decodeZone(read('zone'));
  const policy = decodePolicy(read('policy'));
  const timeKeys = asBytesList(read('timeKeys'), { maxItems: MAX_TIME_KEYS, minLength: 1, maxLength: MAX_TIME_KEY_BYTES });
  const journalKey = asBytes(read('journalKey'), PUBLIC_KEY_BYTES);
  const groups = asBytesList(read('groups'), { maxItems: MAX_GROUPS, minLength: IDENTIFIER_BYTES, maxLength: IDENTIFIER_BYTES });
  if (entries === undefined || zone === undefined || policy === undefined || timeKeys === undefined) return undefined;
  if (journalKey === undefined || !crypto.p256.isPublicKey(journalKey) || groups === undefined) return undefined;
  return { entries, zone, policy, timeKeys, journalKey, groups };
};

const MAX_ENTRIES = Object.values(MAX_OF_KIND).reduce((sum, most) => sum + most, 0);

const decodeEntries = (value: Cbor | undefined): readonly SealedEntry[] | undefined => {
  const entries = asList(value, 0, MAX_ENTRIES, decodeEntry);
  const isTooMany = (kind: EntryKind): boolean => (entries ?? []).filter((entry) => entry.kind === kind).length > MAX_OF_KIND[kind];
  return entries?.some(({ kind }) => isTooMany(kind)) === true ? undefined : entries;
};

const decodeEntry = (value: Cbor): SealedEntry | undefined => {
  const [kind, bytes, ...more] = asArray(value, 2) ?? [];
  const sealed = asBytes(bytes);
  if (!isEntryKind(kind) || sealed === undefined || sealed.length > MAX_SEALED_ENTRY_BYTES || more.length > 0) return undefined;
  return { kind, sealed };
};

// The form of a name only: whether a zone of this name exists is known where the zone table is.
const decodeZone = (value: Cbor | undefined): string | undefined => {
  const zone = asText(value, MAX_ZONE_LENGTH);
  return zone !== undefined && /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone) ? zone : undefined;
};

const decodePolicy = (value: Cbor | undefined): Policy | undefined => {
  const old = exactFields(value, POLICY_NAMES);
  const read = old ?? exactFields(value, [...POLICY_NAMES, ...DOOR_POLICY_NAMES]);
  const door = read === undefined || old !== undefined ? undefined : readDoorPolicy(read);
  const relockDelayMs = asNumber(read?.('relockDelayMs'), POLICY_BOUNDS.relockDelayMs.min, POLICY_BOUNDS.relockDelayMs.max);
  const relockOnClose = asBoolean(read?.('relockOnClose'));
  const jamTimeoutMs = asNumber(read?.('jamTimeoutMs'), POLICY_BOUNDS.jamTimeoutMs.min, POLICY_BOUNDS.jamTimeoutMs.max);
  if (relockDelayMs === undefined || relockOnClose === undefined || jamTimeoutMs === undefined) return undefined;
  return old === undefined && door === undefined ? undefined : { relockDelayMs, relockOnClose, jamTimeoutMs, ...(door && { door }) };
};
