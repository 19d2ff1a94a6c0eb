// A browser for whoever holds an electronic key and no other: an owner makes a link, the first browser that comes by it is theirs. It opens no lock, so that
// no owner signs for it; the hub knows by it whom to show what they hold.

import { MAX_PHONE_LINKS, MAX_PHONE_LINK_MS, type PhoneLink, type phoneLinkBody, type redeemPhoneLinkBody } from '@mortise/api/phone-links.ts';
import type { z } from '@mortise/api/schema.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { isRedemption } from '@mortise/wallet/redemption.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import type { StoredEkey } from '../store/ekey-store.ts';
import { addPhoneLink, phoneLinkByKey, usePhoneLink, type StoredPhoneLink } from '../store/phone-link-store.ts';

type Told = Promise<Result<PhoneLink, Refusal>>;

const unknownLink = () => refuse('invitation-unknown', 'This hub knows no such link. Ask who sent it for the whole link.');
const used = ({ from }: StoredPhoneLink) => refuse('invitation-used', `Another browser has used this link. If that was not yours, tell ${from}.`);

export const makePhoneLink = async (hub: Hub, { id, state, person }: StoredEkey, { linkKey, redeemBy }: z.output<typeof phoneLinkBody>, by: string): Told => {
  const now = hub.now();
  if (state !== 'issued' || person === undefined) return refuse('conflict', 'Nobody has this key. Issue it first.');
  if (redeemBy <= now || redeemBy > now + MAX_PHONE_LINK_MS) return refuse('input-invalid', 'redeemBy: must be within 14 days from now.');
  const known = await phoneLinkByKey(hub.database, linkKey);
  if (known !== undefined && (known.ekey.id !== id || known.person.id !== person.id)) return refuse('conflict', 'linkKey: there is another link of this key. Make a fresh one.');
  const isAdded = await addPhoneLink(hub.database, { key: linkKey, ekeyId: id, personId: person.id, by, redeemBy, at: now }, MAX_PHONE_LINKS);
  return isAdded ? openPhoneLink(hub, linkKey) : refuse('conflict', `${MAX_PHONE_LINKS} links wait to be used, the most there can be.`);
};

const stateOf = ({ credentialHash, isHeld, redeemBy }: StoredPhoneLink, now: number): PhoneLink['state'] => (credentialHash !== undefined ? 'used' : isHeld && redeemBy >= now ? 'open' : 'lapsed');

export const openPhoneLink = async (hub: Hub, linkKey: string): Told => {
  const link = await phoneLinkByKey(hub.database, linkKey);
  if (link === undefined) return unknownLink();
  const site = required(await hub.database.selectFrom('site').select(['id', 'name']).executeTakeFirst(), 'the hub was claimed');
  const state = stateOf(link, hub.now());
  const whose = state === 'open' ? { person: link.person.name, ekey: link.ekey.name } : { person: null, ekey: null };
  return ok({ state, siteId: site.id, siteName: site.name, from: link.from, redeemBy: link.redeemBy, ...whose });
};

export const redeemPhoneLink = async (hub: Hub, body: z.output<typeof redeemPhoneLinkBody>): Told => {
  const link = await phoneLinkByKey(hub.database, body.linkKey);
  if (link === undefined) return unknownLink();
  const [credentialKey, linkKey] = [bytes(body.credentialKey), bytes(body.linkKey)];
  const both = [[credentialKey, linkKey, body.proof], [linkKey, credentialKey, body.word]] as const;
  const isTheirs = both.every(([by, over, said]) => hub.crypto.p256.isPublicKey(by) && isRedemption(hub.crypto, bytes(said), { credentialKey: by, invitationKey: over }));
  if (!isTheirs) return refuse('document-refused', 'The proofs are not by this key and this link. Open the link again.');
  const hash = base64url(hub.crypto.sha256(credentialKey));
  if (link.credentialHash !== undefined) return link.credentialHash === hash ? openPhoneLink(hub, body.linkKey) : used(link);
  if (stateOf(link, hub.now()) !== 'open') return refuse('invitation-lapsed', `This link is over. Ask ${link.from} for another one.`);
  const isUsed = await usePhoneLink(hub.database, link, { hash, key: credentialKey, label: `Phone for ${link.ekey.name}`.slice(0, 80), at: hub.now() });
  if (!isUsed) return (await phoneLinkByKey(hub.database, body.linkKey))?.credentialHash === undefined ? refuse('conflict', 'This browser’s key is known here as somebody else’s.') : used(link);
  hub.log('phone-link-used');
  return openPhoneLink(hub, body.linkKey);
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
