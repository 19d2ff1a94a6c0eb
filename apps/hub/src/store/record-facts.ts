// What of a record stands beside it to be searched by. Whoever erases a record erases these too.

import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { decodeRecord } from '@mortise/journal/record.ts';

/** `about_lock`: the lock that a key's record is about. `credential`: SHA-256 of the key that it names. */
export type RecordFacts = {
  readonly at: number | null; readonly clock: 'synced' | 'held' | 'lost' | null; readonly about_lock: string | null; readonly credential: string | null; readonly transaction_id: string | null;
};

const NONE: RecordFacts = { at: null, clock: null, about_lock: null, credential: null, transaction_id: null };

/** `own`: the credential of the electronic key whose record it is; a lock's names whose it is itself. Of a later version's record nothing is known. */
export const factsOf = (bytes: Bytes, own: string | undefined): RecordFacts => {
  const record = decodeRecord(bytes);
  if (record === undefined) return { ...NONE, credential: own ?? null };
  const { instant, clock, lock, credential, transactionId } = record;
  return { at: instant, clock, about_lock: lock ?? null, credential: own ?? text(credential), transaction_id: text(transactionId) };
};

const text = (bytes: Bytes | undefined): string | null => (bytes === undefined ? null : base64url(bytes));
