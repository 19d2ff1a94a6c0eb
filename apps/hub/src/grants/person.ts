// Whom a grant is for: somebody who is known here, or somebody new, of whom nothing is known but a name.

import { base64url } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import type { Database } from '../store/open-store.ts';

export type Wanted = { readonly id: string } | { readonly name: string };
/** `isNew`: to be stored with the grant. */
export type GrantPerson = { readonly id: string; readonly name: string; readonly isNew: boolean };

export const personFor = async (hub: Hub, wanted: Wanted): Promise<Result<GrantPerson, Refusal>> => {
  if ('name' in wanted) return ok({ id: base64url(hub.random(16)), name: wanted.name, isNew: true });
  const known = await hub.database.selectFrom('person').select(['id', 'name']).where('id', '=', wanted.id).executeTakeFirst();
  return known === undefined ? refuse('input-invalid', 'person.id: there is nobody of this id. Look at the list of people, or give a name.') : ok({ ...known, isNew: false });
};

/** The credential of this key, if it is this person's. */
export const credentialOf = async (hub: Hub, person: GrantPerson, key: Uint8Array): Promise<Result<string, Refusal>> => {
  const hash = base64url(hub.crypto.sha256(key));
  const isTheirs = await hasCredential(hub.database, person.id, hash);
  return isTheirs ? ok(hash) : refuse('input-invalid', 'way.credentialKey: this person has no such key. Look at the list of people, or send a link.');
};

/** Whether this credential is this person's: of their phone, or of an electronic key that they have now. */
export const hasCredential = async (database: Database, personId: string, hash: string): Promise<boolean> => {
  const known = await database.selectFrom('phone_key').leftJoin('ekey', 'ekey.credential_hash', 'phone_key.credential_hash')
    .select(['phone_key.person_id', 'ekey.state']).where('phone_key.credential_hash', '=', hash).executeTakeFirst();
  return known?.person_id === personId && (known.state === null || known.state === 'issued');
};
