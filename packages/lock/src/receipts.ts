// The receipt: the lock's signed word about one decision or operation, for the credential that asked. It is signed once its
// record is durable, and it is the last that a session hears.

import type { Bytes } from '@mortise/base/bytes.ts';
import { headStatementToSign } from '@mortise/journal/head-statement.ts';
import { encodeReceipt } from '@mortise/journal/receipt.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import type { Peer } from './peer.ts';
import { askSignature, sendFrame } from './sending.ts';
import { closeSession, findSession } from './sessions.ts';
import type { LockState, ReceiptParts } from './state.ts';

/** Asks for the signature over the journal's head at the record. */
export const askReceipt = (moment: Moment, state: LockState, peer: Peer, receipt: ReceiptParts): Change => {
  if (findSession(state, peer) === undefined) return changed(state);
  const { message } = statementOf(moment, state, receipt);
  return askSignature(state, 'identity', message, { kind: 'receipt', peer, receipt }) ?? closeSession(state, peer, 'busy');
};

export const onReceiptSigned = (moment: Moment, state: LockState, peer: Peer, receipt: ReceiptParts, signature: Bytes): Change => {
  const statement = statementOf(moment, state, receipt).assemble(signature);
  const bytes = encodeReceipt(receipt.entry, receipt.previousHead, statement);
  return inTurn(
    state,
    (current) => sendFrame(current, peer, { kind: 'receipt', receipt: bytes }),
    (current) => closeSession(current, peer, 'done'),
  );
};

const statementOf = ({ crypto }: Moment, { keys, lockId }: LockState, { entry }: ReceiptParts): ReturnType<typeof headStatementToSign> =>
  headStatementToSign(crypto, keys.identityKey, { lockId, seq: entry.seq, head: entry.head });
