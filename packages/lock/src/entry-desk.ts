// PINs, codes, fingers and cards at the lock (docs/CODES.md): decided by packages/access, and, like every decision, written down before
// anything moves or is told. What a wrong entry costs is in the same write, so that cutting the power gives no guess back. Duress is a record of its own, and
// nothing at the door tells it.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { decideCode } from '@mortise/access/decide-code.ts';
import { decideEntry } from '@mortise/access/decide-entry.ts';
import type { EntryDecision, EntryOutcome, EntryRequest } from '@mortise/access/entry-request.ts';
import type { LockSource } from '@mortise/access/lockout.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import type { Ask } from './bolt.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { changedEntryParts, memoryFor, withMemory } from './entry-memory.ts';
import type { EntrySignal, EntryVerb } from './events.ts';
import { hasRoomForRequest, mayNoteUnproven, note, noteUnproven, storeBeside, type Beside, type Note } from './journal-keeper.ts';
import type { MemoryParts } from './memory-parts.ts';
import { isNoise } from './noise.ts';
import { traitsOf } from './profile.ts';
import { hindranceOf } from './sensing.ts';
import type { Actor, Adopted, AfterStored, LockState } from './state.ts';

/** From the decision to the motor. */
const ENTRY_MS = 2000;
const TRANSACTION_ID_BYTES = 16;
const ENTRY_ASK = { unlock: 'withdraw', lock: 'throw' } as const satisfies { readonly [V in EntryVerb]: Ask };
const SIGNAL_OF: { readonly [R in Reason]?: EntrySignal } = { 'locked-out': 'wait', 'second-factor-missing': 'another' };

/** A hand typed and confirmed; takes any text. */
export const onTyped = (moment: Moment, state: LockState, typed: string, verb: EntryVerb): Change =>
  atSource(moment, state, 'keypad', verb, (adopted, request) =>
    decideCode(moment.crypto, { ...request, source: 'keypad', typed, pins: adopted.pins, codeKeys: adopted.credentials.codeKeys }, memoryFor(state.entries, 'keypad')));

/** The sensor matched a finger, or none (undefined). */
export const onFinger = (moment: Moment, state: LockState, slot: number | undefined, verb: EntryVerb): Change =>
  atSource(moment, state, 'finger', verb, ({ credentials }, request) =>
    decideEntry('finger', credentials.fingers.find((finger) => finger.slot === slot), request, memoryFor(state.entries, 'finger')));

/** The card on the reader proved its key, and whose it is is known; or it did not (undefined). */
export const onCardJudged = (moment: Moment, state: LockState, terms: EntryTerms | undefined, verb: EntryVerb): Change =>
  atSource(moment, state, 'card', verb, (_adopted, request) => decideEntry('card', terms, request, memoryFor(state.entries, 'card')));

/** The refusal is durable: the hand is told. */
export const onTurnedAway = (state: LockState, signal: EntrySignal): Change => changed(state, { kind: 'signal', what: signal });

type Judge = (adopted: Adopted, request: EntryRequest) => EntryOutcome;

const atSource = (moment: Moment, state: LockState, source: LockSource, verb: EntryVerb, judge: Judge): Change => {
  const { membership } = state;
  if (!traitsOf(state).sources.includes(source) || !state.isStarted) return changed(state);
  if (membership.kind !== 'adopted' || !hasRoomForRequest(state)) return changed(state, { kind: 'signal', what: 'refused' });
  const { decision, memory } = hindered(state, verb, judge(membership, requestOf(moment, state, membership, source, verb)));
  const entries = withMemory(state.entries, source, memory);
  const beside = besideOf(changedEntryParts(state.entries, entries, moment.now.monotonicMs));
  return inTurn(
    { ...state, entries },
    (current) => record(moment, current, verb, decision, beside),
    (current) => noteDuress(moment, current, decision),
  );
};

const requestOf = (moment: Moment, state: LockState, { roster }: Adopted, source: LockSource, verb: EntryVerb): EntryRequest => ({
  verb,
  capabilities: traitsOf(state).verbs.entry,
  source,
  clock: { quality: clockQuality(state.clock, moment.now), now: instantOf(state.clock, moment.now) },
  nowMs: moment.now.monotonicMs,
  place: { zone: roster.zone, calendars: roster.access?.calendars ?? [], ...(roster.access?.zoneTable === undefined ? {} : { zoneTable: roster.access.zoneTable }) },
  rosterVersion: roster.version,
});

// What the roster allows may still not be the moment for. A code that opens once is not spent by that.
const hindered = (state: LockState, verb: EntryVerb, outcome: EntryOutcome): EntryOutcome => {
  const refusal = outcome.decision.allowed ? hindranceOf(state, ENTRY_ASK[verb]) : undefined;
  if (refusal === undefined) return outcome;
  return { decision: { ...outcome.decision, allowed: false, reason: refusal }, memory: { ...outcome.memory, codes: state.entries.codes } };
};

const besideOf = (memory: MemoryParts): Beside => (Object.keys(memory).length === 0 ? {} : { memory });

// Of entries that nobody owns there are as many as anybody likes: past the bound of such records only what they cost is written.
const record = (moment: Moment, state: LockState, verb: EntryVerb, decision: EntryDecision, beside: Beside): Change => {
  const { allowed, reason } = decision;
  const actor = actorOf(moment, verb, decision);
  const written: Note = { ...actor, kind: 'decision', reason, allowed };
  const operation = { ask: ENTRY_ASK[verb], actor, reason, peer: undefined, validUntilMs: moment.now.monotonicMs + ENTRY_MS };
  const after: AfterStored = allowed ? { kind: 'granted', operation: { ...operation, vouches: reason !== 'granted-finger' && !decision.duress } } : { kind: 'turnedAway', signal: SIGNAL_OF[reason] ?? 'refused' };
  if (!isNoise(written)) return note(moment, state, written, () => after, beside);
  if (mayNoteUnproven(moment, state)) return noteUnproven(moment, state, written, () => after, beside);
  return inTurn(state, (current) => noteUnproven(moment, current, written), (current) => storeBeside(current, beside, after));
};

const actorOf = ({ crypto, entropy }: Moment, verb: EntryVerb, { rule, pseudonym }: EntryDecision): Actor => ({
  verb, rule, transactionId: derive(crypto, entropy, 'entry', TRANSACTION_ID_BYTES), ...(pseudonym === undefined ? {} : { pseudonym }),
});

const noteDuress = (moment: Moment, state: LockState, { duress, pseudonym, rule }: EntryDecision): Change =>
  duress ? note(moment, state, { kind: 'event', reason: 'duress-alarm', rule, ...(pseudonym === undefined ? {} : { pseudonym }) }) : changed(state);
