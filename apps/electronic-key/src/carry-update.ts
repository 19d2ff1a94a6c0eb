// One update of a key, whoever carries it: what the key says goes to the hub, what the hub answers to the key, until neither has anything more to say.
// Either may break off anywhere: each message proves itself, and the next update goes on from what was durable.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { decodeFromKey, decodeToKey, type ToKeyType } from '@mortise/courier/key-message.ts';
import { unprovenKeyStatus } from '@mortise/courier/key-status.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Gathered } from './gathered.ts';
import type { AskHub, HubAnswer, HubError } from './hub-client.ts';

/** The key's end of it: what it says is gathered, what is said to it goes out; `end` when it is over. */
export type KeyEnd = { readonly gathered: Gathered; readonly say: (message: Bytes) => void; readonly end: () => void };

/** `key-silent`: the key did not say how it is, or does not answer; `key-gone`: it broke off. */
export type CarryError = HubError | { readonly code: 'key-silent' | 'key-gone'; readonly message: string };
export type Carried = { readonly keyId: LockId; readonly given: number; readonly more: boolean; readonly isChanged: boolean };

/** A full key brings its records in some 256 rounds, and what it has of locks one by one. */
const MAX_ROUNDS = 16_384;
/** What one request holds, below the hub's bound. */
const MAX_ASKED_BYTES = 131_072;
const MAX_ASKED = 512;
/** The key signs its status, and flushes what it was given, before it speaks. */
const FIRST_MS = 4000;
const ANSWER_MS = 1500;
/** The key says what it then holds only when it is linked with anew. */
const MAX_LINKS = 4;

const SILENT: CarryError = { code: 'key-silent', message: 'The key does not say how it is. Hold it to the station again.' };
const GONE: CarryError = { code: 'key-gone', message: 'The key has left before it was done. Hold it to the station again: it goes on from there.' };

/** Who the key says that it is, by the word that it begins with; undefined: it did not say. Nothing is proven by it here. */
export const keyIdIn = (messages: readonly Bytes[]): LockId | undefined => {
  const first = messages[0] === undefined ? undefined : decodeFromKey(messages[0]);
  const status = first?.type === 'key-status' ? unprovenKeyStatus(first.body) : undefined;
  return status && lockIdOf(nodeCrypto, status.identityKey);
};

/** Links with the key as often as it takes until the hub has heard what it holds. */
export const updateKey = async (link: () => KeyEnd, ask: AskHub): Promise<Result<Carried, CarryError>> => {
  let [given, last] = [0, await carryOnce(link(), ask)];
  for (let links = 1; links < MAX_LINKS && last.ok && (last.value.isChanged || last.value.more); links += 1) {
    given += last.value.given;
    last = await carryOnce(link(), ask);
  }
  return last.ok ? ok({ ...last.value, given: given + last.value.given }) : last;
};

const carryOnce = async (key: KeyEnd, ask: AskHub): Promise<Result<Carried, CarryError>> => {
  try {
    return await carry(key, ask);
  } finally {
    key.end();
  }
};

const carry = async ({ gathered, say }: KeyEnd, ask: AskHub): Promise<Result<Carried, CarryError>> => {
  const first = await firstSaid(gathered);
  const keyId = first && keyIdIn(first);
  if (first === undefined || keyId === undefined) return err(first === undefined ? GONE : SILENT);
  let said: readonly Bytes[] = first;
  let answer: HubAnswer = { messages: [], more: false, pass: '' };
  let [given, isChanged] = [0, false];
  for (let round = 0; round < MAX_ROUNDS && said.length > 0; round += 1) {
    const [now, later] = cut(said);
    const asked = await ask(keyId, now, round === 0 ? undefined : answer.pass);
    if (!asked.ok) return asked;
    answer = { ...asked.value, more: answer.more || asked.value.more };
    asked.value.messages.forEach(say);
    given += asked.value.messages.length;
    isChanged ||= asked.value.messages.some(changesKey);
    const next = await gathered.take(later.length > 0 ? 0 : ANSWER_MS);
    if (next === undefined) return err(GONE);
    said = [...later, ...next];
  }
  return ok({ keyId, given, more: answer.more, isChanged });
};

/**
 * What the key says when it is linked with, its word about itself first, for the hub wants that one first; without one, what it said within four
 * seconds. Undefined: it is gone.
 */
export const firstSaid = async (gathered: Gathered): Promise<readonly Bytes[] | undefined> => {
  const end = performance.now() + FIRST_MS;
  let said: readonly Bytes[] = [];
  for (;;) {
    const next = await gathered.take(Math.max(0, end - performance.now()));
    if (next === undefined) return undefined;
    said = [...said, ...next];
    const status = said.find((message) => decodeFromKey(message)?.type === 'key-status');
    if (status !== undefined) return [status, ...said.filter((message) => message !== status)];
    if (performance.now() >= end) return said;
  }
};

const CHANGING: readonly ToKeyType[] = ['enrol', 'owner-set', 'orders', 'item'];
const changesKey = (message: Bytes): boolean => CHANGING.some((type) => decodeToKey(message)?.type === type);

/** As many as one request holds, and the rest. */
const cut = (messages: readonly Bytes[]): readonly [readonly Bytes[], readonly Bytes[]] => {
  let bytes = 0;
  const at = messages.findIndex(({ length }, index) => {
    bytes += length;
    return index > 0 && (bytes > MAX_ASKED_BYTES || index >= MAX_ASKED);
  });
  return at < 0 ? [messages, []] : [messages.slice(0, at), messages.slice(at)];
};
