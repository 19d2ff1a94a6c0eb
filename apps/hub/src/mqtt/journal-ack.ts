// The hub's signed word that it holds a lock's journal up to an entry, by the time key that an owner certified in the lock's roster. It
// counts at the lock whoever carries it.

import type { Bytes } from '@mortise/base/bytes.ts';
import { journalAckToSign, type JournalAck } from '@mortise/courier/journal-ack.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { P256KeyPair } from '@mortise/node/p256-keys.ts';

export const journalAck = (crypto: Crypto, timeKey: P256KeyPair, ack: JournalAck): Bytes => {
  const { message, assemble } = journalAckToSign(crypto, timeKey.publicKey, ack);
  return assemble(crypto.p256.sign(timeKey.privateKey.reveal(), message));
};
