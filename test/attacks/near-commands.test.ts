// Commands over the near link: every one by every role, the privileged words that a role signs with its own key, and frames and packets that are none. Pure lock,
// virtual time. What may be asked is decided from the roster and the documents; the way in makes nobody into an owner. Each beside what is right.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { concat, equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { decodeOwnerSetAnswer, decodeRosterAnswer } from '@mortise/courier/link-body.ts';
import type { ToLockType } from '@mortise/courier/link-message.ts';
import { encodeNearFrame } from '@mortise/courier/near-frame.ts';
import { NO_PACKETS, packetsOf, takePacket } from '@mortise/courier/near-packet.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { networkToSign } from '@mortise/documents/network-settings.ts';
import { RIGHTS } from '@mortise/documents/trusted-entry.ts';
import { RECORD_VERBS } from '@mortise/journal/record.ts';
import { welcomingLock, type Guests } from '@mortise/lock/guests.conformance.ts';
import type { NearLink } from '@mortise/lock/near-link.conformance.ts';
import { ownedLock, type Site } from '@mortise/lock/site.conformance.ts';
import type { World } from '@mortise/lock/world.conformance.ts';
import { OverflowingLock } from './naive.ts';

/** More than strangers are bounded by. */
const MINUTE_MS = 61_000;

// ---- every command by every role -----------------------------------------------------------------------------------------------

type Role = { readonly name: string; readonly phone: KeyPair; readonly documents?: readonly StoredDocument[]; readonly may: readonly Verb[] };

const phoneOf = (site: Site, label: string): KeyPair => deriveKeyPair(site.crypto, site.entropy(), label);

/** Whether it was allowed, and how often the motor was driven. */
const ask = (world: World, site: Site, { phone, documents }: Role, verb: Verb): string => {
  world.turn(verb === 'lock' ? 'withdrawn' : 'thrown');
  const before = world.drives.length;
  site.ask({ verb, phone, via: site.connect(), ...(documents && { documents }) });
  world.run(2500);
  const decision = world.records().findLast(({ kind }) => kind === 'decision');
  world.run(MINUTE_MS);
  return `${String(decision?.allowed)} ${world.drives.length - before}`;
};

const expected = ({ may }: Role, verb: Verb): string => `${String(may.includes(verb))} ${may.includes(verb) && verb !== 'syncOnly' ? 1 : 0}`;

const compare = (world: World, site: Site, roles: readonly Role[]): void => {
  for (const role of roles) {
    for (const verb of RECORD_VERBS) assert.equal(ask(world, site, role, verb), expected(role, verb), `${role.name} asks to ${verb}`);
  }
};

const NEEDED: readonly (readonly [Verb, number])[] = [['unlock', RIGHTS.unlock], ['lock', RIGHTS.lock], ['syncOnly', RIGHTS.unlock | RIGHTS.lock]];
const byRights = (rights: number): readonly Verb[] => NEEDED.flatMap(([verb, anyOf]) => ((rights & anyOf) > 0 ? [verb] : []));

test('every command by every phone over the near link: only what the roster gives it (attacks row 17: Nuki CVE-2022-32507)', () => {
  const { world, site } = ownedLock();
  assert.ok(world.state.membership.kind === 'adopted');
  const trusted = [1, 2, 3, 4, 7].map((rights) => ({ name: `rights ${rights}`, phone: phoneOf(site, `rights ${rights}`), may: byRights(rights), rights }));
  site.say('roster', site.roster({ version: 2, previous: world.state.membership.roster.hash }, trusted.map(({ phone, rights }) => site.entry(phone, rights))).bytes);
  world.run(100);
  compare(world, site, [...trusted, { name: 'removed', phone: site.phone, may: [] }, { name: 'a stranger', phone: phoneOf(site, 'stranger'), may: [] }]);
});

test('every command by every guest over the near link: only what an owner signed for this door (attacks row 17: Nuki CVE-2022-32507)', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const { guest, second } = guests;
  const stranger = phoneOf(site, 'stranger');
  compare(world, site, [
    { name: 'a guest', phone: guest, documents: [guests.issue()], may: ['unlock', 'lock', 'syncOnly'] },
    { name: 'a guest who may open only', phone: guest, documents: [guests.issue({ verbs: ['unlock'] })], may: ['unlock', 'syncOnly'] },
    { name: 'a guest of another door', phone: guest, documents: [guests.issue({ places: [guests.otherDoor] })], may: [] },
    { name: 'a guest who signed for themselves', phone: guest, documents: [guests.issue({}, { by: guest })], may: [] },
    { name: 'who shows somebody else’s document', phone: second, documents: [guests.issue()], may: [] },
    { name: 'a stranger', phone: stranger, documents: [guests.issue({}, { by: stranger, to: stranger })], may: [] },
  ]);
});

// ---- privileged words ----------------------------------------------------------------------------------------------------------

/** What only an owner may say, or only a key that an owner certified, signed by `by`. */
const wordsOf = (guests: Guests, by: KeyPair): readonly (readonly [ToLockType, Bytes])[] => {
  const { site, world } = guests;
  const { lockId, keys } = world.state;
  const settings = { version: 9, hub: { host: 'evil.example', port: 8883 }, brokerCa: 'none', wifi: undefined };
  return [
    ['roster', guests.roster({}, by)],
    ['owner-set', site.owners([by], [by])],
    ['revocation', guests.revoke(guests.id('grant'), by).bytes],
    ['time-bound', site.timeBound(site.now(), by)],
    ['journal-ack', site.ack(1, site.now(), by)],
    ['network', site.sign(by, networkToSign(site.crypto, by.publicKey, { lockId, sealKey: keys.seal.publicKey }, settings, site.entropy()))],
    ['adopt', utf8('mine')], ['relay', utf8('mine')], ['status-ask', utf8('mine')], ['certified-time', utf8('mine')],
  ];
};

/** Everything that such a word could change. */
const whatCounts = ({ state, networks }: World): unknown => {
  assert.ok(state.membership.kind === 'adopted');
  const { roster: { version, hash }, ownerSet: { sequence } } = state.membership;
  return structuredClone({ version, hash, sequence, revocations: state.seenRevocations, networks: networks.length, floor: state.clock.floor, answered: state.clock.answeredAtMs, acknowledged: state.journal.acknowledged });
};

const bring = (guests: Guests, via: NearLink, [type, body]: readonly [ToLockType, Bytes]): void => {
  via.bring(type, body);
  guests.world.run(300);
};

test('privileged words over the near link, before and after a guest has proven himself: what he signed changes nothing, what an owner signed does (attacks row 17: Nuki CVE-2022-32507)', () => {
  const guests = welcomingLock();
  const { world, site, guest } = guests;
  world.run(1000);
  world.input({ kind: 'linkDown' });
  const proven = (): NearLink => {
    const via = site.connect();
    assert.equal(guests.ask([guests.issue()], { via, verb: 'syncOnly' }).decision.allowed, true);
    return via;
  };
  for (const [who, open] of [['a stranger', () => site.connect()], ['a guest', proven]] as const) {
    for (const word of wordsOf(guests, guest)) {
      const via = open();
      const before = whatCounts(world);
      bring(guests, via, word);
      assert.deepEqual(whatCounts(world), before, `${who}: ${word[0]}`);
    }
  }
  const via = proven();
  const [roster, ownerSet] = wordsOf(guests, site.owner);
  assert.ok(roster !== undefined && ownerSet !== undefined);
  const before = whatCounts(world);
  bring(guests, site.connect(), roster);
  assert.deepEqual(whatCounts(world), before, 'not even an owner’s by somebody who proves nothing');
  bring(guests, via, roster);
  bring(guests, via, ownerSet);
  assert.deepEqual([via.bodies('roster-answer').map(decodeRosterAnswer), via.bodies('owner-set-answer').map(decodeOwnerSetAnswer)], [[{ version: 3, code: 'accepted' }], [{ sequence: 2, code: 'accepted' }]], 'control');
});

// ---- fuzz ------------------------------------------------------------------------------------------------------------------------

/** Numbers from one seed. */
const dice = (site: Site, seed: number): ((below: number) => number) => {
  let count = 0;
  return (below) => {
    count += 1;
    const [a = 0, b = 0, c = 0] = site.crypto.sha256(utf8(`${seed} ${count}`));
    return (a * 65_536 + b * 256 + c) % below;
  };
};

/** The verb of B2 (vendor ‖ 01 ‖ verb), where there is one, becomes the first: unlock. */
const asUnlock = (bytes: Bytes): Bytes => {
  const at = bytes.findIndex((_byte, index) => equalBytes(bytes.subarray(index, index + 4), Uint8Array.of(0x4d, 0x4f, 0x52, 1)));
  return at < 0 ? bytes : bytes.with(at + 4, 1);
};

const MUTATIONS: readonly ((bytes: Bytes, die: (below: number) => number, other: Bytes) => Bytes)[] = [
  (bytes, die) => bytes.map((byte, at) => (at === die(bytes.length) ? byte ^ (1 << die(8)) : byte)),
  (bytes, die) => bytes.with(die(bytes.length), die(256)),
  (bytes, die) => bytes.slice(0, die(bytes.length)),
  (bytes, die) => concat(bytes, new Uint8Array(1 + die(4000)).fill(die(256))),
  (bytes, die) => bytes.with(Math.min(bytes.length - 1, 1 + die(8)), 0xff),
  (bytes, die) => concat(bytes.slice(0, die(bytes.length)), bytes.slice(die(bytes.length))),
  (_bytes, _die, other) => other,
  asUnlock,
  (bytes, die, other) => concat(bytes.slice(0, die(bytes.length)), other.slice(die(other.length))),
];

const FUZZED = 240;

test('frames of a live session changed, cut, swollen and swapped: never an opening for a stranger, never an unlock made of a lock, nothing breaks (attacks row 17: Nuki CVE-2022-32502, 32504)', () => {
  const { world, site } = ownedLock();
  const stranger = phoneOf(site, 'stranger');
  let other = utf8('something else');
  let hits = 0;
  for (let run = 0; run < FUZZED; run += 1) {
    const die = dice(site, run);
    const [isOwner, at] = [run % 2 === 0, die(4)];
    const via = site.connect();
    let said = 0;
    via.say = (frame) => {
      const bytes = encodeNearFrame(frame);
      const changed = said === at && bytes.length > 1 ? (MUTATIONS[run % MUTATIONS.length]?.(bytes, die, other) ?? bytes) : bytes;
      if (!equalBytes(changed, bytes)) hits += 1;
      other = bytes;
      said += 1;
      via.sayBytes(changed);
    };
    world.turn(isOwner ? 'withdrawn' : 'thrown');
    const before = world.drives.length;
    site.ask(isOwner ? { verb: 'lock', via } : { verb: 'unlock', phone: stranger, via });
    world.run(2500);
    assert.ok(!world.drives.slice(before).includes('withdraw'), `seed ${run}`);
    via.leave();
    if (run % 16 === 15) world.run(MINUTE_MS);
  }
  assert.ok(hits > FUZZED / 2, `${hits} frames were changed`);
  world.turn('thrown');
  world.run(MINUTE_MS);
  assert.equal(site.askAndWait({ verb: 'unlock', via: site.connect() }).receipt?.record.sensed.bolt, 'unlocked', 'the control: left alone it opens');
});

test('packets of any bytes end in a frame within bounds or in none; a parser that believes their lengths writes over who is an owner (attacks row 17: Nuki CVE-2022-32502, 32504)', () => {
  const { site } = ownedLock();
  const [die, naive] = [dice(site, 1), new OverflowingLock()];
  const { packets } = packetsOf(new Uint8Array(600).fill(1), 0);
  for (let run = 0; run < 5000; run += 1) {
    let assembly = NO_PACKETS;
    for (const packet of packets) {
      const taken = takePacket(assembly, run === 0 ? packet : packet.with(die(packet.length), die(256)).slice(0, 1 + die(packet.length)));
      if (taken.kind === 'broken') break;
      ({ assembly } = taken);
      assert.ok(assembly.length <= 600 && (run !== 0 || taken.kind !== 'message' || taken.message.length === 600), 'the control is run 0: left alone it is the message');
    }
  }
  assert.equal(naive.isOwner, false);
  for (const packet of packets) naive.receive(packet);
  assert.equal(naive.isOwner, true);
});
