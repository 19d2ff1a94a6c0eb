// A batch of journal records on its way in: opened and verified whole, stored in one transaction, then acknowledged by its last
// number. What does not verify or tells another history is kept as evidence and raised as an alert; nothing stored is ever overwritten.
// A lock whose batch leaves a gap is asked to send again; when it cannot, the gap is kept as one, and told (ADR 20).

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import type { Hub } from '../hub.ts';
import { activityAfter } from '../store/activity-store.ts';
import { journalAck } from './journal-ack.ts';
import { keepEvidence, storeBatch, type EvidenceCode, type Stored } from '../store/journal-store.ts';

export const ingest = async (hub: Hub, lockId: LockId, identityKey: Bytes, body: Bytes): Promise<void> => {
  const opened = openBatch(hub.crypto, hub.keys.journal.privateKey.reveal(), identityKey, body);
  if (!opened.ok) {
    hub.log('journal-invalid', { lockId, code: opened.error.code, seq: opened.error.seq });
    await raise(hub, lockId, 'journal-invalid', opened.error.seq, body);
    return;
  }
  const before = hub.askedAgain.get(lockId);
  const stored = await storeBatch(hub.database, opened.value, hub.now(), before);
  if (stored.kind === 'forked') {
    await raise(hub, lockId, 'journal-fork', stored.seq, body);
    return;
  }
  if (stored.kind === 'gapped') askAgain(hub, lockId, stored.upTo);
  else await announce(hub, stored);
  hub.link.send(lockId, { type: 'journal-ack', body: journalAck(hub.crypto, hub.keys.time, { lockId, seq: stored.upTo, instant: hub.now() }) });
  if (stored.kind === 'stored' && stored.gap !== undefined) await raise(hub, lockId, 'journal-gap', stored.gap.first, body);
};

// The lock goes on from what it is told, as far as it still has it. A batch that then leaves the same gap is stored with it.
const askAgain = (hub: Hub, lockId: LockId, upTo: number): void => {
  hub.askedAgain.set(lockId, upTo);
  hub.log('journal-asked-again', { lockId, seq: upTo });
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
