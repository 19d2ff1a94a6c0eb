// A lock that keeps a journal, from a name: every key, salt and signature follows from it. For tests, vectors and benchmarks
// here and in the rooms below; nothing that runs uses it.

import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { GENESIS, SALT_BYTES, append, lockIdOf, type ChainPoint } from './chain.ts';
import { headStatementToSign } from './head-statement.ts';
import { encodeRecord, type JournalRecord } from './record.ts';
import type { StoredEntry } from './stored-journal.ts';

export type ExampleLock = {
  readonly seed: Bytes;
  readonly lockId: LockId;
  readonly identity: KeyPair;
  /** To whom its records are sealed. */
  readonly journal: KeyPair;
};

export const exampleLock = (crypto: Crypto, name: string): ExampleLock => {
  const seed = crypto.sha256(utf8(name));
  const identity = deriveKeyPair(crypto, seed, 'identity');
  return { seed, identity, journal: deriveKeyPair(crypto, seed, 'journal'), lockId: lockIdOf(crypto, identity.publicKey) };
};

/** The first `count` entries; a head statement at the end of each `batch` and, unless `signEnd` is false, at the last. */
export function* exampleEntries(crypto: Crypto, lock: ExampleLock, count: number, batch = 32, signEnd = true): Generator<StoredEntry> {
  let point: ChainPoint = GENESIS;
  for (let seq = 1; seq <= count; seq += 1) {
    const record = exampleRecord(crypto, lock, seq);
    const salt = derive(crypto, lock.seed, `salt ${seq}`, SALT_BYTES);
    const entry = append(crypto, { lockId: lock.lockId, ...point }, encodeRecord(record), salt, record.kind);
    const signed = seq % batch === 0 || (signEnd && seq === count);
    yield { ...entry, statement: signed ? exampleStatement(crypto, lock, entry) : undefined };
    point = entry;
  }
}

/** The head statement at `point`. */
export const exampleStatement = (crypto: Crypto, lock: ExampleLock, point: ChainPoint): Bytes => {
  const { message, assemble } = headStatementToSign(crypto, lock.identity.publicKey, { lockId: lock.lockId, seq: point.seq, head: point.head });
  return assemble(crypto.p256.sign(lock.identity.privateKey.reveal(), message));
};

/** Records of every kind in turn: a decision, its operation, a hand at the thumb-turn, a refusal. */
export const exampleRecord = (crypto: Crypto, lock: ExampleLock, seq: number): JournalRecord => {
  const ids = crypto.sha256(utf8(`ids ${seq}`));
  const common = { instant: instant(FIRST_MS + seq * 60_000), clock: 'synced' } as const;
  const asked = { verb: 'unlock', interface: 0xf1, transactionId: ids.slice(0, 16), requestId: ids.slice(16) } as const;
  const trusted = { ...asked, credential: crypto.sha256(lock.journal.publicKey), pseudonym: lock.seed.slice(0, 16), rule: 'trusted:1' };
  switch (seq % 4) {
    case 1:
      return { ...common, ...trusted, kind: 'decision', reason: 'granted-trusted', allowed: true, sensed: { bolt: 'locked', door: 'closed', batteryMv: 5900 } };
    case 2:
      return { ...common, ...trusted, kind: 'operation', reason: 'granted-trusted', allowed: true, sensed: { bolt: 'unlocked', door: 'closed', batteryMv: 5890 } };
    case 3:
      return { ...common, kind: 'event', reason: 'manual', sensed: { bolt: 'locked', door: 'none' } };
    default:
      return { ...common, ...asked, kind: 'decision', credential: ids, reason: 'credential-unknown', allowed: false, sensed: { bolt: 'locked', door: 'open' } };
  }
};

// 2026-01-01T00:00:00Z
const FIRST_MS = 1_767_225_600_000;
