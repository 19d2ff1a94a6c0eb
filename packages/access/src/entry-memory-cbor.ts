// What a lock stores of entries, as CBOR: the lockouts of all sources, and the codes that opened once. What is not exactly what was
// written is refused whole: an empty one in its place would give guesses back, or open a code again.

import { fromHex, hex } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asList, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { IDENTIFIER_BYTES } from '@mortise/base/identifiers.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { required } from '@mortise/base/assert.ts';
import { CODE_NUMBERS } from '@mortise/documents/code-key-entry.ts';
import { MAX_USED_CODES, type CodeMemory } from './code-memory.ts';
import { FULL_UNITS, LOCKOUT_POLICIES, LOCK_SOURCES, MAX_ENTRY_UNITS, type KeptLockout, type LockSource } from './lockout.ts';

export type KeptLockouts = Readonly<Record<LockSource, KeptLockout>>;

/** Of either. */
export const MAX_ENTRY_MEMORY_BYTES = 65_536;
const VERSION = 1;

const partsOf = (bytes: Bytes, length: number): readonly Cbor[] | undefined => {
  const parts = asArray(decodeCbor(bytes, MAX_ENTRY_MEMORY_BYTES), length);
  return parts?.length === length && parts[0] === VERSION ? parts : undefined;
};

// ---- lockouts --------------------------------------------------------------------------------------------------------------------

/** [1, [debt, wait, forgiven] of each source in the order of `LOCK_SOURCES`], in milliseconds. */
export const encodeLockouts = (lockouts: KeptLockouts): Bytes =>
  encodeCbor([VERSION, ...LOCK_SOURCES.map((source) => [lockouts[source].debtMs, lockouts[source].waitMs, lockouts[source].forgivenMs])]);

/** Takes any bytes. */
export const decodeLockouts = (bytes: Bytes): KeptLockouts | undefined => {
  const parts = partsOf(bytes, LOCK_SOURCES.length + 1);
  const [keypad, finger, card, near, relay] = LOCK_SOURCES.map((source, index) => readLockout(source, parts?.[index + 1]));
  if (keypad === undefined || finger === undefined || card === undefined || near === undefined || relay === undefined) return undefined;
  return { keypad, finger, card, near, relay };
};

const readLockout = (source: LockSource, value: Cbor | undefined): KeptLockout | undefined => {
  const most = (FULL_UNITS + MAX_ENTRY_UNITS) * LOCKOUT_POLICIES[source].unitMs;
  const kept = asList(value, 3, 3, (item) => asNumber(item, 0, most));
  const at = (index: number): number => required(kept?.[index], 'a lockout has three numbers');
  return kept === undefined ? undefined : { debtMs: at(0), waitMs: at(1), forgivenMs: at(2) };
};

// ---- codes that opened once --------------------------------------------------------------------------------------------------------

/** [1, [[key id, number, last instant], …], forgotten] */
export const encodeCodeMemory = ({ used, forgotten }: CodeMemory): Bytes =>
  encodeCbor([VERSION, [...used].map(([name, until]) => [...halvesOf(name), until]), forgotten]);

const halvesOf = (name: string): readonly [Bytes, number] => {
  const end = name.indexOf(':');
  return [required(fromHex(name.slice(0, end)), 'a key id is hexadecimal'), Number(name.slice(end + 1))];
};

/** Takes any bytes. */
export const decodeCodeMemory = (bytes: Bytes): CodeMemory | undefined => {
  const parts = partsOf(bytes, 3);
  const entries = asList(parts?.[1], 0, MAX_USED_CODES, readUsed);
  const [used, forgotten] = [new Map(entries), parts?.[2]];
  return entries === undefined || used.size < entries.length || !isInstant(forgotten) ? undefined : { used, forgotten };
};

const readUsed = (value: Cbor): readonly [string, Instant] | undefined => {
  const [id, count, until] = asArray(value, 3) ?? [];
  const [keyId, number] = [asBytes(id, IDENTIFIER_BYTES), asNumber(count, 0, CODE_NUMBERS - 1)];
  return keyId === undefined || number === undefined || !isInstant(until) ? undefined : [`${hex(keyId)}:${number}`, until];
};
