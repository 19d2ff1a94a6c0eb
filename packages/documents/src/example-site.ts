// A small site made from fixed seeds, for tests and golden vectors: owners, a lock, their documents. Its private keys are
// public knowledge; nothing but tests may use it.

import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { required } from '@mortise/base/assert.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { LockIntroduction } from './adoption-message.ts';
import type { Offer } from './adoption-offer.ts';
import { lockIdOf } from './adoption-statement.ts';
import type { ToSign } from './cose.ts';
import { assembleOwnerSet, openOwnerSet, ownerSetPayload, ownerSetToSign, type OwnerSet, type OwnerSetFields } from './owner-set.ts';
import { openRoster, rosterPayload, rosterToSign, type Roster, type RosterFields, type RosterPlace } from './roster.ts';
import { SETUP_SECRET_BYTES } from './setup-code.ts';
import { timeKeyPayload, timeKeyToSign } from './time.ts';
import { RIGHTS, sealTrusted, type TrustedEntry } from './trusted-entry.ts';

/** 32 bytes that stand for fresh randomness, different for each name. */
export const exampleEntropy = (name: string): Bytes => crypto.sha256(utf8(`mortise example ${name}`));
export const exampleKey = (name: string): KeyPair => deriveKeyPair(crypto, exampleEntropy(name), 'key');
// A plain copy: the CBOR encoder answers a Buffer under Node, which strict comparison tells from the bytes that were read.
export const signWith = (key: KeyPair, toSign: ToSign): Bytes =>
  Uint8Array.from(toSign.assemble(crypto.p256.sign(key.privateKey.reveal(), toSign.message)));

/** An owner set document over `fields`, signed by `signers`. */
export const signOwnerSet = (fields: OwnerSetFields, signers: readonly KeyPair[]): Bytes => {
  const payload = ownerSetPayload(crypto, fields);
  return assembleOwnerSet(signers.map((signer) => signWith(signer, ownerSetToSign(crypto, signer.publicKey, payload))));
};

export const ownerSetFields = (owners: readonly KeyPair[], changes: Partial<OwnerSetFields> = {}): OwnerSetFields => ({
  keys: owners.map(({ publicKey }) => publicKey),
  threshold: 1,
  sequence: 1,
  previous: null,
  salt: exampleEntropy('site salt').subarray(0, 16),
  ...changes,
});

export type ExampleSite = { readonly owner: KeyPair; readonly kit: KeyPair; readonly document: Bytes; readonly ownerSet: OwnerSet };

/** A site of an owner and a recovery kit, threshold 1. */
export const exampleSite = (name = 'site'): ExampleSite => {
  const owner = exampleKey(`${name} owner`);
  const kit = exampleKey(`${name} kit`);
  const document = signOwnerSet(ownerSetFields([owner, kit]), [owner]);
  const opened = openOwnerSet(crypto, document);
  return { owner, kit, document, ownerSet: required(opened.ok ? opened.value : undefined, 'the example owner set opens') };
};

export type ExampleLock = {
  readonly identity: KeyPair;
  readonly seal: KeyPair;
  readonly setupSecret: Secret;
  readonly introduction: LockIntroduction;
  readonly lockId: ReturnType<typeof lockIdOf>;
};

export const exampleLock = (name = 'lock'): ExampleLock => {
  const identity = exampleKey(`${name} identity`);
  const seal = exampleKey(`${name} seal`);
  return {
    identity,
    seal,
    setupSecret: new Secret(exampleEntropy(`${name} setup`).slice(0, SETUP_SECRET_BYTES)),
    lockId: lockIdOf(crypto, identity.publicKey),
    introduction: {
      identityKey: identity.publicKey,
      readerKey: exampleKey(`${name} reader`).publicKey,
      sealKey: seal.publicKey,
      linkKey: exampleKey(`${name} link`).publicKey,
      model: 'Mortise virtual lock',
      firmware: '0.1.0',
      profile: 'powered',
    },
  };
};

/** The rights that there were when the first golden vectors were written. */
const FIRST_RIGHTS = RIGHTS.unlock | RIGHTS.lock | RIGHTS.remote;

/** The owner's phone. */
export const exampleTrusted = (name = 'phone', rights = FIRST_RIGHTS): TrustedEntry => ({
  credentialKey: exampleKey(name).publicKey,
  pseudonym: exampleEntropy(`${name} pseudonym`).subarray(0, 16),
  rights,
});

/** A certificate of the hub's time key until 2040, by the site's owner. */
export const exampleTimeKey = (site: ExampleSite): Bytes => {
  const fields = { key: exampleKey('time').publicKey, kind: 'hub', driftPpm: 100, until: instant(Date.UTC(2040, 0, 1)) } as const;
  return signWith(site.owner, timeKeyToSign(crypto, site.owner.publicKey, timeKeyPayload(crypto, fields)));
};

/** A first roster with one trusted phone. */
export const rosterFields = (site: ExampleSite, lock: ExampleLock, changes: Partial<RosterFields> = {}): RosterFields => ({
  siteId: site.ownerSet.siteId,
  lockId: lock.lockId,
  version: 1,
  previous: null,
  entries: [{ kind: 'trusted', sealed: sealTrusted(crypto, lock.seal.publicKey, lock.lockId, exampleTrusted(), exampleEntropy('entry')) }],
  zone: 'Europe/Zurich',
  policy: { relockDelayMs: 30_000, relockOnClose: false, jamTimeoutMs: 3_000 },
  timeKeys: [exampleTimeKey(site)],
  journalKey: exampleKey('journal').publicKey,
  groups: [],
  ...changes,
});

export const signRoster = (signer: KeyPair, fields: RosterFields): Bytes =>
  signWith(signer, rosterToSign(crypto, signer.publicKey, rosterPayload(crypto, fields)));

export const placeOf = (site: ExampleSite, lock: ExampleLock): RosterPlace => ({
  siteId: site.ownerSet.siteId,
  lockId: lock.lockId,
  ownerKeys: site.ownerSet.keys,
});

export const exampleRoster = (site: ExampleSite, lock: ExampleLock): Roster => {
  const opened = openRoster(crypto, signRoster(site.owner, rosterFields(site, lock)), placeOf(site, lock), undefined);
  return required(opened.ok ? opened.value : undefined, 'the example roster opens');
};

/** An offer whose documents hold for this lock; its certificates are stand-ins. */
export const exampleOffer = (site: ExampleSite, lock: ExampleLock): Offer => ({
  ownerSets: [site.document],
  readerIssuerKey: exampleKey('reader issuer').publicKey,
  readerCertificate: utf8('reader certificate'),
  roster: signRoster(site.owner, rosterFields(site, lock)),
  linkCertificate: utf8('link certificate'),
  brokerCa: utf8('broker authority'),
});
