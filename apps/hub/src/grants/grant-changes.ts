// Changes of a grant, carried out: checked, stored in one transaction with the revocation that goes with them, and told to locks and watchers.

import type { confirmBody, grantPatch, takeBackBody } from '@mortise/api/grants.ts';
import type { z } from '@mortise/api/schema.ts';
import { fromBase64url, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import type { Delivery } from '../mqtt/delivery.ts';
import { siteView } from '../site-view.ts';
import { changeGrant, grantById, type GrantChange, type StoredGrant } from '../store/grant-store.ts';
import { eraseMessages } from '../store/message-store.ts';
import { addRevocation } from '../store/revocation-store.ts';
import { announceGrant } from './announce.ts';
import { currentDocument, planChange } from './change-grant.ts';
import { checkOwnersDocument, type CheckedRevocation } from './check-document.ts';
import { stateOf } from './grant-state.ts';
import { revocationFor } from './revoking.ts';
import { documentTerms } from './terms.ts';

type Done = Promise<Result<StoredGrant, Refusal>>;
type Places = { readonly hub: Hub; readonly delivery: Delivery };

export const patch = async (places: Places, id: string, body: z.output<typeof grantPatch>): Done => {
  const grant = await found(places.hub, id);
  if (!grant.ok) return grant;
  const planned = await planChange(places.hub, grant.value, body);
  if (!planned.ok) return planned;
  return planned.value === undefined ? grant : carryOut(places, grant.value, planned.value.change, planned.value.revocation);
};

/** The owner's document for whoever asked; the same again is no second one. */
export const confirm = async (places: Places, id: string, { document }: z.output<typeof confirmBody>): Done => {
  const { hub } = places;
  const grant = await found(hub, id);
  if (!grant.ok) return grant;
  const [signed, { credential, terms, accessId }] = [bytes(document), grant.value];
  if (grant.value.documents.some((one) => equalBytes(one.document, signed))) return grant;
  if (stateOf(grant.value, hub.now()) !== 'asking' || credential === undefined) return refuse('conflict', 'Nobody asks for this key now. Look at the grant.');
  const checked = documentTerms(grant.value, terms);
  if (!checked.ok) return checked;
  const issuer = checkOwnersDocument(hub.crypto, await siteView(hub), signed, { terms: checked.value, credentialKey: credential.key });
  if (!issuer.ok) return issuer;
  return carryOut(places, grant.value, { retire: false, signedBy: 'owner', document: { accessId, document: signed, issuer: issuer.value, terms } }, undefined);
};

/** Takes a grant back; once more changes nothing, but keeps the revocation that came along. */
export const takeBack = async (places: Places, id: string, { revocation }: z.output<typeof takeBackBody>): Done => {
  const { hub } = places;
  const grant = await found(hub, id);
  if (!grant.ok) return grant;
  const { takenBackAt, accessId, terms, invitation, documents } = grant.value;
  if (takenBackAt !== null && revocation === null) return grant;
  const current = currentDocument(grant.value);
  // A link that nobody redeemed makes no key that opens without the hub's word; an owner who signs takes its invitation back all the same.
  const invited = revocation !== null && documents.length === 0 && invitation?.delegation !== null && invitation !== undefined ? [{ accessId, until: terms.until }] : [];
  const former = current === undefined ? invited : [{ accessId: current.accessId, until: current.terms.until }];
  const taken = await revocationFor(hub, await siteView(hub), grant.value, revocation === null ? undefined : bytes(revocation), former.filter(({ until }) => until >= hub.now()));
  if (!taken.ok) return taken;
  return carryOut(places, grant.value, { retire: true, ...(takenBackAt === null && { takenBack: true }) }, taken.value);
};

const found = async (hub: Hub, id: string): Done => {
  const grant = await grantById(hub.database, id);
  return grant === undefined ? refuse('grant-unknown', 'There is no such grant. Look at the list of grants.') : ok(grant);
};

const carryOut = async ({ hub, delivery }: Places, grant: StoredGrant, change: GrantChange, revocation: CheckedRevocation | undefined): Done => {
  const at = hub.now();
  const isStored = await hub.database.transaction().execute(async (transaction) => {
    if (!(await changeGrant(transaction, grant, change, at))) return false;
    if (change.takenBack === true) await eraseMessages(transaction, grant.id);
    if (revocation !== undefined) await addRevocation(transaction, { ...revocation, at });
    return true;
  });
  if (!isStored) return refuse('conflict', 'Somebody else changed this grant just now. Look at it, and change it again.');
  if (change.takenBack === true) await hub.scrub();
  if (revocation !== undefined) for (const lockId of hub.adopted.keys()) await delivery.revocations(hub, lockId);
  await announceGrant(hub, grant.id);
  return found(hub, grant.id);
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
