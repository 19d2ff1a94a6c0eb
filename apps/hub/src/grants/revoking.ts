// Whose word takes a document back: an owner's, that was sent along, or the hub's own, where the owners let it at every lock that the grant is
// about.

import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import type { SiteView } from '../site-view.ts';
import type { StoredGrant } from '../store/grant-store.ts';
import { entriesOfIssuer, type RevocationEntryRow } from '../store/revocation-store.ts';
import { checkRevocation, takesBack, type CheckedRevocation } from './check-document.ts';
import { issueRevocation } from './hub-word.ts';
import { mayTakeBack } from './powers.ts';

/** The revocation of these access ids; undefined: there is nothing to take back, and nothing was sent. */
export const revocationFor = async (
  hub: Hub, view: SiteView, grant: { readonly terms: Pick<StoredGrant['terms'], 'places'> }, sent: Bytes | undefined, former: readonly RevocationEntryRow[],
): Promise<Result<CheckedRevocation | undefined, Refusal>> => {
  if (sent !== undefined) return ownersRevocation(hub, view, sent, former);
  if (former.length === 0) return ok(undefined);
  if (!mayTakeBack(view, grant.terms.places, hub.now())) return refuse('delegation-missing', 'The owners have not let the hub take keys back, at one of its doors at least. Sign the revocation as an owner.');
  const standing = await entriesOfIssuer(hub.database, base64url(hub.keys.delegate.publicKey), hub.now());
  return ok(issueRevocation(hub, former, standing));
};

const ownersRevocation = (hub: Hub, view: SiteView, sent: Bytes, former: readonly RevocationEntryRow[]): Result<CheckedRevocation, Refusal> => {
  const checked = checkRevocation(hub.crypto, view, sent, hub.now());
  if (!checked.ok) return checked;
  return takesBack(checked.value, former) ? checked : refuse('document-refused', 'The revocation does not take the former document back, or not until its end. Make and sign it again.');
};
