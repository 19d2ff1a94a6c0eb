// The simulation as one call: an estate from a seed, so many days, and what came of it.

import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { audit } from './audit.ts';
import { INVARIANT_NAMES, INVARIANTS, type Broken, type Invariant } from './checks.ts';
import { bringHome, planDay } from './days.ts';
import { DAY_MS, Estate } from './estate.ts';
import { WHOLE, type Size } from './plan.ts';

export const MAX_DAYS = 366;

/** Sunday, 29 November 2026, 0:00 in Zurich: the locks are fitted, and the first day at work is Monday. */
const START: Instant = instant(Date.UTC(2026, 10, 28, 23));
const LAST_MS = 10 * 60_000;

export type Report = {
  readonly seed: number;
  readonly days: number;
  readonly size: Size;
  readonly story: readonly string[];
  readonly statistics: readonly (readonly [what: string, count: number])[];
  readonly invariants: readonly { readonly name: Invariant; readonly says: string; readonly checks: number; readonly broken: number }[];
  readonly broken: readonly Broken[];
  readonly held: boolean;
};

/** `days`: 1 to MAX_DAYS. `onStep` hears with each thing that happens which day it is; 0: the locks are being fitted. */
export const simulate = (crypto: Crypto, { seed, days, size = WHOLE }: { readonly seed: number; readonly days: number; readonly size?: Size }, onStep: (day: number) => void = () => undefined): Report => {
  const estate = new Estate(crypto, seed, START, size, (at) => onStep(Math.floor((at - START) / DAY_MS)));
  const first = Math.ceil((estate.agenda.now - START) / DAY_MS);
  for (let day = first; day < first + days; day += 1) {
    estate.agenda.runUntil(instant(START + day * DAY_MS));
    planDay(estate);
    estate.agenda.runUntil(instant(START + (day + 1) * DAY_MS - 1));
  }
  bringHome(estate);
  estate.agenda.runUntil(instant(estate.agenda.now + LAST_MS));
  audit(estate);
  return reportOf(estate, seed, days, size);
};

const reportOf = ({ story, checks, locks, keys, office: { archive } }: Estate, seed: number, days: number, size: Size): Report => {
  const records = locks.reduce((sum, { lockId }) => sum + archive.held(lockId).records.length, 0);
  const ofKeys = keys.reduce((sum, { keyId }) => sum + archive.held(keyId).records.length, 0);
    return {
    seed, days, size, story: story.lines,
    statistics: [...[...story.counts].toSorted(([a], [b]) => a.localeCompare(b)), ['records of locks at the hub', records], ['records of keys at the hub', ofKeys]],
    invariants: INVARIANT_NAMES.map((name) => ({ name, says: INVARIANTS[name], checks: checks.counts[name], broken: checks.broken.filter(({ invariant }) => invariant === name).length })),
    broken: checks.broken, held: checks.held,
  };
};
