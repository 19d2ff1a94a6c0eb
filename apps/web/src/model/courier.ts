// This browser as a courier: what the hub has for each lock is fetched beforehand and kept, and what a lock said is kept until the hub took
// it. Nobody need be online at the door. Messages prove themselves; here they are only carried, whole and in order.

import { MAX_COURIER_MESSAGES } from '@mortise/api/keys.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import type { Result } from '@mortise/base/result.ts';
import type { KeyStore } from '../keys/store.ts';

/** Hands over what the lock said, and answers what is to be said to it; an error is not looked at: it is tried again. */
export type Post = (lockId: string, messages: readonly string[]) => Promise<Result<readonly string[], unknown>>;

/** What a lock said waits here; beyond this the newest is not kept, as the lock says it again to the next who comes by. */
export const MAX_SAID = 256;
/** Of one body, in characters of base64url: below the hub's bound, with room for the rest. */
const MAX_POST_CHARACTERS = 180_000;

export type Courier = {
  /** What is to be said to the lock, as it was fetched last. */
  readonly bag: (lockId: string) => Promise<readonly Bytes[]>;
  /** Keeps what the lock said, at once and on disk. */
  readonly keep: (lockId: string, said: readonly Bytes[]) => Promise<void>;
  /** Hands over what was kept, and fetches the bag. False: the hub did not take it; all is kept. */
  readonly exchange: (lockId: string) => Promise<boolean>;
};

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** The first messages that fit into one body; one at least. */
export const firstOf = (said: readonly string[]): readonly string[] => {
  let characters = 0;
  const fits = said.slice(0, MAX_COURIER_MESSAGES).findIndex((message) => {
    characters += message.length;
    return characters > MAX_POST_CHARACTERS;
  });
  return said.slice(0, fits === -1 ? MAX_COURIER_MESSAGES : Math.max(1, fits));
};

export const courierOver = (store: Pick<KeyStore, 'read' | 'write'>, post: Post): Courier => {
  const texts = async (name: string): Promise<readonly string[]> => {
    const stored = await store.read('values', name);
    return stored.ok && isTexts(stored.value) ? stored.value : [];
  };
  const put = (name: string, value: readonly string[]) => store.write([{ store: 'values', name, value: value.length === 0 ? undefined : value }]);
  const [bagName, saidName] = [(lockId: string) => `bag:${lockId}`, (lockId: string) => `said:${lockId}`];
  // One after the other, so that what comes while a post is out is not lost with what it took.
  let line: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = line.then(work);
    line = mine.catch(() => undefined);
    return mine;
  };
  const exchangeAll = async (lockId: string): Promise<boolean> => {
    let said = await texts(saidName(lockId));
    do {
      const part = firstOf(said);
      const answer = await post(lockId, part);
      if (!answer.ok) return false;
      said = said.slice(part.length);
      await put(saidName(lockId), said);
      await put(bagName(lockId), answer.value);
    } while (said.length > 0);
    return true;
  };
  return {
    bag: async (lockId) => (await texts(bagName(lockId))).flatMap((message) => fromBase64url(message) ?? []),
    keep: (lockId, said) => inTurn(async () => {
      if (said.length === 0) return;
      await put(saidName(lockId), [...await texts(saidName(lockId)), ...said.map(base64url)].slice(0, MAX_SAID));
    }),
    exchange: (lockId) => inTurn(() => exchangeAll(lockId)),
  };
};
