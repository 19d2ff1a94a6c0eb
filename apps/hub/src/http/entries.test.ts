// PINs, codes, cards and fingers as the hub has them: what owners say of a roster's entries, kept with the roster and gone with it; codes that no two browsers make alike; digits
// that pass on their way to a person and stay nowhere; and records that say whose PIN it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activityPage } from '@mortise/api/activity.ts';
import { codeAnswer, entries, entryMessageAnswer, type EntryNote } from '@mortise/api/entries.ts';
import { outbox } from '@mortise/api/grants.ts';
import { people } from '@mortise/api/owner.ts';
import { CODE_EPOCH, codeNumber, HOUR_MS } from '@mortise/access/offline-code.ts';
import { codeWord } from '@mortise/access/judge-code.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { exampleEntropy, exampleKey, signRoster } from '@mortise/documents/example-site.ts';
import type { Roster, SealedEntry } from '@mortise/documents/roster.ts';
import { reopenRoster } from '@mortise/documents/roster.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { codeKeyAt, entryId, pseudonymAt, sealNewEntry, type NewEntry } from '@mortise/wallet/entries.ts';
import { ingest } from '../testing/adopted.fixture.ts';
import { codeOf } from '../testing/hub.fixture.ts';
import { freshId, lendingScene, type Scene } from '../testing/lending.fixture.ts';
import { journalWriter } from '../testing/lock.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const issuer = exampleKey('issuer');
const ANNA = freshId();
const TERMS = { verbs: ['unlock' as const, 'lock' as const], from: null, until: null, hours: [], holidays: null, second: [] };

const sealed = ({ lock }: Scene, entry: NewEntry): SealedEntry =>
  sealNewEntry(crypto, { lockId: lock.lockId, sealKey: lock.seal.publicKey }, entry, exampleEntropy(`entry ${freshId()}`));

const pinOf = (scene: Scene, personId: string, pin = '471108'): { readonly entry: SealedEntry; readonly pseudonym: Uint8Array } => {
  const pseudonym = pseudonymAt(crypto, issuer, scene.lock.lockId, personId);
  return { pseudonym, entry: sealed(scene, { kind: 'pin', pin, terms: { pseudonym, rights: 3, from: null, until: null, hours: [], holidays: null, second: [], duress: false } }) };
};
const codesOf = (scene: Scene, generation = 1) => {
  const key = codeKeyAt(crypto, scene.owner.site.owner, scene.lock.lockId, generation);
  return { key, entry: sealed(scene, { kind: 'codeKey', entry: { ...key, rights: 3, kinds: ['window', 'once'], longest: 15, until: null, revoked: [] } }) };
};
const idOf = (entry: SealedEntry): string => base64url(entryId(crypto, entry));
const pinNote = ({ entry, pseudonym }: ReturnType<typeof pinOf>, person: { readonly id: string; readonly name?: string }, label = 'PIN'): EntryNote =>
  ({ kind: 'pin', id: idOf(entry), person, pseudonym: base64url(pseudonym), label, terms: TERMS });
const codesNote = (scene: Scene, { entry, key }: ReturnType<typeof codesOf>, generation = 1): EntryNote =>
  ({ kind: 'codeKey', id: idOf(entry), keyId: base64url(key.keyId), ownerKey: base64url(scene.owner.site.owner.publicKey), generation, longest: 15, until: null });

/** The lock's next roster with these entries beside the phones. */
const follow = async (scene: Scene, kept: readonly SealedEntry[], said: { readonly entries?: readonly object[]; readonly takenBack?: readonly string[] }) => {
  const { owner, lock } = scene;
  const { json } = await owner.browser.get(`/api/locks/${lock.lockId}/roster`);
  assert.ok(typeof json === 'object' && json !== null && 'document' in json);
  const place = { siteId: owner.site.ownerSet.siteId, lockId: lock.lockId, ownerKeys: owner.site.ownerSet.keys };
  const opened = reopenRoster(crypto, Uint8Array.fromBase64(String(json.document), { alphabet: 'base64url' }), place);
  assert.ok(opened.ok);
  const { hash, signer: _, ...fields }: Roster = opened.value;
  const phones = fields.entries.filter(({ kind }) => kind === 'trusted');
  const document = signRoster(owner.site.owner, { ...fields, entries: [...phones, ...kept], version: opened.value.version + 1, previous: hash });
  return owner.browser.send('PUT', `/api/locks/${lock.lockId}/roster`, { document: base64url(document), ...said });
};
const listOf = async ({ owner }: Scene) => parsed(entries, await owner.browser.get('/api/entries'));

void test('an entry is said with the roster that holds it, and no more when a later one does not', async (t) => {
  const scene = await lendingScene(t);
  const pin = pinOf(scene, 'anna');
  assert.equal(codeOf(await follow(scene, [], { entries: [pinNote(pin, { id: ANNA, name: 'Anna' })] })), 'input-invalid', 'of an entry that is not there');
  assert.equal(codeOf(await follow(scene, [pin.entry], { entries: [{ ...pinNote(pin, { id: ANNA, name: 'Anna' }), kind: 'card' }] })), 'input-invalid', 'of another kind');
  assert.equal(codeOf(await follow(scene, [pin.entry], { entries: [pinNote(pin, { id: freshId() })] })), 'input-invalid', 'of nobody');
  assert.deepEqual((await listOf(scene)).entries, []);
  assert.equal((await follow(scene, [pin.entry], { entries: [pinNote(pin, { id: ANNA, name: 'Anna' }, 'Anna’s PIN')] })).status, 200, 'the control');
  const [noted] = (await listOf(scene)).entries;
  assert.deepEqual([noted?.kind, noted?.label, noted?.person?.name, noted?.terms, noted?.doorId], ['pin', 'Anna’s PIN', 'Anna', TERMS, scene.door.id]);
  assert.ok(parsed(people, await scene.owner.browser.get('/api/people')).people.some(({ name, role }) => name === 'Anna' && role === 'guest'));
  const second = pinOf(scene, 'anna', '222222');
  await follow(scene, [pin.entry, second.entry], { entries: [pinNote(second, { id: ANNA }, 'another')] });
  assert.equal((await listOf(scene)).entries.length, 2);
  await follow(scene, [second.entry], {});
  assert.deepEqual((await listOf(scene)).entries.map(({ label }) => label), ['another']);
});

void test('what nobody noted is shown too, and comes back when it is put again; what may stand once in a roster is not noted twice', async (t) => {
  const scene = await lendingScene(t);
  const pin = pinOf(scene, 'anna');
  await follow(scene, [pin.entry], {});
  assert.deepEqual((await listOf(scene)).entries.map(({ kind, person, terms }) => [kind, person, terms]), [['pin', null, null]]);
  await follow(scene, [], {});
  assert.deepEqual((await listOf(scene)).entries, []);
  await follow(scene, [pin.entry], {});
  assert.equal((await listOf(scene)).entries.length, 1);
  const finger = (slot: number) => {
    const entry = sealed(scene, { kind: 'finger', entry: { pseudonym: pin.pseudonym, rights: 3, from: null, until: null, hours: [], holidays: null, second: [], duress: false, slot } });
    return { entry, note: { kind: 'finger', id: idOf(entry), person: { id: ANNA, name: 'Anna' }, pseudonym: base64url(pin.pseudonym), label: 'Thumb', terms: TERMS, slot } as const };
  };
  const [first, same, other] = [finger(0), finger(0), finger(1)];
  await follow(scene, [first.entry], { entries: [first.note] });
  assert.equal(codeOf(await follow(scene, [first.entry, same.entry], { entries: [same.note] })), 'conflict');
  assert.equal((await follow(scene, [first.entry, other.entry], { entries: [other.note] })).status, 200, 'the control');
  assert.equal((await follow(scene, [same.entry], { entries: [same.note] })).status, 200, 'in its place');
});

void test('a record by PIN is its person’s, also after the PIN is gone; by nobody that was noted, nobody’s', async (t) => {
  const scene = await lendingScene(t);
  const pin = pinOf(scene, 'anna');
  await follow(scene, [pin.entry], { entries: [pinNote(pin, { id: ANNA, name: 'Anna' })] });
  await follow(scene, [], {});
  const journal = journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey);
  const at = instant(scene.clock.now);
  const base = { instant: at, clock: 'synced', kind: 'operation', verb: 'unlock', reason: 'granted-pin', allowed: true, sensed: { bolt: 'unlocked', door: 'closed' } } as const;
  await ingest(scene, scene.lock.lockId, journal.write({ ...base, pseudonym: pin.pseudonym, rule: 'pin:2 always synced Europe/Zurich' }));
  await ingest(scene, scene.lock.lockId, journal.write({ ...base, pseudonym: new Uint8Array(16).fill(9), rule: 'pin:2 always synced Europe/Zurich' }));
  const { items } = parsed(activityPage, await scene.owner.browser.get('/api/activity'));
  assert.deepEqual(items.slice(0, 2).map(({ actor }) => actor && [actor.name, actor.keyLabel]), [null, ['Anna', 'PIN']]);
});

void test('codes: noted once each, by their time; taken back with a roster; the record of one is its person’s', async (t) => {
  const scene = await lendingScene(t);
  const codes = codesOf(scene);
  const startH = Math.floor((scene.clock.now - CODE_EPOCH) / HOUR_MS);
  const body = (index: number, id = freshId()) => ({
    id, lockId: scene.lock.lockId, ownerKey: base64url(scene.owner.site.owner.publicKey), generation: 1, number: codeNumber({ kind: 'once', startH, length: 2, index }), person: { id: freshId(), name: `Guest ${index}` },
  });
  const post = (value: object) => scene.owner.browser.send('POST', '/api/codes', value);
  assert.equal(codeOf(await post(body(0))), 'lock-unknown', 'before a roster holds the key');
  await follow(scene, [codes.entry], { entries: [codesNote(scene, codes)] });
  const made = parsed(codeAnswer, await post(body(0))).code;
  assert.deepEqual([made.kind, made.until - made.from, made.person.name, made.takenBackAt], ['once', 3 * HOUR_MS - 1, 'Guest 0', null]);
  assert.equal(codeOf(await post(body(0))), 'conflict', 'the same digits for somebody else');
  assert.equal(codeOf(await post(body(1, made.id))), 'conflict');
  assert.equal((await post(body(1))).status, 200, 'the control: another index');
  const journal = journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey);
  const rule = `${codeWord(codes.key, { kind: 'once', startH, length: 2, index: 0 })} in-time synced Europe/Zurich`;
  await ingest(scene, scene.lock.lockId, journal.write({ instant: instant(scene.clock.now), clock: 'synced', kind: 'operation', verb: 'unlock', reason: 'granted-code', allowed: true, pseudonym: codes.key.keyId, rule, sensed: { bolt: 'unlocked', door: 'none' } }));
  const [item] = parsed(activityPage, await scene.owner.browser.get('/api/activity')).items;
  assert.deepEqual(item?.actor && [item.actor.name, item.actor.keyLabel], ['Guest 0', 'Code']);
  await follow(scene, [codes.entry], { takenBack: [made.id] });
  const [first, second] = (await listOf(scene)).codes.toSorted((one, other) => one.person.name.localeCompare(other.person.name));
  assert.deepEqual([first?.takenBackAt !== null, second?.takenBackAt], [true, null]);
});

void test('codes end with their key: not when it is sealed anew, but when a roster holds it no more', async (t) => {
  const scene = await lendingScene(t);
  const [codes, again] = [codesOf(scene), codesOf(scene)];
  await follow(scene, [codes.entry], { entries: [codesNote(scene, codes)] });
  const number = codeNumber({ kind: 'once', startH: Math.floor((scene.clock.now - CODE_EPOCH) / HOUR_MS), length: 2, index: 0 });
  const body = { id: freshId(), lockId: scene.lock.lockId, ownerKey: base64url(scene.owner.site.owner.publicKey), generation: 1, number, person: { id: freshId(), name: 'Guest' } };
  const { code } = parsed(codeAnswer, await scene.owner.browser.send('POST', '/api/codes', body));
  const send = () => scene.owner.browser.send('POST', '/api/entry-messages', { about: { code: code.id }, digits: '123456789', sending: { kind: 'mail', address: 'guest@example.org' } });
  assert.equal((await send()).status, 200);
  const takenBackAt = async () => (await listOf(scene)).codes.map((each) => each.takenBackAt);
  await follow(scene, [again.entry], { entries: [codesNote(scene, again)] });
  assert.deepEqual(await takenBackAt(), [null]);
  await follow(scene, [], {});
  assert.deepEqual(await takenBackAt(), [scene.clock.now]);
  assert.equal(codeOf(await send()), 'entry-unknown');
});

void test('digits are sent for a PIN or code that is there, say what they are for, and are gone with it', async (t) => {
  const scene = await lendingScene(t);
  const pin = pinOf(scene, 'anna');
  const mail = (about: object, digits = '471108') => scene.owner.browser.send('POST', '/api/entry-messages', { about, digits, sending: { kind: 'mail', address: 'anna@example.com' } });
  assert.equal(codeOf(await mail({ entry: idOf(pin.entry) })), 'entry-unknown');
  await follow(scene, [pin.entry], { entries: [pinNote(pin, { id: ANNA, name: 'Anna' })] });
  assert.equal(codeOf(await mail({ entry: idOf(pin.entry) }, '47110')), 'input-invalid');
  assert.equal(parsed(entryMessageAnswer, await mail({ entry: idOf(pin.entry) })).state, 'outbox');
  const messages = async () => parsed(outbox, await scene.owner.browser.get('/api/outbox')).messages;
  const [message] = await messages();
  assert.match(message?.text ?? '', /Hello Anna,\n\nAda gives you a PIN for .*\n\n471 108\n\nKeep it to yourself\. You may type/);
  await follow(scene, [], {});
  assert.deepEqual(await messages(), []);
  const codes = codesOf(scene);
  await follow(scene, [codes.entry], { entries: [codesNote(scene, codes)] });
  const id = freshId();
  const startH = Math.floor((scene.clock.now - CODE_EPOCH) / HOUR_MS);
  const made = { id, lockId: scene.lock.lockId, ownerKey: base64url(scene.owner.site.owner.publicKey), generation: 1, number: codeNumber({ kind: 'window', startH, length: 2, index: 0 }), person: { id: ANNA } };
  await scene.owner.browser.send('POST', '/api/codes', made);
  assert.equal((await mail({ code: id }, '123456789')).status, 200);
  await follow(scene, [codes.entry], { takenBack: [freshId()] });
  assert.equal((await messages()).length, 1, 'nobody else’s');
  scene.clock.now += 4 * HOUR_MS;
  assert.equal(codeOf(await mail({ code: id }, '123456789')), 'entry-unknown', 'over');
  await scene.test.hub.outgoing.wake();
  assert.deepEqual(await messages(), []);
});
