// The documents of a lent key as an owner takes them away: what the key shows at its doors, and what proves it to whoever asks without a hub
// (`mortise would-open`). Nothing is made for it, no stamp either: it is what was signed so far.

import { MAX_KEY_DOORS, MAX_KEY_REVOCATIONS, type KeyDocuments } from '@mortise/api/keys.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { siteView } from '../site-view.ts';
import type { StoredDocument, StoredGrant } from '../store/grant-store.ts';
import { ownerSetDocuments } from '../store/owner-store.ts';
import { revocationsNaming } from '../store/revocation-store.ts';
import { currentDocument } from './change-grant.ts';
import { grantedDoors } from './granted-doors.ts';

/** `conflict`: nobody holds a document of this grant. One that opens no more gives its last. */
export const keyDocumentsOf = async (hub: Hub, grant: StoredGrant): Promise<Result<KeyDocuments, Refusal>> => {
  const { credential, documents, terms } = grant;
  const document = currentDocument(grant) ?? documents.at(-1);
  if (credential === undefined || document === undefined) return refuse('conflict', 'Nobody holds this key yet, so that it has no documents. Wait until its link was redeemed, and signed for where you confirm.');
  const view = await siteView(hub);
  const site = required(await hub.database.selectFrom('site').select('name').executeTakeFirst(), 'the hub was claimed');
  const revocations = await revocationsNaming(hub.database, [document.accessId], hub.now(), MAX_KEY_REVOCATIONS);
  const doors = await grantedDoors(hub, view, terms.places, false);
  return ok({
    kind: 'mortise-key-documents', siteId: view.set.siteId, siteName: site.name, ownerSets: (await ownerSetDocuments(hub.database)).map(base64url),
    credentialKey: base64url(credential.key), document: base64url(document.document), stamp: optional(stampNow(document, hub.now())),
    revocations: revocations.map(base64url), doors: doors.slice(0, MAX_KEY_DOORS).map(({ online: _online, ...door }) => door), doorsLeftOut: Math.max(0, doors.length - MAX_KEY_DOORS),
  });
};

const stampNow = ({ stamp, stampedUntil }: StoredDocument, now: number): Bytes | null => ((stampedUntil ?? -1) >= now ? stamp : null);
const optional = (bytes: Bytes | null): string | null => (bytes === null ? null : base64url(bytes));
