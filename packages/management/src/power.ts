// Whether a hub may sign a grant: as the lock will judge it (access/authority.ts), asked before anything is signed. A lock looks at the element
// by which it knows itself; here all places must lie within, for the document is one.

import { capabilitiesOf } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import type { StandingDelegation } from '@mortise/documents/delegation.ts';
import { elementOf } from '@mortise/documents/place.ts';

/** Whether what is signed under this delegation with these terms opens, at hours at which the delegation lets anything open. */
export const mayIssue = ({ issue, until }: StandingDelegation, terms: GrantTerms): boolean => {
  if (issue === null || !issue.kinds.includes('document') || terms.remote) return false;
  const within = new Set(issue.places.map(elementOf));
  return terms.places.every((place) => within.has(elementOf(place))) && (capabilitiesOf(terms.verbs) & ~issue.capabilities) === 0 &&
    terms.until <= until && terms.until - terms.from <= issue.longestS * 1000;
};

/** The last instant at which one of these delegations lets its delegate confirm grants; undefined: none does at `now`. */
export const mayStampUntil = (delegations: readonly StandingDelegation[], now: number): number | undefined => lastOf(delegations.filter(({ freshness }) => freshness), now);

/** The same of taking grants back. */
export const mayRevokeUntil = (delegations: readonly StandingDelegation[], now: number): number | undefined => lastOf(delegations.filter(({ revocation }) => revocation), now);

const lastOf = (delegations: readonly StandingDelegation[], now: number): number | undefined => {
  const last = Math.max(-1, ...delegations.map(({ until }) => until));
  return last >= now ? last : undefined;
};
