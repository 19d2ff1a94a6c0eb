// Lending: everything that was signed is checked against the present owners, and one transaction makes the grant, its link, its document and
// its message. The same request again answers the same grant, since its answer may have been lost on the way.

import { MAX_GRANTS } from '@mortise/api/grants.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { base64url, fromBase64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { isPlaceKnown, locksOf, siteView, type SiteView } from '../site-view.ts';
import type { Database } from '../store/open-store.ts';
import { grantById, insertGrant, makeRoom, type NewGrant, type StoredGrant } from '../store/grant-store.ts';
import { keepIntroduction } from '../store/introduction-store.ts';
import { addMessage, type NewMessage } from '../store/message-store.ts';
import { checkIntroduction, checkInvitation, checkOwnersDocument } from './check-document.ts';
import { issueDocument } from './hub-word.ts';
import { messageFor } from './invitation-message.ts';
import type { GrantRequest, Lending } from './lending.ts';
import { credentialOf, hasCredential, personFor, type GrantPerson } from './person.ts';
import { mayConfirmUntil, mayLend } from './powers.ts';
import { documentTerms, holidaysFault } from './terms.ts';

/** What else is to be done in the transaction that makes the grant. A refusal: nothing is made. */
export type Along = (transaction: Database) => Promise<Result<undefined, Refusal>>;

export const lend = async (hub: Hub, lending: Lending, along?: Along): Promise<Result<StoredGrant, Refusal>> => {
  const requestHash = base64url(hub.crypto.sha256(utf8(JSON.stringify(lending.body))));
  const known = await grantById(hub.database, lending.body.id);
  if (known !== undefined) return known.requestHash === requestHash ? ok(known) : refuse('conflict', 'There is another grant of this id. Make a fresh id.');
  const prepared = await prepare(hub, lending, requestHash);
  if (!prepared.ok) return prepared;
  const stored = await store(hub, prepared.value, along);
  return stored.ok ? ok(required(await grantById(hub.database, lending.body.id), 'the grant was stored')) : stored;
};

type Prepared = { readonly grant: NewGrant; readonly person: GrantPerson; readonly introduction: { readonly signer: Bytes; readonly document: Bytes }; readonly message: NewMessage | undefined };

/** What a way adds to the grant. */
type Way = Pick<NewGrant, 'signedBy' | 'credentialHash' | 'invitation' | 'document'>;
type Context = { readonly hub: Hub; readonly view: SiteView; readonly person: GrantPerson; readonly terms: GrantTerms; readonly body: GrantRequest };

const prepare = async (hub: Hub, lending: Lending, requestHash: string): Promise<Result<Prepared, Refusal>> => {
  const { body, lentBy } = lending;
  const terms = documentTerms({ id: body.id, accessId: body.id }, body.terms);
  if (!terms.ok) return terms;
  const view = await siteView(hub);
  if (!body.terms.places.every((place) => isPlaceKnown(view, place))) return refuse('door-unknown', 'There is no such door or group. Look at the lists of doors and groups.');
  const unknownDays = await holidaysFault(hub, body.terms.holidays);
  if (unknownDays !== undefined) return unknownDays;
  if (body.terms.until < hub.now()) return refuse('input-invalid', 'terms.until: this has passed.');
  const introduction = await checkIntroduction(hub, view, bytes(body.introduction));
  if (!introduction.ok) return introduction;
  const person = await personFor(hub, body.person);
  if (!person.ok) return person;
  const way = await prepareWay({ hub, view, person: person.value, terms: terms.value, body });
  if (!way.ok) return way;
  const grant = { id: body.id, personId: person.value.id, lentBy, requestHash, way: body.way.kind, terms: body.terms, word: body.word, at: hub.now(), ...way.value };
  const message = await messageFor(hub, view, lending, person.value);
  return message.ok ? ok({ grant, person: person.value, introduction: introduction.value, message: message.value }) : message;
};

const prepareWay = async (context: Context): Promise<Result<Way, Refusal>> => {
  const { way } = context.body;
  switch (way.kind) {
    case 'invitation': {
      const invited = checkInvitation(context.hub.crypto, context.view, bytes(way.delegation), { terms: context.terms, linkKey: bytes(way.invitationKey) });
      if (!invited.ok) return invited;
      return byLink(context, { ...way, delegation: bytes(way.delegation) }, 'invitation');
    }
    case 'confirm':
      return byLink(context, { ...way, delegation: null }, 'owner');
    case 'direct':
      return direct(context, bytes(way.credentialKey), bytes(way.document));
    case 'hub':
      return byHub(context, bytes(way.credentialKey));
  }
};

type LinkWay = { readonly invitationKey: string; readonly delegation: Bytes | null; readonly redeemBy: number; readonly sending: { readonly kind: 'mail' | 'sms' | 'handed' } };

const byLink = async ({ hub, view, body }: Context, { invitationKey, delegation, redeemBy, sending }: LinkWay, signedBy: 'invitation' | 'owner'): Promise<Result<Way, Refusal>> => {
  const { terms } = body;
  if (!hub.crypto.p256.isPublicKey(bytes(invitationKey))) return refuse('input-invalid', 'way.invitationKey: not a P-256 key.');
  if (redeemBy < hub.now() || redeemBy > terms.until) return refuse('input-invalid', 'way.redeemBy: must be to come, and not after the end of the grant.');
  const used = await hub.database.selectFrom('invitation').select('grant_id').where('invitation_key', '=', invitationKey).executeTakeFirst();
  if (used !== undefined) return refuse('conflict', 'This link belongs to another grant. Make a fresh one.');
  const needsWord = terms.freshForS !== null && locksOf(view, terms.places).length > 0;
  if (needsWord && mayConfirmUntil(view, terms.places, hub.now()) === undefined) return refuse('delegation-missing', 'No lock of this grant lets the hub confirm keys. Sign rosters with the hub’s delegation first.');
  return ok({ signedBy, credentialHash: null, invitation: { key: invitationKey, delegation, redeemBy, handed: sending.kind === 'handed' } });
};

const direct = async ({ hub, view, person, terms, body }: Context, credentialKey: Bytes, document: Bytes): Promise<Result<Way, Refusal>> => {
  const credential = await credentialOf(hub, person, credentialKey);
  if (!credential.ok) return credential;
  const issuer = checkOwnersDocument(hub.crypto, view, document, { terms, credentialKey });
  if (!issuer.ok) return issuer;
  return ok({ signedBy: 'owner', credentialHash: credential.value, document: { accessId: body.id, document, issuer: issuer.value, terms: body.terms } });
};

const byHub = async ({ hub, view, person, terms, body }: Context, credentialKey: Bytes): Promise<Result<Way, Refusal>> => {
  const credential = await credentialOf(hub, person, credentialKey);
  if (!credential.ok) return credential;
  if (!mayLend(view, body.terms.places, terms)) return refuse('delegation-missing', 'The owners have not let the hub lend this, at one of its doors at least. Sign it as an owner.');
  const document = { accessId: body.id, document: issueDocument(hub, terms, credentialKey), issuer: hub.keys.delegate.publicKey, terms: body.terms };
  return ok({ signedBy: 'hub', credentialHash: credential.value, document });
};

const store = (hub: Hub, { grant, person, introduction, message }: Prepared, along?: Along): Promise<Result<undefined, Refusal>> =>
  hub.database.transaction().execute(async (transaction): Promise<Result<undefined, Refusal>> => {
    const known = await grantById(transaction, grant.id);
    if (known !== undefined) return known.requestHash === grant.requestHash ? ok(undefined) : refuse('conflict', 'There is another grant of this id. Make a fresh id.');
    const link = grant.invitation === undefined ? undefined : await transaction.selectFrom('invitation').select('grant_id').where('invitation_key', '=', grant.invitation.key).executeTakeFirst();
    if (link !== undefined) return refuse('conflict', 'This link belongs to another grant. Make a fresh one.');
    // An electronic key may have come back meanwhile, or be lost.
    if (grant.credentialHash !== null && !(await hasCredential(transaction, grant.personId, grant.credentialHash))) return refuse('conflict', 'This person has not this key any more.');
    if (!(await makeRoom(transaction, MAX_GRANTS, grant.at))) return refuse('conflict', `There are ${MAX_GRANTS} grants, the most there can be. Take some back.`);
    const also = await along?.(transaction);
    if (also?.ok === false) return also;
    if (person.isNew) await transaction.insertInto('person').values({ id: person.id, name: person.name, role: 'guest', created_at: grant.at }).execute();
    await insertGrant(transaction, grant);
    await keepIntroduction(transaction, introduction, grant.at);
    if (message !== undefined) await addMessage(transaction, message);
    return ok(undefined);
  });

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
