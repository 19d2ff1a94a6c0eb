// An owner's operation at a door of the site: straight at the door where its radio is heard; else by the hub where the lock is on its link; else
// straight at the door, if it is near.

import type { Verb } from '@mortise/aliro/vendor.ts';
import type { Door } from '@mortise/api/locks.ts';
import { fromBase64url } from '@mortise/base/bytes.ts';
import { phoneKey, phoneKeyFault, siteKey } from '../keys/phone-key.ts';
import { isReachable } from './live.ts';
import { isByRadio } from './near.ts';
import { failed, type Running } from './operate.ts';
import { operateBest, type Ways } from './ways.ts';

/** `ways`: which may be taken; both, unless this says otherwise. `until`: of a hold, seconds since 1970. */
export const operate = (door: Door, verb: Verb, ways: Ways = waysTo(door), until?: number): Running => {
  const [site, key, identityKey] = [siteKey.value, phoneKey.value, fromBase64url(door.lock.identityKey)];
  if (site === undefined || key === undefined) return failed(phoneKeyFault.value === undefined ? 'no-phone-key' : 'key-unread');
  if (identityKey === undefined) return failed('not-understood');
  return operateBest({ lockId: door.lock.lockId, identityKey, site, key, verb, ...(until !== undefined && { until }) }, ways);
};

const waysTo = (door: Door): Ways => ({ relay: isReachable(door), first: isByRadio(door.lock.lockId) ? 'near' : 'hub' });
