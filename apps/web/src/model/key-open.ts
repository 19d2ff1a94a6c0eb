// Opening with a lent key: straight at the door first; by the hub where the key may open from afar. What the lock itself said is what the
// door shows.

import type { Verb } from '@mortise/aliro/vendor.ts';
import type { HeldDoor } from './held.ts';
import { countOpening, credential, forgetRefusal, hubAnswers, keysOf, noteRefusal, siteKeyFor } from './held.ts';
import { now } from './live.ts';
import { heardAgo, saidBy } from './lock-words.ts';
import { scanNear, seenNear } from './near.ts';
import { failed, type Running } from './operate.ts';
import { operateBest, usedWay, type Way, type Ways } from './ways.ts';
import { countsAtDoor, doorState, type DoorState } from '../words/door-state.ts';
import { isUsable } from '../words/held.ts';

/** Whether a key for this door may open it from afar, and the hub can reach it. */
const canRelay = ({ id, online }: HeldDoor): boolean =>
  online && hubAnswers.value && keysOf(id).some(({ grant }) => grant.terms.remote && isUsable(grant, now.value));

/** By which way the door could be asked now. */
export const wayTo = (door: HeldDoor): Way => (seenNear.value.has(door.lockId) ? 'near' : canRelay(door) ? 'hub' : 'none');

/** By which way it is being asked, or was last. */
export const wayUsed = ({ lockId }: HeldDoor): Way | undefined => usedWay.value.get(lockId);

const waysTo = (door: HeldDoor): Ways => ({ relay: canRelay(door), first: 'near' });

/** `ways`: which may be taken; the relay, too, where it is open, unless this says otherwise. */
export const openByKey = (door: HeldDoor, ways: Ways = waysTo(door)): Running => askByKey(door, 'unlock', undefined, ways);

/** `until`: of a hold, seconds since 1970. */
export const askByKey = (door: HeldDoor, verb: Verb, until?: number, ways: Ways = waysTo(door)): Running => {
  const [site, key] = [siteKeyFor(door), credential.value?.key];
  if (site === undefined || key === undefined) return failed('no-phone-key');
  if (door.identityKey === undefined) return failed('other-lock');
  const running = operateBest({ lockId: door.lockId, identityKey: door.identityKey, site, key, verb, ...(until !== undefined && { until }) }, ways);
  void running.outcome.then((outcome) => {
    void (outcome.ok ? noteDone(door, verb) : noteRefusal(door, outcome.error));
    void scanNear();
  });
  return running;
};

// The lock counts whatever opens.
const noteDone = async (door: HeldDoor, verb: Verb): Promise<void> => {
  if (verb !== 'endHold') await countOpening(door);
  await forgetRefusal(door);
};

const saidOf = (door: HeldDoor) => saidBy(door.lockId, now.value);

/** What the lock said, while it is fresh. Nobody tells this page when that changes: after a while the door may be opened anew. */
export const keyDoorState = (door: HeldDoor): DoorState => {
  const { said, doubt } = saidOf(door);
  return doorState({ online: countsAtDoor(heardAgo(door.lockId, now.value)), state: said ?? null, ...(doubt === undefined ? {} : { doubt }), jammed: false });
};

export const keyRelockAt = (door: HeldDoor): number | null => saidOf(door).said?.relockAt ?? null;
export const lookNear = scanNear;
