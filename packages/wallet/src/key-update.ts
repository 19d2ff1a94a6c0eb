// An electronic key and its hub, and whoever passes on between them: a phone, a page at a desk. A pure machine of one connection to a key: bytes of
// the line in and out, posts to the hub as effects, their answers as inputs. The key speaks first; what it says first must be its own
// status, signed by the key whose id it gives. Nothing else is read but to be counted: bodies prove themselves to the key and to the
// hub, and either side may go at any byte. The shell keeps the time: it says when what came may go out together, and when it is quiet.

import { unreachable } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeFromKey, decodeToKey, type FromKeyMessage } from '@mortise/courier/key-message.ts';
import { openKeyStatus, type KeyStatus } from '@mortise/courier/key-status.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE, type SerialLine } from '@mortise/courier/serial-frame.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { answeredBy, countGiven, countTaken, NOTHING_CARRIED, type Carried } from './carried.ts';

/** Messages of one post, and their bytes together: below the hub's bounds (api: MAX_KEY_MESSAGES, MAX_BODY_BYTES) when written in base64url. One goes at least. */
export const MAX_POST_MESSAGES = 256;
export const MAX_POST_BYTES = 131_072;
/** What a key says while a post is out; one that waits for `took` says far less. */
export const MAX_WAITING = 2048;
/** Frames of noise before the key's first word: a line that is joined in the middle. */
export const MAX_NOISE = 16;
/** Posts of one connection: a full key and all that it has of locks, and more. */
export const MAX_POSTS = 20_000;

/** `signed`: the status as the key signed it. */
export type MetKey = KeyStatus & { readonly keyId: LockId; readonly signed: Bytes };

/** `line`: it is gone. `hub`: it gave no answer. `noise`: what came is no word of a key. `bounds`: too much of it. */
export type UpdateCut = 'line' | 'hub' | 'noise' | 'bounds';

export type KeyUpdate = {
  readonly line: SerialLine;
  readonly noise: number;
  /** `meeting`: it has not said who it is. `met`: it has, and nothing goes to the hub yet. */
  readonly phase: 'meeting' | 'met' | 'updating' | 'over';
  /** Its first word and its newest. */
  readonly first: MetKey | undefined;
  readonly last: MetKey | undefined;
  /** Said by the key, and not posted yet. */
  readonly waiting: readonly Bytes[];
  /** Posted, and not answered yet; undefined: no post is out. */
  readonly out: readonly Bytes[] | undefined;
  readonly posts: number;
  /** The hub has more than went into its last answer: it wants a fresh word of the key's. */
  readonly hasMore: boolean;
  readonly carried: Carried;
};

export type UpdateInput =
  /** From the line; any bytes, in any pieces. */
  | { readonly kind: 'bytes'; readonly bytes: Bytes }
  /** What the key says goes to the hub from now on. */
  | { readonly kind: 'go' }
  /** A while after `gather`: what came together goes out. */
  | { readonly kind: 'gathered' }
  /** The hub's answer to the post that is out. */
  | { readonly kind: 'answered'; readonly messages: readonly Bytes[]; readonly more: boolean }
  /** The post brought no answer, whatever became of it. */
  | { readonly kind: 'unanswered' }
  /** For a while nothing has come from the key. */
  | { readonly kind: 'quiet' }
  /** The line is gone. */
  | { readonly kind: 'lost' };

export type UpdateEffect =
  | { readonly kind: 'write'; readonly bytes: Bytes }
  /** Who says that it is there, by its own signature. */
  | { readonly kind: 'met'; readonly key: MetKey }
  /** Answer with `gathered` in a moment. */
  | { readonly kind: 'gather' }
  /** Answer with `answered` or `unanswered`. */
  | { readonly kind: 'post'; readonly messages: readonly Bytes[] }
  | { readonly kind: 'carried'; readonly carried: Carried }
  /** Neither has anything more to say. `more`: but the hub has; begin another connection. */
  | { readonly kind: 'done'; readonly more: boolean }
  | { readonly kind: 'cut'; readonly by: UpdateCut };

export type UpdateStep = { readonly state: KeyUpdate; readonly effects: readonly UpdateEffect[] };

/** A connection that was just made. */
export const meetKey = (): KeyUpdate =>
  ({ line: IDLE_LINE, noise: 0, phase: 'meeting', first: undefined, last: undefined, waiting: [], out: undefined, posts: 0, hasMore: false, carried: NOTHING_CARRIED });

/** Takes any bytes. After `done` or `cut` nothing has an effect; the shell closes the line. */
export const stepUpdate = (crypto: Crypto, state: KeyUpdate, input: UpdateInput): UpdateStep => {
  if (state.phase === 'over') return { state, effects: [] };
  switch (input.kind) {
    case 'bytes':
      return onBytes(crypto, state, input.bytes);
    case 'go':
      return state.phase === 'met' ? gather({ ...state, phase: 'updating' }) : { state, effects: [] };
    case 'gathered':
      return post(state);
    case 'answered':
      return onAnswer(state, input.messages, input.more);
    case 'unanswered':
      return cut(state, 'hub');
    case 'quiet':
      return onQuiet(state);
    case 'lost':
      return cut(state, 'line');
    default:
      return unreachable(input);
  }
};

const cut = (state: KeyUpdate, by: UpdateCut): UpdateStep => ({ state: { ...state, phase: 'over', waiting: [], out: undefined }, effects: [{ kind: 'cut', by }] });

// ---- the key -----------------------------------------------------------------------------------------------------------------

const onBytes = (crypto: Crypto, state: KeyUpdate, bytes: Bytes): UpdateStep => {
  const heard = hearSerial(state.line, bytes);
  let step: UpdateStep = { state: { ...state, line: heard.line, noise: state.noise + heard.noise }, effects: [] };
  if (step.state.noise > MAX_NOISE) return cut(step.state, 'noise');
  for (const message of heard.messages) step = then(step, onMessage(crypto, step.state, message));
  return step;
};

const onMessage = (crypto: Crypto, state: KeyUpdate, bytes: Bytes): UpdateStep => {
  if (state.phase === 'over') return { state, effects: [] };
  const message = decodeFromKey(bytes);
  if (message === undefined) return cut(state, 'noise');
  if (state.waiting.length >= MAX_WAITING) return cut(state, 'bounds');
  const kept = answeredBy(message) === undefined ? state : { ...state, carried: countGiven(state.carried, message) };
  const next = { ...kept, waiting: [...kept.waiting, bytes] };
  return message.type === 'key-status' ? onStatus(crypto, next, message) : gather(next);
};

// Whoever says that it is another key in the middle of it is no key that we met.
const onStatus = (crypto: Crypto, state: KeyUpdate, { body }: FromKeyMessage): UpdateStep => {
  const status = openKeyStatus(crypto, body);
  if (!status.ok || (state.first !== undefined && state.first.keyId !== status.value.keyId)) return cut(state, 'noise');
  const key = { ...status.value, signed: body };
  if (state.first !== undefined) return gather({ ...state, last: key });
  return { state: { ...state, phase: 'met', first: key, last: key }, effects: [{ kind: 'met', key }] };
};

// ---- the hub -----------------------------------------------------------------------------------------------------------------

const gather = (state: KeyUpdate): UpdateStep =>
  ({ state, effects: state.phase === 'updating' && state.out === undefined && state.waiting.length > 0 ? [{ kind: 'gather' }] : [] });

const post = (state: KeyUpdate): UpdateStep => {
  if (state.phase !== 'updating' || state.out !== undefined || state.waiting.length === 0) return { state, effects: [] };
  if (state.posts >= MAX_POSTS) return cut(state, 'bounds');
  const messages = firstOf(state.waiting);
  return { state: { ...state, waiting: state.waiting.slice(messages.length), out: messages, posts: state.posts + 1 }, effects: [{ kind: 'post', messages }] };
};

/** The first messages that fit into one post; one at least. */
const firstOf = (waiting: readonly Bytes[]): readonly Bytes[] => {
  let bytes = 0;
  const beyond = waiting.slice(0, MAX_POST_MESSAGES).findIndex(({ length }) => {
    bytes += length;
    return bytes > MAX_POST_BYTES;
  });
  return waiting.slice(0, beyond < 0 ? MAX_POST_MESSAGES : Math.max(1, beyond));
};

// What is no message to a key, a key would take for noise, and the line for lost.
const onAnswer = (state: KeyUpdate, messages: readonly Bytes[], more: boolean): UpdateStep => {
  const { out } = state;
  if (out === undefined) return { state, effects: [] };
  const given = messages.filter((bytes) => decodeToKey(bytes) !== undefined);
  const carried = countTaken(state.carried, out, given);
  const next = gather({ ...state, out: undefined, hasMore: state.hasMore || more, carried });
  return { state: next.state, effects: [...given.map((bytes) => ({ kind: 'write', bytes: encodeSerialFrame(bytes) }) as const), { kind: 'carried', carried }, ...next.effects] };
};

const onQuiet = (state: KeyUpdate): UpdateStep => {
  if (state.phase === 'meeting') return cut(state, 'noise');
  if (state.phase !== 'updating' || state.out !== undefined) return { state, effects: [] };
  if (state.waiting.length > 0) return post(state);
  return { state: { ...state, phase: 'over' }, effects: [{ kind: 'done', more: state.hasMore }] };
};

const then = (before: UpdateStep, next: UpdateStep): UpdateStep => ({ state: next.state, effects: [...before.effects, ...next.effects] });
