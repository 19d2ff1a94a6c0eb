// One message from a lock, whichever way it came: by the link, or by a courier over HTTP. What it says counts by its own proof; answers go
// back the way it came. Three answers have no proof (roster-answer, owner-set-answer, reset-answer): they count on the lock's own link only, and a
// courier's lock says the same in its signed status. An old status that a courier brings takes nothing back.

import { nameInRule } from '@mortise/access/revocation-document.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { decodeOwnerSetAnswer, decodeResetAnswer, decodeRosterAnswer, decodeTimeAsk } from '@mortise/courier/link-body.ts';
import type { FromLockMessage, ToLockType } from '@mortise/courier/link-message.ts';
import { isAfter, openStatus, type Status } from '@mortise/courier/status.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { hearStatement } from '../adoption.ts';
import type { Hub } from '../hub.ts';
import { noteHeard } from '../store/lock-word-store.ts';
import { noteWord, revocationsFor } from '../store/revocation-store.ts';
import type { Delivery } from './delivery.ts';
import { acknowledgement, takeBatch } from './ingest.ts';
import { timeAnswer } from './time-answer.ts';

/** How a message came; `say`: the way back. */
export type Way = { readonly kind: 'link' | 'courier'; readonly say: (type: ToLockType, body: Bytes) => void };

/** What both ways bring. */
export type HeardType = 'statement' | 'network-answer' | 'status' | 'time-ask' | 'roster-answer' | 'owner-set-answer' | 'reset-answer' | 'journal' | 'revocation';
export const isHeard = (message: FromLockMessage): message is FromLockMessage & { readonly type: HeardType } =>
  ['statement', 'network-answer', 'status', 'time-ask', 'roster-answer', 'owner-set-answer', 'reset-answer', 'journal', 'revocation'].includes(message.type);

export type Hearing = {
  /** Takes any body, of a lock that has a door here; the word of its adoption also of one that has none. */
  readonly hear: (hub: Hub, lockId: LockId, message: { readonly type: HeardType; readonly body: Bytes }, way: Way) => Promise<void>;
};

/** A courier may have been on its way with half of a journal for so long before what is missing is given up (ADR 20). */
export const COURIER_PATIENCE_MS = 24 * 3_600_000;

/** `revoked`: a lock said something of this revocation document. `reset`: its record says that it has forgotten its owners, by this rule. */
export type Told = { readonly revoked: (hub: Hub, revocationId: string) => Promise<void>; readonly reset: (hub: Hub, lockId: LockId, rule: string) => Promise<void> };

export const createHearing = (delivery: Delivery, told: Told): Hearing => ({
  hear: async (hub, lockId, { type, body }, way) => {
    if (type === 'statement') await hearStatement(hub, lockId, body);
    if (!hub.adopted.has(lockId)) return;
    switch (type) {
      // The first has been heard; the second has no proof, and nothing here waits for it.
      case 'statement':
      case 'network-answer':
        return;
      case 'status': {
        const status = hearStatus(hub, lockId, body, way.kind);
        if (status !== undefined) await reported(hub, delivery, lockId, status, way.kind);
        return;
      }
      case 'time-ask':
        answerTime(hub, lockId, body, way);
        return;
      case 'roster-answer': {
        const answer = decodeRosterAnswer(body);
        if (answer === undefined) malformed(hub, lockId, body);
        else if (way.kind === 'link') await delivery.rosterAnswered(hub, lockId, answer);
        return;
      }
      case 'owner-set-answer': {
        const answer = decodeOwnerSetAnswer(body);
        if (answer === undefined) malformed(hub, lockId, body);
        else if (way.kind === 'link') await delivery.ownerSetAnswered(hub, lockId, answer);
        return;
      }
      case 'reset-answer': {
        const answer = decodeResetAnswer(body);
        if (answer === undefined) malformed(hub, lockId, body);
        else if (way.kind === 'link') await delivery.resetAnswered(hub, lockId, answer);
        return;
      }
      // What a passive lock hands on is for other locks; the hub has it from whoever signed it, and hears of its arrival by the journal.
      case 'revocation':
        return;
      case 'journal':
        await heardBatch(hub, told, lockId, body, way);
    }
  },
});

export const malformed = (hub: Hub, lockId: LockId, bytes: Bytes): void => {
  hub.log('link-message-malformed', { lockId, bytes: bytes.length });
};

// ---- status ----------------------------------------------------------------------------------------------------------------

/** What a lock with a door here says of itself, kept if it is news. Undefined: nobody's word, or an old one. */
export const hearStatus = (hub: Hub, lockId: LockId, body: Bytes, way: Way['kind']): Status | undefined => {
  const identityKey = hub.adopted.get(lockId);
  const opened = identityKey && openStatus(hub.crypto, identityKey, lockId, body);
  if (opened?.ok === false) hub.log('status-refused', { lockId, code: opened.error.code });
  if (opened?.ok !== true) return undefined;
  const [status, last] = [opened.value, hub.presence.last(lockId)];
  if (way === 'courier' && last !== undefined && !isAfter(status, last)) return undefined;
  hub.presence.heard(lockId, status, body, heardAt(hub, status, way));
  return status;
};

/** When the lock was heard, by the hub's clock: by a courier not later than the lock said it. */
const heardAt = (hub: Hub, { instant: said, clock }: Pick<JournalRecord, 'instant' | 'clock'>, way: Way['kind']): Instant => {
  const now = hub.now();
  if (way === 'link') return now;
  return clock === 'lost' ? instant(0) : instant(Math.min(now, said));
};

/** What follows from a status. */
export const reported = async (hub: Hub, delivery: Delivery, lockId: LockId, status: Status, way: Way['kind']): Promise<void> => {
  await noteHeard(hub.database, lockId, { at: heardAt(hub, status, way), isLinked: way === 'link' });
  await delivery.reported(hub, lockId, status, way === 'link');
};

export const answerTime = (hub: Hub, lockId: LockId, body: Bytes, way: Way): void => {
  const nonce = decodeTimeAsk(body);
  if (nonce === undefined) malformed(hub, lockId, body);
  else way.say('time-answer', timeAnswer(hub.crypto, hub.keys.time, lockId, nonce, hub.now()));
};

// ---- journal ---------------------------------------------------------------------------------------------------------------

const heardBatch = async (hub: Hub, told: Told, lockId: LockId, body: Bytes, way: Way): Promise<void> => {
  const identityKey = hub.adopted.get(lockId);
  if (identityKey === undefined) return;
  const taken = await takeBatch(hub, { lockId, identityKey }, body, way.kind === 'link' ? 0 : COURIER_PATIENCE_MS);
  if (taken === undefined) return;
  const records = taken.entries.flatMap(({ record }) => decodeRecord(record) ?? []);
  const last = records.at(-1);
  if (last !== undefined) await noteHeard(hub.database, lockId, { at: heardAt(hub, last, way.kind), isLinked: way.kind === 'link' });
  for (const record of records) await heardRecord(hub, told, lockId, record);
  // Last: a lock that hears nothing sends the batch again, and what it says is looked at again.
  way.say('journal-ack', acknowledgement(hub, lockId, taken.upTo));
};

/** What a lock's record says of revocation documents, the only proof that one has arrived; and that it was reset. */
const heardRecord = async (hub: Hub, { revoked, reset }: Told, lockId: LockId, { reason, rule = '' }: JournalRecord): Promise<void> => {
  const at = hub.now();
  if (reason === 'reset') await reset(hub, lockId, rule);
  if (reason === 'revocations-accepted') {
    const id = nameInRule(rule);
    if (id !== undefined && await noteWord(hub.database, { id, lockId, at, refused: null })) await revoked(hub, id);
  }
  if (reason !== 'revocations-refused') return;
  // The record does not name the document, which was none that the lock could name: what it is not known to have cannot be checked.
  const code = /^document:([a-z-]{1,64})$/.exec(rule)?.[1] ?? 'unknown';
  for (const { id } of await revocationsFor(hub.database, lockId, at)) {
    if (await noteWord(hub.database, { id, lockId, at, refused: code })) await revoked(hub, id);
  }
};
