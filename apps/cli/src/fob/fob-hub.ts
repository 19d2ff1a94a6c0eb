// What a fob has to do with a hub: once, to redeem the link that it was sent; and now and then, to hear what its key may do. It believes of it what proves
// itself: the site's owners by the link, the grant by the owners.

import { apiError } from '@mortise/api/error.ts';
import type { HeldKeys } from '@mortise/api/keys.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import type { z } from '@mortise/api/schema.ts';
import { base64url, EMPTY, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { openSite } from '@mortise/wallet/held-grants.ts';
import { linkKeyOf, readKeyLink } from '@mortise/wallet/key-link.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import { redeemInvitation } from '@mortise/wallet/redeem.ts';
import { redemptionToSign } from '@mortise/wallet/redemption.ts';
import { signInStatement } from '@mortise/wallet/sign-in.ts';
import type { CommandError } from '../command.ts';

const TIMEOUT_MS = 20_000;

type Asked<T> = Promise<Result<T, CommandError>>;
type Route<A extends z.ZodType> = { readonly path: string; readonly answer: A };

const post = async <A extends z.ZodType>(hub: string, { path, answer }: Route<A>, body: unknown): Asked<z.output<A>> => {
  try {
    const response = await fetch(new URL(path, hub), { method: 'POST', headers: { 'content-type': 'application/json', origin: hub }, body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) });
    const json: unknown = await response.json();
    const parsed = answer.safeParse(json);
    return response.ok && parsed.success ? ok(parsed.data) : err(refusalOf(json));
  } catch (error) {
    return unreachable(hub, error);
  }
};

const refusalOf = (json: unknown): CommandError => {
  const parsed = apiError.safeParse(json);
  return parsed.success ? { code: parsed.data.error.code, message: parsed.data.error.message } : { code: 'not-understood', message: 'The hub answered something that is not understood.' };
};

// Whatever kept it, the hub did not answer.
const unreachable = (hub: string, _error: unknown): Result<never, CommandError> => err({ code: 'hub-unreachable', message: `${hub} does not answer. Is this machine on a network, and the hub up?` });

const bytesOf = (text: string): Bytes => fromBase64url(text) ?? EMPTY;

/** Signs in by the key and hears what it holds. */
export const fetchHeld = async (hub: string, key: KeyPair): Asked<HeldKeys> => {
  const challenge = await post(hub, ROUTES.keyChallenge, {});
  if (!challenge.ok) return challenge;
  const signed = signInStatement(nodeCrypto, key, { nonce: bytesOf(challenge.value.nonce), origin: hub });
  return post(hub, ROUTES.keySignIn, { ceremony: challenge.value.ceremony, credentialKey: base64url(key.publicKey), signed: base64url(signed) });
};

/** A link as it is written. `invited`: the key that its secret makes. */
export type FobLink = { readonly hub: string; readonly siteId: SiteId; readonly invited: KeyPair };

/** `link-wrong`: a character is missing or wrong, or it is no link to a key. */
export const readLink = (text: string): Result<FobLink, CommandError> => {
  const url = URL.parse(text);
  const read = readKeyLink(nodeCrypto, url?.hash ?? '');
  if (url === null || !read.ok) return err({ code: 'link-wrong', message: 'That is no whole link to a key. Copy it from the message again, with all that stands behind the #.' });
  return ok({ hub: url.origin, siteId: read.value.siteId, invited: linkKeyOf(nodeCrypto, read.value.secret) });
};

/** `key` is kept beforehand, so that no link is used up by a key that is lost. `link-used`, `not-vouched`, or as the hub refuses. */
export const redeemLink = async ({ hub, siteId, invited }: FobLink, key: KeyPair): Asked<undefined> => {
  const invitation = await post(hub, ROUTES.openInvitation, { invitationKey: base64url(invited.publicKey) });
  if (!invitation.ok) return invitation;
  if (invitation.value.state !== 'open') return err({ code: 'link-used', message: `This link gives no key any more. Ask ${invitation.value.from} for another.` });
  const { ownerSets, introduction, delegation } = invitation.value;
  const site = openSite(nodeCrypto, siteId, { ownerSets: ownerSets.map(bytesOf), introduction: bytesOf(introduction) });
  if (!site.ok) return notVouched();
  const redeeming = delegation === null ? undefined : redeemInvitation(nodeCrypto, { delegation: bytesOf(delegation), owners: site.value.ownerSet, link: invited, credentialKey: key.publicKey, now: instant(Date.now()) }, freshEntropy());
  if (redeeming?.ok === false) return notVouched();
  const proof = signedBy(nodeCrypto, key, redemptionToSign(nodeCrypto, { credentialKey: key.publicKey, invitationKey: invited.publicKey }));
  const document = redeeming === undefined ? null : base64url(redeeming.value);
  const body = { invitationKey: base64url(invited.publicKey), credentialKey: base64url(key.publicKey), document, proof: base64url(proof), ...(delegation === null && { name: 'A fob' }) };
  const redeemed = await post(hub, ROUTES.redeem, body);
  return redeemed.ok ? ok(undefined) : redeemed;
};

const notVouched = (): Result<never, CommandError> => err({ code: 'not-vouched', message: 'No owner of the site that this link names has signed for what the hub shows.' });
