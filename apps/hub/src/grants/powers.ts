// What the owners let this hub do, as their newest rosters say, lock by lock: a lock judges by its own roster. What a grant needs it needs at
// each lock that it is about.

import type { GrantTerms } from '@mortise/access/grant.ts';
import { mayIssue, mayRevokeUntil, mayStampUntil } from '@mortise/management/power.ts';
import { locksOf, type LockView, type SiteView } from '../site-view.ts';

/** Whether the hub may sign these terms for every lock that they are about; not for none. */
export const mayLend = (view: SiteView, places: readonly string[], terms: GrantTerms): boolean =>
  everyLock(view, places, ({ standing }) => standing.some((delegation) => mayIssue(delegation, terms)));

/** Whether the hub may take back what was lent at these places, at every lock, until `until`. */
export const mayTakeBack = (view: SiteView, places: readonly string[], now: number): boolean =>
  everyLock(view, places, ({ standing }) => mayRevokeUntil(standing, now) !== undefined);

/** Until when the hub's word that a grant at these places was not taken back counts at some lock; undefined: at none. */
export const mayConfirmUntil = (view: SiteView, places: readonly string[], now: number): number | undefined => {
  const untils = locksOf(view, places).flatMap(({ standing }) => mayStampUntil(standing, now) ?? []);
  return untils.length === 0 ? undefined : Math.max(...untils);
};

const everyLock = (view: SiteView, places: readonly string[], may: (lock: LockView) => boolean): boolean => {
  const locks = locksOf(view, places);
  return locks.length > 0 && locks.every(may);
};
