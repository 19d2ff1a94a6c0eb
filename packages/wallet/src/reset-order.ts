// An owner's order to a lock to forget its owners, signed here by one owner where one is enough.

import type { LockId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { assembleResetOrder, RESET_ORDER_MS, resetOrderPayload, resetOrderToSign } from '@mortise/documents/reset-order.ts';
import { signedBy } from './owner-signature.ts';

/** The order for the lock `lockId`, from `now` on as long as an order may count. `needs-others`: the owners must sign together. */
export const signResetOrder = (crypto: Crypto, owner: KeyPair, { siteId, threshold }: OwnerSet, lockId: LockId, now: Instant): Result<Bytes, { readonly code: 'needs-others' }> => {
  if (threshold > 1) return err({ code: 'needs-others' });
  const payload = resetOrderPayload({ siteId, lockId, issued: now, until: instant(now + RESET_ORDER_MS) });
  return ok(assembleResetOrder([signedBy(crypto, owner, resetOrderToSign(crypto, owner.publicKey, payload))]));
};
