// Answers a lock's own nonce with the hub's time, signed by the time key that an owner certified in the lock's roster.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import type { P256KeyPair } from '@mortise/node/p256-keys.ts';

/** How far the clock of a machine that keeps time by NTP may be off. The hub cannot tell whether its own does. */
export const HUB_CLOCK_ERROR_MS = 1000;

export const timeAnswer = (crypto: Crypto, timeKey: P256KeyPair, lockId: LockId, nonce: Bytes, now: Instant): Bytes => {
  const payload = timeAnswerPayload({ lockId, nonce, instant: now, errorMs: HUB_CLOCK_ERROR_MS, lastSync: now });
  const { message, assemble } = timeAnswerToSign(crypto, timeKey.publicKey, payload);
  return assemble(crypto.p256.sign(timeKey.privateKey.reveal(), message));
};
