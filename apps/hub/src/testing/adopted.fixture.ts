// A claimed hub with one adopted lock, whose journal a test then writes; acknowledgements are caught instead of sent.

import type { TestContext } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { door } from '@mortise/api/locks.ts';
import { z } from '@mortise/api/schema.ts';
import { unprovenJournalAck } from '@mortise/courier/journal-ack.ts';
import { exampleLock } from '@mortise/documents/example-site.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Assembled } from '../assemble.ts';
import type { HubConfig } from '../config.ts';
import type { Hub } from '../hub.ts';
import { testHub } from './hub.fixture.ts';
import { adoptedBodyFor, claimHub, parsed } from './owner.fixture.ts';
import { journalOf } from './lock.fixture.ts';

export const adoptedLock = async (t: TestContext, changes: Partial<HubConfig> = {}) => {
  const test = await testHub(changes);
  t.after(test.end);
  const owner = await claimHub(test);
  const lock = exampleLock();
  const adopted = parsed(z.object({ door }), await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock))).door;
  const acks: number[] = [];
  const hub: Hub = {
    ...test.hub,
    link: {
      send: (_lockId, { type, body }) => {
        if (type === 'journal-ack') acks.push(required(unprovenJournalAck(body), 'the hub writes acknowledgements that read').seq);
        return true;
      },
      disconnect: () => undefined,
    },
  };
  const journal = (count: number, seed?: string) => journalOf(lock, test.hub.keys.journal.publicKey, count, seed);
  return { test, hub, desks: test.desks, owner, lock, door: adopted, acks, journal };
};

/** A batch of a lock’s journal as it comes by the lock’s own link. */
export const ingest = ({ hub, desks }: Pick<Assembled, 'hub' | 'desks'>, lockId: LockId, body: Bytes): Promise<void> =>
  desks.hearing.hear(hub, lockId, { type: 'journal', body }, { kind: 'link', say: (type, said) => { hub.link.send(lockId, { type, body: said }); } });
