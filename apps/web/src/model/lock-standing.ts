// Whether an owner of this site signed for each lock that the hub shows: read from this browser's memory, else asked for once and kept.
// Until then, and for a lock that the hub made up, no state is believed.

import { signal } from '@preact/signals';
import { ROUTES } from '@mortise/api/routes.ts';
import { fromBase64url } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { Standing } from '@mortise/wallet/lock-status.ts';
import { isSiteKnown } from '../keys/phone-key.ts';
import { rememberRoster, seenRoster } from '../keys/seen-rosters.ts';
import { checkAuthority } from './authority-check.ts';
import { call } from './client.ts';

const standings = signal<ReadonlyMap<string, Standing>>(new Map());
/** One after the other: a site may have many locks. */
let line: Promise<unknown> = Promise.resolve();
let waiting = new Set<string>();

export const standingOf = (lockId: string): Standing => standings.value.get(lockId) ?? 'unseen';

/** Looks once at each lock that the hub shows in `site`; again where nothing was found out, or a key of the site may have come since. */
export const lookAt = (site: string, lock: string): void => {
  const before = standingOf(lock);
  const mine = waiting;
  if (before === 'signed' || before === 'refused' || mine.has(lock)) return;
  mine.add(lock);
  line = line.then(() => standing(site, lock)).then((found) => {
    mine.delete(lock);
    // What was found for somebody who has signed out since is not kept.
    if (mine === waiting && found !== standingOf(lock)) standings.value = new Map([...standings.value, [lock, found]]);
  });
};

/** What was found out elsewhere: by a guest, from what the owners signed for the guest’s doors. */
export const setStanding = (lock: string, standing: Standing): void => {
  if (standingOf(lock) !== standing) standings.value = new Map([...standings.value, [lock, standing]]);
};

export const forgetStandings = (): void => {
  waiting = new Set();
  standings.value = new Map();
};

const standing = async (site: string, lock: string): Promise<Standing> => {
  const [siteId, lockId] = [parseIdentifier<SiteId>(site), parseIdentifier<LockId>(lock)];
  if (siteId === undefined || lockId === undefined) return 'refused';
  const known = await isSiteKnown(siteId);
  if (known.ok && !known.value) return 'site-unknown';
  const seen = await seenRoster(siteId, lockId);
  if (seen.ok && seen.value !== undefined) return 'signed';
  return shown(siteId, lockId);
};

const shown = async (siteId: SiteId, lockId: LockId): Promise<Standing> => {
  const [sets, roster] = await Promise.all([call(ROUTES.ownerSets), call(ROUTES.roster, { parameters: { lockId } })]);
  if (!roster.ok && roster.error.kind === 'refused' && roster.error.code === 'lock-unknown') return 'refused';
  if (!sets.ok || !roster.ok) return 'unseen';
  const document = fromBase64url(roster.value.document) ?? new Uint8Array(0);
  const checked = checkAuthority(nobleCrypto, siteId, sets.value.sets.map((set) => fromBase64url(set) ?? new Uint8Array(0)), [{ door: '', lockId, document }]);
  const [own] = checked.ok ? checked.value.rosters : [];
  if (own === undefined) return 'refused';
  await rememberRoster(own, document);
  return 'signed';
};
