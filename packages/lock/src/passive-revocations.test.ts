// What a passive lock was shown it hands on: lists reach locks that no network reaches, by people who never met. The newest of each issuer, as
// signed, bounded, through power cuts; what they taught holds whatever is handed on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeDocument, prepareRevocationDocument } from '@mortise/aliro/build-document.ts';
import { keyIdentifierOf } from '@mortise/aliro/issuer-auth.ts';
import { REVOCATION_ELEMENT } from '@mortise/access/documents-request.ts';
import { applyRevocation, describeRevocation, revocationName } from '@mortise/access/revocation-document.ts';
import { required } from '@mortise/base/assert.ts';
import { hex, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { restore } from './birth.ts';
import { passiveLock, type Contacts } from './contact.conformance.ts';
import { DAY_MS, HOUR_MS, welcomingLock } from './guests.conformance.ts';
import { decodeKept, encodeKept, inForce, keepRevocation, MAX_KEPT_ISSUERS, MAX_KEPT_REVOCATION_BYTES, type KeptRevocation } from './kept-revocations.ts';
import { SETUP_SECRET } from './world.conformance.ts';

type Listing = { readonly by?: KeyPair; readonly signedMs?: number; readonly untilMs?: number };

/** A list by its issuer, as a whole: the grants of these names are over. */
const list = ({ guests, site }: Contacts, names: readonly string[], { by = site.owner, signedMs = -DAY_MS, untilMs = 365 * DAY_MS }: Listing = {}): StoredDocument => {
  const signed = guests.at(signedMs);
  const prepared = prepareRevocationDocument(site.crypto, {
    issuer: { keyIdentifier: keyIdentifierOf(site.crypto, by.publicKey) }, validity: { signed, validFrom: guests.at(-30 * DAY_MS) > signed ? signed : guests.at(-30 * DAY_MS), validUntil: guests.at(untilMs) },
    timeVerificationRequired: false,
    elements: [{ identifier: REVOCATION_ELEMENT, random: site.entropy().slice(0, 16), data: { change: 'append', add: names.map((name) => ({ accessId: guests.id(name) })) } }],
  });
  return { docType: 'aliro-r', bytes: completeDocument(prepared, site.crypto.p256.sign(by.privateKey.reveal(), prepared.toSign)) };
};

const handedOn = (contacts: Contacts): readonly string[] => contacts.visit([], { verb: 'syncOnly', phone: contacts.site.phone }).via.bodies('revocation').map(hex);

const shows = (contacts: Contacts, lists: readonly StoredDocument[]): void => {
  contacts.visit([contacts.guests.issue({ grantId: contacts.guests.grantId('whoever') }), ...lists], { verb: 'syncOnly' });
};

test('one key shows a list, the next one is handed it, as signed; before that there is none', () => {
  const contacts = passiveLock();
  const { guests } = contacts;
  assert.deepEqual(handedOn(contacts), []);
  const shown = list(contacts, ['grant']);
  shows(contacts, [shown]);
  assert.deepEqual(handedOn(contacts), [hex(shown.bytes)]);
  assert.equal(contacts.visit([guests.issue()]).records[0]?.reason, 'revoked', 'and it holds here');
  assert.deepEqual(contacts.visit([guests.issue()]).via.bodies('revocation'), [], 'who is refused is handed nothing');
});

test('a key with an older list learns, one with a newer teaches', () => {
  const contacts = passiveLock();
  const { guests } = contacts;
  const [old, newer, newest] = [list(contacts, ['a'], { signedMs: -3 * DAY_MS }), list(contacts, ['a', 'b'], { signedMs: -2 * DAY_MS }), list(contacts, ['a', 'b', 'grant'], { signedMs: -DAY_MS })];
  shows(contacts, [newer]);
  shows(contacts, [old]);
  assert.deepEqual(handedOn(contacts), [hex(newer.bytes)], 'the old list puts nothing back');
  assert.equal(contacts.visit([guests.issue()]).records[0]?.reason, 'granted-document', 'control');
  contacts.world.position = 'thrown';
  shows(contacts, [newest]);
  assert.deepEqual(handedOn(contacts), [hex(newest.bytes)]);
  shows(contacts, [old]);
  assert.equal(contacts.visit([guests.issue()]).records[0]?.reason, 'revoked', 'an old list frees nobody');
});

test('a list that says nothing new but is newer is handed on in the place of the other; a known one is not told again', () => {
  const contacts = passiveLock();
  const { site } = contacts;
  const [one, two] = [list(contacts, ['a'], { signedMs: -2 * DAY_MS }), list(contacts, ['a'])];
  shows(contacts, [one]);
  shows(contacts, [two]);
  assert.deepEqual(handedOn(contacts), [hex(two.bytes)]);
  contacts.acknowledge();
  const before = contacts.lastSeq();
  for (let count = 0; count < 5; count += 1) shows(contacts, [two]);
  const told = contacts.recordsAfter(before).filter(({ rule }) => rule === `revocation:${revocationName(site.crypto, two.bytes)}`);
  assert.deepEqual(told, [], 'though its record has left the ring');
});

test('a courier that brings a list by itself is as good, and each issuer’s is kept', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  const [owners, hubs] = [list(contacts, ['a']), list(contacts, ['b'], { by: guests.hub })];
  const via = contacts.touch();
  world.run(20);
  site.askAndWait({ verb: 'syncOnly', phone: site.phone, via });
  via.bring('revocation', owners.bytes);
  via.bring('revocation', hubs.bytes);
  via.bring('revocation', list(contacts, ['grant'], { by: site.issuer }).bytes);
  world.run(200);
  assert.deepEqual(new Set(handedOn(contacts)), new Set([hex(owners.bytes), hex(hubs.bytes)]), 'a stranger’s is not');
  assert.equal(contacts.visit([guests.issue()]).records[0]?.reason, 'granted-document');
});

test('one that has ended is not handed on by a clock that can tell', () => {
  const contacts = passiveLock();
  shows(contacts, [list(contacts, ['a'], { untilMs: HOUR_MS })]);
  assert.equal(handedOn(contacts).length, 1, 'control');
  contacts.world.nowMs += 2 * HOUR_MS;
  assert.equal(handedOn(contacts).length, 0);
  const silent = contacts.visit([], { verb: 'syncOnly', phone: contacts.site.phone }, { silent: true });
  assert.equal(silent.via.bodies('revocation').length, 1, 'on a lost clock everything counts');
});

test('a powered lock keeps and hands on none: its hub does', () => {
  const guests = welcomingLock();
  guests.ask([guests.issue(), guests.revoke(guests.id('another'))], { via: guests.site.connect() });
  const via = guests.site.connect();
  guests.site.askAndWait({ verb: 'syncOnly', via });
  assert.ok(via.carried.length > 0);
  assert.deepEqual([via.bodies('revocation'), guests.world.state.keptRevocations, guests.world.stored.memory.revocations], [[], [], undefined]);
});

test('eight issuers, and no list that no message could carry', () => {
  const contacts = passiveLock();
  const { site } = contacts;
  const { crypto } = site;
  const keys = Array.from({ length: MAX_KEPT_ISSUERS + 2 }, (_, index) => deriveKeyPair(crypto, crypto.sha256(uint(index, 4)), 'issuer'));
  const keep = (kept: readonly KeptRevocation[], document: Bytes, taught = true): readonly KeptRevocation[] =>
    keepRevocation(crypto, kept, { name: revocationName(crypto, document), taught, document });
  let kept: readonly KeptRevocation[] = [];
  for (const [index, by] of keys.entries()) kept = keep(kept, list(contacts, ['a'], { by, signedMs: (index - 30) * DAY_MS }).bytes);
  assert.deepEqual(kept.map(({ issuer }) => hex(issuer)), keys.toReversed().slice(0, MAX_KEPT_ISSUERS).map(({ publicKey }) => hex(keyIdentifierOf(crypto, publicKey))));
  assert.equal(keep(kept, list(contacts, ['a'], { by: required(keys[0], 'a key'), signedMs: -40 * DAY_MS }).bytes).length, MAX_KEPT_ISSUERS);
  const longest = list(contacts, Array.from({ length: 256 }, (_, index) => `grant ${index}`)).bytes;
  assert.ok(longest.length < MAX_KEPT_REVOCATION_BYTES && keep([], longest).length === 1);
  const long = new Uint8Array(MAX_KEPT_REVOCATION_BYTES + 1);
  long.set(longest);
  assert.equal(keep(kept, long), kept);
  assert.equal(keep(kept, utf8('garbage')), kept);
  assert.deepEqual(decodeKept(crypto, encodeKept(kept)), kept);
  assert.equal(inForce(kept, instant(site.now() + 400 * DAY_MS)).length, 0);
  const bytes = encodeKept(kept);
  for (let length = 0; length < bytes.length; length += 7) assert.equal(decodeKept(crypto, bytes.slice(0, length)), undefined);
  assert.equal(decodeKept(crypto, encodeKept([...kept, ...kept])), undefined, 'more than are kept');
});

test('the part is written with what it belongs to, and a store without it has none', () => {
  const contacts = passiveLock();
  const { world } = contacts;
  shows(contacts, [list(contacts, ['a'])]);
  const { configuration = new Uint8Array(0), memory, entries, acknowledged } = world.stored;
  const restored = (parts: typeof memory): string => {
    const result = restore({ crypto: world.crypto }, world.keys, new Secret(SETUP_SECRET), { configuration, memory: parts, entries, acknowledged }, 'passive');
    return result.ok ? `${result.value.keptRevocations.length}` : result.error.code;
  };
  const { revocations = new Uint8Array(0), ...older } = memory;
  assert.equal(restored(memory), '1');
  assert.equal(restored(older), '0');
  for (let length = 0; length < revocations.length; length += 1) assert.equal(restored({ ...memory, revocations: revocations.slice(0, length) }), 'memory-refused');
});

test('what is handed on is taken by another lock of the site', () => {
  const contacts = passiveLock();
  shows(contacts, [list(contacts, ['grant'])]);
  const { via } = contacts.visit([], { verb: 'syncOnly', phone: contacts.site.phone });
  const carried = required(via.bodies('revocation')[0], 'a list');
  const { membership } = contacts.world.state;
  assert.ok(membership.kind === 'adopted');
  const applied = applyRevocation(contacts.site.crypto, carried, { authority: membership.authority }, new Map());
  assert.equal(applied.applied?.taught, true);
  assert.ok(describeRevocation(contacts.site.crypto, carried) !== undefined);
});
