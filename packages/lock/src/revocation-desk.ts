// Revocation Documents at the lock, from whatever courier (docs/GRANTS.md). What one teaches holds from now on, is written down, and is
// told in the journal by the document's name: so the hub learns what has arrived here, whoever carried it and whoever carried the word.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { applyRevocation, revocationRule, type AppliedRevocation } from '@mortise/access/revocation-document.ts';
import type { DocumentErrorCode } from '@mortise/aliro/document-error.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { changed, forEach, type Change, type Moment } from './change.ts';
import { hasRoomForRequest, mayNoteUnproven, note, noteUnproven, storeBeside, type Beside } from './journal-keeper.ts';
import { encodeKept, keepRevocation } from './kept-revocations.ts';
import { changedParts, isStorable } from './memory-parts.ts';
import { traitsOf } from './profile.ts';
import type { Adopted, LockState } from './state.ts';

/** How many documents are known to stand in the journal; one that was pushed out of the list is told once more. Restored from the journal. */
export const MAX_SEEN_REVOCATIONS = 256;

/** One document by itself; takes any bytes. There is no answer: what came of it is in the journal. */
export const onRevocation = (moment: Moment, state: LockState, { authority }: Adopted, bytes: Bytes): Change => {
  if (!hasRoomForRequest(state)) return changed(state);
  const { crypto, now } = moment;
  const isLost = clockQuality(state.clock, now) === 'lost';
  const revoking = { authority, ...(!isLost && { now: instantOf(state.clock, now) }) };
  const { memory: issuers, applied, error } = applyRevocation(crypto, bytes, revoking, state.documents.issuers);
  if (error !== undefined) return refuse(moment, state, error.code);
  const documents = { ...state.documents, issuers };
  const parts = changedParts(state.documents, documents);
  if (!isStorable(documents, parts)) return refuse(moment, state, 'revocations-full');
  return noteRevocation(moment, { ...state, documents }, applied, Object.keys(parts).length === 0 ? {} : { memory: parts });
};

/** The documents of a response that counted; what they taught is written already. */
export const noteRevocations = (moment: Moment, state: LockState, applied: readonly AppliedRevocation[]): Change =>
  forEach(state, applied, (current, one) => noteRevocation(moment, current, one, {}));

// What taught nothing and is not known to be in the journal is told too, so that whoever waits for it need not wait on; with a bound, for
// there may be many of those.
const noteRevocation = (moment: Moment, before: LockState, applied: AppliedRevocation, taughtBeside: Beside): Change => {
  const { name, taught } = applied;
  const state = withKept(moment, before, applied);
  const beside = state === before ? taughtBeside : { ...taughtBeside, memory: { ...taughtBeside.memory, revocations: encodeKept(state.keptRevocations) } };
  const record = { kind: 'event', reason: 'revocations-accepted', rule: revocationRule(name) } as const;
  if (taught) return note(moment, withSeen(state, name), record, undefined, beside);
  if (state.seenRevocations.includes(name) || !mayNoteUnproven(moment, state)) return storeBeside(state, beside);
  return noteUnproven(moment, withSeen(state, name), record, undefined, beside);
};

const withKept = ({ crypto }: Moment, state: LockState, applied: AppliedRevocation): LockState => {
  if (!traitsOf(state).handsOnRevocations) return state;
  const keptRevocations = keepRevocation(crypto, state.keptRevocations, applied);
  return keptRevocations === state.keptRevocations ? state : { ...state, keptRevocations };
};

const withSeen = (state: LockState, name: string): LockState =>
  ({ ...state, seenRevocations: [...state.seenRevocations.filter((seen) => seen !== name), name].slice(-MAX_SEEN_REVOCATIONS) });

const refuse = (moment: Moment, state: LockState, code: DocumentErrorCode): Change =>
  noteUnproven(moment, state, { kind: 'event', reason: 'revocations-refused', rule: `document:${code}` });
