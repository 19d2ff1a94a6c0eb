// The receipt: the lock's signed word about one decision or operation, for the credential that asked. It is signed once its
// record is durable, and it is the last that a session hears. Where a hand returns the bolt, that is said by a second one, when the session is over.

import type { Bytes } from '@mortise/base/bytes.ts';
import { headStatementToSign } from '@mortise/journal/head-statement.ts';
import { encodeReceipt } from '@mortise/journal/receipt.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import type { Peer } from './peer.ts';
import { askSignature, sendFrame } from './sending.ts';
import { closeSession, findSession } from './sessions.ts';
import type { AfterSigned, LockState, ReceiptParts } from './state.ts';

/** Asks for the signature over the journal's head at the record. */
export const askReceipt = (moment: Moment, state: LockState, peer: Peer, receipt: ReceiptParts): Change => {
  if (findSession(state, peer) === undefined) return changed(state);
  return ask(moment, state, { kind: 'receipt', peer, receipt, ends: true }) ?? closeSession(state, peer, 'busy');
};

/** The same for the bolt's return, to whoever opened it by this contact and is still there. */
export const askReturnReceipt = (moment: Moment, state: LockState, peer: Peer, receipt: ReceiptParts): Change =>
  ask(moment, state, { kind: 'receipt', peer, receipt, ends: false }) ?? changed(state);

type Signed = AfterSigned & { readonly kind: 'receipt' };

const ask = (moment: Moment, state: LockState, after: Signed): Change | undefined =>
  askSignature(state, 'identity', statementOf(moment, state, after.receipt).message, after);

export const onReceiptSigned = (moment: Moment, state: LockState, { peer, receipt, ends }: Signed, signature: Bytes): Change => {
  const statement = statementOf(moment, state, receipt).assemble(signature);
  const bytes = encodeReceipt(receipt.entry, receipt.previousHead, statement);
  return inTurn(
    state,
    (current) => sendFrame(current, peer, { kind: 'receipt', receipt: bytes }),
    (current) => (ends ? closeSession(current, peer, 'done') : changed(current)),
  );
};

const statementOf = ({ crypto }: Moment, { keys, lockId }: LockState, { entry }: ReceiptParts): ReturnType<typeof headStatementToSign> =>
  headStatementToSign(crypto, keys.identityKey, { lockId, seq: entry.seq, head: entry.head });
