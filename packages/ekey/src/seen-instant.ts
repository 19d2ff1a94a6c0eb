// The latest instant that the key itself wrote down while its clock was valid: time does not go behind it, whatever the real-time clock says.

import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { decodeRecord } from '@mortise/journal/record.ts';

/** Records may stand so far behind one another that were written by a valid clock that was set back by an answer. */
const LOOK_BACK = 64;

export const seenInstant = (entries: readonly Entry[]): Instant => {
  const seen = entries.slice(-LOOK_BACK).map(({ record }) => decodeRecord(record)).filter((record) => record !== undefined && record.clock !== 'lost');
  return seen.at(-1)?.instant ?? instant(0);
};
