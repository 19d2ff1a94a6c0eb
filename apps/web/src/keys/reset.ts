// The end of a lock at this site: the owners' order to it, signed in this browser and handed to the hub, or withdrawn; and removing the door of a lock that is gone.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Door } from '@mortise/api/locks.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { signResetOrder } from '@mortise/wallet/reset-order.ts';
import { toInstant } from '@mortise/words/time.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { openAuthority } from './authority.ts';
import { openOwnerKey } from './owner-key.ts';
import { OWNER_CHANGE } from './owner-set.ts';

/** Signs the order and hands it in; the lock may take it later. Errors are sentences; nothing was ordered then. */
export const orderReset = async ({ lock }: Door): Promise<Result<undefined, string>> => {
  const owner = await openOwnerKey();
  const authority = owner.ok ? await openAuthority(owner.value) : owner;
  const lockId = parseIdentifier<LockId>(lock.lockId);
  if (!authority.ok) return authority;
  if (lockId === undefined) return err('The hub tells a lock without a number. Load the page anew.');
  const order = signResetOrder(nobleCrypto, authority.value.owner, authority.value.ownerSet, lockId, toInstant(Date.now()));
  if (!order.ok) return err(OWNER_CHANGE[order.error.code]);
  const answer = await call(ROUTES.resetLock, { parameters: { lockId }, body: { order: base64url(order.value) } });
  return answer.ok ? ok(undefined) : err(failureSentence(answer.error));
};

/** Answers whether the lock may have it all the same. */
export const withdrawReset = async ({ lock }: Door): Promise<Result<boolean, string>> => {
  const answer = await call(ROUTES.withdrawReset, { parameters: { lockId: lock.lockId }, body: {} });
  return answer.ok ? ok(answer.value.door.lock.reset !== null) : err(failureSentence(answer.error));
};

/** Without a word to the lock. */
export const removeDoor = async ({ lock }: Door): Promise<Result<undefined, string>> => {
  const answer = await call(ROUTES.removeLock, { parameters: { lockId: lock.lockId }, body: {} });
  return answer.ok ? ok(undefined) : err(failureSentence(answer.error));
};
