// For tests: one whole contact of a key and a passive lock, turn, return and carrying both ways included, cut anywhere: the key's power goes at any of its
// effects; the lock's at any of its own, with any number of its writes done; or the key is lifted within any frame, after any byte of it.
// Whatever was cut, both come back with one history, nothing was opened that was not decided and durable before (the lock's world sees to
// that at each drive), and the next contact opens and brings all of it home.

import assert from 'node:assert/strict';
import { required } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { decodeFromLock, decodeToLock } from '@mortise/courier/link-message.ts';
import { decodeNearFrame } from '@mortise/courier/near-frame.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import { pointOf, verifyEntries, type Entry } from '@mortise/journal/chain.ts';
import { Site, type Touch } from './touch.conformance.ts';

/** `survive`: how many of the lock's writes that were under way are done. `byte`: how much of the frame still arrives, and is heard as a frame. */
export type Cut =
  | { readonly kind: 'key'; readonly effect: number }
  | { readonly kind: 'lock'; readonly effect: number; readonly survive: number }
  | { readonly kind: 'lift'; readonly frame: number; readonly byte: number };

class PowerCut extends Error {}

/** A key that has been at the lock before, with a revocation and a time bound for it, and a lock with records for the hub. */
const scene = (): Site => {
  const site = new Site('passive');
  const { hub, key, guests: { world, site: owners } } = site;
  site.ready();
  site.open();
  world.turn('thrown');
  hub.revocations.push(hub.revoke([identifierBytes(site.guests.grantId('some grant'))]));
  hub.post(world.state.lockId, 'time-bound', owners.timeBound(owners.now()));
  site.update();
  assert.ok(key.state.bag.forLocks.some(({ type }) => type === 'time-bound'));
  return site;
};

const wholeContact = (site: Site, touch: Touch): void => {
  touch.begin('unlock');
  site.run(1500);
  site.guests.world.turn('thrown');
  site.run(1500);
};

type Measured = { readonly keyEffects: number; readonly lockEffects: number; readonly pending: readonly number[]; readonly frames: readonly number[]; readonly carried: ReadonlySet<string> };

/** What there is to cut: the same each time, for the scene is. */
export const measureContact = (): Measured => {
  const site = scene();
  const touch = site.touch();
  const { world } = site.guests;
  const [pending, frames, carried]: [number[], number[], Set<string>] = [[], [], new Set()];
  let keyEffects = 0;
  world.beforeEffect = () => void pending.push(world.unsynced.length);
  site.key.allow = () => {
    keyEffects += 1;
    return true;
  };
  touch.pins = (frame, to) => {
    frames.push(frame.length);
    const decoded = required(decodeNearFrame(frame), 'a near frame');
    if (decoded.kind === 'carry') carried.add(`${to} ${required(to === 'key' ? decodeFromLock(decoded.message) : decodeToLock(decoded.message), 'a message').type}`);
    return [frame];
  };
  wholeContact(site, touch);
  touch.lift();
  return { keyEffects, lockEffects: pending.length, pending, frames, carried };
};

/** Every cut there is. */
export const everyCut = ({ keyEffects, pending, frames }: Measured): readonly Cut[] => [
  ...Array.from({ length: keyEffects }, (_, effect): Cut => ({ kind: 'key', effect })),
  ...pending.flatMap((writes, effect) => Array.from({ length: writes + 1 }, (_, survive): Cut => ({ kind: 'lock', effect, survive }))),
  ...frames.flatMap((bytes, frame) => Array.from({ length: bytes }, (_, byte): Cut => ({ kind: 'lift', frame, byte }))),
];

/** Does the contact and cuts it there; then holds both to what must be. Throws at the first thing that is not; answers whether the lock was freed before the cut. */
export const cutContact = (cut: Cut): boolean => {
  const site = scene();
  const what = JSON.stringify(cut);
  const touch = site.touch();
  const said = listen(site);
  ARM[cut.kind](site, touch, cut);
  const drives = site.guests.world.drives.length;
  try {
    wholeContact(site, touch);
  } catch (error) {
    if (!(error instanceof PowerCut) || cut.kind !== 'lock') throw error;
    for (const write of site.guests.world.unsynced.slice(0, cut.survive)) site.guests.world.apply(write);
  }
  disarm(site, touch);
  touch.lift();
  if (cut.kind === 'key') site.key.restart();
  site.run(100);
  const wasFreed = site.guests.world.drives.length > drives;
  if (wasFreed) assert.ok(site.key.told().slice(-3).some((told) => told.startsWith('contact-')), `${what}: the lock was freed, and the key tells nothing`);
  isOneHistory(site, said, what);
  endsWell(site, said, what);
  return wasFreed;
};

const ARM: { readonly [K in Cut['kind']]: (site: Site, touch: Touch, cut: Cut) => void } = {
  key: (site, touch, cut) => {
    let count = 0;
    site.key.allow = () => {
      count += 1;
      if (cut.kind !== 'key' || count !== cut.effect + 1) return true;
      site.key.cut();
      // The key feeds the lock.
      touch.lift();
      return false;
    };
  },
  lock: (site, _touch, cut) => {
    let count = 0;
    site.guests.world.beforeEffect = () => {
      count += 1;
      if (cut.kind === 'lock' && count > cut.effect) throw new PowerCut();
    };
  },
  lift: (site, touch, cut) => {
    let count = 0;
    touch.pins = (frame) => {
      count += 1;
      if (cut.kind !== 'lift' || count <= cut.frame) return [frame];
      if (count > cut.frame + 1) return [];
      site.guests.world.later(2, () => site.guests.world.later(0, () => touch.lift()));
      return cut.byte === 0 ? [] : [frame.slice(0, cut.byte)];
    };
  },
};

const disarm = (site: Site, touch: Touch): void => {
  site.key.allow = () => true;
  site.guests.world.beforeEffect = () => undefined;
  touch.pins = (frame) => [frame];
};

/** The heads of entries that left the lock in batches, by their number, as anybody heard them first. */
type Said = Map<number, string>;

const listen = (site: Site): Said => {
  const said: Said = new Map();
  const { world } = site.guests;
  const { hearNear } = world;
  world.hearNear = (connection, frame) => {
    for (const { seq, head } of entriesIn(site, frame)) said.set(seq, hex(head));
    hearNear(connection, frame);
  };
  return said;
};

const entriesIn = (site: Site, frame: Bytes): readonly Entry[] => {
  const decoded = decodeNearFrame(frame);
  return decoded?.kind === 'carry' ? entriesOf(site, decoded.message) : [];
};

const entriesOf = (site: Site, bytes: Bytes): readonly Entry[] => {
  const message = decodeFromLock(bytes);
  if (message?.type !== 'journal') return [];
  const batch = openBatch(site.key.crypto, site.guests.site.journalKey.privateKey.reveal(), site.guests.world.keys.identityKey, message.body);
  assert.ok(batch.ok, 'a lock says batches that are whole');
  return batch.value.entries;
};

/** The lock's entries are a chain, and say what was said before the cut. */
const isOneHistory = ({ key, guests: { world } }: Site, said: Said, what: string): void => {
  const [anchor, ...rest] = world.stored.entries;
  assert.ok(verifyEntries(key.crypto, world.state.lockId, pointOf(required(anchor, 'an anchor')), rest).ok, `${what}: the lock’s chain`);
  for (const { seq, head } of world.stored.entries) if (said.has(seq)) assert.equal(said.get(seq), hex(head), `${what}: entry ${seq} was said otherwise`);
  assert.ok(Math.max(0, ...said.keys()) <= (world.stored.entries.at(-1)?.seq ?? 0), `${what}: what was said is durable`);
};

/** The next contact opens and closes; then each record of either is at the hub, once and in order, and the lock has what was for it. */
const endsWell = (site: Site, said: Said, what: string): void => {
  const { hub, key, guests: { world } } = site;
  world.position = 'thrown';
  const drives = world.drives.length;
  const touch = site.touch();
  wholeContact(site, touch);
  touch.lift();
  site.run(100);
  assert.equal(world.drives.length, drives + 1, `${what}: the next contact opens; key ${key.told().slice(-3).join()}, lock ${world.records().slice(-3).map(({ reason }) => reason).join()}`);
  isOneHistory(site, said, what);
  site.update();
  assert.deepEqual([hub.records.length, hub.known.seq], [key.state.journal.last.seq, key.state.journal.last.seq], `${what}: each record of the key came home once`);
  assert.ok(world.records().some(({ reason }) => reason === 'revocations-accepted'), `${what}: the revocation arrived`);
  assert.ok(!key.state.bag.forLocks.some(({ type }) => type === 'time-bound'), `${what}: the time bound arrived`);
  lockCameHome(site, what);
};

const lockCameHome = (site: Site, what: string): void => {
  const heads = new Map<number, string>();
  for (const { message } of site.hub.fromLocks) {
    for (const { seq, head } of entriesOf(site, message)) {
      assert.equal(heads.get(seq) ?? hex(head), hex(head), `${what}: entry ${seq} came home in two forms`);
      heads.set(seq, hex(head));
    }
  }
  const seqs = [...heads.keys()].toSorted((a, b) => a - b);
  const first = required(seqs[0], `${what}: the lock’s journal came home`);
  assert.deepEqual(seqs, seqs.map((_, index) => first + index), `${what}: no record of the lock is missing`);
  for (const { seq, head } of site.guests.world.stored.entries) if (heads.has(seq)) assert.equal(heads.get(seq), hex(head), `${what}: entry ${seq} at the hub`);
  // The return of the bolt in the contact before the last was durable before the last began.
  const opened = site.guests.world.records().map(({ reason }, index) => ({ reason, seq: site.guests.world.stored.entries[index]?.seq ?? 0 })).filter(({ reason }) => reason === 'granted-document');
  assert.ok(opened.every(({ seq }) => seq < first || heads.has(seq)), `${what}: openings came home`);
};
