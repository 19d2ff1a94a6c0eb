// A batch of journal records on its way in: opened and verified whole, stored in one transaction with the messages to owners about alarms in it, then acknowledged by its last
// number. What does not verify or tells another history is kept as evidence and raised as an alert; nothing stored is ever overwritten.
// A lock whose batch leaves a gap is asked to send again; when it cannot, the gap is kept as one, and told (ADR 20).

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { queueAlarms } from '../alarms/queue-alarms.ts';
import type { Hub } from '../hub.ts';
import { kindOf } from '../log.ts';
import { activityAfter } from '../store/activity-store.ts';
import { journalAck } from './journal-ack.ts';
import { keepEvidence, storeBatch, type EvidenceCode, type Stored } from '../store/journal-store.ts';
import type { Database } from '../store/open-store.ts';

/** What came of a batch: `upTo`: what the lock is to be told that the hub has; `entries`: those of the batch that are stored now, or were before. */
export type Ingested = { readonly upTo: number; readonly entries: readonly Entry[] };

/** Whose journal it is: a lock, or an electronic key with its credential's hash `own`. */
export type JournalOwner = { readonly lockId: LockId; readonly identityKey: Bytes; readonly own?: string };

export const acknowledgement = (hub: Hub, lockId: LockId, seq: number): Bytes => journalAck(hub.crypto, hub.keys.time, { lockId, seq, instant: hub.now() });

/**
 * Stores what a batch adds, whoever brought it. Undefined: it was refused, and the lock is told nothing. `patienceMs`: how long ago a lock must have been asked for what is missing before a batch
 * that leaves the same gap is taken with it.
 */
export const takeBatch = async (hub: Hub, { lockId, identityKey, own }: JournalOwner, body: Bytes, patienceMs: number): Promise<Ingested | undefined> => {
  const opened = openBatch(hub.crypto, hub.keys.journal.privateKey.reveal(), identityKey, body);
  if (!opened.ok) {
    hub.log('journal-invalid', { lockId, code: opened.error.code, seq: opened.error.seq });
    await raise(hub, lockId, 'journal-invalid', opened.error.seq, body);
    return undefined;
  }
  const asked = hub.askedAgain.get(lockId);
  const before = asked !== undefined && hub.now() - asked.at >= patienceMs ? asked.seq : undefined;
  let queued = 0;
  const beside = async (transaction: Database, fresh: readonly Entry[]): Promise<void> => {
    if (own === undefined) queued = await queueAlarms(hub, transaction, { lockId, fresh });
  };
  const stored = await storeBatch(hub.database, opened.value, { receivedAt: hub.now(), asked: before, own, beside });
  if (stored.kind === 'forked') {
    await raise(hub, lockId, 'journal-fork', stored.seq, body);
    return undefined;
  }
  if (stored.kind === 'gapped') {
    askAgain(hub, lockId, stored.upTo);
    return { upTo: stored.upTo, entries: [] };
  }
  await announce(hub, stored);
  if (queued > 0) sendQueued(hub);
  if (stored.gap !== undefined) await raise(hub, lockId, 'journal-gap', stored.gap.first, body);
  return { upTo: stored.upTo, entries: opened.value.entries };
};

// The lock goes on from what it is told, as far as it still has it. A batch that then leaves the same gap is stored with it.
const askAgain = (hub: Hub, lockId: LockId, upTo: number): void => {
  if (hub.askedAgain.get(lockId)?.seq !== upTo) hub.askedAgain.set(lockId, { seq: upTo, at: hub.now() });
  hub.log('journal-asked-again', { lockId, seq: upTo });
};

// Not waited for: a mail server may take its time, and whoever brought the batch is told nothing of it.
const sendQueued = ({ outgoing, log }: Hub): void => {
  outgoing.wake().catch((error: unknown) => { log('outgoing-failed', { code: kindOf(error) }); });
};

const announce = async (hub: Hub, stored: Extract<Stored, { kind: 'stored' }>): Promise<void> => {
  if (stored.fresh.length === 0) return;
  const { items } = await activityAfter(hub.database, stored.firstPosition - 1, stored.fresh.length);
  for (const data of items) hub.live.publish({ event: 'record', data });
};

const raise = async (hub: Hub, lockId: LockId, code: EvidenceCode, seq: number, batch: Bytes): Promise<void> => {
  const at = hub.now();
  const id = await keepEvidence(hub.database, { lockId, code, seq, batch, at });
  if (id === undefined) return;
  hub.log('alert', { lockId, code, seq });
  hub.live.publish({ event: 'alert', data: { id, lockId, code, seq, at } });
};
