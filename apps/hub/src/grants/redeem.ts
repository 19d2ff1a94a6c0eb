// A link and what comes of it. Whoever holds the link's key sees what it offers; the first who redeems it has the key, by one row that changes
// once; the same key again gets the same answer; anybody else is refused, counted, and both sides are told. The hub never sees the link's
// secret here, only its public key and what it signed.

import type { redeemBody, Invitation, OfferedInvitation } from '@mortise/api/keys.ts';
import type { z } from '@mortise/api/schema.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { isRedemption } from '@mortise/wallet/redemption.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { siteView } from '../site-view.ts';
import { grantByLink, noteOpened, noteTriedAgain, redeemLink, type NewDocument, type StoredGrant, type StoredInvitation } from '../store/grant-store.ts';
import { introductionOf } from '../store/introduction-store.ts';
import { ownerSetDocuments } from '../store/owner-store.ts';
import { announceGrant } from './announce.ts';
import { checkGuestsDocument } from './check-document.ts';
import { grantedDoors } from './granted-doors.ts';
import { stateOf } from './grant-state.ts';
import { documentTerms } from './terms.ts';

type Redeem = z.output<typeof redeemBody>;
export type Redeemed = { readonly grantId: string; readonly state: 'live' | 'asking' };
type Linked = StoredGrant & { readonly invitation: StoredInvitation };

const unknownLink = () => refuse('invitation-unknown', 'This hub knows no such link. Ask who sent it for the whole link.');

const linked = async (hub: Hub, invitationKey: string): Promise<Linked | undefined> => {
  const grant = await grantByLink(hub.database, invitationKey);
  return grant?.invitation === undefined ? undefined : { ...grant, invitation: grant.invitation };
};

// ---- what it offers ------------------------------------------------------------------------------------------------------------

export const openLink = async (hub: Hub, invitationKey: string): Promise<Result<Invitation, Refusal>> => {
  const grant = await linked(hub, invitationKey);
  if (grant === undefined) return unknownLink();
  const state = linkState(grant, hub.now());
  const site = required(await hub.database.selectFrom('site').select(['id', 'name']).executeTakeFirst(), 'the hub was claimed');
  const { redeemBy, redeemedAt } = grant.invitation;
  if (state !== 'open') return ok({ state, siteId: site.id, from: grant.lentBy, redeemBy, redeemedAt });
  if (await noteOpened(hub.database, grant.id, hub.now())) await announceGrant(hub, grant.id);
  return ok(await offered(hub, grant, site.name));
};

const offered = async (hub: Hub, { invitation: { delegation, redeemBy }, terms, word, lentBy, person }: Linked, siteName: string): Promise<OfferedInvitation> => {
  const view = await siteView(hub);
  const introduction = required(await introductionOf(hub.database, view.set), 'a grant comes with an introduction');
  return {
    state: 'open', siteId: view.set.siteId, siteName, from: lentBy, to: person.name, word, terms, delegation: delegation === null ? null : base64url(delegation), redeemBy,
    ownerSets: (await ownerSetDocuments(hub.database)).map(base64url), introduction: base64url(introduction), doors: await grantedDoors(hub, view, terms.places, true),
  };
};

const linkState = (grant: Linked, now: number): Invitation['state'] => {
  const state = stateOf(grant, now);
  if (state === 'takenBack') return 'takenBack';
  if (grant.credential !== undefined) return state === 'asking' ? 'asked' : 'redeemed';
  return state === 'invited' ? 'open' : 'lapsed';
};

// ---- redeeming -----------------------------------------------------------------------------------------------------------------

/** How often a grant may change between the look at it and the row that decides; then whoever redeems is told to come again. */
const MAX_TRIES = 3;

export const redeem = async (hub: Hub, body: Redeem): Promise<Result<Redeemed, Refusal>> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const redeemed = await tryRedeem(hub, body);
    if (redeemed !== undefined) return redeemed;
  }
  return refuse('conflict', 'This key is being changed just now. Try again in a moment.');
};

/** Undefined: the grant was changed meanwhile, redeemed or taken back for instance, and is to be looked at again. */
const tryRedeem = async (hub: Hub, body: Redeem): Promise<Result<Redeemed, Refusal> | undefined> => {
  const grant = await linked(hub, body.invitationKey);
  if (grant === undefined) return unknownLink();
  const [credentialKey, invitationKey] = [bytes(body.credentialKey), bytes(body.invitationKey)];
  const isTheirs = hub.crypto.p256.isPublicKey(credentialKey) && isRedemption(hub.crypto, bytes(body.proof), { credentialKey, invitationKey });
  if (!isTheirs) return refuse('document-refused', 'The proof is not by this key over this link. Open the link again.');
  if (grant.invitation.redeemedAt !== null) return redeemedBefore(hub, grant, body.credentialKey);
  if (linkState(grant, hub.now()) !== 'open') return lapsed(grant);
  const document = await guestsDocument(hub, grant, body);
  if (!document.ok) return document;
  const hash = base64url(hub.crypto.sha256(credentialKey));
  const credential = { hash, key: credentialKey, label: body.name ?? grant.person.name };
  const won = await redeemLink(hub.database, { grantId: grant.id, revision: grant.revision, personId: grant.person.id, credential, document: document.value, askingName: body.name ?? null, at: hub.now() });
  if (!won) return undefined;
  hub.log('invitation-redeemed');
  await hub.scrub();
  await announceGrant(hub, grant.id);
  return ok({ grantId: grant.id, state: document.value === undefined ? 'asking' : 'live' });
};

const lapsed = ({ takenBackAt, lentBy }: Linked) =>
  refuse('invitation-lapsed', takenBackAt === null ? `This link was to be opened earlier. Ask ${lentBy} for another one.` : `${lentBy} has taken this key back. Ask for another one.`);

/** Whoever has the key already hears what it is; anybody else has come second. */
const redeemedBefore = async (hub: Hub, grant: Linked, credentialKey: string): Promise<Result<Redeemed, Refusal>> => {
  if (grant.credential !== undefined && base64url(grant.credential.key) === credentialKey) {
    if (grant.takenBackAt !== null) return lapsed(grant);
    return ok({ grantId: grant.id, state: grant.documents.length === 0 ? 'asking' : 'live' });
  }
  await noteTriedAgain(hub.database, grant.id, hub.now());
  hub.log('invitation-tried-again');
  await announceGrant(hub, grant.id);
  return err({ code: 'invitation-used', message: `Somebody has used this link before. If that was not you, ask ${grant.lentBy} for another one; they have been told.` });
};

const guestsDocument = async (hub: Hub, grant: Linked, body: Redeem): Promise<Result<NewDocument | undefined, Refusal>> => {
  const { delegation } = grant.invitation;
  if (delegation === null) return body.document === null ? ok(undefined) : refuse('document-refused', 'This link asks only: an owner signs. Send no document.');
  if (body.document === null) return refuse('document-refused', 'This link makes a key: sign its document with the link’s key, and send it along.');
  const terms = documentTerms(grant, grant.terms);
  if (!terms.ok) return terms;
  const [document, linkKey] = [bytes(body.document), bytes(body.invitationKey)];
  const checked = checkGuestsDocument(hub.crypto, await siteView(hub), document, { terms: terms.value, credentialKey: bytes(body.credentialKey), linkKey, delegation });
  return checked.ok ? ok({ accessId: grant.accessId, document, issuer: linkKey, terms: { ...grant.terms, ...checked.value } }) : checked;
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
