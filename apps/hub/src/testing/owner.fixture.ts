// An owner for tests: founds a site from a name, claims a hub, adopts locks, as the app would.

import { claimBody, me, type ClaimBody, type Me } from '@mortise/api/owner.ts';
import { passkeyOptions } from '@mortise/api/passkey.ts';
import { hubKeys } from '@mortise/api/locks.ts';
import type { z } from '@mortise/api/schema.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { adoptionStatementToSign } from '@mortise/documents/adoption-statement.ts';
import {
  exampleEntropy, exampleKey, exampleLock, exampleSite, rosterFields, signRoster, signWith, type ExampleLock, type ExampleSite,
} from '@mortise/documents/example-site.ts';
import { openRoster, type Roster, type RosterFields } from '@mortise/documents/roster.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { newClaimToken } from '../http/claim.ts';
import type { Assembled } from '../assemble.ts';
import { browserOf, ORIGIN, type Browser, type Reply } from './hub.fixture.ts';
import { createPasskey, type SoftPasskey } from './passkey.fixture.ts';

export type Owner = { readonly site: ExampleSite; readonly passkey: SoftPasskey; readonly browser: Browser; readonly me: Me };

export const parsed = <S extends z.ZodType>(schema: S, reply: Reply): z.output<S> => {
  const result = schema.safeParse(reply.json);
  return required(result.success ? result.data : undefined, `unexpected answer ${reply.status}: ${JSON.stringify(reply.json)}`);
};

const wrapped = base64url(exampleEntropy('wrapped'));

/** A claim that holds, but for its ceremony and registration. */
export const claimOf = (token: string, site: ExampleSite, passkey: SoftPasskey, name = 'Ada'): Omit<ClaimBody, 'ceremony' | 'registration'> => ({
  token,
  site: { name: 'Home', zone: 'Europe/Zurich' },
  owner: { name },
  ownerSet: base64url(site.document),
  vault: [{ credentialId: passkey.id, ownerKey: base64url(site.owner.publicKey), method: 'prf', wrapped }],
  issuerWraps: [site.owner, site.kit].map(({ publicKey }) => ({ ownerKey: base64url(publicKey), issuerKey: base64url(exampleKey('issuer').publicKey), wrapped })),
  phoneKey: { credentialKey: base64url(exampleKey('phone').publicKey), label: 'Ada’s phone' },
});

/** Begins the ceremony and makes the whole body. */
export const claimBodyFor = async (browser: Browser, token: string, site: ExampleSite, passkey = createPasskey(), name = 'Ada'): Promise<ClaimBody> => {
  const { ceremony, options } = parsed(passkeyOptions, await browser.send('POST', '/api/claim/options', { token, name }));
  return claimBody.parse({ ...claimOf(token, site, passkey, name), ceremony, registration: passkey.register(options.challenge, ORIGIN) });
};

/** Claims the hub; the browser is signed in afterwards. */
export const claimHub = async (assembled: Assembled, browser = browserOf(assembled), site = exampleSite()): Promise<Owner> => {
  const token = required(await newClaimToken(assembled.hub), 'the hub has no owner yet');
  const passkey = createPasskey();
  const body = await claimBodyFor(browser, token, site, passkey);
  return { site, passkey, browser, me: parsed(me, await browser.send('POST', '/api/claim', body)) };
};

/** All that signing and asking needs of an owner. */
export type Signing = Pick<Owner, 'site' | 'browser'>;

/** Rosters and statements for an example lock, with the keys that this hub and site go by. */
export const documentsFor = async (owner: Signing, lock: ExampleLock, changes: Partial<RosterFields> = {}) => {
  const keys = parsed(hubKeys, await owner.browser.get('/api/hub-keys'));
  const journalKey = required(fromBase64url(keys.journalKey), 'keys are base64url');
  const document = signRoster(owner.site.owner, rosterFields(owner.site, lock, { journalKey, ...changes }));
  const place = { siteId: owner.site.ownerSet.siteId, lockId: lock.lockId, ownerKeys: owner.site.ownerSet.keys };
  const opened = openRoster(nodeCrypto, document, place, undefined);
  return { document, roster: opened.ok ? opened.value : undefined, journalKey };
};

export const statementOf = (owner: Signing, lock: ExampleLock, roster: Roster): Bytes =>
  signWith(lock.identity, adoptionStatementToSign(nodeCrypto, lock.identity.publicKey, {
    lockId: lock.lockId, siteId: owner.site.ownerSet.siteId, ownerSetHash: owner.site.ownerSet.hash, rosterHash: roster.hash,
    readerKey: lock.introduction.readerKey, sealKey: lock.seal.publicKey, profile: lock.introduction.profile,
  }));

/** The body by which the app ends an adoption. */
export const adoptedBodyFor = async (owner: Signing, lock: ExampleLock = exampleLock()) => {
  const { document, roster } = await documentsFor(owner, lock);
  return {
    lockId: lock.lockId, identityKey: base64url(lock.identity.publicKey), roster: base64url(document),
    statement: base64url(statementOf(owner, lock, required(roster, 'a first roster opens'))), doorName: 'Front door', model: 'virtual', firmware: '0.1.0',
  };
};
