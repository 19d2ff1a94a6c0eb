// A batch of journal records on its way in: opened and verified whole, stored in one transaction, then acknowledged by its last
// number. What does not verify or does not follow is kept as evidence and raised as an alert; nothing stored is ever overwritten.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { encodeJournalAck } from '@mortise/courier/link-body.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import type { Hub } from '../hub.ts';
import { activityAfter } from '../store/activity-store.ts';
import { keepEvidence, storeBatch, type EvidenceCode, type Stored } from '../store/journal-store.ts';

export const ingest = async (hub: Hub, lockId: LockId, identityKey: Bytes, body: Bytes): Promise<void> => {
  const opened = openBatch(hub.crypto, hub.keys.journal.privateKey.reveal(), identityKey, body);
  if (!opened.ok) {
    hub.log('journal-invalid', { lockId, code: opened.error.code, seq: opened.error.seq });
    await raise(hub, lockId, 'journal-invalid', opened.error.seq, body);
    return;
  }
  const stored = await storeBatch(hub.database, opened.value, hub.now());
  // A gap is answered as well: the lock goes on from what is known, if it still has it. A fork is not.
  if (stored.kind === 'stored' || stored.code === 'journal-gap') acknowledge(hub, lockId, stored);
  if (stored.kind === 'stored') await announce(hub, stored);
  else await raise(hub, lockId, stored.code, stored.seq, body);
};

const acknowledge = (hub: Hub, lockId: LockId, { known }: Stored): void => {
  hub.link.send(lockId, { type: 'journal-ack', body: encodeJournalAck(known.seq) });
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
