// What a lock keeps besides its journal, as CBOR: [version, lock id, clock, membership]; the membership is a count of wrong setup
// codes, or [offer, adoption statement]. No keys and no secret are in it: those are the shell's. Documents are kept as they
// were received and are opened again, signatures and all, when the lock starts.

import type { ClockMemory } from '@mortise/access/clock.ts';
import { required } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import { isInstant } from '@mortise/base/instant.ts';
import { err, ok, type Err, type Result } from '@mortise/base/result.ts';
import { clockMemory } from '@mortise/access/clock.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { decodeOffer, encodeOffer } from '@mortise/documents/adoption-offer.ts';
import { openAdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { openNetworkSettings } from '@mortise/documents/network-settings.ts';
import { openOwnerSets, ownersEver, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { reopenRoster } from '@mortise/documents/roster.ts';
import { openRosterEntries } from '@mortise/documents/roster-credentials.ts';
import { powerOf } from './roster-authority.ts';
import type { Adopted, LockState } from './state.ts';

export const CONFIGURATION_VERSION = 3;
/** The same, from before locks opened to documents: no memory of any stands beside it. The next start writes the present one. */
const WITHOUT_MEMORY = 2;
export const MAX_CONFIGURATION_BYTES = 131_072;

/** What `restore` finds. `wrongOffers`: setup codes refused in a row. */
export type Configuration = {
  readonly clock: ClockMemory;
  /** Whether a memory of documents must stand beside it. */
  readonly hasMemory: boolean;
  readonly membership: { readonly kind: 'factory'; readonly wrongOffers: number } | Adopted;
};

/**
 * `configuration-malformed`: not what this lock wrote; `configuration-version`: written by a newer one; `configuration-other-lock`;
 * `configuration-refused`: its documents do not hold together.
 */
export type ConfigurationError = {
  readonly code: 'configuration-malformed' | 'configuration-version' | 'configuration-other-lock' | 'configuration-refused';
};

export type ConfigurationPlace = { readonly lockId: LockId; readonly identityKey: Bytes; readonly seal: KeyPair };

export const encodeConfiguration = (crypto: Crypto, { lockId, clock, membership }: LockState): Bytes => {
  const { floor, rtcOffsetMs } = clockMemory(clock);
  const owned: Cbor = membership.kind === 'factory' ? membership.wrongOffers : encodeAdopted(crypto, membership);
  return encodeCbor([CONFIGURATION_VERSION, identifierBytes(lockId), [floor, rtcOffsetMs], owned]);
};

/** Takes any bytes. */
export const decodeConfiguration = (crypto: Crypto, place: ConfigurationPlace, bytes: Bytes): Result<Configuration, ConfigurationError> => {
  const [version, lock, clockItems, owned, ...more] = asArray(decodeCbor(bytes, MAX_CONFIGURATION_BYTES), 4) ?? [];
  if (typeof version === 'number' && version > CONFIGURATION_VERSION) return refuse('configuration-version');
  const lockBytes = asBytes(lock, IDENTIFIER_BYTES);
  const clock = readClock(asArray(clockItems, 2));
  if ((version !== CONFIGURATION_VERSION && version !== WITHOUT_MEMORY) || lockBytes === undefined || clock === undefined || owned === undefined || more.length > 0) {
    return refuse('configuration-malformed');
  }
  if (!equalBytes(lockBytes, identifierBytes(place.lockId))) return refuse('configuration-other-lock');
  const membership = readMembership(crypto, place, owned);
  return membership.ok ? ok({ clock, hasMemory: version === CONFIGURATION_VERSION, membership: membership.value }) : membership;
};

const refuse = (code: ConfigurationError['code']): Err<ConfigurationError> => err({ code });

/** Whether these can be kept together: a long history of owners and a long roster can be too much. */
export const hasRoomFor = (crypto: Crypto, papers: Adopted['papers'], roster: Bytes): boolean => encodeOffer(crypto, { ...papers, roster }) !== undefined;

// The roster stands in the offer's place for it, the newest one.
const encodeAdopted = (crypto: Crypto, { papers, rosterBytes, statement }: Adopted): Cbor =>
  [required(encodeOffer(crypto, { ...papers, roster: rosterBytes }), 'what is too long was refused'), statement ?? null];

const readClock = (items: readonly Cbor[] | undefined): ClockMemory | undefined => {
  const [floor, offset] = items ?? [];
  if (items?.length !== 2 || !isInstant(floor)) return undefined;
  if (offset === null) return { floor, rtcOffsetMs: null };
  const rtcOffsetMs = asNumber(offset, Number.MIN_SAFE_INTEGER);
  return rtcOffsetMs === undefined ? undefined : { floor, rtcOffsetMs };
};

const readMembership = (crypto: Crypto, place: ConfigurationPlace, owned: Cbor): Result<Configuration['membership'], ConfigurationError> => {
  const wrongOffers = asNumber(owned);
  if (wrongOffers !== undefined) return ok({ kind: 'factory', wrongOffers });
  const [offer, said, ...more] = asArray(owned, 2) ?? [];
  const offerBytes = asBytes(offer);
  const statement = said === null ? undefined : asBytes(said);
  if (offerBytes === undefined || (statement === undefined && said !== null) || more.length > 0) return refuse('configuration-malformed');
  return reopen(crypto, place, offerBytes, statement);
};

const reopen = (crypto: Crypto, own: ConfigurationPlace, offerBytes: Bytes, statement: Bytes | undefined): Result<Adopted, ConfigurationError> => {
  const offer = decodeOffer(crypto, offerBytes);
  if (offer === undefined) return refuse('configuration-malformed');
  const { roster: rosterBytes, ...papers } = offer;
  const ownerSet = openOwnerSets(crypto, papers.ownerSets);
  if (!ownerSet.ok || (statement !== undefined && !isOwnWord(crypto, own, ownerSet.value, statement))) return refuse('configuration-refused');
  const roster = reopenRoster(crypto, rosterBytes, { siteId: ownerSet.value.siteId, lockId: own.lockId, ownerKeys: ownerSet.value.keys });
  if (!roster.ok) return refuse('configuration-refused');
  const entries = openRosterEntries(crypto, own.seal, roster.value);
  const network = reopenNetwork(crypto, own, papers);
  if (!entries.ok || network === 'refused') return refuse('configuration-refused');
  const power = powerOf(crypto, own, ownerSet.value, roster.value, entries.value);
  return ok({ kind: 'adopted', ownerSet: ownerSet.value, roster: roster.value, ...entries.value, ...power, network, papers, rosterBytes, statement });
};

// Whoever signed it may be no owner any more: it was theirs to say then, and the hub is still where it is.
const reopenNetwork = (crypto: Crypto, { lockId, seal }: ConfigurationPlace, { network: bytes, ownerSets }: Adopted['papers']): Adopted['network'] | 'refused' => {
  if (bytes === undefined) return undefined;
  const opened = openNetworkSettings(crypto, bytes, { lockId, seal, ownerKeys: ownersEver(crypto, ownerSets) });
  return opened.ok ? opened.value : 'refused';
};

const isOwnWord = (crypto: Crypto, { identityKey, seal }: ConfigurationPlace, { siteId }: OwnerSet, bytes: Bytes): boolean => {
  const statement = openAdoptionStatement(crypto, identityKey, bytes);
  return statement.ok && statement.value.siteId === siteId && equalBytes(statement.value.sealKey, seal.publicKey);
};
