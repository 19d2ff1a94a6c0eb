// Becoming the owner: the passkey, the founded site, the wraps, the phone key, and the claim that hands the hub what is public, signed
// or sealed. The owner's private key leaves this function's memory with its end; the kit's code is returned to be shown once.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Me } from '@mortise/api/owner.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { foundSite } from '@mortise/wallet/own.ts';
import type { IssuerWrap } from '@mortise/wallet/issuer-key.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { wrapOwnerKey } from './owner-key.ts';
import { createPasskey } from './passkey.ts';
import { freshPhoneKey, keepPhoneKey, phoneLabel } from './phone-key.ts';
import { storageSentence } from './store.ts';

export type ClaimInput = { readonly token: string; readonly siteName: string; readonly zone: string; readonly ownerName: string };
/** `kitCode` is a secret: shown and printed, never kept or sent. `prf`: the passkey restores the owner key anywhere. */
export type Claimed = { readonly me: Me; readonly kitCode: string; readonly prf: boolean };

export const wireWrap = (wrap: IssuerWrap): { ownerKey: string; issuerKey: string; wrapped: string } => ({
  ownerKey: base64url(wrap.ownerKey), issuerKey: base64url(wrap.issuerKey), wrapped: base64url(wrap.wrapped),
});

/** Claims the hub. Errors are sentences; until the hub has taken the claim, nothing of it counts. */
export const claimSite = async ({ token, siteName, zone, ownerName }: ClaimInput): Promise<Result<Claimed, string>> => {
  const begun = await call(ROUTES.claimOptions, { body: { token, name: ownerName } });
  if (!begun.ok) return err(failureSentence(begun.error));
  const passkey = await createPasskey(begun.value.options);
  if (!passkey.ok) return passkey;
  const site = foundSite(nobleCrypto, freshEntropy());
  const entry = await wrapOwnerKey(site.owner, passkey.value.credentialId, passkey.value.prf);
  if (!entry.ok) return entry;
  const phone = await freshPhoneKey();
  const kept = await keepPhoneKey(phone, site.ownerSet.siteId, site.issuer.publicKey);
  if (!kept.ok) return err(storageSentence(kept.error));
  const answer = await call(ROUTES.claim, {
    body: {
      token,
      ceremony: begun.value.ceremony,
      site: { name: siteName, zone },
      owner: { name: ownerName },
      registration: passkey.value.response,
      ownerSet: base64url(site.document),
      vault: [entry.value],
      issuerWraps: site.issuerWraps.map(wireWrap),
      phoneKey: { credentialKey: base64url(phone.publicKey), label: phoneLabel(ownerName) },
    },
  });
  if (!answer.ok) return err(failureSentence(answer.error));
  return ok({ me: answer.value, kitCode: site.kitCode, prf: passkey.value.prf !== undefined });
};
