// What strangers with a link, and lent keys, ask: to see and redeem the link, to sign in by the key, and for what belongs to it.

import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok } from '@mortise/base/result.ts';
import { heldKeysOf } from '../grants/held-keys.ts';
import { openLink, redeem } from '../grants/redeem.ts';
import { setKeyCookie } from './cookie.ts';
import { beginKeySession } from './key-session.ts';
import { readsByKey, takesOpen, type App, type Web } from './mount.ts';
import { refuse } from './refusal.ts';
import { holderOf } from '../store/phone-link-store.ts';
import { isSignIn } from './sign-in-statement.ts';

export const mountKeys = (app: App, web: Web): void => {
  const { hub, ceremonies } = web;
  takesOpen(app, web, ROUTES.openInvitation, ({ body }) => openLink(hub, body.invitationKey));
  takesOpen(app, web, ROUTES.redeem, ({ body }) => redeem(hub, body));
  takesOpen(app, web, ROUTES.keyChallenge, async ({ origin }) => {
    const nonce = hub.random(32);
    return ok({ ceremony: ceremonies.begin({ kind: 'key', nonce, origin }, hub.now()), nonce: base64url(nonce), origin });
  });
  takesOpen(app, web, ROUTES.keySignIn, async ({ body, origin, context }) => {
    const begun = ceremonies.take(body.ceremony, 'key', origin, hub.now());
    if (begun === undefined) return refuse('ceremony-expired', 'This took longer than five minutes, or was begun elsewhere. Begin again.');
    const credentialKey = bytes(body.credentialKey);
    const credentialHash = base64url(hub.crypto.sha256(credentialKey));
    const lent = await holderOf(hub.database, credentialHash);
    if (lent === undefined || !isSignIn(hub.crypto, bytes(body.signed), [credentialKey], begun)) return refuse('key-refused', 'This site has lent nothing to this key. Open the link that you were sent.');
    setKeyCookie(context, await beginKeySession(hub, credentialHash));
    return ok(await heldKeysOf(hub, { credentialHash, personId: lent }));
  });
  readsByKey(app, web, ROUTES.heldKeys, async ({ caller }) => ok(await heldKeysOf(hub, caller)));
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
