// A link by which this browser becomes that of whoever holds an electronic key: made by an owner's page, whose secret stays in it; used here, once. Link and
// browser each sign for the other, so that the hub, which knows public halves only, takes no one else.

import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { signWith, type SigningKey } from '@mortise/browser/signing-key.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import { redemptionToSign } from '@mortise/wallet/redemption.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import type { LinkFault } from '../words/link.ts';
import { guestKey, rememberLink } from './guest-key.ts';
import { freshLink } from './lend.ts';
import { storageSentence } from './store.ts';

export type OfferedPhone = { readonly link: KeyPair; readonly siteId: SiteId; readonly siteName: string; readonly from: string; readonly person: string; readonly ekey: string; readonly redeemBy: number };
type PhoneFault = { readonly kind: 'fault'; readonly fault: LinkFault };
export type PhoneLook = { readonly kind: 'phone'; readonly offered: OfferedPhone } | PhoneFault;

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the link offers; undefined: it is none of these. */
export const lookAtPhoneLink = async (siteId: SiteId, link: KeyPair): Promise<PhoneLook | undefined> => {
  const answer = await call(ROUTES.openPhoneLink, { body: { linkKey: base64url(link.publicKey) } });
  if (!answer.ok) return undefined;
  const { state, from, person, ekey, redeemBy, siteName } = answer.value;
  if (answer.value.siteId !== siteId) return { kind: 'fault', fault: { kind: 'other-site' } };
  if (state === 'used') return { kind: 'fault', fault: { kind: 'used', from, at: null, zone: ownZone() } };
  if (state === 'lapsed' || person === null || ekey === null) return { kind: 'fault', fault: { kind: 'lapsed', from, at: redeemBy, zone: ownZone() } };
  return { kind: 'phone', offered: { link, siteId, siteName, from, person, ekey, redeemBy } };
};

const proofs = async (key: SigningKey, link: KeyPair): Promise<{ readonly proof: string; readonly word: string }> => {
  const over = (by: Bytes, other: Bytes) => redemptionToSign(nobleCrypto, { credentialKey: by, invitationKey: other });
  const { message, assemble } = over(key.publicKey, link.publicKey);
  return { proof: base64url(assemble(await signWith(key, message))), word: base64url(signedBy(nobleCrypto, link, over(link.publicKey, key.publicKey))) };
};

/** Makes this browser's key, keeps it, and has the link serve for it. */
export const takePhoneLink = async ({ link, siteId, from, redeemBy }: OfferedPhone): Promise<{ readonly kind: 'taken' } | PhoneFault | { readonly kind: 'failed'; readonly says: string }> => {
  const key = await guestKey(siteId);
  if (!key.ok) return { kind: 'failed', says: storageSentence(key.error) };
  const body = { linkKey: base64url(link.publicKey), credentialKey: base64url(key.value.publicKey), ...(await proofs(key.value, link)) };
  const answer = await call(ROUTES.redeemPhoneLink, { body });
  if (answer.ok) {
    await rememberLink(base64url(link.publicKey));
    return { kind: 'taken' };
  }
  if (answer.error.kind !== 'refused') return { kind: 'failed', says: failureSentence(answer.error) };
  const { code } = answer.error;
  if (code === 'invitation-used') return { kind: 'fault', fault: { kind: 'used', from, at: null, zone: ownZone() } };
  return code === 'invitation-lapsed' ? { kind: 'fault', fault: { kind: 'lapsed', from, at: redeemBy, zone: ownZone() } } : { kind: 'failed', says: failureSentence(answer.error) };
};

const REDEEM_MS = 7 * 86_400_000;

/** By an owner: a link for whoever has this key. Its secret is in the address, and nowhere else. Errors are sentences. */
export const makePhoneLink = async (siteId: SiteId, ekeyId: string): Promise<Result<{ readonly address: string; readonly person: string; readonly redeemBy: number }, string>> => {
  const link = freshLink(siteId, 'key');
  const answer = await call(ROUTES.makePhoneLink, { parameters: { ekeyId }, body: { linkKey: base64url(link.publicKey), redeemBy: Date.now() + REDEEM_MS } });
  if (!answer.ok) return err(failureSentence(answer.error));
  return ok({ address: link.address, person: answer.value.person ?? '', redeemBy: answer.value.redeemBy });
};
