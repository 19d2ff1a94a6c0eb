import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, identifierOf, type DoorId } from '@mortise/base/identifiers.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { sealTo } from '@mortise/crypto/seal.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { toSign } from './cose.ts';
import {
  exampleEntropy,
  exampleLock,
  exampleRoster,
  exampleSite,
  exampleTrusted,
  placeOf,
  rosterFields,
  signRoster,
  signWith,
} from './example-site.ts';
import { openEntries, openRoster, reopenRoster, rosterPayload, rosterToSign, type Roster, type RosterFields, type RosterPlace } from './roster.ts';
import { rosterAccessValues, type RosterAccess } from './roster-access.ts';
import { MAX_OF_KIND } from './sealed-entry.ts';
import { openTrusted, sealTrusted } from './trusted-entry.ts';

const site = exampleSite();
const lock = exampleLock();
const place = placeOf(site, lock);
const first = exampleRoster(site, lock);
const follow = (previous: Roster, changes: Partial<RosterFields> = {}): RosterFields =>
  rosterFields(site, lock, { version: previous.version + 1, previous: previous.hash, ...changes });
const codeOf = (bytes: Bytes, previous: Roster | undefined, at: RosterPlace = place): string => {
  const opened = openRoster(crypto, bytes, at, previous);
  return opened.ok ? 'opened' : opened.error.code;
};
const open = (bytes: Bytes, previous: Roster | undefined): Roster => {
  const opened = openRoster(crypto, bytes, place, previous);
  assert.ok(opened.ok);
  return opened.value;
};

const { door: _door, ...PLAIN_POLICY } = rosterFields(site, lock).policy;

test('a roster opens as it was written, and its entries open at its lock', () => {
  const { hash, signer, ...fields } = first;
  assert.deepEqual(fields, rosterFields(site, lock));
  assert.deepEqual(hash, crypto.sha256(rosterPayload(crypto, fields)));
  assert.deepEqual(signer, site.owner.publicKey);
  assert.deepEqual(openEntries(crypto, lock.seal, first), { ok: true, value: [exampleTrusted()] });
});

test('another owner follows on without reading the entries', () => {
  const next = signRoster(site.kit, { ...rosterFields(site, lock), entries: first.entries, version: 2, previous: first.hash });
  assert.deepEqual(openEntries(crypto, lock.seal, open(next, first)), { ok: true, value: [exampleTrusted()] });
  assert.deepEqual(openEntries(crypto, site.kit, first), { ok: false, error: { code: 'entry-unreadable' } });
});

test('a second history is refused as a fork, a gap as a gap, what is held as stale', () => {
  const document = signRoster(site.owner, follow(first));
  const second = open(document, first);
  const rival = signRoster(site.owner, follow(first, { zone: 'UTC' }));
  assert.equal(codeOf(rival, first), 'opened', 'the control: alone it is a fine roster');
  assert.equal(codeOf(rival, second), 'fork');
  assert.equal(codeOf(signRoster(site.owner, follow(second, { previous: first.hash })), second), 'fork');
  assert.equal(codeOf(signRoster(site.owner, follow(second, { version: 2 })), second), 'fork', 'the predecessor is right, the version is not');
  assert.equal(codeOf(signRoster(site.owner, follow(second, { version: 4 })), second), 'gap');
  assert.equal(codeOf(document, second), 'stale', 'the same again');
  assert.equal(codeOf(signRoster(site.kit, follow(first)), second), 'stale', 'the same, signed by another owner');
  assert.equal(codeOf(signRoster(site.owner, rosterFields(site, lock)), second), 'stale', 'an older one');
  assert.equal(codeOf(document, undefined), 'gap', 'a lock without a roster starts at version 1');
});

test('a held roster opens again at any place in its chain, and by an owner of this site for this lock only', () => {
  const again = (bytes: Bytes): string => {
    const reopened = reopenRoster(crypto, bytes, place);
    return reopened.ok ? `version ${reopened.value.version}` : reopened.error.code;
  };
  const document = signRoster(site.kit, follow(first));
  assert.deepEqual(reopenRoster(crypto, document, place), { ok: true, value: open(document, first) });
  assert.equal(codeOf(document, undefined), 'gap', 'the control: as a first roster it is refused');
  const { version, hash } = first;
  assert.deepEqual(openRoster(crypto, document, place, { version, hash }), { ok: true, value: open(document, first) }, 'of what it follows, these two count');
  assert.equal(again(signRoster(site.owner, rosterFields(site, lock, { version: 9, previous: exampleEntropy('eight') }))), 'version 9');
  assert.equal(again(signRoster(exampleSite('elsewhere').owner, rosterFields(site, lock))), 'signer-unknown');
  assert.equal(again(signRoster(site.owner, rosterFields(exampleSite('elsewhere'), lock))), 'other-site');
  assert.equal(again(signRoster(site.owner, rosterFields(site, exampleLock('next')))), 'other-lock');
  assert.equal(again(document.with(document.length - 1, (document.at(-1) ?? 0) ^ 1)), 'signature-invalid');
});

test('a roster for another lock or site, or by a stranger, is refused', () => {
  const elsewhere = exampleSite('elsewhere');
  const next = exampleLock('next');
  assert.equal(codeOf(signRoster(site.owner, rosterFields(site, lock)), undefined), 'opened', 'the control');
  assert.equal(codeOf(signRoster(site.owner, rosterFields(site, next)), undefined), 'other-lock');
  assert.equal(codeOf(signRoster(site.owner, rosterFields(elsewhere, lock)), undefined), 'other-site');
  assert.equal(codeOf(signRoster(elsewhere.owner, rosterFields(site, lock)), undefined), 'signer-unknown');
  const payload = rosterPayload(crypto, rosterFields(site, lock));
  assert.equal(codeOf(signWith(site.owner, toSign('mortise-owner-set', 1, site.owner.publicKey, payload, crypto)), undefined), 'type-wrong');
  assert.equal(codeOf(signWith(site.owner, toSign('mortise-roster', 4, site.owner.publicKey, payload, crypto)), undefined), 'version-unknown');
  assert.equal(codeOf(signWith(site.owner, toSign('mortise-roster', 2, site.owner.publicKey, payload, crypto)), undefined), 'malformed', 'each format has its own fields');
});

test('an entry opens for its lock and as its kind only, and counts once', () => {
  const next = exampleLock('next');
  const entropy = exampleEntropy('test');
  const sealed = sealTrusted(crypto, lock.seal.publicKey, lock.lockId, exampleTrusted(), entropy);
  assert.deepEqual(openTrusted(crypto, lock.seal, lock.lockId, sealed), exampleTrusted(), 'the control');
  assert.equal(openTrusted(crypto, next.seal, lock.lockId, sealed), undefined, 'another key');
  assert.equal(openTrusted(crypto, lock.seal, next.lockId, sealed), undefined, 'another lock');
  const context = encodeCbor(['mortise-roster-entry', 1, identifierBytes(lock.lockId), 'card']);
  const content: ReadonlyMap<string, Cbor> = new Map(Object.entries(exampleTrusted()));
  const card = sealTo(crypto, lock.seal.publicKey, context, encodeCbor(content), entropy);
  assert.equal(openTrusted(crypto, lock.seal, lock.lockId, card), undefined, 'another kind');
  const twice = open(signRoster(site.owner, rosterFields(site, lock, { entries: [{ kind: 'trusted', sealed }, ...first.entries] })), undefined);
  assert.deepEqual(openEntries(crypto, lock.seal, twice), { ok: false, error: { code: 'malformed' } });
});

test('an entry out of bounds does not open, though it is sealed for the lock', () => {
  const context = encodeCbor(['mortise-roster-entry', 1, identifierBytes(lock.lockId), 'trusted']);
  const opens = (changes: Readonly<Record<string, Cbor>>): boolean => {
    const content = encodeCbor(new Map<string, Cbor>(Object.entries({ ...exampleTrusted(), ...changes })));
    return openTrusted(crypto, lock.seal, lock.lockId, sealTo(crypto, lock.seal.publicKey, context, content, exampleEntropy('test'))) !== undefined;
  };
  const { credentialKey, pseudonym } = exampleTrusted();
  const bad: readonly Readonly<Record<string, Cbor>>[] = [{ credentialKey: credentialKey.subarray(1) }, { credentialKey: new Uint8Array(65) },
    { pseudonym: pseudonym.subarray(1) }, { pseudonym: 'Anna' }, { rights: 0 }, { rights: 32 }, { rights: 1.5 }, { more: 1 }, { more: new Uint8Array(512) }];
  assert.ok(opens({}) && opens({ rights: 1 }), 'the controls');
  for (const changes of bad) assert.equal(opens(changes), false, JSON.stringify(Object.keys(changes)));
});

test('sealed entries say nothing of the key or the person', () => {
  const { credentialKey, pseudonym } = exampleTrusted();
  const text = signRoster(site.owner, rosterFields(site, lock)).toHex();
  assert.ok(!text.includes(credentialKey.subarray(1).toHex()) && !text.includes(pseudonym.toHex()));
});

test('rosters outside the bounds are malformed', () => {
  const entry = ['trusted', utf8('sealed')];
  const policy = (changes: Readonly<Record<string, Cbor>>): Cbor =>
    new Map<string, Cbor>(Object.entries({ ...PLAIN_POLICY, ...changes }));
  const { access: _, ...always } = rosterFields(site, lock);
  const good: Readonly<Record<string, Cbor>> = {
    ...always,
    siteId: identifierBytes(site.ownerSet.siteId),
    lockId: identifierBytes(lock.lockId),
    entries: [entry],
    policy: policy({}),
  };
  const raw = (changes: Readonly<Record<string, Cbor>>): Bytes =>
    signWith(site.owner, rosterToSign(crypto, site.owner.publicKey, encodeCbor(new Map(Object.entries({ ...good, ...changes })))));
  const fine: readonly Readonly<Record<string, Cbor>>[] = [
    {},
    { entries: Object.entries(MAX_OF_KIND).filter(([kind]) => kind !== 'card').flatMap(([kind, most]) => Array.from({ length: most }, () => [kind, utf8('sealed')])) },
    { policy: policy({ relockDelayMs: 0 }) },
    { policy: policy({ relockDelayMs: 3_600_000 }) },
    { zone: 'America/Argentina/Buenos_Aires' },
    { groups: Array.from({ length: 7 }, () => new Uint8Array(16)) },
  ];
  const bad: readonly Readonly<Record<string, Cbor>>[] = [
    ...Object.entries(MAX_OF_KIND).map(([kind, most]) => ({ entries: Array.from({ length: most + 1 }, () => [kind, utf8('sealed')]) })),
    { entries: [['key', utf8('sealed')]] },
    { entries: [['toString', utf8('sealed')]] },
    { entries: [['trusted']] },
    { entries: [['trusted', utf8('sealed'), 1]] },
    { entries: [['trusted', new Uint8Array(513)]] },
    { policy: policy({ relockDelayMs: 3_600_001 }) },
    { policy: policy({ relockDelayMs: -1 }) },
    { policy: policy({ relockDelayMs: 0.5 }) },
    { policy: policy({ relockOnClose: 1 }) },
    { policy: policy({ jamTimeoutMs: 0 }) },
    { policy: policy({ more: 1 }) },
    { zone: '' },
    { zone: 'Europe/Zurich; DROP TABLE' },
    { zone: '../../etc/passwd' },
    { timeKeys: Array.from({ length: 9 }, () => utf8('certificate')) },
    { journalKey: new Uint8Array(65).fill(4) },
    { groups: Array.from({ length: 8 }, () => new Uint8Array(16)) },
    { groups: [new Uint8Array(15)] },
    { siteId: new Uint8Array(15) },
    { lockId: new Uint8Array(17) },
    { lockId: lock.lockId },
    { previous: new Uint8Array(31) },
    { version: '1' },
    { entries: 'trusted' },
    { zone: 1 },
    { timeKeys: [new Uint8Array(0)] },
    { timeKeys: [new Uint8Array(513)] },
    { journalKey: null },
    { version: 0 },
    { version: 2 },
    { previous: first.hash },
    { more: 1 },
  ];
  for (const changes of fine) assert.equal(codeOf(raw(changes), undefined), 'opened', JSON.stringify(Object.keys(changes)));
  for (const changes of bad) assert.equal(codeOf(raw(changes), undefined), 'malformed', JSON.stringify(Object.entries(changes)));
  console.log(`roster: ${bad.length} fields out of bounds refused beside ${fine.length} within`);
});

test('any bytes, and every cut, are answered', () => {
  const document = signRoster(site.owner, rosterFields(site, lock));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => assert.notEqual(codeOf(bytes, undefined), 'opened')));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.equal(openTrusted(crypto, lock.seal, lock.lockId, bytes), undefined)));
  for (let at = 0; at < document.length; at += 1) assert.equal(codeOf(document.subarray(0, at), undefined), 'malformed');
  assert.equal(codeOf(new Uint8Array(24_577), undefined), 'too-long');
});

// ---- the part for access documents -----------------------------------------------------------------------------------------------

const ACCESS: RosterAccess = {
  door: identifierOf<DoorId>(exampleEntropy('door').slice(0, 16)),
  zoneTable: UTC,
  calendars: [{ id: 1, days: [20_000, 20_005], untilDay: 20_500 }],
  delegations: [utf8('a signed delegation')],
};
const v2 = (access: RosterAccess): Bytes => signRoster(site.owner, rosterFields(site, lock, { access }));

test('a roster may say which door it is, what its wall shows, its calendars, and who may issue', () => {
  assert.deepEqual(open(v2(ACCESS), undefined).access, ACCESS);
  assert.deepEqual(open(v2({ ...ACCESS, calendars: [], delegations: [] }), undefined).access, { ...ACCESS, calendars: [], delegations: [] });
  assert.equal(first.access, undefined, 'one of the first format has no such part');
});

test('each format has its own fields and no others', () => {
  const { access: _, ...always } = rosterFields(site, lock);
  const fields: Readonly<Record<string, Cbor>> = {
    ...always, siteId: identifierBytes(always.siteId), lockId: identifierBytes(always.lockId), entries: [], policy: new Map<string, Cbor>(Object.entries(PLAIN_POLICY)),
  };
  const part: Readonly<Record<string, Cbor>> = Object.fromEntries(rosterAccessValues(ACCESS));
  const raw = (format: number, content: Readonly<Record<string, Cbor>>): string =>
    codeOf(signWith(site.owner, toSign('mortise-roster', format, site.owner.publicKey, encodeCbor(new Map(Object.entries(content))), crypto)), undefined);
  assert.deepEqual([raw(1, fields), raw(2, { ...fields, ...part })], ['opened', 'opened'], 'the controls');
  assert.deepEqual([raw(2, fields), raw(1, { ...fields, ...part }), raw(3, { ...fields, ...part }), raw(4, { ...fields, ...part })], ['malformed', 'malformed', 'malformed', 'version-unknown']);
  for (const name of Object.keys(part)) {
    assert.equal(raw(2, { ...fields, ...Object.fromEntries(Object.entries(part).filter(([key]) => key !== name)) }), 'malformed', `without ${name}`);
  }
  const bad: readonly Readonly<Record<string, Cbor>>[] = [
    { door: new Uint8Array(15) }, { zoneTable: utf8('UTC') }, { zoneTable: 'UTC' }, { calendars: null }, { delegations: [new Uint8Array(0)] }, { delegations: [new Uint8Array(8193)] },
    { delegations: Array.from({ length: 5 }, () => utf8('one')) }, { more: 1 },
  ];
  for (const changes of bad) assert.equal(raw(2, { ...fields, ...part, ...changes }), 'malformed', JSON.stringify(Object.keys(changes)));
});
