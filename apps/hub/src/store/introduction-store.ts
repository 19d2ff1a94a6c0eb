// The owners' introductions of the key that certifies the site's locks, one of each owner.

import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Database } from './open-store.ts';

export const keepIntroduction = async (database: Database, { signer, document }: { readonly signer: Bytes; readonly document: Bytes }, at: number): Promise<void> => {
  await database.insertInto('introduction').values({ signer: base64url(signer), document, created_at: at })
    .onConflict((conflict) => conflict.column('signer').doUpdateSet({ document, created_at: at })).execute();
};

/** The newest one by a present owner; where none of those has introduced it, that of one who was. */
export const introductionOf = async (database: Database, { keys }: Pick<OwnerSet, 'keys'>): Promise<Bytes | undefined> => {
  const rows = await database.selectFrom('introduction').selectAll().orderBy('created_at', 'desc').orderBy('signer').execute();
  const present = new Set(keys.map(base64url));
  return (rows.find(({ signer }) => present.has(signer)) ?? rows[0])?.document;
};
