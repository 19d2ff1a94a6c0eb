// Adoptions at the door that broke off after the offer: the lock is asked whose it is, as often as it is here, by the key that it would know. It has
// taken us, and says its word; or it has not, and nothing was changed.

import { signal } from '@preact/signals';
import { fromBase64url } from '@mortise/base/bytes.ts';
import { dropPending, pendingAdoptions, underWay, type PendingAdoption } from '../keys/pending-adoptions.ts';
import { phoneKey, siteKey } from '../keys/phone-key.ts';
import { reachNear } from './near.ts';
import { operateNear } from './operate.ts';
import { showProvisional, tellHub } from './session.ts';

/** Locks that turned out not to have taken us. */
export const notTaken = signal<ReadonlySet<string>>(new Set());

const askOne = async ({ lockId, identityKey }: PendingAdoption): Promise<void> => {
  const [site, key, identity] = [siteKey.value, phoneKey.value, fromBase64url(identityKey)];
  if (site === undefined || key === undefined || identity === undefined) return;
  const link = await reachNear(lockId);
  if (link === undefined) return;
  if (link.sitePrefix === undefined) {
    link.close();
    await dropPending(lockId);
    notTaken.value = new Set([...notTaken.value, lockId]);
    return;
  }
  // The lock's word comes with what it carries, after the operation.
  const running = operateNear({ lockId, identityKey: identity, site, key, verb: 'syncOnly' }, link);
  running.send();
  await running.outcome;
};

let asking: Promise<void> | undefined;

const askAll = async (): Promise<void> => {
  for (const adoption of pendingAdoptions.value.filter(({ lockId, statement }) => statement === undefined && !underWay.has(lockId))) await askOne(adoption);
};

/** Asks each lock whose word is missing, and tells the hub of those that have said it. */
export const finishAdoptions = async (): Promise<void> => {
  if (pendingAdoptions.value.length === 0) return;
  asking ??= askAll().finally(() => { asking = undefined; });
  await asking;
  showProvisional();
  await tellHub();
};
