// A roster from whatever courier: by a present owner, for this lock, the next of its chain. Two histories are a fork and
// refused. It holds from now on and is answered once it is durable; the same one again is answered again and changes nothing.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { encodeRosterAnswer, type RosterAnswerBody } from '@mortise/courier/link-body.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openRoster } from '@mortise/documents/roster.ts';
import { openRosterEntries } from '@mortise/documents/roster-credentials.ts';
import { inTurn, type Change, type Moment } from './change.ts';
import { encodeConfiguration, hasRoomFor } from './configuration.ts';
import { forgetStray } from './finger-desk.ts';
import { hasRoomForRequest, note, noteUnproven } from './journal-keeper.ts';
import type { Carrier } from './peer.ts';
import { powerOf } from './roster-authority.ts';
import { sayTo } from './sending.ts';
import type { Adopted, LockState } from './state.ts';

/** Takes any bytes. */
export const onRoster = (moment: Moment, state: LockState, adopted: Adopted, from: Carrier, bytes: Bytes): Change => {
  const { version } = adopted.roster;
  if (equalBytes(bytes, adopted.rosterBytes)) return sendRosterAnswer(state, from, { version, code: 'accepted' });
  // The lock's statement names the roster of its adoption; it comes first.
  if (!hasRoomForRequest(state) || adopted.statement === undefined) return sendRosterAnswer(state, from, { version, code: 'busy' });
  const read = readRoster(moment, state, adopted, bytes);
  if (typeof read === 'string') return refuseRoster(moment, state, from, version, read);
  // A first factor was shown under the roster before, which may have named what this one does not.
  const renewed: LockState = { ...state, membership: read, entries: { ...state.entries, proofs: [] } };
  const record = { kind: 'event', reason: 'roster-accepted', rule: `roster:${read.roster.version}` } as const;
  const after = { kind: 'rosterAnswer', to: from, answer: { version: read.roster.version, code: 'accepted' } } as const;
  const write = { configuration: encodeConfiguration(moment.crypto, renewed) };
  return inTurn(renewed, (current) => note(moment, current, record, () => after, write), (current) => forgetStray(current));
};

/** `version` is the one that the lock holds. */
export const sendRosterAnswer = (state: LockState, to: Carrier, answer: RosterAnswerBody): Change =>
  sayTo(state, to, 'roster-answer', encodeRosterAnswer(answer));

const readRoster = ({ crypto }: Moment, { lockId, keys }: LockState, adopted: Adopted, bytes: Bytes): Adopted | DocumentErrorCode => {
  const { siteId, keys: ownerKeys } = adopted.ownerSet;
  const roster = openRoster(crypto, bytes, { siteId, lockId, ownerKeys }, adopted.roster);
  if (!roster.ok) return roster.error.code;
  if (!hasRoomFor(crypto, adopted.papers, bytes)) return 'too-long';
  const entries = openRosterEntries(crypto, keys.seal, roster.value);
  if (!entries.ok) return entries.error.code;
  const power = powerOf(crypto, { lockId, seal: keys.seal }, adopted.ownerSet, roster.value, entries.value);
  return { ...adopted, roster: roster.value, ...entries.value, ...power, rosterBytes: bytes };
};

const refuseRoster = (moment: Moment, state: LockState, from: Carrier, version: number, code: DocumentErrorCode): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'roster-refused', rule: `document:${code}` }),
    (current) => sendRosterAnswer(current, from, { version, code }),
  );
