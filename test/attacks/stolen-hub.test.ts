// A thief has the hub's whole data directory: every row, every key, every document that was signed for anybody. With all of it they stand before
// the pure lock, at the door and over the relay. It opens within what the owners delegated to the hub, and for nothing else; the same thief
// within the delegation is the control.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { completeDocument, prepareAccessDocument } from '@mortise/aliro/build-document.ts';
import { decodeDocument, type StoredDocument } from '@mortise/aliro/device-response.ts';
import { isDocType } from '@mortise/aliro/document-cbor.ts';
import type { VendorHeaders } from '@mortise/aliro/issuer-auth.ts';
import type { GrantTermsJson } from '@mortise/api/grants.ts';
import { digestOfDocument, prepareStamp } from '@mortise/access/freshness.ts';
import { capabilitiesOf, grantDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { delegationHeader } from '@mortise/access/invitation.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type DoorId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { isScalar } from '@mortise/crypto/scalar.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { openOwnerSet } from '@mortise/documents/owner-set.ts';
import { openRoster, rosterPayload, rosterToSign } from '@mortise/documents/roster.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { keyLinkText, linkKeyOf, readKeyLink } from '@mortise/wallet/key-link.ts';
import { guestOf, introduce, invite, issue, post, redeem, signInByKey, termsFor, told, freshId } from '../../apps/hub/src/testing/lending.fixture.ts';
import { mailServer } from '../../apps/hub/src/testing/mail.fixture.ts';
import { bytes, DAY, house, MINUTE, opensToGuest, stand, stored, type House } from './lent-house.ts';

// ---- who lives there -------------------------------------------------------------------------------------------------------

/** A guest with a live key by a link, one with a key that an owner signed, and an invitation in the mail that nobody has redeemed. */
const lived = async (h: House) => {
  const bob = guestOf({ test: h.hub }, 'Bob');
  const invited = await invite(h.lender);
  assert.equal((await redeem(invited, bob)).status, 200);
  assert.equal((await signInByKey(bob)).status, 200);
  const id = freshId();
  const person = { id: told(await h.owner.browser.get(`/api/grants/${invited.id}`)).person.id };
  const owners = h.terms({ freshForS: null, remote: true });
  const document = base64url(issue(termsFor(id, owners), { by: h.site.owner, to: bob.key.publicKey }));
  const direct = { id, person, terms: owners, way: { kind: 'direct', credentialKey: base64url(bob.key.publicKey), document }, introduction: base64url(introduce(h.owner)) };
  assert.equal((await post(h.lender, direct)).status, 200);
  const waiting = await invite(h.lender, { sending: { kind: 'mail', address: 'carol@example.com' }, name: 'Carol' });
  await h.hub.hub.outgoing.wake();
  return { bob, waiting };
};

// ---- the thief -----------------------------------------------------------------------------------------------------------------

/** Every value of every table, as bytes; texts both as they are and, where they are base64url, decoded. */
const stolen = ({ data }: House): { readonly values: readonly Bytes[]; readonly raw: string } => {
  const raw = readdirSync(data).map((file) => readFileSync(join(data, file), 'latin1')).join('\n');
  const database = new DatabaseSync(join(data, 'hub.sqlite'), { readOnly: true });
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all().map(({ name }) => String(name));
  const rows = tables.flatMap((table) => database.prepare(`select * from "${table}"`).all().flatMap((row) => Object.values(row)));
  database.close();
  const values = rows.flatMap((value) => {
    if (value instanceof Uint8Array) return [new Uint8Array(value)];
    return typeof value === 'string' ? [utf8(value), ...(fromBase64url(value) === undefined ? [] : [bytes(value)])] : [];
  });
  return { values, raw };
};

type Loot = { readonly keys: readonly KeyPair[]; readonly documents: readonly StoredDocument[]; readonly delegate: KeyPair; readonly raw: string; readonly values: readonly Bytes[] };

const loot = (h: House): Loot => {
  const { values, raw } = stolen(h);
  const scalars = [...new Set(values.filter(({ length }) => length === 32).filter(isScalar).map((value) => value.toHex()))].map((text) => Uint8Array.fromHex(text));
  const keys = scalars.map((scalar) => ({ privateKey: new Secret(scalar), publicKey: crypto.p256.publicKey(scalar) }));
  const documents = values.filter((value) => value.length > 100 && isDocType(decodeDocument(value)?.docType ?? '')).map(stored);
  const delegate = required(keys.find(({ publicKey }) => publicKey.toHex() === h.guests.hub.publicKey.toHex()), 'control: the hub’s own key is among the loot');
  return { keys, documents, delegate, raw, values };
};

const somebody = (name: string): KeyPair => deriveKeyPair(crypto, crypto.sha256(utf8(name)), 'key');
const thief = somebody('thief');

const signedBy = (key: KeyPair, terms: GrantTerms, headers?: VendorHeaders, to = thief): StoredDocument => {
  const prepared = prepareAccessDocument(crypto, grantDocument(crypto, terms, { deviceKey: to.publicKey, issuerKey: key.publicKey, signed: terms.from, randoms: terms.places.map(() => bytes(freshId())) }));
  return stored(completeDocument(prepared, crypto.p256.sign(key.privateKey.reveal(), prepared.toSign), headers));
};

const stampedBy = (key: KeyPair, h: House, { bytes: document }: StoredDocument): StoredDocument => {
  const digest = required(digestOfDocument(crypto, document), 'a document');
  const prepared = prepareStamp(crypto, { digest, issuerKey: key.publicKey, random: bytes(freshId()), issued: instant(h.now()), until: instant(h.now() + DAY) });
  return stored(completeDocument(prepared, crypto.p256.sign(key.privateKey.reveal(), prepared.toSign)));
};

/** Everything that a thief can show with the keys and documents themselves: none of it may open. */
const tryEverything = (h: House, { keys, documents, delegate }: Loot): { readonly tried: number; readonly reasons: readonly string[] } => {
  const [access, rest] = [documents.filter(({ docType }) => docType === 'aliro-a'), documents.filter(({ docType }) => docType !== 'aliro-a')];
  const reasons = new Set<string>();
  let tried = 0;
  const attempt = (phone: KeyPair, shown: readonly StoredDocument[], what: string): void => {
    for (const via of ['near', 'relay'] as const) {
      const [reason, drives] = stand(h, phone, shown.slice(0, 8), via);
      assert.equal(drives, 0, `${what} by ${via}: ${reason}`);
      reasons.add(reason);
      tried += 1;
    }
  };
  const fresh = access.map((document) => stampedBy(delegate, h, document));
  for (const key of [...keys, thief]) attempt(key, [...access, ...fresh, ...rest], 'a key of the disk, with every document there');
  const wanted = termsFor(freshId(), h.terms({ freshForS: null }));
  for (const key of keys.filter(({ publicKey }) => publicKey.toHex() !== delegate.publicKey.toHex())) attempt(thief, [signedBy(key, wanted)], 'a document by a key of the disk');
  return { tried, reasons: [...reasons].toSorted() };
};

// ---- tests ---------------------------------------------------------------------------------------------------------------------

test('a stolen hub that may issue nothing opens nothing: no key of it, no document on it, no link that it mailed', async (t) => {
  const mail = await mailServer();
  t.after(mail.close);
  const h = await house(t, null, { mail: mail.server });
  const { bob, waiting } = await lived(h);
  await opensToGuest(h, bob);
  assert.equal(mail.taken.length, 1, 'the invitation is in the mail');
  const everything = loot(h);
  const { tried, reasons } = tryEverything(h, everything);
  const wanted = termsFor(freshId(), h.terms({ freshForS: null }));
  assert.deepEqual(stand(h, thief, [signedBy(everything.delegate, wanted)]), ['issuer-unknown', 0], 'the hub’s own key may lend nothing');
  const confirmed = signedBy(everything.delegate, termsFor(waiting.id, waiting.terms), delegationHeader(required(waiting.delegation, 'signed')));
  assert.deepEqual(stand(h, thief, [confirmed, stampedBy(everything.delegate, h, confirmed)]), ['issuer-unknown', 0], 'nor sign in a link’s place, with the invitation that lies on the disk');
  const { siteId } = h.site.ownerSet;
  const { secret } = waiting.link;
  for (const form of [base64url(secret.reveal()), keyLinkText(crypto, { secret, siteId }), Buffer.from(secret.reveal()).toString('latin1'), secret.reveal().toHex()]) assert.ok(!everything.raw.includes(form), 'the mailed link is nowhere in its files');
  const linkKeys = new Set([waiting.link.key.publicKey.toHex()]);
  const secrets = everything.values.filter(({ length }) => length >= 32 && length <= 128).flatMap((value) => Array.from({ length: value.length - 31 }, (_, from) => value.slice(from, from + 32)));
  assert.deepEqual(secrets.filter((value) => linkKeys.has(linkKeyOf(crypto, new Secret(value)).publicKey.toHex())), [], 'nor can its key be made of what is there');
  await opensToGuest(h, bob);
  console.log(`stolen hub: ${everything.keys.length} keys, ${everything.documents.length} documents, ${tried} attempts and ${secrets.length} possible secrets: nothing opened (${reasons.join(', ')})`);
});

test('a stolen hub that may issue opens within its delegation, and not beyond: not for longer, elsewhere, otherwise, from afar, or for more people', async (t) => {
  const mail = await mailServer();
  t.after(mail.close);
  const h = await house(t, (door) => ({ places: [door], kinds: ['document'], capabilities: capabilitiesOf(['unlock', 'lock']), hours: [], longestS: (2 * DAY) / 1000, perDay: 2 }), { mail: mail.server });
  const { bob } = await lived(h);
  const everything = loot(h);
  tryEverything(h, everything);
  const { delegate } = everything;
  const short: Partial<GrantTermsJson> = { freshForS: null, from: h.now() - 3_600_000, until: h.now() + DAY };
  const made = (changes: Partial<GrantTermsJson>, to = thief) => signedBy(delegate, termsFor(freshId(), h.terms({ ...short, ...changes })), undefined, to);
  const beyond: readonly (readonly [string, StoredDocument, 'near' | 'relay', string])[] = [
    ['for longer', made({ until: h.now() + 3 * DAY }), 'near', 'delegation-exceeded'],
    ['beyond the delegation’s end', made({ from: h.now(), until: h.now() + 31 * DAY }), 'near', 'delegation-exceeded'],
    ['with another verb', made({ verbs: ['unlock', 'unlatch'] }), 'near', 'delegation-exceeded'],
    ['from afar', made({ remote: true }), 'relay', 'delegation-exceeded'],
    ['from afar, without saying so', made({}), 'relay', 'remote-not-allowed'],
    ['elsewhere', made({ places: [elementOf({ ...h.place, kind: 'door', id: required(parseIdentifier<DoorId>(freshId()), 'an id') })] }), 'near', 'document-missing'],
    ['before its time', made({ from: h.now() + 3_600_000 }), 'near', 'grant-not-yet'],
  ];
  for (const [label, document, via, reason] of beyond) assert.deepEqual(stand(h, thief, [document], via), [reason, 0], label);
  assert.deepEqual(stand(h, thief, [made({})]), ['granted-document', 1], 'control: within its bounds it opens, as the documents say');
  const others = [1, 2].map((number) => somebody(`accomplice ${number}`));
  assert.deepEqual(others.map((other) => stand(h, other, [made({}, other)])), [['granted-document', 1], ['delegation-spent', 0]], 'two people a day, and no third');
  await opensToGuest(h, bob);
  // What an owner takes away from the hub is gone at the lock, whatever is on the disk.
  const { membership } = h.world.state;
  assert.ok(membership.kind === 'adopted' && membership.roster.access !== undefined);
  h.site.say('roster', h.site.roster({ version: 3, previous: membership.roster.hash, zone: 'UTC', access: { ...membership.roster.access, delegations: [] } }).bytes);
  h.world.run(100);
  assert.deepEqual(stand(h, thief, [made({})]), ['issuer-unknown', 0]);
  console.log(`stolen hub: ${beyond.length} documents beyond its delegation refused`);
});

test('a stolen hub that had no mail server holds the links of its outbox, as the documents say: such a link makes its own key, within its invitation', async (t) => {
  const h = await house(t, null);
  const { waiting } = await lived(h);
  const { raw, delegate } = loot(h);
  const text = required(/\/key#([\w-]{70})/.exec(raw)?.[1], 'control: the link lies in the outbox');
  const link = readKeyLink(crypto, text);
  assert.ok(link.ok);
  const key = linkKeyOf(crypto, link.value.secret);
  const headers = delegationHeader(required(waiting.delegation, 'signed'));
  const longer = signedBy(key, termsFor(waiting.id, { ...waiting.terms, until: waiting.terms.until + DAY }), headers);
  assert.deepEqual(stand(h, thief, [longer, stampedBy(delegate, h, longer)]), ['delegation-exceeded', 0]);
  const its = signedBy(key, termsFor(waiting.id, waiting.terms), headers);
  assert.deepEqual(stand(h, thief, [its, stampedBy(delegate, h, its)], 'relay'), ['remote-not-allowed', 0]);
  assert.deepEqual(stand(h, thief, [its, stampedBy(delegate, h, its)]), ['granted-document', 1], 'the hub’s power, until somebody redeems it or it lapses');
  const other = somebody('accomplice');
  const second = signedBy(key, termsFor(waiting.id, waiting.terms), headers, other);
  assert.deepEqual(stand(h, other, [second, stampedBy(delegate, h, second)]), ['invitation-used', 0], 'once at this lock');
});

test('a stolen hub writes no roster and no owner set that the lock takes', async (t) => {
  const h = await house(t, null);
  await lived(h);
  const { keys } = loot(h);
  const { membership } = h.world.state;
  assert.ok(membership.kind === 'adopted');
  const { hash, signer: _signer, ...fields } = membership.roster;
  const place = { siteId: h.site.ownerSet.siteId, lockId: h.world.state.lockId, ownerKeys: h.site.ownerSet.keys };
  const follow = (key: KeyPair): Bytes => {
    const { message, assemble } = rosterToSign(crypto, key.publicKey, rosterPayload(crypto, { ...fields, version: fields.version + 1, previous: hash }));
    return assemble(crypto.p256.sign(key.privateKey.reveal(), message));
  };
  const codes = new Set(keys.map((key) => {
    const roster = openRoster(crypto, follow(key), place, membership.roster);
    const owners = openOwnerSet(crypto, h.site.owners([key], [key]), h.site.ownerSet);
    h.site.say('roster', follow(key));
    h.site.say('owner-set', h.site.owners([key], [key]));
    h.world.run(MINUTE);
    return `${roster.ok ? 'ok' : roster.error.code} ${owners.ok ? 'ok' : owners.error.code}`;
  }));
  assert.deepEqual([[...codes], h.world.state.membership.kind === 'adopted' && h.world.state.membership.roster.version], [['signer-unknown signer-unknown'], fields.version]);
  assert.ok(openRoster(crypto, follow(h.site.owner), place, membership.roster).ok, 'control: an owner’s is taken');
});
