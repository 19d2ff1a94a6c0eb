// What a courier over HTTP brings from a lock, and what it is given for it: the same as goes over the link, by the same functions. Nothing in
// it is marked as delivered: a lock says itself what it has. Presence stays as it is: a courier is no link.

import { MAX_COURIER_MESSAGES } from '@mortise/api/keys.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeFromLock, encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { timeBoundToSign } from '@mortise/courier/time-bound.ts';
import type { Hub } from '../hub.ts';
import { knownPoint } from '../store/journal-store.ts';
import { revocationsFor } from '../store/revocation-store.ts';
import { isHeard, malformed, type Hearing } from './hearing.ts';
import { acknowledgement } from './ingest.ts';
import { holdsOf, papersFor } from './papers.ts';

type Said = { readonly type: ToLockType; readonly body: Bytes };

/** Of one answer: what is more comes with the next. */
const MAX_PAPERS = 16;
const MAX_REVOCATIONS = 16;
const MAX_ANSWER_BYTES = 1_048_576;

/** Takes any bytes; `messages`: at most 64. Answers whole link messages for the lock, in the order in which it can take them. */
export const exchange = async (hub: Hub, hearing: Hearing, lockId: LockId, messages: readonly Bytes[]): Promise<readonly Bytes[]> => {
  const replies: Said[] = [];
  for (const bytes of messages) {
    const message = decodeFromLock(bytes);
    if (message === undefined || !isHeard(message)) malformed(hub, lockId, bytes);
    else await hearing.hear(hub, lockId, message, { kind: 'courier', say: (type, body) => { replies.push({ type, body }); } });
  }
  if (!hub.adopted.has(lockId)) return [];
  const answers = replies.filter(({ type }) => type !== 'journal-ack');
  const isAsked = answers.length < replies.length;
  return encoded([...answers, ...await papers(hub, lockId), ...await revocations(hub, lockId), ...await words(hub, lockId, isAsked)]);
};

/** What somebody who brings nothing takes along to the lock, beside revocations. */
export const errands = async (hub: Hub, lockId: LockId): Promise<readonly Bytes[]> => encoded([...await papers(hub, lockId), ...await words(hub, lockId, false)]);

const encoded = (all: readonly Said[]): readonly Bytes[] => bounded(all).map(({ type, body }, seq) => encodeToLock({ type, session: NO_SESSION, seq, expires: 0, body }));

const papers = async (hub: Hub, lockId: LockId): Promise<readonly Said[]> => {
  const held = await holdsOf(hub, lockId);
  return held === undefined ? [] : (await papersFor(hub, lockId, held, MAX_PAPERS)).map(({ type, body }) => ({ type, body }));
};

const revocations = async (hub: Hub, lockId: LockId): Promise<readonly Said[]> =>
  (await revocationsFor(hub.database, lockId, hub.now())).slice(0, MAX_REVOCATIONS).map(({ document }) => ({ type: 'revocation', body: document }) as const);

/** The newest acknowledgement, which says what every one before it did, and that this instant has passed. */
const words = async (hub: Hub, lockId: LockId, isAsked: boolean): Promise<readonly Said[]> => {
  const { seq } = await knownPoint(hub.database, lockId);
  const { privateKey, publicKey } = hub.keys.time;
  const { message, assemble } = timeBoundToSign(hub.crypto, publicKey, hub.now());
  const bound = { type: 'time-bound', body: assemble(hub.crypto.p256.sign(privateKey.reveal(), message)) } as const;
  return [...(seq === 0 && !isAsked ? [] : [{ type: 'journal-ack', body: acknowledgement(hub, lockId, seq) } as const]), bound];
};

const bounded = (all: readonly Said[]): readonly Said[] => {
  let bytes = 0;
  return all.slice(0, MAX_COURIER_MESSAGES).filter(({ body }) => {
    bytes += body.length;
    return bytes <= MAX_ANSWER_BYTES;
  });
};
