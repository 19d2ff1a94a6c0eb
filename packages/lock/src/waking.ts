// The start of a life. A powered lock starts seldom, and says so. A passive one wakes at each contact: a waking by itself is no news, but
// what is found otherwise than it was left is, for the contact before may have been lifted in the middle, or force was used.

import { clockMemory, startClock } from '@mortise/access/clock.ts';
import type { Sensed } from '@mortise/journal/record.ts';
import { waitAnew } from './adoption-desk.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { encodeConfiguration } from './configuration.ts';
import { entriesFrom } from './entry-memory.ts';
import { note, type Beside } from './journal-keeper.ts';
import { encodeMemory } from './memory-parts.ts';
import { traitsOf } from './profile.ts';
import { sensedOf } from './sensing.ts';
import { giveLinkCredentials } from './statement-desk.ts';
import type { LockState } from './state.ts';

/** `started` came: each decision that the last run did not finish is closed by a record of its own. */
export const onStarted = (moment: Moment, state: LockState): Change => {
  const clock = startClock(clockMemory(state.clock), moment.now);
  const awake: LockState = { ...waitAnew(moment, state), entries: entriesFrom(state.entries, moment.now.monotonicMs), clock, isStarted: true, unfinished: [] };
  return inTurn(
    awake,
    (current) => noteStart(moment, state, current),
    (current) => forEach(current, state.unfinished, (each, actor) => note(moment, each, { ...actor, kind: 'event', reason: 'started' })),
    (current) => giveLinkCredentials(current),
  );
};

// The record of the start holds what was found. The first one brings the whole memory into the store.
const noteStart = (moment: Moment, { unfinished, leftBolt }: LockState, state: LockState): Change => {
  if (traitsOf(state).recordsStarts || state.journal.last.seq === 0) {
    return note(moment, state, { kind: 'event', reason: 'started' }, undefined, wholeOf(moment, state));
  }
  if (unfinished.length > 0 || placeOf(sensedOf(state).bolt) === placeOf(leftBolt)) return changed(state);
  return note(moment, state, { kind: 'event', reason: 'found-otherwise', rule: `left:${leftBolt}` });
};

// Between its ends a bolt is at no place, however it came there.
const placeOf = (bolt: Sensed['bolt'] | undefined): Sensed['bolt'] => (bolt === 'locked' || bolt === 'unlocked' ? bolt : 'unknown');

const wholeOf = ({ crypto }: Moment, state: LockState): Beside => ({ configuration: encodeConfiguration(crypto, state), memory: encodeMemory(state.documents) });
