// A change of owners from whatever courier: signed by the threshold of the set that the lock holds, the next of its chain. Two histories
// are a fork and refused. One that would leave the lock with a roster of nobody who is an owner is refused too: an owner who
// stays signs the roster first. It holds from now on, and what counted by an owner who left counts no more.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { encodeOwnerSetAnswer, type OwnerSetAnswerBody } from '@mortise/courier/link-body.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openOwnerSet, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { inTurn, type Change, type Moment } from './change.ts';
import { encodeConfiguration, hasRoomFor } from './configuration.ts';
import { hasRoomForRequest, note, noteUnproven } from './journal-keeper.ts';
import type { Carrier } from './peer.ts';
import { authorityOf } from './roster-authority.ts';
import { sayTo } from './sending.ts';
import type { Adopted, LockState } from './state.ts';

type Refusal = DocumentErrorCode | 'roster-void';

/** Takes any bytes. The set that is held already, as it came, is answered again and changes nothing. */
export const onOwnerSet = (moment: Moment, state: LockState, adopted: Adopted, from: Carrier, bytes: Bytes): Change => {
  const { ownerSet: { sequence }, papers, statement } = adopted;
  const isHeld = papers.ownerSets.some((held) => equalBytes(held, bytes));
  if (isHeld) return sendOwnerSetAnswer(state, from, { sequence, code: 'accepted' });
  // The lock's statement names the owners of its adoption; it comes first.
  if (!hasRoomForRequest(state) || statement === undefined) return sendOwnerSetAnswer(state, from, { sequence, code: 'busy' });
  const read = readOwnerSet(moment, adopted, bytes);
  if (typeof read === 'string') return refuseOwnerSet(moment, state, from, sequence, read);
  const changed: LockState = { ...state, membership: read };
  const record = { kind: 'event', reason: 'owners-accepted', rule: `owners:${read.ownerSet.sequence}` } as const;
  const after = { kind: 'ownerSetAnswer', to: from, answer: { sequence: read.ownerSet.sequence, code: 'accepted' } } as const;
  return note(moment, changed, record, () => after, { configuration: encodeConfiguration(moment.crypto, changed) });
};

/** `sequence` is the one that the lock holds. */
export const sendOwnerSetAnswer = (state: LockState, to: Carrier, answer: OwnerSetAnswerBody): Change =>
  sayTo(state, to, 'owner-set-answer', encodeOwnerSetAnswer(answer));

const readOwnerSet = ({ crypto }: Moment, adopted: Adopted, bytes: Bytes): Adopted | Refusal => {
  const opened = openOwnerSet(crypto, bytes, adopted.ownerSet);
  if (!opened.ok) return opened.error.code;
  if (!isOwner(opened.value, adopted.roster.signer)) return 'roster-void';
  const papers = { ...adopted.papers, ownerSets: [...adopted.papers.ownerSets, bytes] };
  if (!hasRoomFor(crypto, papers, adopted.rosterBytes)) return 'too-long';
  return { ...adopted, ownerSet: opened.value, authority: authorityOf(crypto, opened.value, adopted.roster), papers };
};

const isOwner = ({ keys }: OwnerSet, signer: Bytes): boolean => keys.some((key) => equalBytes(key, signer));

const refuseOwnerSet = (moment: Moment, state: LockState, from: Carrier, sequence: number, code: Refusal): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'owners-refused', rule: `document:${code}` }),
    (current) => sendOwnerSetAnswer(current, from, { sequence, code }),
  );
