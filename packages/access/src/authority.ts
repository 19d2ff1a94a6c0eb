// Under whose power a document stands: an owner's, a standing delegate's of the roster, or an invitation's that the document itself
// carries, which is opened and found to be the owners' before its key is trusted. And whether what a delegate signed lies within.

import type { AccessData } from '@mortise/aliro/access-data.ts';
import type { VerifiedDocument } from '@mortise/aliro/verify-document.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { Invitation, IssuePower, StandingDelegation } from '@mortise/documents/delegation.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { openDelegation, type Owners } from '@mortise/documents/signed-delegation.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import type { ZoneTable } from '@mortise/schedule/zone-table.ts';
import { activeWindow } from './door-place.ts';
import { isSameAccess } from './grant-document.ts';
import type { GrantConditions } from './grant.ts';

/** The present owner set, and the roster's delegations as `openStanding` opened them by it. */
export type Authority = { readonly owners: Owners; readonly delegations: readonly StandingDelegation[] };

export type Power =
  | { readonly kind: 'owner' }
  | { readonly kind: 'delegate'; readonly delegation: StandingDelegation; readonly issue: IssuePower }
  | { readonly kind: 'invitation'; readonly invitation: Invitation };

type Standing = { readonly delegation: StandingDelegation; readonly issue: IssuePower };

/** Delegations that may issue documents. */
const issuing = ({ delegations }: Authority): readonly Standing[] => {
  const standing: Standing[] = [];
  for (const delegation of delegations) {
    const { issue } = delegation;
    if (issue?.kinds.includes('document') === true) standing.push({ delegation, issue });
  }
  return standing;
};

const distinct = (keys: readonly Bytes[]): readonly Bytes[] => keys.filter((key, at) => keys.findIndex((each) => equalBytes(each, key)) === at);

/** The keys that an access document may be signed by, its own invitation's among them: at most 21. */
export const issuerKeys = (authority: Authority, invitation: Invitation | undefined): readonly Bytes[] =>
  distinct([...authority.owners.keys, ...issuing(authority).map(({ delegation }) => delegation.delegate), ...(invitation ? [invitation.delegate] : [])]);

/** The keys that may revoke: at most 20. */
export const revokerKeys = ({ owners, delegations }: Authority): readonly Bytes[] =>
  distinct([...owners.keys, ...delegations.filter(({ revocation }) => revocation).map(({ delegate }) => delegate)]);

/** The keys that may stamp: at most 20. */
export const stamperKeys = ({ owners, delegations }: Authority): readonly Bytes[] =>
  distinct([...owners.keys, ...delegations.filter(({ freshness }) => freshness).map(({ delegate }) => delegate)]);

/** The last instant at which a stamper's word counts: an owner's always does. -1: it has no such power. */
export const stamperUntil = ({ owners, delegations }: Authority, key: Bytes): number => {
  if (owners.keys.some((owner) => equalBytes(owner, key))) return Infinity;
  let last = -1;
  for (const { freshness, delegate, until } of delegations) if (freshness && equalBytes(delegate, key)) last = Math.max(last, until);
  return last;
};

/** The invitation that these bytes are, by the threshold of the present owners; undefined for anything else. */
export const invitationIn = (crypto: Crypto, { owners }: Authority, bytes: Bytes | undefined): Invitation | undefined => {
  const opened = bytes && openDelegation(crypto, bytes, owners);
  // A standing delegation counts while the roster has it, and not because somebody kept a copy.
  return opened?.ok === true && opened.value.kind === 'invitation' ? opened.value : undefined;
};

/** Every power under which the issuer (65 bytes) may have signed; an owner needs no other. */
export const powersOf = (authority: Authority, issuer: Bytes, invitation: Invitation | undefined): readonly Power[] => {
  if (authority.owners.keys.some((key) => equalBytes(key, issuer))) return [{ kind: 'owner' }];
  const standing = issuing(authority).filter(({ delegation }) => equalBytes(delegation.delegate, issuer));
  const invited = invitation !== undefined && equalBytes(invitation.delegate, issuer) ? [{ kind: 'invitation', invitation } as const] : [];
  return [...standing.map((one) => ({ kind: 'delegate', ...one }) as const), ...invited];
};

// ---- what lies within --------------------------------------------------------------------------------------------------------

/** One element of a verified document, with what it says. */
export type Claim = {
  readonly document: VerifiedDocument;
  readonly element: string;
  readonly data: AccessData;
  readonly conditions: GrantConditions;
};

/** Undefined: it lies within. `delegation-over`, `delegation-exceeded`, `outside-hours`, `zone-unknown`. */
export const powerRefusal = (power: Power, claim: Claim, now: Instant, zone: ZoneTable | undefined): Reason | undefined => {
  switch (power.kind) {
    case 'owner':
      return undefined;
    case 'delegate':
      return standingRefusal(power, claim, now, zone);
    case 'invitation':
      return invitationRefusal(power.invitation, claim);
  }
};

const standingRefusal = ({ delegation, issue }: Standing, { document, element, data, conditions }: Claim, now: Instant, zone: ZoneTable | undefined): Reason | undefined => {
  const { validFrom, validUntil } = document.validity;
  if (now > delegation.until) return 'delegation-over';
  const within =
    issue.places.some((place) => elementOf(place) === element) &&
    (data.rules ?? []).every(({ capabilities }) => (capabilities & ~issue.capabilities) === 0) &&
    validUntil <= delegation.until && validUntil - validFrom <= issue.longestS * 1000 && !conditions.remote;
  return within ? hoursRefusal(issue.hours, now, zone) : 'delegation-exceeded';
};

const hoursRefusal = (hours: readonly Schedule[], now: Instant, zone: ZoneTable | undefined): Reason | undefined => {
  const window = activeWindow(hours, now, zone);
  return window.ok ? undefined : window.error;
};

/** It ends with its document, which may not end later. */
const invitationRefusal = ({ from, until, places, template }: Invitation, { document, element, data, conditions }: Claim): Reason | undefined => {
  const { validFrom, validUntil } = document.validity;
  const within =
    places.some((place) => elementOf(place) === element) && isSameAccess(data, template) && validFrom >= from && validUntil <= until &&
    !conditions.remote && conditions.freshForS !== undefined;
  return within ? undefined : 'delegation-exceeded';
};
