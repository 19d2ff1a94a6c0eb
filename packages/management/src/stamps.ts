// When a grant is confirmed anew: once half of its time without word has passed, so that a phone that comes by now and then always holds a
// stamp that lasts. A stamp ends with the grant, and with the power of whoever makes it.

import type { Instant } from '@mortise/base/instant.ts';
import { instant } from '@mortise/base/instant.ts';

export type Stamping = {
  readonly freshForS: number;
  /** The last instant of the grant, and of the power to confirm; -1: there is none. */
  readonly until: Instant;
  readonly powerUntil: number;
  /** The newest stamp that was given out. */
  readonly last: { readonly issued: number; readonly until: number } | undefined;
  readonly now: Instant;
};

/** The stamp to be made now, in whole seconds; undefined: the last one will do, or none can help. */
export const stampDue = ({ freshForS, until, powerUntil, last, now }: Stamping): { readonly issued: Instant; readonly until: Instant } | undefined => {
  const issued = wholeSeconds(now);
  const end = wholeSeconds(Math.min(issued + freshForS * 1000, until, powerUntil));
  if (end <= issued) return undefined;
  if (last !== undefined && last.until >= now && (now < last.issued + freshForS * 500 || last.until >= end)) return undefined;
  return { issued: instant(issued), until: instant(end) };
};

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;
