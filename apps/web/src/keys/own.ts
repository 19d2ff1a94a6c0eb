// Becoming the owner: the founded site, prepared once and its kit confirmed before; then the passkey, the wraps, and the claim that hands
// the hub what is public, signed or sealed. What this browser must keep is on disk before the claim goes out, under the new site's id.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Me, VaultEntry } from '@mortise/api/owner.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import type { SigningKey } from '@mortise/browser/signing-key.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { foundSite, type FoundedSite } from '@mortise/wallet/own.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { wireWrap } from './authority.ts';
import { wrapOwnerKey } from './owner-key.ts';
import { phoneBody } from './owner-phones.ts';
import { createPasskey } from './passkey.ts';
import { freshPhoneKey, phoneLabel, storePhoneKey } from './phone-key.ts';
import { storageSentence } from './store.ts';

/** Holds the owner's private key and the kit's code: kept in memory until the claim is through, never stored or sent. */
export type Prepared = { readonly site: FoundedSite; readonly phone: SigningKey };
/** A claim that was sent and not answered. `prf`: its passkey restores the owner key anywhere. */
export type Unanswered = { readonly prf: boolean };
export type ClaimInput = {
  readonly prepared: Prepared; readonly token: string; readonly siteName: string; readonly zone: string; readonly ownerName: string;
  readonly unanswered: Unanswered | undefined;
};
export type ClaimEnd =
  | { readonly kind: 'claimed'; readonly me: Me; readonly prf: boolean }
  /** The hub has an owner since, and this browser got no session of it. */
  | { readonly kind: 'answer-lost'; readonly prf: boolean }
  /** Whether the hub took it is not known: ask again. */
  | { readonly kind: 'unheard'; readonly prf: boolean; readonly sentence: string }
  | { readonly kind: 'failed'; readonly sentence: string };

/** The owner set with its two keys, and this browser's key: made here, known to nobody else. */
export const prepareSite = async (): Promise<Prepared> => ({ site: foundSite(nobleCrypto, freshEntropy()), phone: await freshPhoneKey() });

/** Why this claim link would not be taken; asked before a kit is made. */
export const claimLinkFault = async (token: string, ownerName: string): Promise<string | undefined> => {
  const begun = await call(ROUTES.claimOptions, { body: { token, name: ownerName } });
  return begun.ok ? undefined : failureSentence(begun.error);
};

const failed = (sentence: string): ClaimEnd => ({ kind: 'failed', sentence });

/** Asks the hub what became of a claim; undefined: it has no owner. */
const settle = async (siteId: string, { prf }: Unanswered): Promise<ClaimEnd | undefined> => {
  const health = await call(ROUTES.health);
  if (!health.ok) return { kind: 'unheard', prf, sentence: failureSentence(health.error) };
  if (!health.value.claimed) return undefined;
  const me = await call(ROUTES.me);
  return me.ok && me.value.site.id === siteId ? { kind: 'claimed', me: me.value, prf } : { kind: 'answer-lost', prf };
};

type Signed = { readonly ceremony: string; readonly registration: object; readonly vault: VaultEntry; readonly prf: boolean };

/** The passkey, and the owner key wrapped for it. */
const signUp = async ({ prepared, token, ownerName }: ClaimInput): Promise<Result<Signed, string>> => {
  const begun = await call(ROUTES.claimOptions, { body: { token, name: ownerName } });
  if (!begun.ok) return err(failureSentence(begun.error));
  const passkey = await createPasskey(begun.value.options);
  if (!passkey.ok) return passkey;
  const { response, credentialId, prf } = passkey.value;
  const vault = await wrapOwnerKey(prepared.site.owner, credentialId, prf);
  return vault.ok ? ok({ ceremony: begun.value.ceremony, registration: response, vault: vault.value, prf: prf !== undefined }) : vault;
};

const bodyOf = ({ prepared: { site, phone }, token, siteName, zone, ownerName }: ClaimInput, { ceremony, registration, vault }: Signed): object => ({
  token,
  ceremony,
  site: { name: siteName, zone },
  owner: { name: ownerName },
  registration,
  ownerSet: base64url(site.document),
  vault: [vault],
  issuerWraps: site.issuerWraps.map(wireWrap),
  phoneKey: phoneBody(site.owner, site.ownerSet.siteId, phone.publicKey, phoneLabel(ownerName)),
});

const SERVER_FAULT = 500;

const send = async (input: ClaimInput, signed: Signed): Promise<ClaimEnd> => {
  const answer = await call(ROUTES.claim, { body: bodyOf(input, signed) });
  if (answer.ok) return { kind: 'claimed', me: answer.value, prf: signed.prf };
  if (answer.error.kind === 'refused' && answer.error.status < SERVER_FAULT) return failed(failureSentence(answer.error));
  return (await settle(input.prepared.site.ownerSet.siteId, signed)) ?? { kind: 'unheard', prf: signed.prf, sentence: failureSentence(answer.error) };
};

/** Claims the hub with exactly what was prepared. After a claim without an answer it first asks what became of that one. */
export const claimSite = async (input: ClaimInput): Promise<ClaimEnd> => {
  const { site, phone } = input.prepared;
  const before = input.unanswered === undefined ? undefined : await settle(site.ownerSet.siteId, input.unanswered);
  if (before !== undefined) return before;
  const kept = await storePhoneKey(phone, site.ownerSet.siteId, site.issuer.publicKey);
  if (!kept.ok) return failed(storageSentence(kept.error));
  const signed = await signUp(input);
  return signed.ok ? send(input, signed.value) : failed(signed.error);
};
