// A house that lends, for attacks: the real hub's HTTP and store, and behind it the pure lock in virtual time, of one site. What the hub signs by
// its own keys the lock knows, and the other way round.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { decodeDocument, type StoredDocument } from '@mortise/aliro/device-response.ts';
import { isDocType } from '@mortise/aliro/document-cbor.ts';
import { doorAnswer } from '@mortise/api/locks.ts';
import type { GrantTermsJson } from '@mortise/api/grants.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type DoorId } from '@mortise/base/identifiers.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { IssuePower } from '@mortise/documents/delegation.ts';
import { elementOf, type Place } from '@mortise/documents/place.ts';
import { Guests } from '@mortise/lock/guests.conformance.ts';
import { ownedLock } from '@mortise/lock/site.conformance.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import type { HubConfig } from '../../apps/hub/src/config.ts';
import { browserOf, temporaryDirectory, testHub } from '../../apps/hub/src/testing/hub.fixture.ts';
import { held, signDelegation, type Guest, type Lender } from '../../apps/hub/src/testing/lending.fixture.ts';
import { claimHub, parsed } from '../../apps/hub/src/testing/owner.fixture.ts';

export const DAY = 86_400_000;
export const MINUTE = 60_000;
export const bytes = (text: string | null | undefined): Bytes => required(fromBase64url(text ?? ''), 'bytes');
export const stored = (document: Bytes): StoredDocument => {
  const docType = required(decodeDocument(document), 'a document').docType;
  assert.ok(isDocType(docType));
  return { docType, bytes: document };
};

export type House = Awaited<ReturnType<typeof house>>;

/** A hub, the pure lock that it manages, an owner who lends; `issue`: what the owners let the hub lend by itself. */
export const house = async (t: TestContext, issuePower: ((door: Place) => IssuePower) | null, config: Partial<HubConfig> = {}) => {
  const { world, site } = ownedLock();
  const guests = new Guests(site);
  const { membership, lockId } = world.state;
  assert.ok(membership.kind === 'adopted' && membership.statement !== undefined);
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  await keysOfTheHouse(data, { journal: site.journalKey, time: site.timeKey, delegate: guests.hub });
  const now = (): number => Math.floor(site.now() / 1000) * 1000;
  const hub = await testHub({ data, now, ...config });
  t.after(hub.end);
  const owner = await claimHub(hub, browserOf(hub), { owner: site.owner, kit: site.owner, document: site.ownerSetBytes, ownerSet: site.ownerSet });
  const adopted = { lockId, identityKey: base64url(world.keys.identityKey), roster: base64url(membership.rosterBytes), statement: base64url(membership.statement), doorName: 'Front door', model: 'pure', firmware: '1' };
  const { door } = parsed(doorAnswer, await owner.browser.send('POST', '/api/locks', adopted));
  const place: Place = { kind: 'door', id: required(parseIdentifier<DoorId>(door.id), 'a door id') };
  const delegation = signDelegation({ ...guests.standing(), issue: issuePower === null ? null : issuePower(place) }, site.owner);
  const access = { door: place.id, zoneTable: UTC, calendars: [], delegations: [delegation] };
  const roster = site.roster({ version: 2, previous: membership.roster.hash, zone: 'UTC', access }).bytes;
  site.say('roster', roster);
  world.run(100);
  assert.equal((await owner.browser.send('PUT', `/api/locks/${lockId}/roster`, { document: base64url(roster) })).status, 200);
  const terms = (changes: Partial<GrantTermsJson> = {}): GrantTermsJson => ({
    places: [elementOf(place)], verbs: ['unlock', 'lock'], from: now() - DAY, until: now() + 7 * DAY, hours: [], uses: null, minutesAfterFirstUse: null, freshForS: 86_400, holidays: null, remote: false, ...changes,
  });
  const lender: Lender = { owner, terms, clock: { get now() { return now(); } } };
  return { world, site, guests, hub, owner, data, now, place, lender, terms };
};

/** The hub whose disk is stolen has the keys that the pure lock's world has in its place. */
const keysOfTheHouse = async (data: string, keys: Readonly<Record<'journal' | 'time' | 'delegate', KeyPair>>): Promise<void> => {
  const first = await testHub({ data });
  await first.end();
  const database = new DatabaseSync(join(data, 'hub.sqlite'));
  for (const [name, { privateKey, publicKey }] of Object.entries(keys)) database.prepare('update hub_key set private_key = ?, public_key = ? where name = ?').run(privateKey.reveal(), publicKey, name);
  database.close();
};

/** What the lock says to this key with these documents, and how often its bolt moved. Strangers are given a minute each, so that each is looked at. */
export const stand = (h: House, phone: KeyPair, documents: readonly StoredDocument[], via: 'near' | 'relay' = 'near'): readonly [string, number] => {
  h.world.turn('thrown');
  h.world.run(MINUTE);
  const { decision, drives } = h.guests.ask(documents, { phone, ...(via === 'near' && { via: h.site.connect() }) });
  return [decision.reason, drives];
};

export const opensToGuest = async (h: House, { key, browser }: Guest): Promise<void> => {
  const documents = (await held({ browser })).grants.flatMap(({ document, stamp }) => [document, stamp].flatMap((one) => (one === null ? [] : [stored(bytes(one))])));
  assert.deepEqual(stand(h, key, documents), ['granted-document', 1], 'control: the guest whose key it is');
};
