// Delegations (CONTRACTS: delegation): the owners' signed, bounded permission for another key. A standing one is the hub's and counts
// while it is in the roster; an invitation travels with the document that its bearer signs (ADR 14). Neither can be passed on, and
// nothing under either opens from afar. Signing and opening: signed-delegation.ts; what lies within is said in packages/access.

import type { AccessData } from '@mortise/aliro/access-data.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import type { Place } from './place.ts';

export const MAX_HOURS = 8;
export const MAX_PER_DAY = 512;
/** Ten years at the most. */
export const LONGEST_BOUNDS_S = { min: 60, max: 10 * 366 * 86_400 } as const;
/** Aliro's bits from secure to extended momentary unsecure. */
export const ALL_CAPABILITIES = 0b1_1111;

/** What kinds of credential a delegate may issue: `document` is an access document, for a phone or an electronic key. */
export const CREDENTIAL_KINDS = ['document', 'pin', 'card', 'finger', 'code'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

export type IssuePower = {
  /** 1 to 32. */
  readonly places: readonly Place[];
  /** At least one. */
  readonly kinds: readonly CredentialKind[];
  /** Sum of Aliro's capability bits 0 to 4, at least one. */
  readonly capabilities: number;
  /** At most 8, on the door's wall clock or in UTC; nothing that was issued opens outside them. None: at all hours. */
  readonly hours: readonly Schedule[];
  /** From the first to the last instant of what is issued, seconds: 60 to ten years. */
  readonly longestS: number;
  /** Credentials that one lock has not seen before, in 24 hours: 1 to 512. */
  readonly perDay: number;
};

type Delegated = {
  readonly siteId: SiteId;
  /** P-256 public key, 65 bytes. */
  readonly delegate: Bytes;
  /** The last instant at which anything under the delegation counts. */
  readonly until: Instant;
};

export type StandingDelegation = Delegated & {
  readonly kind: 'standing';
  /** Null: it may issue nothing. */
  readonly issue: IssuePower | null;
  /** Whether it may say that a grant was not revoked. */
  readonly freshness: boolean;
  /** Whether it may revoke; owners' own phones are beyond its reach. */
  readonly revocation: boolean;
};

export type Invitation = Delegated & {
  readonly kind: 'invitation';
  /** What it becomes lies within `from` and `until`. */
  readonly from: Instant;
  /** 1 to 32. */
  readonly places: readonly Place[];
  /** What each element of the one document says, to the letter; it has an id, the grant's. */
  readonly template: AccessData;
};

export type Delegation = StandingDelegation | Invitation;
