// Owners come and go: links by which somebody asks to become one, asking, and the owner sets that say who is (owners.ts).

import type { JoinBody } from '@mortise/api/owners.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { isOwnerRequest } from '@mortise/wallet/owner-request.ts';
import { announceGrantsAt } from '../grants/announce.ts';
import type { Hub } from '../hub.ts';
import type { Delivery } from '../mqtt/delivery.ts';
import { joinStateOf, takeOwnerSet, tellInvitation } from '../owners.ts';
import { addOwnerInvitation, ask, dropOldOwnerInvitations, ownerInvitationByKey, ownerInvitationRows, type OwnerInvitationRow } from '../store/owner-invitation-store.ts';
import { ownerSetDocuments } from '../store/owner-store.ts';
import { reads, takes, takesOpen, type App, type Web } from './mount.ts';
import { relyingPartyOf } from './origins.ts';
import { checkPasskey } from './own-passkeys.ts';
import { registrationOptions, verifyRegistration, type NewPasskey } from './passkeys.ts';
import { refuse, type Refusal } from './refusal.ts';

const MAX_INVITATIONS = 64;
const KEPT_WHEN_OVER = 32;

export const mountOwners = (app: App, web: Web, delivery: Delivery): void => {
  mountInvitations(app, web);
  mountJoining(app, web);
  const { hub } = web;
  takes(app, web, ROUTES.putOwnerSet, async ({ body, caller, origin }) => {
    const ended = await takeOwnerSet(hub, delivery, body, { caller, passkey: (made) => checkPasskey(web, made, { caller, origin }) });
    if (!ended.ok) return ended;
    for (const tokenHash of ended.value) web.holds.release(tokenHash);
    for (const lockId of hub.adopted.keys()) await announceGrantsAt(hub, lockId);
    return ok({ sets: (await ownerSetDocuments(hub.database)).map(base64url) });
  });
};

const mountInvitations = (app: App, web: Web): void => {
  const { hub } = web;
  const all = async () => ok({ invitations: (await ownerInvitationRows(hub.database)).slice(0, MAX_INVITATIONS).map((row) => tellInvitation(row, hub.now())) });
  reads(app, web, ROUTES.ownerInvitations, all);
  takes(app, web, ROUTES.inviteOwner, async ({ body, caller }) => {
    if (!hub.crypto.p256.isPublicKey(bytes(body.invitationKey))) return refuse('input-invalid', 'invitationKey: not a P-256 key.');
    if (body.redeemBy < hub.now()) return refuse('input-invalid', 'redeemBy: this has passed.');
    await dropOldOwnerInvitations(hub.database, hub.now(), KEPT_WHEN_OVER);
    const rows = await ownerInvitationRows(hub.database);
    if (rows.length >= MAX_INVITATIONS && rows.every(({ id }) => id !== body.id)) return refuse('conflict', `There are ${MAX_INVITATIONS} links for owners, the most there can be.`);
    const added = await addOwnerInvitation(hub.database, { ...body, invitedBy: caller.personId, at: hub.now() });
    return added ? all() : refuse('conflict', 'There is another link of this id or key. Make a fresh one.');
  });
};

// ---- joining -------------------------------------------------------------------------------------------------------------------

const unknownLink = () => refuse('invitation-unknown', 'This hub knows no such link. Ask who sent it for the whole link.');
const used = () => refuse('invitation-used', 'Somebody has asked by this link before, or it has ended. Ask who sent it for another one.');

const mountJoining = (app: App, web: Web): void => {
  const { hub, ceremonies } = web;
  takesOpen(app, web, ROUTES.joinOptions, async ({ body, origin }) => {
    const row = await ownerInvitationByKey(hub.database, body.invitationKey);
    if (row === undefined) return unknownLink();
    if (joinStateOf(row, hub.now()) !== 'open') return used();
    const [challenge, personId] = [hub.random(32), hub.random(16)];
    const options = await registrationOptions({ origin, challenge, personId, name: body.name, known: [] });
    const begun = { kind: 'join', challenge: options.challenge, origin, personId: base64url(personId), invitationKey: body.invitationKey } as const;
    return ok({ ceremony: ceremonies.begin(begun, hub.now()), options });
  });
  takesOpen(app, web, ROUTES.join, async ({ body, origin }) => {
    const row = await ownerInvitationByKey(hub.database, body.invitationKey);
    if (row === undefined) return unknownLink();
    // Who asked already, and did not hear the answer, is told it.
    if (row.asking?.ownerKey === body.ownerKey) return stateAnswer(hub, row);
    if (joinStateOf(row, hub.now()) !== 'open') return used();
    const fault = await joinFault(hub, body);
    if (fault !== undefined) return err(fault);
    const begun = ceremonies.take(body.ceremony, 'join', origin, hub.now());
    if (begun?.invitationKey !== body.invitationKey) return refuse('ceremony-expired', 'This took longer than five minutes, or was begun elsewhere. Open the link again.');
    const passkey = await verifyRegistration(body.registration, begun);
    if (!passkey.ok) return refuse('passkey-refused', 'The passkey was not accepted. Open the link again and make a new one.');
    const asked = await ask(hub.database, row.id, askingOf(hub, body, begun.personId, passkey.value, relyingPartyOf(origin)), hub.now());
    return asked ? stateAnswer(hub, required(await ownerInvitationByKey(hub.database, body.invitationKey), 'it was there')) : used();
  });
  takesOpen(app, web, ROUTES.joinState, async ({ body }) => {
    const row = await ownerInvitationByKey(hub.database, body.invitationKey);
    return row === undefined ? unknownLink() : stateAnswer(hub, row);
  });
};

const stateAnswer = async (hub: Hub, row: OwnerInvitationRow): Promise<Result<{ state: 'open' | 'asking' | 'done' | 'lapsed'; siteName: string; siteId: string }, Refusal>> => {
  const site = required(await hub.database.selectFrom('site').select(['id', 'name']).executeTakeFirst(), 'links for owners are of a hub that was claimed');
  return ok({ state: joinStateOf(row, hub.now()), siteName: site.name, siteId: site.id });
};

type Joining = Omit<JoinBody, 'name'> & { readonly name: string };

const joinFault = async (hub: Hub, body: Joining): Promise<Refusal | undefined> => {
  const [ownerKey, phoneKey, linkKey] = [bytes(body.ownerKey), bytes(body.phoneKey.credentialKey), bytes(body.invitationKey)];
  const invalid = (message: string): Refusal => ({ code: 'input-invalid', message });
  if (!hub.crypto.p256.isPublicKey(ownerKey)) return invalid('ownerKey: not a P-256 key.');
  if (!hub.crypto.p256.isPublicKey(phoneKey)) return invalid('phoneKey.credentialKey: not a P-256 key.');
  if (!body.vault.every((entry) => entry.ownerKey === body.ownerKey && entry.credentialId === body.registration.id)) return invalid('vault: each entry must wrap your owner key for the new passkey.');
  if (!isOwnerRequest(hub.crypto, bytes(body.voucher), linkKey, { ownerKey, phoneKey, name: body.name })) return { code: 'document-refused', message: 'The voucher is not by the link’s key over these keys and this name. Open the link again.' };
  const known = await hub.database.selectFrom('owner_key').select('key_text').where('key_text', '=', body.ownerKey).executeTakeFirst();
  const phone = await hub.database.selectFrom('phone_key').select('credential_hash').where('credential_hash', '=', base64url(hub.crypto.sha256(phoneKey))).executeTakeFirst();
  const passkey = await hub.database.selectFrom('passkey').select('credential_id').where('credential_id', '=', body.registration.id).executeTakeFirst();
  return known === undefined && phone === undefined && passkey === undefined ? undefined : invalid('One of the keys is known here already. Open the link again, in a browser that is not an owner’s.');
};

const askingOf = (hub: Hub, body: Joining, personId: string, passkey: NewPasskey, rpId: string) => ({
  personId, name: body.name, ownerKey: body.ownerKey, voucher: body.voucher, vault: body.vault,
  phoneKey: { ...body.phoneKey, hash: base64url(hub.crypto.sha256(bytes(body.phoneKey.credentialKey))) },
  passkey: { id: passkey.id, publicKey: base64url(passkey.publicKey), counter: passkey.counter, transports: [...passkey.transports], rpId },
});

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
