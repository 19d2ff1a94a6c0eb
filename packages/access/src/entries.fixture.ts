// A lock with PINs, keys of codes and a clock, for the tests of what is decided by them.

import { instant, type Instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { exampleEntropy, exampleLock } from '@mortise/documents/example-site.ts';
import { pinEntry } from '@mortise/documents/pin-entry.ts';
import { NO_CODE_MEMORY } from './code-memory.ts';
import type { CodeRequest } from './decide-code.ts';
import type { EntryMemory, EntryRequest } from './entry-request.ts';
import { NO_LOCKOUT, startLockout } from './lockout.ts';
import { codeHourOf, HOUR_MS, type OfflineCode } from './offline-code.ts';
import { pinBook, type PinBook } from './pin-book.ts';

export const LOCK_ID = exampleLock().lockId;
export const NOON = instant(Date.UTC(2027, 4, 3, 12)); // a Monday
export const later = (ms: number): Instant => instant(NOON + ms);
export const person = (name: string): Uint8Array => exampleEntropy(`person ${name}`).subarray(0, 16);

export const TERMS: EntryTerms = { pseudonym: person('Anna'), rights: 3, from: null, until: null, hours: [], holidays: null, second: [], duress: false };
export const CODE_KEY: CodeKeyEntry = {
  keyId: exampleEntropy('code key id').subarray(0, 16), key: new Secret(exampleEntropy('code key')), rights: 3, kinds: ['window', 'once'], longest: 15, until: null, revoked: [],
};

/** A code that began at noon, for an hour. */
export const CODE: OfflineCode = { kind: 'window', startH: codeHourOf(NOON), length: 0, index: 0 };

export const book = (pins: Readonly<Record<string, Partial<EntryTerms>>>): PinBook =>
  pinBook(crypto, LOCK_ID, new Secret(exampleEntropy('pin key')), Object.entries(pins).map(([digits, changes]) => pinEntry(crypto, LOCK_ID, digits, { ...TERMS, ...changes })));

export const ENTRY: EntryRequest = {
  verb: 'unlock', capabilities: ['unlock', 'lock'], source: 'keypad', clock: { quality: 'synced', now: NOON }, nowMs: 1_000_000,
  place: { zone: 'Europe/Zurich', calendars: [], zoneTable: { initialOffsetS: 7200, transitions: [], untilS: 2_000_000_000 } }, rosterVersion: 7,
};

export const typing = (typed: string, changes: Partial<CodeRequest> = {}): CodeRequest =>
  ({ ...ENTRY, source: 'keypad', typed, pins: book({ '471108': {} }), codeKeys: [CODE_KEY], ...changes });

export const FRESH: EntryMemory = { lockout: startLockout(NO_LOCKOUT, 1_000_000), codes: NO_CODE_MEMORY, proofs: [] };
export const DAY_MS = 24 * HOUR_MS;
