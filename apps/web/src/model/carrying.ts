// What a contact at the door carries besides the opening: to the lock what the hub has for it, from the lock what it says, kept on disk
// before anything else and handed to the hub as soon as it answers. A lock that asks for the time is answered while the phone is still there,
// if there is a network.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { ok } from '@mortise/base/result.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { hearWord } from '../keys/pending-adoptions.ts';
import { readStored, writeStored } from '../keys/store.ts';
import { call } from './client.ts';
import { courierOver, type Courier } from './courier.ts';
import { hearStatement } from './lock-words.ts';
import type { NearHearing, NearLink } from './near-link.ts';

/** What came within so long is handed over together. */
const GATHER_MS = 250;
/** Exchanges of one contact: each may bring an answer that the lock speaks to. */
const MAX_EXCHANGES = 8;

export const courier: Courier = courierOver({ read: readStored, write: writeStored }, async (lockId, messages) => {
  const answer = await call(ROUTES.courier, { parameters: { lockId }, body: { messages } });
  return answer.ok ? ok(answer.value.messages) : answer;
});

type Carried = { readonly lockId: string; readonly identityKey: Bytes };

const heardOf = (lockId: LockId, identityKey: Bytes, bytes: Bytes): void => {
  const message = decodeFromLock(bytes);
  if (message?.type === 'status') hearStatement({ lockId, identityKey }, message.body);
  if (message?.type === 'statement') void hearWord(lockId, message.body);
};

/** Carries over a connection; `hearing`: what else is to be heard of it. */
export const carryOver = (link: NearLink, { lockId, identityKey }: Carried, hearing: Pick<NearHearing, 'operation' | 'closed'>): void => {
  let exchanges = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hand = async (): Promise<void> => {
    timer = undefined;
    exchanges += 1;
    if (await courier.exchange(lockId)) link.put({ kind: 'bring', messages: await courier.bag(lockId) });
  };
  link.hear({
    ...hearing,
    carried: (message) => {
      heardOf(link.lockId, identityKey, message);
      void courier.keep(lockId, [message]).then(() => {
        if (timer === undefined && exchanges < MAX_EXCHANGES) timer = setTimeout(() => void hand(), GATHER_MS);
      });
    },
  });
  void courier.bag(lockId).then((messages) => link.put({ kind: 'bring', messages }));
};
