// The message that carries a link, where the hub itself sends it: then, and only then, does the link's secret pass the hub. It stands in the
// message's text and nowhere else, until a server has taken that.

import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { keyLinkText, linkKeyOf } from '@mortise/wallet/key-link.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { invitationText, type Inviting } from '../notify/invitation-text.ts';
import { locksOf, type SiteView } from '../site-view.ts';
import type { NewMessage } from '../store/message-store.ts';
import type { Lending } from './lending.ts';
import type { GrantPerson } from './person.ts';

/** Undefined: the hub sends nothing. */
export const messageFor = async (hub: Hub, view: SiteView, lending: Lending, person: GrantPerson): Promise<Result<NewMessage | undefined, Refusal>> => {
  const { way } = lending.body;
  const sending = way.kind === 'invitation' || way.kind === 'confirm' ? way.sending : undefined;
  if (sending === undefined || sending.kind === 'handed' || !('invitationKey' in way)) return ok(undefined);
  const secret = new Secret(required(fromBase64url(sending.secret), 'the schema lets base64url through and nothing else'));
  if (base64url(linkKeyOf(hub.crypto, secret).publicKey) !== way.invitationKey) return refuse('input-invalid', 'way.sending.secret: is not that of the link.');
  const text = keyLinkText(hub.crypto, { secret, siteId: view.set.siteId });
  const inviting = await invitingOf(hub, view, lending, person, `${lending.origin}/key#${text}`, way.redeemBy);
  const to = sending.kind === 'mail' ? sending.address : sending.number;
  const state = hub.outgoing.sends(sending.kind) ? 'queued' : 'outbox';
  return ok({ id: base64url(hub.random(16)), about: { grantId: lending.body.id }, kind: sending.kind, to, state, at: hub.now(), ...invitationText(sending.kind, inviting) });
};

const invitingOf = async (hub: Hub, view: SiteView, { body, lentBy }: Lending, person: GrantPerson, link: string, redeemBy: number): Promise<Inviting> => {
  const site = required(await hub.database.selectFrom('site').select(['name', 'zone']).executeTakeFirst(), 'the hub was claimed');
  const lender = required(await hub.database.selectFrom('person').select('name').where('id', '=', lentBy).executeTakeFirst(), 'sessions belong to people');
  const { terms, word } = body;
  return {
    from: lender.name, to: person.name, siteName: site.name, zone: site.zone, word, link, redeemBy: instant(redeemBy), start: instant(terms.from), end: instant(terms.until),
    doors: locksOf(view, terms.places).map(({ row }) => row.door_name),
  };
};
