// A passkey more for somebody who is signed in: beside the others, or, with an owner set (owners.ts), in the place of those that are lost.

import type { Registration } from '@mortise/api/passkey.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { addPasskey, meOf, putVault, type NewPasskeyRow } from '../store/owner-store.ts';
import { takes, type App, type Web } from './mount.ts';
import { relyingPartyOf } from './origins.ts';
import { registrationOptions, verifyRegistration } from './passkeys.ts';
import { refuse, type Refusal } from './refusal.ts';
import { vaultFault } from './vault.ts';

const MAX_PASSKEYS_PER_PERSON = 32;

/** What a page sends of a passkey that it has made. */
export type Made = { readonly ceremony: string; readonly registration: Registration };
type By = { readonly caller: { readonly personId: string }; readonly origin: string };

export const mountPasskeys = (app: App, web: Web): void => {
  const { hub, ceremonies } = web;
  takes(app, web, ROUTES.passkeyOptions, async ({ caller, body, origin }) => {
    const rows = await hub.database.selectFrom('passkey').select('credential_id').where('person_id', '=', caller.personId).execute();
    // Those that replace others come with an owner set each, which has a bound of its own.
    if (!body.replaces && rows.length >= MAX_PASSKEYS_PER_PERSON) return refuse('conflict', `You have ${MAX_PASSKEYS_PER_PERSON} passkeys here, the most there can be.`);
    const { person } = await meOf(hub.database, caller.personId, caller.signedInBy);
    const options = await registrationOptions({
      origin, challenge: hub.random(32), personId: bytes(person.id), name: person.name, known: body.replaces ? [] : rows.map((row) => row.credential_id),
    });
    return ok({ ceremony: ceremonies.begin({ kind: 'passkey', challenge: options.challenge, origin, personId: person.id }, hub.now()), options });
  });
  takes(app, web, ROUTES.addPasskey, async ({ caller, body, origin }) => {
    if (body.vault !== undefined && body.vault.credentialId !== body.registration.id) return refuse('input-invalid', 'vault: it must be for the new passkey.');
    const fault = await vaultFault(hub, { vault: body.vault === undefined ? [] : [body.vault], issuerWraps: [] });
    if (fault !== undefined) return refuse(fault.code, fault.message);
    const passkey = await checkPasskey(web, body, { caller, origin });
    if (!passkey.ok) return passkey;
    await hub.database.transaction().execute(async (transaction) => {
      await addPasskey(transaction, caller.personId, passkey.value, hub.now());
      await putVault(transaction, body.vault === undefined ? [] : [body.vault], [], hub.now());
    });
    return ok({ done: true });
  });
};

/** The passkey that the caller made, checked against its ceremony, which serves once. */
export const checkPasskey = async ({ hub, ceremonies }: Web, { ceremony, registration }: Made, { caller, origin }: By): Promise<Result<NewPasskeyRow, Refusal>> => {
  const begun = ceremonies.take(ceremony, 'passkey', origin, hub.now());
  if (begun?.personId !== caller.personId) return refuse('ceremony-expired', 'This took longer than five minutes, or was begun elsewhere. Begin again.');
  const passkey = await verifyRegistration(registration, begun);
  if (!passkey.ok) return refuse('passkey-refused', 'The passkey was not accepted. Try again.');
  const known = await hub.database.selectFrom('passkey').select('credential_id').where('credential_id', '=', passkey.value.id).executeTakeFirst();
  return known === undefined ? ok({ ...passkey.value, rpId: relyingPartyOf(origin) }) : refuse('conflict', 'This passkey is here already. Sign in with it.');
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
