// The contact is lifted anywhere: before each input and between any two effects of one, with any number of the writes that were under way
// done. Whatever is left of it, the lock comes back with one history: what it said is in its journal as it said it, each decision is
// closed once, nothing moved without one, and the next key is let in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, decodeCbor } from '@mortise/base/cbor.ts';
import { Secret } from '@mortise/base/secret.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { decodeNearFrame } from '@mortise/courier/near-frame.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import { pointOf, verifyEntries, type Entry } from '@mortise/journal/chain.ts';
import { openHeadStatement } from '@mortise/journal/head-statement.ts';
import { restore } from './birth.ts';
import { Contacts, passiveLock } from './contact.conformance.ts';
import { Guests } from './guests.conformance.ts';
import { Site } from './site.conformance.ts';
import { SETUP_SECRET, World } from './world.conformance.ts';

class PowerCut extends Error {}

const base = passiveLock();

/** A store that is quick, and one so slow that writes wait for each other. */
const STORES_MS = [2, 150];

const fresh = (storeDelayMs = 2): Contacts => {
  const world = new World('a lock', 'passive');
  world.faults.storeDelayMs = storeDelayMs;
  return Contacts.after(base, new Guests(new Site(world)));
};

type Cut = { readonly contacts: Contacts; readonly said: readonly Said[] };
type Said = { readonly seq: number; readonly head: string };

/** What left the lock of its journal: signed heads of receipts, entries of batches. */
const heedOf = ({ world, site }: Contacts, said: Said[]): ((frame: Bytes) => void) => (bytes) => {
  const frame = required(decodeNearFrame(bytes), 'the lock sends near frames');
  if (frame.kind === 'receipt') {
    const statement = openHeadStatement(site.crypto, world.keys.identityKey, world.state.lockId, required(asBytes(asArray(decodeCbor(frame.receipt), 6)?.[5]), 'a statement'));
    if (statement.ok) said.push({ seq: statement.value.seq, head: hex(statement.value.head) });
  }
  const message = frame.kind === 'carry' ? decodeFromLock(frame.message) : undefined;
  if (message?.type !== 'journal') return;
  const batch = openBatch(site.crypto, site.journalKey.privateKey.reveal(), world.keys.identityKey, message.body);
  assert.ok(batch.ok);
  said.push(...batch.value.entries.map(({ seq, head }) => ({ seq, head: hex(head) })));
};

const REQUEST = new Uint8Array(16).fill(7);

/** A whole contact: time, a grant and a revocation, the hand turns and turns back, the journal goes out. */
const contact = (contacts: Contacts, said: Said[]): void => {
  const { world, site, guests } = contacts;
  const via = contacts.touch();
  const { hearNear } = world;
  const heed = heedOf(contacts, said);
  world.hearNear = (connection, frame) => {
    heed(frame);
    hearNear(connection, frame);
  };
  world.run(20);
  site.ask({ verb: 'unlock', phone: guests.guest, documents: [guests.issue({ uses: 2 }), guests.revoke(guests.id('another'))], requestId: REQUEST, via });
  world.run(1500);
  world.turn('thrown');
  world.run(500);
};

/** Cuts the power at the `at`th moment; undefined: there are not so many. */
const cutAt = (at: number, storeDelayMs: number): Cut | undefined => {
  const contacts = fresh(storeDelayMs);
  const said: Said[] = [];
  let moments = 0;
  const tick = (): void => {
    moments += 1;
    if (moments > at) throw new PowerCut();
  };
  contacts.world.watch = tick;
  contacts.world.beforeEffect = tick;
  try {
    contact(contacts, said);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    contacts.world.watch = () => undefined;
    contacts.world.beforeEffect = () => undefined;
    return { contacts, said };
  }
  return undefined;
};

const isWhole = (contacts: Contacts, said: readonly Said[]): void => {
  const { world, site } = contacts;
  const [anchor, ...rest] = world.stored.entries;
  assert.ok(verifyEntries(site.crypto, world.state.lockId, pointOf(required(anchor, 'an anchor')), rest).ok);
  for (const { seq, head } of said) assert.equal(hex(required(world.stored.entries.find((entry) => entry.seq === seq), `entry ${seq} was said`).head), head);
};

/** Wakes what a cut left, holds it to the invariants, and lets the next keys try. */
const tryCut = ({ contacts, said }: Cut, survive: number, what: string, counts: { cuts: number; closed: number; opened: number; spent: number }): void => {
  const { world, site, guests } = contacts;
  contacts.lift(survive);
  world.faults.storeDelayMs = 2;
  world.wake();
  world.run(100);
  isWhole(contacts, said);
  const records = contacts.recordsAfter(base.lastSeq());
  const decisions = records.filter(({ kind, allowed }) => kind === 'decision' && allowed === true).length;
  const ends = records.filter(({ kind, reason }) => reason === 'started' || (kind === 'operation' && reason !== 'bolt-returned')).length;
  assert.equal(ends, decisions, what);
  counts.cuts += 1;
  counts.spent += decisions;
  counts.closed += records.filter(({ reason }) => reason === 'started').length;
  counts.opened += records.filter(({ kind, sensed }) => kind === 'operation' && sensed.bolt === 'unlocked').length;
  // How the bolt stands is what the last record says, wherever the hand was stopped.
  const place = { thrown: 'locked', withdrawn: 'unlocked', between: undefined, unlatched: undefined }[world.position];
  if (place !== undefined) assert.equal(world.records().at(-1)?.sensed.bolt, place, what);
  const again = contacts.touch();
  world.run(20);
  const repeated = site.askAndWait({ verb: 'unlock', phone: guests.guest, documents: [guests.issue({ uses: 2 })], requestId: REQUEST, via: again });
  assert.equal(repeated.receipt?.record.reason, decisions > 0 ? 'request-repeated' : 'granted-document', what);
  contacts.lift();
  world.position = 'thrown';
  const { run } = contacts.visit([guests.issue({ uses: 2 })]);
  assert.equal(run.receipt?.record.sensed.bolt, 'unlocked', `the second use is left: ${what}`);
  assert.equal(contacts.visit([guests.issue({ uses: 2 })]).records[0]?.reason, 'uses-spent', `and no third: ${what}`);
  isWhole(contacts, said);
};

test('a lift at each moment, with each number of writes done: one history, each decision closed once, and the next key is let in', () => {
  const counts = { cuts: 0, closed: 0, opened: 0, spent: 0 };
  for (const storeDelayMs of STORES_MS) {
    for (let at = 0; ; at += 1) {
      const pending = cutAt(at, storeDelayMs)?.contacts.world.unsynced.length;
      if (pending === undefined) break;
      for (let survive = 0; survive <= pending; survive += 1) {
        tryCut(required(cutAt(at, storeDelayMs), 'the same again'), survive, `store ${storeDelayMs} ms, moment ${at}, ${survive} writes`, counts);
      }
    }
  }
  const { cuts, closed, opened, spent } = counts;
  assert.ok(cuts > 120 && closed > 0 && opened > 0 && spent > 0);
  console.log(`passive cuts: ${cuts} lifts, ${closed} decisions closed by the next waking, ${opened} operations durable before`);
});

test('an entry that was written in part is refused wherever it is cut; the store never gives one up, and the lock does not live by it', () => {
  const contacts = fresh();
  contacts.visit([contacts.guests.issue()]);
  const { world } = contacts;
  const { configuration = new Uint8Array(0), memory, entries, acknowledged } = world.stored;
  const restored = (changed: readonly Entry[]): string => {
    const result = restore({ crypto: world.crypto }, world.keys, new Secret(SETUP_SECRET), { configuration, memory, entries: changed, acknowledged }, 'passive');
    return result.ok ? 'restored' : result.error.code;
  };
  const last = required(entries.at(-1), 'an entry');
  const others = entries.slice(0, -1);
  assert.equal(restored(entries), 'restored', 'control');
  assert.equal(restored(others), 'restored', 'the whole entry torn away');
  let refused = 0;
  for (const field of ['record', 'leaf', 'salt', 'head'] as const) {
    for (let length = 0; length < last[field].length; length += 1) {
      assert.equal(restored([...others, { ...last, [field]: last[field].slice(0, length) }]), 'journal-broken');
      refused += 1;
    }
  }
  assert.equal(restored([...entries.slice(0, -2), last]), 'journal-broken', 'a write that was done before the one ahead of it');
  console.log(`passive cuts: ${refused} half-written entries refused`);
});
