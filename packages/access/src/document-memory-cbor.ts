// The parts of a document memory as CBOR, each by itself: a lock writes those that changed. Numbers are as they are in memory, keys as
// bytes. What is not exactly what was written is refused whole: a memory in part would let open what it forgot.

import type { IssuerMemories, IssuerMemory, Revocations } from '@mortise/aliro/issuer-memory.ts';
import { concat, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asList, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import type { Admission, AdmissionMemory } from './admission-memory.ts';
import { MAX_ADMISSIONS } from './admission-memory.ts';
import type { Use, UseMemory } from './use-memory.ts';
import { MAX_USES } from './use-memory.ts';

/** Of any one part. */
export const MAX_MEMORY_BYTES = 8_388_608;
export const MAX_ISSUERS = 256;
const MAX_LIST = 8192;
const VERSION = 1;
const OWNERS = 'owners';

type Read<T> = (value: Cbor) => T | undefined;

const bytesOf = (text: string): Bytes => fromHex(text) ?? concat();
const asInstant = (value: Cbor | undefined): Instant | undefined => (isInstant(value) ? value : undefined);

/** [1, entries, …more] */
const partsOf = (bytes: Bytes, length: number): readonly Cbor[] | undefined => {
  const parts = asArray(decodeCbor(bytes, MAX_MEMORY_BYTES), length);
  return parts?.length === length && parts[0] === VERSION ? parts : undefined;
};

const mapOf = <T>(entries: readonly (readonly [string, T])[] | undefined): ReadonlyMap<string, T> | undefined => {
  const map = new Map(entries);
  return entries !== undefined && map.size === entries.length ? map : undefined;
};

// ---- revocations and iterations ----------------------------------------------------------------------------------------------------

/** [1, [[issuer, highest iteration or null, [[credential, expiry or null], …], [[access id, expiry or null], …]], …]]; expiries in seconds. */
export const encodeIssuers = (memories: IssuerMemories): Bytes =>
  encodeCbor([VERSION, [...memories].map(([issuer, { highestIteration, credentials, accessIds }]) =>
    [bytesOf(issuer), highestIteration ?? null, listCbor(credentials), listCbor(accessIds)])]);

const listCbor = (list: Revocations): Cbor => [...list].map(([key, expiryS]) => [bytesOf(key), expiryS === Infinity ? null : expiryS]);

/** Takes any bytes. */
export const decodeIssuers = (bytes: Bytes): IssuerMemories | undefined => mapOf(asList(partsOf(bytes, 2)?.[1], 0, MAX_ISSUERS, readIssuer));

const readIssuer: Read<readonly [string, IssuerMemory]> = (value) => {
  const [key, iteration, first, second] = asArray(value, 4) ?? [];
  const [issuer, highestIteration] = [asBytes(key), asNumber(iteration)];
  const [credentials, accessIds] = [readList(first), readList(second)];
  if (issuer === undefined || credentials === undefined || accessIds === undefined || (highestIteration === undefined && iteration !== null)) return undefined;
  return [hex(issuer), { ...(highestIteration !== undefined && { highestIteration }), credentials, accessIds }];
};

const readList = (value: Cbor | undefined): Revocations | undefined => mapOf(asList(value, 0, MAX_LIST, readRevocation));

const readRevocation: Read<readonly [string, number]> = (value) => {
  const [key, expiry, ...more] = asArray(value, 2) ?? [];
  const [bytes, expiryS] = [asBytes(key), expiry === null ? Infinity : asNumber(expiry)];
  return bytes === undefined || expiryS === undefined || more.length > 0 ? undefined : [hex(bytes), expiryS];
};

// ---- admissions --------------------------------------------------------------------------------------------------------------------

/** [1, [[delegate, credential, at, until], …]] */
export const encodeAdmissions = (memory: AdmissionMemory): Bytes =>
  encodeCbor([VERSION, [...memory].map(([key, { at, until }]) => [...halvesOf(key).map(bytesOf), at, until])]);

const halvesOf = (key: string): readonly string[] => key.split(':');

/** Takes any bytes. */
export const decodeAdmissions = (bytes: Bytes): AdmissionMemory | undefined => mapOf(asList(partsOf(bytes, 2)?.[1], 0, MAX_ADMISSIONS, readAdmission));

const readAdmission: Read<readonly [string, Admission]> = (value) => {
  const [first, second, seen, end] = asArray(value, 4) ?? [];
  const [delegate, credential, at, until] = [asBytes(first), asBytes(second), asInstant(seen), asInstant(end)];
  if (delegate === undefined || credential === undefined || at === undefined || until === undefined) return undefined;
  return [`${hex(delegate)}:${hex(credential)}`, { at, until }];
};

// ---- uses --------------------------------------------------------------------------------------------------------------------------

/** [1, [[delegate or null, grant id, uses, first, until], …], forgotten of owners, of delegates] */
export const encodeUses = ({ uses, forgotten }: UseMemory): Bytes =>
  encodeCbor([VERSION, [...uses].map(([key, use]) => useCbor(halvesOf(key), use)), forgotten.owners, forgotten.delegates]);

const useCbor = ([issuer = OWNERS, grantId = '']: readonly string[], { uses, first, until }: Use): Cbor =>
  [issuer === OWNERS ? null : bytesOf(issuer), bytesOf(grantId), uses, first, until];

/** Takes any bytes. */
export const decodeUses = (bytes: Bytes): UseMemory | undefined => {
  const parts = partsOf(bytes, 4);
  const uses = mapOf(asList(parts?.[1], 0, MAX_USES, readUse));
  const [owners, delegates] = [asInstant(parts?.[2]), asInstant(parts?.[3])];
  return uses === undefined || owners === undefined || delegates === undefined ? undefined : { uses, forgotten: { owners, delegates } };
};

const readUse: Read<readonly [string, Use]> = (value) => {
  const [issuer, id, count, begun, end] = asArray(value, 5) ?? [];
  const [delegate, grantId, uses, first, until] = [asBytes(issuer), asBytes(id), asNumber(count, 1), asInstant(begun), asInstant(end)];
  if ((delegate === undefined && issuer !== null) || grantId === undefined) return undefined;
  if (uses === undefined || first === undefined || until === undefined) return undefined;
  return [`${delegate === undefined ? OWNERS : hex(delegate)}:${hex(grantId)}`, { uses, first, until }];
};
