import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import type { Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { decodeCertificate, verifyCertificate } from '@mortise/aliro/reader-certificate.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { lockAnswerToSign, lockDone, lockReadOffer, ownerHello, ownerReadAnswer, ownerReadDone, type OwnerKeyed } from '@mortise/documents/adoption.ts';
import { checkOffer, MAX_CERTIFICATE_BYTES, type CheckedOffer } from '@mortise/documents/adoption-offer.ts';
import { adoptionStatementToSign } from '@mortise/documents/adoption-statement.ts';
import { openEntries, openRoster, type Roster } from '@mortise/documents/roster.ts';
import { encodeSetupCode, parseSetupCode } from '@mortise/documents/setup-code.ts';
import { openTimeKey } from '@mortise/documents/time.ts';
import { ALL_RIGHTS, RIGHTS } from '@mortise/documents/trusted-entry.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { HOUSEHOLD_POLICY, prepareOffer, type AdoptionTerms } from './adopt.ts';
import { ExampleLock } from './lock.fixture.ts';
import { ExampleSite, seedOf } from './operation.fixture.ts';
import { foundSite } from './own.ts';
import { signedBy } from './owner-signature.ts';
import { kitKey, parseKit } from './recovery-kit.ts';
import { nextRoster, type RosterChange } from './roster-change.ts';

const value = <T>(result: Result<T, { readonly code: string }>): T => {
  assert.ok(result.ok, result.ok ? '' : result.error.code);
  return result.value;
};

const founded = foundSite(crypto, seedOf(1));
const site = new ExampleSite(crypto);
const lock = new ExampleLock({ crypto, site: site.key, issuer: founded.issuer, trusted: [site.phone.publicKey], seed: seedOf(3) });
const seal = deriveKeyPair(crypto, seedOf(3), 'seal');
const link = deriveKeyPair(crypto, seedOf(3), 'link');
const hub = deriveKeyPair(crypto, seedOf(7), 'hub');
const setupSecret = new Secret(new Uint8Array(10).fill(5));

const terms: AdoptionTerms = {
  ownerSets: [founded.document],
  owner: founded.owner,
  issuer: founded.issuer,
  phones: [{ credentialKey: site.phone.publicKey }],
  zone: 'Europe/Zurich',
  policy: HOUSEHOLD_POLICY,
  journalKey: hub.publicKey,
  timeKey: { key: hub.publicKey, driftPpm: 100, until: instant(2_000_000_000_000) },
  linkCertificate: utf8('PEM of the link'),
  brokerCa: utf8('PEM of the broker'),
};

const introduction = {
  identityKey: lock.identity.publicKey, readerKey: lock.reader.publicKey, sealKey: seal.publicKey, linkKey: link.publicKey,
  model: 'example', firmware: '1', profile: 'powered',
} as const;

/** Both sides up to the offer: what the owner knows, and what the lock made of the offer's bytes. */
const handshake = (): { readonly keyed: OwnerKeyed; readonly answerOffer: (message: Bytes) => { readonly checked: CheckedOffer; readonly done: Bytes; readonly readerCertificate: Bytes } } => {
  const code = value(parseSetupCode(crypto, encodeSetupCode(crypto, { lockId: lock.lockId, secret: setupSecret })));
  const greeted = ownerHello(crypto, seedOf(20));
  const answering = value(lockAnswerToSign(crypto, introduction, greeted.message, seedOf(21)));
  const answer = answering.assemble(crypto.p256.sign(lock.identity.privateKey.reveal(), answering.message));
  const keyed = value(ownerReadAnswer(crypto, greeted.state, code, answer));
  return {
    keyed,
    answerOffer: (message) => {
      const opened = value(lockReadOffer(crypto, answering.keyed, setupSecret, message));
      const checked = value(checkOffer(crypto, { lockId: lock.lockId, seal }, opened.offer));
      const statement = signedBy(crypto, lock.identity, adoptionStatementToSign(crypto, lock.identity.publicKey, {
        lockId: lock.lockId, siteId: checked.ownerSet.siteId, ownerSetHash: checked.ownerSet.hash, rosterHash: checked.roster.hash,
        readerKey: lock.reader.publicKey, sealKey: seal.publicKey, profile: 'powered',
      }));
      return { checked, done: lockDone(crypto, opened, { kind: 'accepted', statement }), readerCertificate: opened.offer.readerCertificate };
    },
  };
};

const adopted = (() => {
  const { keyed, answerOffer } = handshake();
  const offered = value(prepareOffer(crypto, keyed, terms, seedOf(22)));
  return { offered, ...answerOffer(offered.message) };
})();

const place = { siteId: founded.ownerSet.siteId, lockId: lock.lockId, ownerKeys: founded.ownerSet.keys };
const held: Roster = value(openRoster(crypto, adopted.offered.roster, place, undefined));

test('the lock takes the offer, and its statement is what was offered', () => {
  const { statement } = value(ownerReadDone(crypto, adopted.offered, adopted.done));
  assert.deepEqual([statement.siteId, statement.lockId], [founded.ownerSet.siteId, lock.lockId]);
  assert.deepEqual(statement.rosterHash, held.hash);
});

test('the first roster trusts the owner’s phone with all rights and tells zone, policy, journal key and time key', () => {
  const [entry] = adopted.checked.trusted;
  assert.equal(adopted.checked.trusted.length, 1);
  assert.deepEqual([entry?.credentialKey, entry?.rights, entry?.pseudonym.length], [site.phone.publicKey, ALL_RIGHTS, 16]);
  const { version, previous, zone, policy, journalKey, timeKeys } = held;
  assert.deepEqual({ version, previous, zone, policy, journalKey }, { version: 1, previous: null, zone: 'Europe/Zurich', policy: HOUSEHOLD_POLICY, journalKey: hub.publicKey });
  assert.deepEqual(value(openTimeKey(crypto, required(timeKeys[0], 'a time key'), founded.ownerSet.keys)), { ...terms.timeKey, kind: 'hub' });
});

test('the reader certificate names this lock under the site’s issuer, and no other issuer', () => {
  const certificate = adopted.readerCertificate;
  assert.deepEqual(value(verifyCertificate(crypto, certificate, founded.issuer.publicKey)).subject, lock.lockId);
  assert.deepEqual(value(decodeCertificate(certificate)).publicKey, lock.reader.publicKey);
  assert.equal(verifyCertificate(crypto, certificate, hub.publicKey).ok, false);
});

test('what is not the owner’s to offer is refused before it is sent', () => {
  const { keyed } = handshake();
  const other = foundSite(crypto, seedOf(9));
  const codeOf = (change: Partial<AdoptionTerms>): string => {
    const prepared = prepareOffer(crypto, keyed, { ...terms, ...change }, seedOf(22));
    return prepared.ok ? 'sent' : prepared.error.code;
  };
  assert.equal(codeOf({}), 'sent');
  assert.equal(codeOf({ owner: other.owner }), 'document-refused');
  assert.equal(codeOf({ ownerSets: [other.document] }), 'document-refused');
  assert.equal(codeOf({ ownerSets: [] }), 'document-refused');
  assert.equal(codeOf({ ownerSets: [founded.document, founded.document] }), 'document-refused');
  assert.equal(codeOf({ brokerCa: new Uint8Array(MAX_CERTIFICATE_BYTES + 1) }), 'document-refused');
  assert.equal(codeOf({ linkCertificate: new Uint8Array(0), brokerCa: new Uint8Array(0) }), 'sent', 'to a lock that has no link');
});

const kit = kitKey(crypto, value(parseKit(crypto, founded.kitCode)));
const newPhone = deriveKeyPair(crypto, seedOf(30), 'phone').publicKey;
const change = (last: Roster, what: RosterChange, owner = kit): Result<Bytes, { readonly code: string }> =>
  nextRoster(crypto, last, { owner, sealKey: seal.publicKey }, what, seedOf(31));
const trustedBy = (roster: Roster): readonly string[] =>
  value(openEntries(crypto, seal, roster)).map(({ credentialKey, rights }) => `${credentialKey.toHex()} ${rights}`);

test('after a restore the kit’s key signs the next roster, in which the new phone has the lost one’s place', () => {
  const next = value(openRoster(crypto, value(change(held, { kind: 'replacePhones', phones: [{ credentialKey: newPhone }] })), place, held));
  assert.deepEqual([next.version, next.previous, next.signer], [2, held.hash, kit.publicKey]);
  assert.deepEqual(trustedBy(next), [`${newPhone.toHex()} ${ALL_RIGHTS}`]);
  const { zone, policy, journalKey, timeKeys } = held;
  assert.deepEqual({ zone, policy, journalKey, timeKeys }, { zone: next.zone, policy: next.policy, journalKey: next.journalKey, timeKeys: next.timeKeys });
});

test('a phone more keeps the others unread; a policy keeps them all', () => {
  const phone = { credentialKey: newPhone, rights: RIGHTS.unlock, pseudonym: new Uint8Array(16).fill(4) };
  const two = value(openRoster(crypto, value(change(held, { kind: 'addPhone', phone }, founded.owner)), place, held));
  assert.deepEqual(trustedBy(two), [`${site.phone.publicKey.toHex()} ${ALL_RIGHTS}`, `${newPhone.toHex()} ${RIGHTS.unlock}`]);
  assert.deepEqual(two.entries[0], held.entries[0]);
  const policy = { ...HOUSEHOLD_POLICY, relockOnClose: true };
  const three = value(openRoster(crypto, value(change(two, { kind: 'policy', policy })), place, two));
  assert.deepEqual([three.version, three.policy, three.entries], [3, policy, two.entries]);
});

test('phones that are replaced leave PINs and cards where they are, and these count as no phones', () => {
  const others = Array.from({ length: 20 }, (_, index) => ({ kind: index % 2 === 0 ? 'pin' : 'card', sealed: Uint8Array.of(index) }) as const);
  const full = { ...held, entries: [...held.entries, ...others] };
  const next = value(openRoster(crypto, value(change(full, { kind: 'replacePhones', phones: [{ credentialKey: newPhone }] })), place, held));
  assert.deepEqual([trustedBy(next), next.entries.slice(1)], [[`${newPhone.toHex()} ${ALL_RIGHTS}`], others]);
  const without = change({ ...held, entries: others }, { kind: 'policy', policy: HOUSEHOLD_POLICY });
  assert.deepEqual(without, { ok: false, error: { code: 'no-phones' } });
});

test('a roster without phones, with too many, or by no owner does not come about', () => {
  const codeOf = (what: RosterChange): string => {
    const next = change(held, what);
    return next.ok ? 'signed' : next.error.code;
  };
  const phones = Array.from({ length: 17 }, (_, index) => ({ credentialKey: deriveKeyPair(crypto, seedOf(40), `${index}`).publicKey }));
  assert.equal(codeOf({ kind: 'replacePhones', phones: phones.slice(1) }), 'signed');
  assert.equal(codeOf({ kind: 'replacePhones', phones }), 'too-many-phones');
  assert.equal(codeOf({ kind: 'replacePhones', phones: [] }), 'no-phones');
  const stranger = value(change(held, { kind: 'policy', policy: HOUSEHOLD_POLICY }, hub));
  assert.deepEqual(openRoster(crypto, stranger, place, held), { ok: false, error: { code: 'signer-unknown' } });
});

test('two owners who follow the same roster make a fork, which the lock refuses', () => {
  const one = value(openRoster(crypto, value(change(held, { kind: 'addPhone', phone: { credentialKey: newPhone } })), place, held));
  const other = value(change(held, { kind: 'policy', policy: { ...HOUSEHOLD_POLICY, relockOnClose: true } }, founded.owner));
  assert.deepEqual(openRoster(crypto, other, place, one), { ok: false, error: { code: 'fork' } });
});
