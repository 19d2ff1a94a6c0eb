// The hub's word that it holds a lock's journal up to an entry: COSE_Sign1 of type `mortise-journal-ack` by its time key over CBOR
// [lockId, seq, instant]. A lock drops nothing but by this, so that no courier can make it forget what never arrived. Which of two is
// the newer is in `instant`: a hub whose storage was put back says less than it said before.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { IDENTIFIER_BYTES, identifierBytes, identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import type { Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { ToSign } from '@mortise/documents/cose.ts';
import { refuseDocument, type DocumentError } from '@mortise/documents/document-error.ts';
import type { TimeAuthority } from '@mortise/documents/time.ts';
import { hubWordToSign, MAX_HUB_WORD_BYTES, openHubWord } from './hub-word.ts';

export const JOURNAL_ACK_TYPE = 'mortise-journal-ack';

/** `seq`: the last entry that is durable at the hub, with all before it that it will ever have; 0: none. `instant`: when the hub said so. */
export type JournalAck = { readonly lockId: LockId; readonly seq: number; readonly instant: Instant };

/** What the hub's time key (65 bytes) signs. */
export const journalAckToSign = (crypto: Crypto, timeKey: Bytes, ack: JournalAck): ToSign => {
  const payload = encodeAck(ack);
  assert(decodeAck(payload) !== undefined, 'an acknowledgement within its bounds');
  return hubWordToSign(crypto, timeKey, JOURNAL_ACK_TYPE, payload);
};

/** Takes any bytes. Errors: those of `openHubWord`, and `other-lock`. */
export const openJournalAck = (crypto: Crypto, bytes: Bytes, lockId: LockId, authority: TimeAuthority): Result<JournalAck, DocumentError> => {
  const ack = openHubWord(crypto, bytes, { type: JOURNAL_ACK_TYPE, decode: decodeAck }, authority);
  return ack.ok && ack.value.lockId !== lockId ? refuseDocument('other-lock') : ack;
};

/** What an acknowledgement says whose signer is not known: for a courier that keeps the newest of several. Takes any bytes. */
export const unprovenJournalAck = (bytes: Bytes): JournalAck | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_HUB_WORD_BYTES), 4);
  const payload = items?.length === 4 ? asBytes(items[2]) : undefined;
  return payload === undefined ? undefined : decodeAck(payload);
};

const encodeAck = ({ lockId, seq, instant }: JournalAck): Bytes => encodeCbor([identifierBytes(lockId), seq, instant]);

const decodeAck = (payload: Bytes): JournalAck | undefined => {
  const [lock, number, at, ...more] = asArray(decodeCbor(payload, MAX_HUB_WORD_BYTES), 3) ?? [];
  const [lockId, seq] = [asBytes(lock, IDENTIFIER_BYTES), asNumber(number)];
  if (lockId === undefined || seq === undefined || !isInstant(at) || more.length > 0) return undefined;
  return { lockId: identifierOf<LockId>(lockId), seq, instant: at };
};
