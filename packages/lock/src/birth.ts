// How a lock's state begins: new, with keys that the shell made, or again after a restart, from what was durable. The journal's
// tail says what the last run had decided and not done: those decisions are closed by the record of the start.

import { rememberSynced, startClock, type ClockMemory } from '@mortise/access/clock.ts';
import { NO_DOCUMENT_MEMORY, type DocumentMemory } from '@mortise/access/document-memory.ts';
import { nameInRule } from '@mortise/access/revocation-document.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { GENESIS, lockIdOf, pointOf, verifyEntries, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeConfiguration, type Configuration, type ConfigurationError } from './configuration.ts';
import { MAX_REQUEST_IDS } from './decisions.ts';
import type { Context } from './events.ts';
import { lastOf, NO_UNPROVEN } from './journal-keeper.ts';
import { decodeKept } from './kept-revocations.ts';
import { decodeEntryMemory, NO_ENTRIES } from './entry-memory.ts';
import { decodeMemory, decodeMissed, MEMORY_PARTS, type MemoryParts } from './memory-parts.ts';
import { MAX_OPERATIONS } from './motion.ts';
import { isNoise } from './noise.ts';
import { PROFILES, type Profile, type Traits } from './profile.ts';
import { MECHANISMS, type Mechanism } from './mechanism.ts';
import { NO_HOLD } from './hold.ts';
import { NO_RELOCK } from './relock.ts';
import { UNSENSED } from './sensing.ts';
import { MAX_SEEN_REVOCATIONS } from './revocation-desk.ts';
import { NO_STATUS } from './status-desk.ts';
import { NO_QUESTION } from './time-desk.ts';
import type { Actor, JournalState, LockKeys, LockState } from './state.ts';

/**
 * `memory`: each part as it was written last; `entries`: the journal's last entries in order, as StoreWrite (events.ts) says
 * which; `acknowledged`: a seq.
 */
export type Stored = { readonly configuration: Bytes; readonly memory: MemoryParts; readonly entries: readonly Entry[]; readonly acknowledged: number };

/**
 * `journal-broken`: the entries are not a chain of this lock's; `memory-refused`: what it remembered is damaged, or of documents missing;
 * `setup-secret-missing`: a lock without an owner cannot do without.
 */
export type RestoreError = ConfigurationError | { readonly code: 'journal-broken' | 'memory-refused' | 'setup-secret-missing' };

const USUAL: { readonly [P in Profile]: Mechanism } = { powered: MECHANISMS.deadbolt, passive: MECHANISMS.hand };

/** A lock in factory state. Its first `started` stores it. What it is built as does not stand in its store: the shell says it each time. */
export const birth = (context: Context, keys: LockKeys, setupSecret: Secret, profile: Profile = 'powered', mechanism: Mechanism = USUAL[profile]): LockState =>
  bornAs(context, keys, { profile, mechanism }, { kind: 'factory', setupSecret, wrongOffers: 0, blockedUntilMs: 0, handshakes: [] });

const bornAs = ({ crypto }: Context, keys: LockKeys, built: Pick<LockState, 'profile' | 'mechanism'>, membership: LockState['membership']): LockState => ({
  ...built,
  keys,
  lockId: lockIdOf(crypto, keys.identityKey),
  membership,
  sensors: UNSENSED,
  relock: NO_RELOCK,
  hold: NO_HOLD,
  resetting: undefined,
  operations: [],
  sessions: [],
  near: [],
  requestIds: [],
  documents: NO_DOCUMENT_MEMORY,
  entries: NO_ENTRIES,
  fingers: { slots: undefined, enrolling: undefined },
  card: undefined,
  seenRevocations: [],
  keptRevocations: [],
  journal: EMPTY_JOURNAL,
  stores: [],
  signatures: [],
  outbox: { kind: 'idle' },
  status: NO_STATUS,
  clock: startClock(undefined, { monotonicMs: 0, rtcMs: 0 }),
  question: NO_QUESTION,
  link: { isUp: false, seq: 0 },
  isStarted: false,
  unfinished: [],
  leftBolt: undefined,
  nextId: 1,
  nextWakeMs: undefined,
});

/** The lock as it was when its last write was durable. `setupSecret`: only a lock without an owner has one. */
export const restore = (
  context: Context, keys: LockKeys, setupSecret: Secret | undefined, stored: Stored, profile: Profile = 'powered', mechanism: Mechanism = USUAL[profile],
): Result<LockState, RestoreError> => {
  const lockId = lockIdOf(context.crypto, keys.identityKey);
  const configuration = decodeConfiguration(context.crypto, { lockId, identityKey: keys.identityKey, seal: keys.seal }, stored.configuration);
  if (!configuration.ok) return configuration;
  const records = recordsOf(stored.entries);
  const journal = records && restoreJournal(context, PROFILES[profile], lockId, stored, records);
  if (records === undefined || journal === undefined) return err({ code: 'journal-broken' });
  const documents = documentsOf(configuration.value, stored.memory);
  const [keptRevocations, missed, entries] = [decodeKept(context.crypto, stored.memory.revocations), decodeMissed(stored.memory.missed), decodeEntryMemory(stored.memory)];
  if (entries === undefined || documents === undefined || keptRevocations === undefined || missed === undefined) return err({ code: 'memory-refused' });
  const membership = membershipOf(configuration.value, setupSecret);
  if (membership === undefined) return err({ code: 'setup-secret-missing' });
  const born = bornAs(context, keys, { profile, mechanism }, membership);
  return ok({
    ...born,
    documents,
    entries,
    keptRevocations,
    journal: { ...journal, missed },
    clock: { ...born.clock, ...withRecords(configuration.value.clock, records) },
    requestIds: requestIdsOf(records),
    seenRevocations: [...seenOf(records), ...keptRevocations.map(({ name }) => name)].slice(-MAX_SEEN_REVOCATIONS),
    unfinished: unfinishedOf(records),
    leftBolt: records.at(-1)?.sensed.bolt,
    resetting: begunReset(journal, records),
  });
};

// A reset that was written down is finished, whatever came between: who has the record takes the lock for another already.
const begunReset = ({ last }: JournalState, records: readonly JournalRecord[]): LockState['resetting'] =>
  records.some(({ reason }) => reason === 'reset') ? { seq: last.seq, untilMs: 0, isOrdered: false } : undefined;

// A lock from before it opened to documents has no memory of any, and must have none.
const documentsOf = ({ hasMemory }: Configuration, parts: MemoryParts): DocumentMemory | undefined => {
  if (hasMemory) return decodeMemory(parts);
  return MEMORY_PARTS.every((part) => parts[part] === undefined) ? NO_DOCUMENT_MEMORY : undefined;
};

const membershipOf = ({ membership }: Configuration, setupSecret: Secret | undefined): LockState['membership'] | undefined => {
  if (membership.kind === 'adopted') return membership;
  return setupSecret === undefined ? undefined : { ...membership, setupSecret, blockedUntilMs: 0, handshakes: [] };
};

// The first entry kept is the anchor; what came before it is gone.
const restoreJournal = (
  { crypto }: Context, { heldEntries, keptEntries }: Traits, lockId: LockId, { entries, acknowledged }: Stored, records: readonly JournalRecord[],
): JournalState | undefined => {
  const [first, ...rest] = entries;
  if (first === undefined) return acknowledged === 0 ? EMPTY_JOURNAL : undefined;
  const anchor = first.seq === 1 ? GENESIS : pointOf(first);
  const last = verifyEntries(crypto, lockId, anchor, first.seq === 1 ? entries : rest);
  if (!last.ok || acknowledged > last.value.seq) return undefined;
  const held = lastOf(entries.filter(({ seq }) => seq > acknowledged), heldEntries);
  const from = pointBefore(entries, held[0]?.seq ?? last.value.seq + 1);
  if (from === undefined) return undefined;
  const kept = lastOf(entries.filter(({ seq }) => seq <= from.seq), keptEntries);
  const noise = lastOf(records, held.length).flatMap((record, index) => (isNoise(record) ? [from.seq + 1 + index] : []));
  return { ...EMPTY_JOURNAL, last: last.value, durable: last.value.seq, acknowledged, from, held, sentUpTo: last.value.seq, kept, noise };
};

const EMPTY_JOURNAL: JournalState = { last: GENESIS, durable: 0, acknowledged: 0, from: GENESIS, held: [], sentUpTo: 0, kept: [], acknowledgedAt: undefined, noise: [], missed: 0, unproven: NO_UNPROVEN };

const pointBefore = (entries: readonly Entry[], seq: number): ChainPoint | undefined => {
  if (seq === 1) return GENESIS;
  const entry = entries.find((each) => each.seq === seq - 1);
  return entry === undefined ? undefined : pointOf(entry);
};

const recordsOf = (entries: readonly Entry[]): readonly JournalRecord[] | undefined => {
  const records = entries.map(({ record }) => decodeRecord(record)).filter((record) => record !== undefined);
  return records.length === entries.length ? records : undefined;
};

const withRecords = (memory: ClockMemory, records: readonly JournalRecord[]): ClockMemory =>
  rememberSynced(memory, records.filter(({ clock }) => clock === 'synced').map(({ instant }) => instant));

const requestIdsOf = (records: readonly JournalRecord[]): readonly string[] =>
  records.flatMap((record) => (isRemembered(record) && record.requestId !== undefined ? [hex(record.requestId)] : [])).slice(-MAX_REQUEST_IDS);

const seenOf = (records: readonly JournalRecord[]): readonly string[] =>
  records.flatMap(({ rule }) => nameInRule(rule ?? '') ?? []).slice(-MAX_SEEN_REVOCATIONS);

// As decisions.ts remembers them.
const isRemembered = ({ kind, pseudonym, allowed }: JournalRecord): boolean => kind === 'decision' && (pseudonym !== undefined || allowed === true);

// An allowed decision waits for its operation, or for a start that closed it; one that moves nothing waits for none. An entry has a transaction of the lock's own; what the lock does by itself has neither and shares one place.
const unfinishedOf = (records: readonly JournalRecord[]): readonly Actor[] => {
  const open = new Map<string, Actor>();
  for (const record of records) {
    const id = record.requestId ?? record.transactionId;
    const key = id === undefined ? 'relock' : hex(id);
    if (record.kind === 'decision' && record.allowed === true && record.verb !== 'syncOnly' && record.verb !== 'endHold') open.set(key, actorOf(record));
    if (record.kind === 'operation' || record.reason === 'started') open.delete(key);
  }
  return [...open.values()].slice(-MAX_OPERATIONS);
};

const actorOf = ({ verb, interface: interfaceByte, credential, pseudonym, grant, rule, transactionId, requestId }: JournalRecord): Actor => ({
  ...(verb === undefined ? {} : { verb }),
  ...(interfaceByte === undefined ? {} : { interface: interfaceByte }),
  ...(credential === undefined ? {} : { credential }),
  ...(pseudonym === undefined ? {} : { pseudonym }),
  ...(grant === undefined ? {} : { grant }),
  ...(rule === undefined ? {} : { rule }),
  ...(transactionId === undefined ? {} : { transactionId }),
  ...(requestId === undefined ? {} : { requestId }),
});
