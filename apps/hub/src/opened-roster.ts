// What was read out of a lock's newest roster, kept so that its signatures are not checked anew for each question. Filled by site-view.ts.

import type { StandingDelegation } from '@mortise/documents/delegation.ts';
import type { Roster } from '@mortise/documents/roster.ts';

/** A lock's newest stored roster under the owner set of `sequence`; `standing`: what it lets this hub do, whatever the dates. */
export type OpenedRoster = { readonly version: number; readonly sequence: number; readonly roster: Roster | undefined; readonly standing: readonly StandingDelegation[] };
