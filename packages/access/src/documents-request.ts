// What a lock is asked, and what it knows then, when a credential has proven itself and shows documents. And what the lock asks the
// credential for in the step-up: its own door and groups, revocations, and stamps, nothing else.

import type { ItemsRequest } from '@mortise/aliro/device-request.ts';
import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { ClockQuality, Instant } from '@mortise/base/instant.ts';
import type { DoorId } from '@mortise/base/identifiers.ts';
import { elementOf, elementOfBytes } from '@mortise/documents/place.ts';
import { MAX_GROUPS } from '@mortise/documents/roster.ts';
import type { Authority } from './authority.ts';
import type { AccessVerb } from './decide.ts';
import type { DoorPlace } from './door-place.ts';
import { STAMP_ELEMENT } from './freshness.ts';

export type DocumentsRequest = {
  /** What was asked for: `documentRequests`. */
  readonly requests: readonly ItemsRequest[];
  /** The proven key: 65 bytes. */
  readonly credentialKey: Bytes;
  /** Undefined when the request did not say what to do and the interface has no default. */
  readonly verb: AccessVerb | undefined;
  /** Aliro's interface byte. */
  readonly interface: number;
  /** The verbs that this lock can carry out. */
  readonly capabilities: readonly AccessVerb[];
  /** `now` is a lower bound only when the quality is `lost`. */
  readonly clock: { readonly quality: ClockQuality; readonly now: Instant };
  /** Whether the phone showed a valid assertion over this lock's nonce. */
  readonly userVerified: boolean;
  readonly authority: Authority;
  readonly place: DoorPlace;
};

/** The one element of a Revocation Document. */
export const REVOCATION_ELEMENT = 'site';

/** `groups`: at most 7. `freshness`: whether to ask for stamps, which a credential that sent no B2 may not know. */
export const documentRequests = (door: DoorId, groups: readonly Bytes[], freshness: boolean): readonly ItemsRequest[] => {
  assert(groups.length <= MAX_GROUPS, `a lock is in at most ${MAX_GROUPS} groups`);
  const elements = [elementOf({ kind: 'door', id: door }), ...groups.map((id) => elementOfBytes('group', id))];
  const stamps = freshness ? [{ docType: 'mortise-f', elements: [STAMP_ELEMENT] } as const] : [];
  return [{ docType: 'aliro-a', elements }, { docType: 'aliro-r', elements: [REVOCATION_ELEMENT] }, ...stamps];
};
