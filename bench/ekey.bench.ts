// What an update of an electronic key costs on the line: a key that has nothing gets grants for 2,000 locks in 32 groups, each group with dates and daily
// hours of its own and a freshness stamp, certificates and orders. The key holds none of the locks' keys: their certificates spare it
// those (ADR 28). Both directions are counted, as frames of the serial line.

import { assert } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { encodeSerialFrame } from '@mortise/courier/serial-frame.ts';
import { KeyHub, siteNamed } from '@mortise/ekey/key-hub.conformance.ts';
import { Site } from '@mortise/ekey/touch.conformance.ts';
import { KeyWorld, VirtualTime } from '@mortise/ekey/world.conformance.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { encodeBatch, MAX_BATCH_ENTRIES } from '@mortise/journal/batch.ts';
import { append, GENESIS, type Entry } from '@mortise/journal/chain.ts';
import { headStatementToSign } from '@mortise/journal/head-statement.ts';
import { encodeRecord } from '@mortise/journal/record.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import type { Bench, Figure } from './bench.ts';

const GOAL_KIB = 64;
const LOCKS = 2000;
const GROUPS = 32;
const WEEKLY = 2;
const TRUE_MS = 1_790_000_500_000;

type Scene = { readonly time: VirtualTime; readonly world: KeyWorld; readonly hub: KeyHub };

const enrolledKey = (): Scene => {
  const time = new VirtualTime();
  const world = new KeyWorld(time);
  const hub = new KeyHub(world, siteNamed(world.crypto, 'an estate'), () => instant(TRUE_MS + time.nowMs));
  world.start();
  hub.link();
  time.run(20);
  hub.say('enrol', hub.enrolment());
  time.run(100);
  hub.unlink();
  return { time, world, hub };
};

/** A working day of eight hours on the wall clock, from another hour on for each group, Monday to Friday. */
const hoursOf = (index: number): Schedule => ({
  startS: Date.UTC(2026, 8, 7, index % 12) / 1000, utc: false, recurrence: { durationS: 8 * 3600, mask: 0b0011111, pattern: WEEKLY, interval: 1, ordinal: 0 },
});

const update = (): Promise<Figure> => {
  const { time, world, hub } = enrolledKey();
  const groups = Array.from({ length: GROUPS }, (_, index) => hub.group(`group ${index}`));
  // Which lock is in which group is in the locks' rosters: 2,000 of them cost the key nothing.
  const locks = Array.from({ length: LOCKS }, (_, index) => groups[index % GROUPS]);
  const grants = groups.map((id, index) => hub.grant({ places: [{ kind: 'group', id }], hours: [hoursOf(index)], holidays: 1, freshForS: 7 * 86_400 }));
  hub.order([hub.ownTimeKey(), ...grants, ...grants.map((grant) => hub.stamp(grant))], { buffer: 'overwrite', pin: { minutes: 30, epoch: 1 } });
  let bytes = 0;
  hub.pass = (message) => {
    bytes += encodeSerialFrame(message).length;
    return [message];
  };
  hub.link();
  time.run(5000);
  const reached = locks.filter((id) => id !== undefined && world.state.holdings.grants.some(({ places }) => places.has(elementOf({ kind: 'group', id })))).length;
  assert(world.state.orders?.version === 1 && reached === LOCKS, `the key may open ${reached} locks`);
  return Promise.resolve({ value: bytes / 1024, goal: GOAL_KIB, better: 'lower', unit: 'KiB', against: `the limit of 64 KiB: a key that has nothing gets ${GROUPS} grants with stamps for ${LOCKS} locks in ${GROUPS} groups, both ways over the serial line`, samples: 1 });
};

/** A record of an opening as the key writes it, in its share of a full batch on its way to the hub. */
const recordBytes = (): Promise<Figure> => {
  const { keyId, identity, crypto, journalKey } = ofKey();
  const id = (name: string): Bytes => crypto.sha256(utf8(name));
  const record = encodeRecord({
    instant: instant(TRUE_MS), clock: 'synced', kind: 'operation', verb: 'unlock', interface: 0xf0, grant: id('grant').slice(0, 16), rule: 'lock:granted-document', reason: 'contact-opened', allowed: true,
    sensed: { bolt: 'unlocked', door: 'none', batteryMv: 3900 }, transactionId: id('transaction').slice(0, 16), requestId: id('request').slice(0, 16), lock: identifierOf<LockId>(id('lock').slice(0, 16)),
  });
  const entries: Entry[] = [];
  for (let index = 0; index < MAX_BATCH_ENTRIES; index += 1) entries.push(append(crypto, { ...(entries.at(-1) ?? GENESIS), lockId: keyId }, record, id(`salt ${index}`), 'operation'));
  const last = entries[MAX_BATCH_ENTRIES - 1] ?? GENESIS;
  const { message, assemble } = headStatementToSign(crypto, identity.publicKey, { lockId: keyId, seq: last.seq, head: last.head });
  const statement = assemble(crypto.p256.sign(identity.privateKey.reveal(), message));
  const batch = encodeBatch(crypto, { lockId: keyId, from: GENESIS, entries, journalKey, statement }, id('batch'));
  return Promise.resolve({ value: batch.length / entries.length, better: 'lower', unit: 'bytes', against: `no limit: the record of an opening (${record.length} bytes) in a full batch, sealed to the owners’ journal key`, samples: entries.length });
};

const ofKey = () => {
  const { world, hub } = enrolledKey();
  return { keyId: world.state.keyId, identity: world.identity, crypto: world.crypto, journalKey: hub.site.journalKey.publicKey };
};

/** One opening of a passive lock by contact, from the touch to the receipt of the turn: what went over the pins. */
const contact = (): { readonly roundTrips: number; readonly bytes: number } => {
  const site = new Site('passive');
  site.ready();
  const touch = site.touch();
  touch.begin('unlock');
  // The lock asks, decides and frees the bolt; then the hand turns. What is carried comes after the receipt.
  for (let turns = 0; turns < 5000 && site.key.state.contact?.end !== 'opened'; turns += 1) site.run(1);
  assert(site.key.state.contact?.end === 'opened', 'the lock opened');
  return touch;
};

const contactRoundTrips = (): Promise<Figure> =>
  Promise.resolve({ value: contact().roundTrips, better: 'lower', unit: 'trips', against: 'no limit: one opening of a passive lock, from the touch to the receipt, time and grant included', samples: 1 });

const contactBytes = (): Promise<Figure> =>
  Promise.resolve({ value: contact().bytes, better: 'lower', unit: 'bytes', against: 'no limit: the same opening, all frames both ways', samples: 1 });

export const electronicKey: readonly Bench[] = [
  { name: 'ekey.contact.round_trips', run: contactRoundTrips },
  { name: 'ekey.contact.bytes', run: contactBytes },
  { name: 'ekey.update.kib', run: update },
  { name: 'ekey.record.bytes', run: recordBytes },
];
