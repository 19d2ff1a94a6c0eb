// Offline codes (CONTRACTS: offline codes): 9 digits that open within a time, made without contact to the lock. What a code says is a
// number below 10⁸, written with a leading zero as 9 digits and encrypted by FF1 under the issuer's key for this lock. The zero is the
// check: one string of nine digits in ten passes it. The number is ((start × 16 + length) × 2 + kind) × 4 + index; docs/CODES.md
// derives how many codes hold at any instant.

import { assert } from '@mortise/base/assert.ts';
import { concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { CODE_KINDS, CODE_LENGTHS_H, CODE_NUMBERS, type CodeKeyEntry, type CodeKind } from '@mortise/documents/code-key-entry.ts';
import { ff1Decrypt, ff1Encrypt } from '@mortise/crypto/format-preserving.ts';

export const CODE_DIGITS = 9;
/** Codes of the same kind, start and length that differ. */
export const CODE_INDEXES = 4;
export const HOUR_MS = 3_600_000;
/** Hour 0: 2024-01-01T00:00:00Z. */
export const CODE_EPOCH = instant(Date.UTC(2024, 0, 1));
/** Starts are hours 0 to this, exclusive: into the year 2113. */
export const CODE_HOURS = CODE_NUMBERS / (CODE_LENGTHS_H.length * CODE_KINDS.length * CODE_INDEXES);

export type OfflineCode = {
  readonly kind: CodeKind;
  /** Hours since `CODE_EPOCH`, in UTC: 0 to 781,249. Where the door's clock is off by half an hour, a code starts on the half. */
  readonly startH: number;
  /** Index in `CODE_LENGTHS_H`. */
  readonly length: number;
  /** 0 to 3. */
  readonly index: number;
};

/** 0 to 10⁸ - 1; the code must be within its bounds. */
export const codeNumber = ({ kind, startH, length, index }: OfflineCode): number => {
  const whole = [startH, length, index].every(Number.isSafeInteger) && Math.min(startH, length, index) >= 0;
  assert(whole && startH < CODE_HOURS && length < CODE_LENGTHS_H.length && index < CODE_INDEXES, 'an offline code within its bounds');
  return ((startH * CODE_LENGTHS_H.length + length) * CODE_KINDS.length + CODE_KINDS.indexOf(kind)) * CODE_INDEXES + index;
};

/** The inverse of `codeNumber`. */
export const codeOfNumber = (number: number): OfflineCode => {
  const kinds = Math.floor(number / CODE_INDEXES);
  const lengths = Math.floor(kinds / CODE_KINDS.length);
  const kind = kinds % CODE_KINDS.length === 0 ? 'window' : 'once';
  return { kind, startH: Math.floor(lengths / CODE_LENGTHS_H.length), length: lengths % CODE_LENGTHS_H.length, index: number % CODE_INDEXES };
};

const LABEL = utf8('mortise-code-1');
const tweakOf = (lockId: LockId): Bytes => concat(LABEL, identifierBytes(lockId));

/** The nine digits; what the issuer's app shows. */
export const encodeCode = ({ key }: Pick<CodeKeyEntry, 'key'>, lockId: LockId, code: OfflineCode): string =>
  ff1Encrypt(key.reveal(), tweakOf(lockId), String(codeNumber(code)).padStart(CODE_DIGITS, '0'));

/** What nine digits say under this key; undefined when the check is not zero. */
export const decodeCode = ({ key }: Pick<CodeKeyEntry, 'key'>, lockId: LockId, digits: string): OfflineCode | undefined => {
  const plain = ff1Decrypt(key.reveal(), tweakOf(lockId), digits);
  return plain.startsWith('0') ? codeOfNumber(Number(plain)) : undefined;
};

export const isCode = (typed: string): boolean => /^[0-9]{9}$/.test(typed);

export const codeHours = ({ length }: OfflineCode): number => CODE_LENGTHS_H[length] ?? 0;
export const codeFrom = ({ startH }: OfflineCode): Instant => instant(CODE_EPOCH + startH * HOUR_MS);
/** The last millisecond of its time. */
export const codeUntil = (code: OfflineCode): Instant => instant(codeFrom(code) + codeHours(code) * HOUR_MS - 1);

/** The hour that a code may start in, for an instant from 2024 on. */
export const codeHourOf = (at: Instant): number => Math.floor((at - CODE_EPOCH) / HOUR_MS);
