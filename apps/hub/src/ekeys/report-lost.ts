// A key is lost, by the word of whoever had it: blocked at once where the owners let the hub take keys back, by the same transaction as an owner's
// word; else kept as a report, which stands until an owner acts on it. A wrong report costs a key until it is given out anew, and opens
// nothing.

import type { reportLostBody } from '@mortise/api/ekeys.ts';
import type { z } from '@mortise/api/schema.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import { reportLost, type StoredEkey } from '../store/ekey-store.ts';
import { announceEkey } from './announce.ts';
import { lose, type LosingAt } from './custody.ts';

export const loseByHolder = async (at: LosingAt, ekey: StoredEkey, { note }: z.output<typeof reportLostBody>, personId: string): Promise<Result<undefined, Refusal>> => {
  if (ekey.state === 'lost') return ok(undefined);
  const lost = await lose(at, ekey, { revocation: null, note }, personId);
  if (lost.ok || lost.error.code !== 'delegation-missing') return lost;
  const { hub } = at;
  if (!(await reportLost(hub.database, ekey, { at: hub.now(), note }))) return refuse('conflict', 'The key is in other hands by now. Look at your keys.');
  hub.log('ekey-reported-lost', { ekeyId: ekey.id });
  await announceEkey(hub, ekey.id);
  return ok(undefined);
};
