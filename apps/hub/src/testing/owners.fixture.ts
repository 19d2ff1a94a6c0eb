// Owners who come and go, for tests: a link to join by, who joins by it, and the owner sets that say who is one.

import assert from 'node:assert/strict';
import { passkeyOptions } from '@mortise/api/passkey.ts';
import { kitChallenge, people } from '@mortise/api/owner.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exampleKey, ownerSetFields, signOwnerSet, signWith } from '@mortise/documents/example-site.ts';
import { openOwnerSet, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { ownerRequestToSign } from '@mortise/wallet/owner-request.ts';
import { signInStatement } from '@mortise/wallet/sign-in.ts';
import { browserOf, ORIGIN, type Browser } from './hub.fixture.ts';
import { DAY, freshId, newLink, type Link, type Scene } from './lending.fixture.ts';
import { parsed, type Owner } from './owner.fixture.ts';
import { createPasskey, type SoftPasskey } from './passkey.fixture.ts';

const issuerKey = base64url(exampleKey('issuer').publicKey);
export const wrapOf = (key: Bytes) => ({ ownerKey: base64url(key), issuerKey, wrapped: 'AAAA' });

export const inviteOwner = async ({ owner, clock }: Scene, link: Link, changes = {}) =>
  owner.browser.send('POST', '/api/owner-invitations', { id: freshId(), invitationKey: base64url(link.key.publicKey), name: 'Beat', redeemBy: clock.now + DAY, ...changes });

export type Joiner = { readonly name: string; readonly ownerKey: KeyPair; readonly phoneKey: KeyPair; readonly passkey: SoftPasskey };
export const joiner = (name: string): Joiner => ({ name, ownerKey: exampleKey(`owner ${name}`), phoneKey: exampleKey(`phone of ${name}`), passkey: createPasskey() });

export const voucherOf = ({ name, ownerKey, phoneKey }: Joiner, by: KeyPair): string =>
  base64url(signWith(by, ownerRequestToSign(nodeCrypto, by.publicKey, { ownerKey: ownerKey.publicKey, phoneKey: phoneKey.publicKey, name })));

/** The body that asks, with its ceremony begun. */
export const joinBody = async (browser: Browser, link: Link, who: Joiner) => {
  const invitationKey = base64url(link.key.publicKey);
  const { ceremony, options } = parsed(passkeyOptions, await browser.send('POST', '/api/join/options', { invitationKey, name: who.name }));
  return {
    invitationKey, ceremony, name: who.name, registration: who.passkey.register(options.challenge, ORIGIN), ownerKey: base64url(who.ownerKey.publicKey),
    vault: [{ credentialId: who.passkey.id, ownerKey: base64url(who.ownerKey.publicKey), method: 'prf', wrapped: 'AAAA' }],
    phoneKey: { credentialKey: base64url(who.phoneKey.publicKey), label: `${who.name}’s phone` }, voucher: voucherOf(who, link.key),
  };
};
export const join = (browser: Browser, body: object) => browser.send('POST', '/api/join', body);

export const putSet = (browser: Browser, document: Bytes, wraps: readonly Bytes[] = [], more: object = {}) =>
  browser.send('POST', '/api/owner-sets', { document: base64url(document), issuerWraps: wraps.map(wrapOf), ...more });

/** The set that follows `last` with these owners. */
export const nextSet = (last: OwnerSet, owners: readonly KeyPair[], by: KeyPair): { document: Bytes; set: OwnerSet } => {
  const document = signOwnerSet(ownerSetFields(owners, { sequence: last.sequence + 1, previous: last.hash }), [by]);
  const opened = openOwnerSet(nodeCrypto, document, last);
  assert.ok(opened.ok);
  return { document, set: opened.value };
};

export const signIn = async (browser: Browser, passkey: SoftPasskey) => {
  const { ceremony, options } = parsed(passkeyOptions, await browser.send('POST', '/api/sign-in/options', {}));
  return browser.send('POST', '/api/sign-in', { ceremony, authentication: passkey.authenticate(options.challenge, ORIGIN) });
};

export const rolesOf = async (browser: Browser) => parsed(people, await browser.get('/api/people')).people.map(({ name, role }) => [name, role]);
export const asOwner = (owner: Owner, set: OwnerSet): Owner => ({ ...owner, site: { ...owner.site, ownerSet: set } });

/** By an owner key instead of a passkey, as the kit does it. */
export const signInByOwnerKey = async (browser: Browser, key: KeyPair) => {
  const { ceremony, nonce, origin } = parsed(kitChallenge, await browser.send('POST', '/api/sign-in/kit/challenge', {}));
  const signed = base64url(signInStatement(nodeCrypto, key, { nonce: required(fromBase64url(nonce), 'it is base64url'), origin }));
  return browser.send('POST', '/api/sign-in/kit', { ceremony, signed });
};

/** Beat has asked, and Ada has signed a set with him. */
export const withBeat = async (scene: Scene) => {
  const [link, beat, browser] = [newLink(), joiner('Beat'), browserOf(scene.test)];
  await inviteOwner(scene, link);
  assert.equal((await join(browser, await joinBody(browser, link, beat))).status, 200);
  const { site } = scene.owner;
  const { document, set } = nextSet(site.ownerSet, [site.owner, site.kit, beat.ownerKey], site.owner);
  assert.equal((await putSet(scene.owner.browser, document, [beat.ownerKey.publicKey])).status, 200);
  return { link, beat, browser, set, document };
};
