// The names of what a key keeps besides its journal, and the forms of those values that have none elsewhere. Orders are kept as their payload
// and items under their digest; documents are kept as they were received.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import { isInstant } from '@mortise/base/instant.ts';
import type { KeyClockMemory, KeyClockSetting } from './key-clock.ts';
import type { BegunContact, PinState } from './state.ts';

export const MAX_VALUE_BYTES = 65_600;

const numbered = (prefix: string, number: number): string => `${prefix}.${number}`;

export const valueNames = {
  membership: 'membership', clock: 'clock', pin: 'pin', orders: 'orders', staged: 'staged', contact: 'contact',
  item: (digest: Bytes): string => `item.${hex(digest)}`,
  revocation: (issuer: string): string => `revocation.${issuer}`,
  forLock: (number: number): string => numbered('for', number),
  fromLock: (number: number): string => numbered('from', number),
} as const;

export const encodeClock = ({ floor, setting }: KeyClockMemory): Bytes =>
  encodeCbor([floor, setting === undefined ? null : [setting.instant, setting.rtcMs, setting.errorMs]]);

export const decodeClock = (bytes: Bytes): KeyClockMemory | undefined => {
  const [floor, set, ...more] = asArray(decodeCbor(bytes, 64), 2) ?? [];
  if (!isInstant(floor) || more.length > 0) return undefined;
  if (set === null) return { floor, setting: undefined };
  const setting = readSetting(asArray(set, 3));
  return setting && { floor, setting };
};

const readSetting = (items: readonly Cbor[] | undefined): KeyClockSetting | undefined => {
  const [at, rtc, error] = items ?? [];
  const [rtcMs, errorMs] = [asNumber(rtc, Number.MIN_SAFE_INTEGER), asNumber(error)];
  return items?.length !== 3 || !isInstant(at) || rtcMs === undefined || errorMs === undefined ? undefined : { instant: at, rtcMs, errorMs };
};

export type PinMemory = Pick<PinState, 'verifier' | 'epoch' | 'wrong'>;

export const encodePin = ({ verifier, epoch, wrong }: PinMemory): Bytes => encodeCbor([verifier ?? null, epoch, wrong]);

export const decodePin = (bytes: Bytes): PinMemory | undefined => {
  const [held, count, tries, ...more] = asArray(decodeCbor(bytes, 64), 3) ?? [];
  const [verifier, epoch, wrong] = [asBytes(held, 32), asNumber(count), asNumber(tries)];
  if (epoch === undefined || wrong === undefined || more.length > 0 || (verifier === undefined && held !== null)) return undefined;
  return { verifier, epoch, wrong };
};

export const encodeBegun = ({ lockId, instant }: BegunContact): Bytes => encodeCbor([identifierBytes(lockId), instant]);

export const decodeBegun = (bytes: Bytes): BegunContact | undefined => {
  const [lock, at, ...more] = asArray(decodeCbor(bytes, 64), 2) ?? [];
  const lockId = asBytes(lock, IDENTIFIER_BYTES);
  return lockId === undefined || !isInstant(at) || more.length > 0 ? undefined : { lockId: identifierOf<LockId>(lockId), instant: at };
};

