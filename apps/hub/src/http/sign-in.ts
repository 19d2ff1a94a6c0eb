// Coming back: with a passkey, or with an owner key from the recovery kit that signs the hub's nonce. And leaving.

import type { Authentication } from '@mortise/api/passkey.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Hub } from '../hub.ts';
import { currentOwnerSet, meOf } from '../store/owner-store.ts';
import { clearSessionCookie, setSessionCookie } from './cookie.ts';
import { reads, signedIn, takesOpen, type App, type Web } from './mount.ts';
import { relyingPartyOf } from './origins.ts';
import { authenticationOptions, verifyAuthentication } from './passkeys.ts';
import { refuse, type Refusal } from './refusal.ts';
import { signInBy } from './sign-in-statement.ts';
import { beginSession, endSession } from './signed-in.ts';

const lapsed = () => refuse('ceremony-expired', 'This took longer than five minutes, or was begun elsewhere. Begin again.');
const unclaimed = () => refuse('not-claimed', 'This hub has no owner yet. Open the claim link that it printed when it started.');

export const mountSignIn = (app: App, web: Web): void => {
  mountPasskeySignIn(app, web);
  mountKitSignIn(app, web);
  const { hub } = web;
  reads(app, web, ROUTES.me, async ({ caller }) => ok(await meOf(hub.database, caller.personId, caller.signedInBy)));
  takesOpen(app, web, ROUTES.signOut, async ({ context }) => {
    const caller = await signedIn(web, context);
    if (caller.ok) {
      await endSession(hub, caller.value);
      web.holds.release(caller.value.tokenHash);
    }
    clearSessionCookie(context);
    return ok({ done: true });
  });
};

const mountPasskeySignIn = (app: App, web: Web): void => {
  const { hub, ceremonies } = web;
  takesOpen(app, web, ROUTES.signInOptions, async ({ origin }) => {
    if ((await currentOwnerSet(hub.database, hub.crypto)) === undefined) return unclaimed();
    const options = await authenticationOptions(origin, hub.random(32));
    return ok({ ceremony: ceremonies.begin({ kind: 'sign-in', challenge: options.challenge, origin }, hub.now()), options });
  });
  takesOpen(app, web, ROUTES.signIn, async ({ body, origin, context }) => {
    const begun = ceremonies.take(body.ceremony, 'sign-in', origin, hub.now());
    if (begun === undefined) return lapsed();
    const personId = await personOfPasskey(hub, body.authentication, begun);
    if (!personId.ok) return personId;
    setSessionCookie(context, await beginSession(hub, personId.value, 'passkey'));
    return ok(await meOf(hub.database, personId.value, 'passkey'));
  });
};

const personOfPasskey = async (hub: Hub, authentication: Authentication, begun: { readonly challenge: string; readonly origin: string }): Promise<Result<string, Refusal>> => {
  const unknown = refuse('passkey-refused', 'This hub does not know the passkey. Choose another one, or sign in with the recovery kit.');
  const known = await hub.database.selectFrom('passkey').selectAll().where('credential_id', '=', authentication.id)
    .where('rp_id', '=', relyingPartyOf(begun.origin)).executeTakeFirst();
  if (known === undefined) return unknown;
  const handle = authentication.response.userHandle;
  if (handle !== undefined && handle !== known.person_id) return unknown;
  const counter = await verifyAuthentication(authentication, begun, { id: known.credential_id, publicKey: known.public_key, counter: known.counter });
  if (!counter.ok) return refuse('passkey-refused', 'The passkey was not accepted. Try again.');
  await hub.database.updateTable('passkey').set({ counter: counter.value }).where('credential_id', '=', known.credential_id).execute();
  return ok(known.person_id);
};

const mountKitSignIn = (app: App, web: Web): void => {
  const { hub, ceremonies } = web;
  takesOpen(app, web, ROUTES.kitChallenge, async ({ origin }) => {
    if ((await currentOwnerSet(hub.database, hub.crypto)) === undefined) return unclaimed();
    const nonce = hub.random(32);
    return ok({ ceremony: ceremonies.begin({ kind: 'kit', nonce, origin }, hub.now()), nonce: base64url(nonce), origin });
  });
  takesOpen(app, web, ROUTES.kit, async ({ body, origin, context }) => {
    const begun = ceremonies.take(body.ceremony, 'kit', origin, hub.now());
    if (begun === undefined) return lapsed();
    const personId = await personOfKit(hub, bytes(body.signed), begun);
    if (personId === undefined) return refuse('kit-refused', 'This recovery kit is not of this site, or was typed wrong. Check it and try again.');
    setSessionCookie(context, await beginSession(hub, personId, 'kit'));
    return ok(await meOf(hub.database, personId, 'kit'));
  });
};

const personOfKit = async (hub: Hub, signed: Bytes, begun: { readonly nonce: Bytes; readonly origin: string }): Promise<string | undefined> => {
  const set = await currentOwnerSet(hub.database, hub.crypto);
  const signer = signInBy(hub.crypto, signed, set?.keys ?? [], begun);
  if (signer === undefined) return undefined;
  const row = await hub.database.selectFrom('owner_key').select('person_id').where('key_text', '=', base64url(signer)).executeTakeFirst();
  return row?.person_id;
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
