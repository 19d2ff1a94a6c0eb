// Whom an entry or a code is for: somebody who is known here, or somebody new. Their id is chosen where the entry is sealed, since what stands for them at the lock follows from it.

import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import type { Database } from '../store/open-store.ts';

/** `isNew`: to be stored with what is for them. */
export type NamedPerson = { readonly id: string; readonly name: string; readonly isNew: boolean };

/** Two requests for the same new person may come at once. */
export const addPerson = async (database: Database, { id, name }: NamedPerson, at: number): Promise<void> => {
  await database.insertInto('person').values({ id, name, role: 'guest', created_at: at }).onConflict((conflict) => conflict.column('id').doNothing()).execute();
};

export const personNamed = async (hub: Hub, { id, name }: { readonly id: string; readonly name?: string | undefined }): Promise<Result<NamedPerson, Refusal>> => {
  const known = await hub.database.selectFrom('person').select(['id', 'name']).where('id', '=', id).executeTakeFirst();
  if (known !== undefined) return ok({ ...known, isNew: false });
  return name === undefined ? refuse('input-invalid', 'person.id: there is nobody of this id. Look at the list of people, or give a name too.') : ok({ id, name, isNew: true });
};
