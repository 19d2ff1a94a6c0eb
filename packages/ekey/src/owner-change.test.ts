// An owner goes who had signed an electronic key's papers, its grant and its clock's certificate: what locks and key make of it, before each of them
// has heard and after. The lock is a real passive one, which has no time but by the key that touches it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { decodeKeyAnswer } from '@mortise/courier/key-message.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { assembleOwnerSet, openOwnerSet, ownerSetPayload, ownerSetToSign, type OwnerSet } from '@mortise/documents/owner-set.ts';
import type { KeyHub } from './key-hub.conformance.ts';
import { Site } from './touch.conformance.ts';

type Sets = { readonly documents: readonly Bytes[]; readonly newest: OwnerSet };

const signSet = (hub: KeyHub, last: OwnerSet, keys: readonly KeyPair[]): { readonly document: Bytes; readonly set: OwnerSet } => {
  const fields = { keys: keys.map(({ publicKey }) => publicKey), threshold: 1, sequence: last.sequence + 1, previous: last.hash, salt: new Uint8Array(16).fill(last.sequence) };
  const document = assembleOwnerSet([hub.sign(hub.site.owner, ownerSetToSign(hub.crypto, hub.site.owner.publicKey, ownerSetPayload(hub.crypto, fields)))]);
  const opened = openOwnerSet(hub.crypto, document, last);
  assert.ok(opened.ok);
  return { document, set: opened.value };
};

/** A lock and a key of two owners, of whom the first, who signed all that the key has, is to go. */
class Change {
  readonly site = new Site('passive');
  readonly stays: KeyPair;
  readonly both: Sets;
  readonly left: Sets;

  constructor() {
    const { hub } = this.site;
    const { owner, ownerSet, ownerSetBytes } = hub.site;
    this.stays = deriveKeyPair(hub.crypto, hub.crypto.sha256(utf8('who stays')), 'owner');
    const joined = signSet(hub, ownerSet, [owner, this.stays]);
    const gone = signSet(hub, joined.set, [this.stays]);
    this.both = { documents: [ownerSetBytes, joined.document], newest: joined.set };
    this.left = { documents: [...this.both.documents, gone.document], newest: gone.set };
    this.site.ready();
    this.tellKey('owner-set', joined.document);
    this.post('owner-set', joined.document);
    assert.equal(this.open(), 'contact-opened', 'the control: the lock is told of both owners by a key that it opens to');
    assert.deepEqual([this.lockOwners, this.keyOwners], [2, 2]);
  }

  get lockId() {
    return this.site.guests.world.state.lockId;
  }

  get lockOwners(): number {
    const { membership } = this.site.guests.world.state;
    return membership.kind === 'adopted' ? membership.ownerSet.sequence : 0;
  }

  get keyOwners(): number {
    const { membership } = this.site.key.state;
    return membership.kind === 'enrolled' ? membership.ownerSet.sequence : 0;
  }

  /** Says it to the key, and what the key answered to it last. */
  tellKey(type: 'owner-set' | 'enrol' | 'orders', body: Bytes): string {
    const { hub } = this.site;
    hub.link();
    this.site.run(500);
    hub.say(type, body);
    this.site.run(500);
    hub.unlink();
    return hub.answers.map((answer) => required(decodeKeyAnswer(Uint8Array.fromHex(answer)), 'an answer')).findLast(({ to }) => to === type)?.code ?? '';
  }

  /** The key takes it along to the lock. */
  post(type: 'owner-set' | 'roster', body: Bytes): void {
    this.site.hub.post(this.lockId, type, body);
    this.site.update();
  }

  /** Who stays has signed the lock's roster, then the set without the other; the key carries both. */
  postLeft(): void {
    const { guests, hub } = this.site;
    hub.post(this.lockId, 'roster', guests.roster({}, this.stays));
    this.post('owner-set', required(this.left.documents.at(-1), 'three sets'));
  }

  /** Papers by who stays, as the hub gives them to a key that is behind: all at once. */
  papers(sets: Sets): Bytes {
    const { hub } = this.site;
    return hub.enrolment({ ownerSets: sets.documents }, hub.world.state.keyId, this.stays);
  }

  /** New orders: the grant and the clock's certificate, by who stays. */
  order(): void {
    const { hub, guests } = this.site;
    hub.order([hub.ownTimeKey(20, this.stays), hub.grant({ places: [guests.door] }, undefined, this.stays)]);
    this.site.update();
  }

  /** Touches and opens from the bolt thrown; what the key tells of it first. */
  open(): string {
    const { key, guests } = this.site;
    const from = key.told().length;
    if (guests.world.position !== 'thrown') guests.world.turn('thrown');
    this.site.open();
    this.site.run(100);
    return key.told().slice(from).find((told) => told.startsWith('contact-'))?.split(' ')[0] ?? 'nothing';
  }

  /** What the lock has refused since, of the time that it was told. */
  timeRefused(): readonly string[] {
    return this.site.guests.world.records().filter(({ reason }) => reason === 'time-refused').map(({ rule }) => rule ?? '');
  }
}

test('a lock that has heard refuses the time and the grant of who went; after its update the key opens again', () => {
  const all = new Change();
  all.postLeft();
  assert.deepEqual([all.open(), all.lockOwners, all.timeRefused()], ['contact-opened', 3, []], 'the old papers hold at a lock that has not heard; this touch tells it');
  assert.deepEqual([all.open(), all.timeRefused()], ['contact-refused', ['time:signer-unknown']]);
  const drives = all.site.guests.world.drives.length;
  assert.equal(all.tellKey('enrol', all.papers(all.left)), 'accepted');
  assert.deepEqual([all.keyOwners, all.site.key.state.holdings.own], [3, undefined], 'the key knows by itself that nobody certifies its clock now');
  assert.equal(all.open(), 'contact-refused');
  all.order();
  assert.deepEqual([all.open(), all.site.guests.world.drives.length, all.timeRefused()], ['contact-opened', drives + 1, ['time:signer-unknown']]);
});

test('fresh papers open at a lock that has not heard as well, and the key tells it', () => {
  const all = new Change();
  assert.equal(all.tellKey('enrol', all.papers(all.left)), 'accepted');
  all.order();
  all.postLeft();
  assert.equal(all.lockOwners, 2);
  assert.deepEqual([all.open(), all.lockOwners, all.open(), all.timeRefused()], ['contact-opened', 3, 'contact-opened', []]);
});

test('a key that was told of the owners and not of their papers takes no orders; the papers mend it, also after a power cut', () => {
  const all = new Change();
  const { hub, key, guests } = all.site;
  const before = key.state.orders?.version;
  assert.equal(all.tellKey('owner-set', required(all.left.documents.at(-1), 'three sets')), 'accepted');
  hub.order([hub.ownTimeKey(20, all.stays), hub.grant({ places: [guests.door] }, undefined, all.stays)]);
  assert.equal(all.tellKey('orders', hub.signedOrders()), 'signer-unknown', 'whose hub it is nobody says any more');
  assert.equal(key.state.orders?.version, before);
  key.restart();
  all.site.run(50);
  assert.equal(all.tellKey('enrol', hub.enrolment({ ownerSets: all.left.documents })), 'signer-unknown', 'nor do papers by who went mend it');
  assert.equal(all.tellKey('enrol', all.papers(all.left)), 'accepted');
  all.site.update();
  assert.deepEqual([key.state.orders?.version, all.open()], [(before ?? 0) + 1, 'contact-opened']);
});

test('papers by an owner whom the lock has never heard of open nothing, nor do they bring it the news', () => {
  const all = new Change();
  const { hub, guests } = all.site;
  const fresh = deriveKeyPair(hub.crypto, hub.crypto.sha256(utf8('fresh')), 'owner');
  const joined = signSet(hub, all.both.newest, [hub.site.owner, all.stays, fresh]);
  const gone = signSet(hub, joined.set, [all.stays, fresh]);
  assert.equal(all.tellKey('enrol', hub.enrolment({ ownerSets: [...all.both.documents, joined.document, gone.document] }, hub.world.state.keyId, fresh)), 'accepted');
  hub.order([hub.ownTimeKey(20, fresh), hub.grant({ places: [guests.door] }, undefined, fresh)]);
  all.post('owner-set', joined.document);
  assert.deepEqual([all.open(), all.lockOwners, all.timeRefused()], ['contact-refused', 2, ['time:signer-unknown']]);
  all.order();
  assert.deepEqual([all.open(), all.lockOwners], ['contact-opened', 3], 'the control: by an owner whom it knows the same key opens, and tells it');
});
