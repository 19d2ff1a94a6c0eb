// What a reader remembers of each trusted issuer, from documents that passed verification: the highest validity iteration (SPEC §9
// step 10) and what must no longer open (SPEC §8.4). Kept per trust anchor: no issuer revokes what another one issued.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { RevocationData, RevocationEntry } from '../documents/revocation-data.ts';

/** From the hex of what is revoked to when the entry ends, Unix seconds; `Infinity`: never. */
export type Revocations = ReadonlyMap<string, number>;

/** `credentials`: SHA-256 of 65-byte keys. `accessIds`: AccessData ids. Either is enough to refuse. */
export type IssuerMemory = { readonly highestIteration?: number; readonly credentials: Revocations; readonly accessIds: Revocations };

/** By the hex of the issuer's 65-byte key. */
export type IssuerMemories = ReadonlyMap<string, IssuerMemory>;

/** `spec`: SPEC §8.4 as it stands. `union`: overwrite and remove are ignored, so that two issuers' documents never undo each other. */
export type RevocationMode = 'spec' | 'union';

/** Entries of one issuer, of both kinds together. */
export const MAX_REVOCATIONS = 8192;
/** SPEC §9 step 10: a document that is this far behind is refused. */
export const ITERATION_WINDOW = 8;

export const NO_MEMORIES: IssuerMemories = new Map();

const NOTHING: IssuerMemory = { credentials: new Map(), accessIds: new Map() };

export const memoryOf = (memories: IssuerMemories, issuer: Bytes): IssuerMemory =>
  (memories.size === 0 ? undefined : memories.get(hex(issuer))) ?? NOTHING;

/** Whether both say the same. */
export const isSameMemory = (one: IssuerMemory, other: IssuerMemory): boolean =>
  one === other || (one.highestIteration === other.highestIteration && isSameList(one.credentials, other.credentials) && isSameList(one.accessIds, other.accessIds));

const isSameList = (one: Revocations, other: Revocations): boolean =>
  one.size === other.size && [...one].every(([key, expiryS]) => other.get(key) === expiryS);

const withMemory = (memories: IssuerMemories, issuer: Bytes, memory: IssuerMemory): IssuerMemories =>
  new Map([...memories, [hex(issuer), memory]]);

// ---- validity iterations -----------------------------------------------------------------------------------------------------

/** Whether a document of this iteration, new or stored, is too old; one without an iteration never is. */
export const isBehind = (memories: IssuerMemories, issuer: Bytes, iteration: number | undefined): boolean =>
  iteration !== undefined && (memoryOf(memories, issuer).highestIteration ?? 0) - iteration >= ITERATION_WINDOW;

export const raiseIteration = (memories: IssuerMemories, issuer: Bytes, iteration: number | undefined): IssuerMemories => {
  if (iteration === undefined) return memories;
  const memory = memoryOf(memories, issuer);
  if (iteration <= (memory.highestIteration ?? -1)) return memories;
  return withMemory(memories, issuer, { ...memory, highestIteration: iteration });
};

// ---- revocations -------------------------------------------------------------------------------------------------------------

/** An entry counts until its last second is over; without a clock it always does. */
const counts = (expiryS: number | undefined, now: Instant | undefined): boolean =>
  expiryS !== undefined && (now === undefined || now <= expiryS * 1000);

/** Whether the issuer's list names the credential, or the AccessData id. `credentialKey`: 65 bytes. */
export const isRevoked = (
  crypto: Crypto, memories: IssuerMemories, issuer: Bytes, credentialKey: Bytes, accessId: Bytes | undefined, now: Instant | undefined,
): boolean => {
  const { credentials, accessIds } = memoryOf(memories, issuer);
  const byId = accessId !== undefined && accessIds.size > 0 && counts(accessIds.get(hex(accessId)), now);
  return byId || (credentials.size > 0 && counts(credentials.get(hex(crypto.sha256(credentialKey))), now));
};

type Part = 'credential' | 'accessId';

/** What is listed twice ends when the later one does. */
const added = (list: Revocations, entries: readonly RevocationEntry[], part: Part): Map<string, number> => {
  const next = new Map(list);
  for (const { [part]: bytes, expiryS = Infinity } of entries) {
    if (bytes !== undefined) next.set(hex(bytes), Math.max(next.get(hex(bytes)) ?? 0, expiryS));
  }
  return next;
};

const changed = (list: Revocations, { change, add = [], remove = [] }: RevocationData, mode: RevocationMode, part: Part): Revocations => {
  const next = added(mode === 'spec' && change === 'overwrite' ? new Map() : list, add, part);
  if (mode === 'spec') for (const { [part]: bytes } of remove) if (bytes !== undefined) next.delete(hex(bytes));
  return next;
};

const current = (list: Revocations, now: Instant | undefined): Revocations => new Map([...list].filter(([, expiryS]) => counts(expiryS, now)));

const sizeOf = ({ credentials, accessIds }: IssuerMemory): number => credentials.size + accessIds.size;

/** Entries are kept past their end as long as there is room: a clock can be set back. */
const withinBounds = (memory: IssuerMemory, now: Instant | undefined): IssuerMemory =>
  sizeOf(memory) <= MAX_REVOCATIONS ? memory : { ...memory, credentials: current(memory.credentials, now), accessIds: current(memory.accessIds, now) };

/** SPEC §8.4: add, then remove. Undefined: more than `MAX_REVOCATIONS` entries would count, and to forget one would be to let it open. */
export const applyRevocations = (
  memories: IssuerMemories, issuer: Bytes, data: RevocationData, mode: RevocationMode, now: Instant | undefined,
): IssuerMemories | undefined => {
  const memory = memoryOf(memories, issuer);
  const credentials = changed(memory.credentials, data, mode, 'credential');
  const accessIds = changed(memory.accessIds, data, mode, 'accessId');
  const next = withinBounds({ ...memory, credentials, accessIds }, now);
  return sizeOf(next) <= MAX_REVOCATIONS ? withMemory(memories, issuer, next) : undefined;
};
