// What the hub holds of the journals of locks and keys: verified, in order, each record once. It says what it has by its time key, and a device
// drops nothing before.

import { encodeToLock, NO_SESSION } from '@mortise/courier/link-message.ts';
import { journalAckToSign } from '@mortise/courier/journal-ack.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { required } from '@mortise/base/assert.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { mergeBatch, openBatch } from '@mortise/journal/batch.ts';
import { GENESIS, lockIdOf, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import type { Checks } from './checks.ts';
import type { HubKeys } from './site.ts';

/** `records`: those of `entries`, which follow one another from the first on. */
type Device = { readonly name: string; readonly identityKey: Bytes; known: ChainPoint; readonly entries: Entry[]; readonly records: JournalRecord[] };

export class Archive {
  readonly #devices = new Map<LockId, Device>();
  readonly #crypto: Crypto;
  readonly #keys: HubKeys;
  readonly #checks: Checks;

  constructor(crypto: Crypto, keys: HubKeys, checks: Checks) {
    [this.#crypto, this.#keys, this.#checks] = [crypto, keys, checks];
  }

  expect(name: string, identityKey: Bytes): void {
    this.#devices.set(lockIdOf(this.#crypto, identityKey), { name, identityKey, known: GENESIS, entries: [], records: [] });
  }

  /** A batch of this device, by whatever courier; answers the records that are new. */
  take(id: LockId, batch: Bytes): readonly JournalRecord[] {
    const device = this.#of(id);
    const opened = openBatch(this.#crypto, this.#keys.journal.privateKey.reveal(), device.identityKey, batch);
    this.#checks.check('chained', opened.ok, () => `a batch of ${device.name} does not hold: ${opened.ok ? '' : opened.error.code}`);
    if (!opened.ok) return [];
    const merged = mergeBatch(device.known, opened.value);
    this.#checks.check('chained', merged.kind !== 'fork', () => `${device.name} told two histories`);
    // A later batch that came first waits for the earlier one: nothing is acknowledged, and the device tells it again.
    return merged.kind === 'merged' ? this.#keep(device, merged.fresh) : [];
  }

  /** The hub's word to a device of what it has of it. */
  wordTo(id: LockId, now: Instant): Bytes {
    const { publicKey } = this.#keys.time;
    return signedBy(this.#crypto, this.#keys.time, journalAckToSign(this.#crypto, publicKey, { lockId: id, seq: this.#of(id).known.seq, instant: now }));
  }

  /** The same as a message to a lock, for whoever comes by there. */
  acknowledgement(id: LockId, now: Instant): Bytes {
    return encodeToLock({ type: 'journal-ack', session: NO_SESSION, seq: 0, expires: 0, body: this.wordTo(id, now) });
  }

  held(id: LockId): { readonly entries: readonly Entry[]; readonly records: readonly JournalRecord[] } {
    return this.#of(id);
  }

  #keep(device: Device, fresh: readonly Entry[]): readonly JournalRecord[] {
    const records = fresh.map(({ record }) => required(decodeRecord(record), 'a verified record decodes'));
    device.entries.push(...fresh);
    device.records.push(...records);
    device.known = fresh.at(-1) ?? device.known;
    return records;
  }

  #of(id: LockId): Device {
    return required(this.#devices.get(id), 'the hub knows its devices');
  }
}
