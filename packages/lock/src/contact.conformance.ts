// For tests: a passive lock that lives from contact to contact. Each touch is a new life of the machine, from what was durable; a lift is a
// power cut, of which the lock hears nothing. The key answers the lock's question for the time as it is told to, and carries.

import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { decodeTimeAsk, encodeCertifiedTime } from '@mortise/courier/link-body.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { TimeAnswer } from '@mortise/documents/time.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { welcomingLock, type Guests } from './guests.conformance.ts';
import type { NearLink } from './near-link.conformance.ts';
import type { Ask, PhoneRun, Site } from './site.conformance.ts';
import type { World } from './world.conformance.ts';

/** How a key tells the time: by its own certified clock, as an electronic key; or as a test says. `silent`: not at all. */
export type Telling = {
  readonly silent?: boolean;
  readonly by?: KeyPair;
  readonly certificate?: Bytes;
  readonly fields?: Partial<TimeAnswer>;
  /** In the place of a body that is one. */
  readonly body?: (nonce: Bytes) => Bytes;
};

/** What came of one touch: what the lock said over it, what the key's side of the transaction knows, and the records that it left. */
export type Visit = { readonly via: NearLink; readonly run: PhoneRun; readonly records: readonly JournalRecord[] };

export class Contacts {
  readonly guests: Guests;
  readonly world: World;
  readonly site: Site;
  /** The key's time key. */
  readonly clock: KeyPair;
  readonly certificate: Bytes;

  constructor(guests: Guests) {
    [this.guests, this.world, this.site] = [guests, guests.world, guests.site];
    this.clock = deriveKeyPair(this.site.crypto, this.site.crypto.sha256(utf8('an electronic key')), 'clock');
    this.certificate = this.site.certify(this.clock);
  }

  /** Takes over where another stands: one adoption serves many tests. */
  static after(other: Contacts, guests: Guests): Contacts {
    guests.world.takeOver(other.world);
    guests.site.takeOver(other.site);
    guests.world.position = other.world.position;
    return new Contacts(guests);
  }

  /** The contact is lifted: of the writes that were under way the first `survive` are done. */
  lift(survive = 0): void {
    for (const write of this.world.unsynced.slice(0, survive)) this.world.apply(write);
    this.world.revive();
    this.world.hearNear = () => undefined;
    this.world.nearClosed = () => undefined;
  }

  /** A key touches: the machine starts, and somebody is there. */
  touch(telling: Telling = {}): NearLink {
    this.lift();
    this.world.wake();
    const via = this.site.connect();
    via.given = ({ type, body }) => {
      if (type === 'time-ask' && telling.silent !== true) via.bring('certified-time', this.tell(required(decodeTimeAsk(body), 'a nonce'), telling));
    };
    return via;
  }

  /** The answer to the lock's question. */
  tell(nonce: Bytes, { by = this.clock, certificate = this.certificate, fields, body }: Telling = {}): Bytes {
    return body === undefined ? encodeCertifiedTime({ certificate, answer: this.site.answer(nonce, by, fields) }) : body(nonce);
  }

  /** Touches, tells the time, asks to unlock, or what is said, stays for five seconds, and lifts. */
  visit(documents: readonly StoredDocument[], ask: Partial<Ask> = {}, telling: Telling = {}): Visit {
    const before = this.world.stored.entries.at(-1)?.seq ?? 0;
    const via = this.touch(telling);
    this.world.run(20);
    const run = this.site.askAndWait({ verb: 'unlock', phone: this.guests.guest, documents, via, ...ask });
    this.lift();
    return { via, run, records: this.recordsAfter(before) };
  }

  /** What is durable and came after `seq`. */
  recordsAfter(seq: number): readonly JournalRecord[] {
    return this.world.stored.entries.filter((entry) => entry.seq > seq).map(({ record }) => required(decodeRecord(record), 'a record'));
  }

  lastSeq(): number {
    return this.world.stored.entries.at(-1)?.seq ?? 0;
  }

  /** The entries that a key was given to carry. */
  entriesOf(via: NearLink): readonly Entry[] {
    return via.bodies('journal').flatMap((body) => {
      const batch = openBatch(this.site.crypto, this.site.journalKey.privateKey.reveal(), this.world.keys.identityKey, body);
      return batch.ok ? batch.value.entries : [];
    });
  }

  /** A key brings the hub's word that all it was given is safe. */
  acknowledge(): void {
    const { via } = this.visit([], { verb: 'syncOnly', phone: this.site.phone });
    const last = required(this.entriesOf(via).at(-1), 'the lock gave its journal').seq;
    const back = this.touch();
    this.site.askAndWait({ verb: 'syncOnly', via: back });
    back.bring('journal-ack', this.site.ack(last));
    this.world.run(200);
    this.lift();
  }
}

/** A passive lock that was adopted on the bench, opens to documents, and has no link any more; nothing is acknowledged since. */
export const passiveLock = (): Contacts => {
  const guests = welcomingLock('passive');
  guests.world.run(11_000);
  guests.world.input({ kind: 'linkDown' });
  return new Contacts(guests);
};

export const said = (records: readonly JournalRecord[]): readonly string[] =>
  records.map(({ kind, reason, sensed }) => `${kind} ${reason} ${sensed.bolt}`);
