// Becoming the owner: whoever visits the claim link first, and nobody after. The passkey, the owner set and every wrapped key are
// checked before one row decides the race.

import { timingSafeEqual } from 'node:crypto';
import type { ClaimBody } from '@mortise/api/owner.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { openOwnerSet, type OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Hub } from '../hub.ts';
import { claimSite, claimState, meOf, setClaimToken } from '../store/owner-store.ts';
import { setSessionCookie } from './cookie.ts';
import { readsOpen, takesOpen, type App, type Web } from './mount.ts';
import { relyingPartyOf } from './origins.ts';
import { registrationOptions, verifyRegistration } from './passkeys.ts';
import { refuse, type Refusal } from './refusal.ts';
import { beginSession } from './signed-in.ts';

const TOKEN_BYTES = 32;
/** The hub's, as it tells it. */
export const VERSION = '0.1.0';

/** A fresh token, its hash stored; undefined when the hub has an owner. Links given out before are void. */
export const newClaimToken = async (hub: Hub): Promise<string | undefined> => {
  const token = hub.random(TOKEN_BYTES);
  return (await setClaimToken(hub.database, hub.crypto.sha256(token), hub.now())) ? base64url(token) : undefined;
};

export const mountClaim = (app: App, web: Web): void => {
  const { hub, ceremonies } = web;
  readsOpen(app, web, ROUTES.health, async () => {
    const { claimed } = await claimState(hub.database);
    const site = await hub.database.selectFrom('site').select(['id', 'name']).executeTakeFirst();
    return ok({ version: VERSION, claimed, ...(site === undefined ? {} : { siteId: site.id, siteName: site.name }) });
  });

  takesOpen(app, web, ROUTES.claimOptions, async ({ body, origin }) => {
    const allowed = await mayClaim(hub, body.token);
    if (!allowed.ok) return allowed;
    const [challenge, personId] = [hub.random(32), hub.random(16)];
    const options = await registrationOptions({ origin, challenge, personId, name: body.name, known: [] });
    const ceremony = ceremonies.begin({ kind: 'claim', challenge: options.challenge, origin, personId: base64url(personId) }, hub.now());
    return ok({ ceremony, options });
  });

  takesOpen(app, web, ROUTES.claim, async ({ body, origin, context }) => {
    const checked = await checkedClaim(hub, body);
    if (!checked.ok) return checked;
    const begun = ceremonies.take(body.ceremony, 'claim', origin, hub.now());
    if (begun === undefined) return refuse('ceremony-expired', 'This took longer than five minutes, or was begun elsewhere. Open the claim link again.');
    const passkey = await verifyRegistration(body.registration, begun);
    if (!passkey.ok) return refuse('passkey-refused', 'The passkey was not accepted. Open the claim link again and make a new one.');
    const won = await claimSite(hub.database, newSite(hub, body, checked.value, { ...passkey.value, rpId: relyingPartyOf(origin) }, begun.personId));
    if (!won) return taken();
    hub.log('claimed');
    setSessionCookie(context, await beginSession(hub, begun.personId, 'claim'));
    return ok(await meOf(hub.database, begun.personId, 'claim'));
  });
};

const taken = () => refuse('already-claimed', 'This hub has an owner. Sign in with the owner’s passkey or recovery kit.');

const mayClaim = async (hub: Hub, token: string): Promise<Result<undefined, Refusal>> => {
  const state = await claimState(hub.database);
  if (state.claimed) return taken();
  const fits = timingSafeEqual(hub.crypto.sha256(bytes(token)), state.tokenHash);
  return fits ? ok(undefined) : refuse('claim-refused', 'This claim link is not the newest one. Use the link that the hub printed when it last started.');
};

const checkedClaim = async (hub: Hub, body: ClaimBody): Promise<Result<OwnerSet, Refusal>> => {
  const allowed = await mayClaim(hub, body.token);
  if (!allowed.ok) return allowed;
  if (!isZone(body.site.zone)) return refuse('input-invalid', 'site.zone: there is no such time zone. Write one like Europe/Zurich.');
  if (!hub.crypto.p256.isPublicKey(bytes(body.phoneKey.credentialKey))) return refuse('input-invalid', 'phoneKey.credentialKey: not a P-256 key.');
  const set = openOwnerSet(hub.crypto, bytes(body.ownerSet));
  if (!set.ok) return refuse('document-refused', `The owner set was refused (${set.error.code}). Make it again.`);
  const fault = wrapFault(body, set.value);
  return fault === undefined ? set : err(fault);
};

// A wrap that fits no owner key, or no passkey, would be found out only on the day that it is needed.
const wrapFault = (body: ClaimBody, set: OwnerSet): Refusal | undefined => {
  const isOwner = (key: string): boolean => set.keys.some((owner) => equalBytes(owner, bytes(key)));
  const invalid = (message: string): Refusal => ({ code: 'input-invalid', message });
  if (!body.vault.every((entry) => isOwner(entry.ownerKey) && entry.credentialId === body.registration.id)) return invalid('vault: each entry must wrap a key of the owner set for the new passkey.');
  if (!set.keys.every((key) => body.issuerWraps.some(({ ownerKey }) => ownerKey === base64url(key)))) return invalid('issuerWraps: the issuer key must be wrapped for every owner key, the recovery kit’s too.');
  if (!body.issuerWraps.every((wrap) => isOwner(wrap.ownerKey) && wrap.issuerKey === body.issuerWraps[0]?.issuerKey)) return invalid('issuerWraps: all must wrap one issuer key for keys of the owner set.');
  return undefined;
};

type Passkey = Parameters<typeof claimSite>[1]['passkey'];

const newSite = (hub: Hub, body: ClaimBody, set: OwnerSet, passkey: Passkey, personId: string): Parameters<typeof claimSite>[1] => {
  const credentialKey = bytes(body.phoneKey.credentialKey);
  return {
    siteId: set.siteId, name: body.site.name, zone: body.site.zone, personId, personName: body.owner.name, passkey,
    ownerSet: bytes(body.ownerSet), ownerKeys: set.keys, vault: body.vault, issuerWraps: body.issuerWraps,
    phoneKey: { hash: base64url(hub.crypto.sha256(credentialKey)), credentialKey, label: body.phoneKey.label, proof: body.phoneKey.proof === undefined ? null : bytes(body.phoneKey.proof) }, at: hub.now(),
  };
};

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    return unknownZone(error);
  }
};

// Intl reports a zone that it does not know by a RangeError.
const unknownZone = (_error: unknown): false => false;

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
