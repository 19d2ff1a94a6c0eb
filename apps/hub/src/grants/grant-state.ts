// What state a grant is in, from what is stored of it and the time.

import type { Grant } from '@mortise/api/grants.ts';
import type { StoredGrant } from '../store/grant-store.ts';

export const stateOf = ({ takenBackAt, terms, invitation, credential, enabled, documents }: StoredGrant, now: number): Grant['state'] => {
  if (takenBackAt !== null) return 'takenBack';
  if (now > terms.until) return 'ended';
  if (credential === undefined) return now > (invitation?.redeemBy ?? 0) ? 'lapsed' : 'invited';
  if (documents.length === 0) return 'asking';
  return enabled ? 'live' : 'paused';
};
