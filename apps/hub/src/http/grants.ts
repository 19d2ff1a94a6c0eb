// Grants over HTTP: lending, changing, confirming, taking back; what is revoked; what would have been sent.

import { ROUTES } from '@mortise/api/routes.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { announceGrant } from '../grants/announce.ts';
import { confirm, patch, takeBack } from '../grants/grant-changes.ts';
import { tellGrants } from '../grants/grant-view.ts';
import { keyDocumentsOf } from '../grants/key-documents.ts';
import { lend } from '../grants/lend.ts';
import type { Hub } from '../hub.ts';
import { kindOf } from '../log.ts';
import type { Delivery } from '../mqtt/delivery.ts';
import { allGrants, grantById, type StoredGrant } from '../store/grant-store.ts';
import { outboxMessages } from '../store/message-store.ts';
import { standingRevocations } from '../store/revocation-store.ts';
import { reads, takes, type App, type Web } from './mount.ts';
import { refuse, type Refusal } from './refusal.ts';

const MAX_OUTBOX = 200;

export const mountGrants = (app: App, web: Web, delivery: Delivery): void => {
  const { hub } = web;
  const places = { hub, delivery };
  reads(app, web, ROUTES.grants, async () => ok({ grants: await tellGrants(hub, await allGrants(hub.database)) }));
  reads(app, web, ROUTES.grant, async ({ parameter }) => {
    const grant = await grantById(hub.database, parameter('grantId'));
    return answer(hub, grant === undefined ? refuse('grant-unknown', 'There is no such grant. Look at the list of grants.') : ok(grant));
  });
  reads(app, web, ROUTES.grantDocuments, async ({ parameter }) => {
    const grant = await grantById(hub.database, parameter('grantId'));
    return grant === undefined ? refuse('grant-unknown', 'There is no such grant. Look at the list of grants.') : keyDocumentsOf(hub, grant);
  });
  takes(app, web, ROUTES.addGrant, async ({ body, caller, origin }) => {
    const lent = await lend(hub, { body, lentBy: caller.personId, origin });
    if (lent.ok) await announceGrant(hub, lent.value.id);
    hub.outgoing.wake().catch((error: unknown) => { hub.log('outgoing-failed', { code: kindOf(error) }); });
    return answer(hub, lent);
  });
  takes(app, web, ROUTES.patchGrant, async ({ body, parameter }) => changed(web, await patch(places, parameter('grantId'), body)));
  takes(app, web, ROUTES.confirmGrant, async ({ body, parameter }) => changed(web, await confirm(places, parameter('grantId'), body)));
  takes(app, web, ROUTES.takeBack, async ({ body, parameter }) => changed(web, await takeBack(places, parameter('grantId'), body)));
  reads(app, web, ROUTES.revocations, async () => ok({ revocations: (await standingRevocations(hub.database, hub.now())).map(({ document }) => base64url(document)) }));
  reads(app, web, ROUTES.outbox, async () =>
    ok({ mail: hub.outgoing.sends('mail'), sms: hub.outgoing.sends('sms'), messages: [...await outboxMessages(hub.database, MAX_OUTBOX)] }));
};

const answer = async (hub: Hub, grant: Result<StoredGrant, Refusal>) => {
  if (!grant.ok) return grant;
  const [told] = await tellGrants(hub, [grant.value]);
  return ok({ grant: required(told, 'one grant is told as one') });
};

// What the key holds open by this grant it may hold no longer; what it still may, it opens again.
const changed = async (web: Web, grant: Result<StoredGrant, Refusal>) => {
  const hash = grant.ok ? grant.value.credential?.hash : undefined;
  if (hash !== undefined) await endSockets(web, hash);
  return answer(web.hub, grant);
};

const endSockets = async ({ hub, holds }: Web, credentialHash: string): Promise<void> => {
  const sessions = await hub.database.selectFrom('key_session').select('token_hash').where('credential_hash', '=', credentialHash).execute();
  for (const session of sessions) holds.release(session.token_hash);
};
