// What a lock keeps besides its journal, as CBOR: [version, lock id, clock, membership]. No keys and no secret are in it: those are
// the shell's. Documents are kept as they were received and are opened again, signatures and all, when the lock starts.

import type { ClockMemory } from '@mortise/access/clock.ts';
import { EMPTY, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import { isInstant } from '@mortise/base/instant.ts';
import { err, ok, type Err, type Result } from '@mortise/base/result.ts';
import { clockMemory } from '@mortise/access/clock.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { decodeOffer, encodeOffer } from '@mortise/documents/adoption-offer.ts';
import { openOwnerSets } from '@mortise/documents/owner-set.ts';
import { openEntries, openRoster, type Roster, type RosterPlace } from '@mortise/documents/roster.ts';
import type { Adopted, LockState } from './state.ts';

export const CONFIGURATION_VERSION = 1;
export const MAX_CONFIGURATION_BYTES = 131_072;

/** What `restore` finds. `wrongOffers`: setup codes refused in a row. */
export type Configuration = {
  readonly clock: ClockMemory;
  readonly membership: { readonly kind: 'factory'; readonly wrongOffers: number } | Adopted;
};

/**
 * `configuration-malformed`: not what this lock wrote; `configuration-version`: written by a newer one; `configuration-other-lock`;
 * `configuration-refused`: its documents do not hold together.
 */
export type ConfigurationError = {
  readonly code: 'configuration-malformed' | 'configuration-version' | 'configuration-other-lock' | 'configuration-refused';
};

export type ConfigurationPlace = { readonly lockId: LockId; readonly seal: KeyPair };

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
  if (version !== CONFIGURATION_VERSION || lockBytes === undefined || clock === undefined || owned === undefined || more.length > 0) {
    return refuse('configuration-malformed');
  }
  if (!equalBytes(lockBytes, identifierBytes(place.lockId))) return refuse('configuration-other-lock');
  const membership = readMembership(crypto, place, owned);
  return membership.ok ? ok({ clock, membership: membership.value }) : membership;
};

const refuse = (code: ConfigurationError['code']): Err<ConfigurationError> => err({ code });

// The roster stands in the offer's place for it, the newest one; beside it where it stands in its chain.
const encodeAdopted = (crypto: Crypto, { papers, rosterBytes, roster }: Adopted): Cbor =>
  [encodeOffer(crypto, { ...papers, roster: rosterBytes }), roster.version, roster.previous];

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
  const [offer, version, previous] = asArray(owned, 3) ?? [];
  const offerBytes = asBytes(offer);
  const rosterVersion = asNumber(version, 1);
  const previousHash = previous === null ? null : asBytes(previous, 32);
  if (offerBytes === undefined || rosterVersion === undefined || previousHash === undefined) return refuse('configuration-malformed');
  return reopen(crypto, place, offerBytes, { version: rosterVersion, previous: previousHash });
};

type Link = { readonly version: number; readonly previous: Bytes | null };

const reopen = (crypto: Crypto, { lockId, seal }: ConfigurationPlace, offerBytes: Bytes, link: Link): Result<Adopted, ConfigurationError> => {
  const offer = decodeOffer(crypto, offerBytes);
  if (offer === undefined) return refuse('configuration-malformed');
  const { roster: rosterBytes, ...papers } = offer;
  const ownerSet = openOwnerSets(crypto, papers.ownerSets);
  if (!ownerSet.ok) return refuse('configuration-refused');
  const place = { siteId: ownerSet.value.siteId, lockId, ownerKeys: ownerSet.value.keys };
  const roster = openRoster(crypto, rosterBytes, place, predecessor(place, link));
  if (!roster.ok) return refuse('configuration-refused');
  const trusted = openEntries(crypto, seal, roster.value);
  if (!trusted.ok) return refuse('configuration-refused');
  return ok({ kind: 'adopted', ownerSet: ownerSet.value, roster: roster.value, trusted: trusted.value, papers, rosterBytes });
};

// A roster is opened as the successor of one that is no longer there. Of that one only its version and hash count.
const predecessor = ({ siteId, lockId }: RosterPlace, { version, previous }: Link): Roster | undefined =>
  previous === null
    ? undefined
    : {
        siteId, lockId, version: version - 1, previous: null, hash: previous, signer: EMPTY, entries: [], zone: 'Etc/UTC',
        policy: { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 0 }, timeKeys: [], journalKey: EMPTY, groups: [],
      };
