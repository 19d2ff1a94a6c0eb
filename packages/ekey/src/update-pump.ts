// Whatever happened: what there is to say to whoever updates the key. Its status when that is wanted, then what it has of locks, then its own journal in
// batches of what is durable, sealed to the owners' journal key. Locks first: what they wrote comes home also where the hub takes the key's own no more,
// as after its journal was continued elsewhere by a copy.

import { required } from '@mortise/base/assert.ts';
import { fromHex, type Bytes } from '@mortise/base/bytes.ts';
import { encodePost } from '@mortise/courier/key-message.ts';
import { HELD_DIGEST_BYTES, keyStatusToSign, type KeyStatus } from '@mortise/courier/key-status.ts';
import { derive, ENTROPY_BYTES } from '@mortise/crypto/entropy.ts';
import { encodeBatch, MAX_BATCH_ENTRIES } from '@mortise/journal/batch.ts';
import { pointOf, type Entry } from '@mortise/journal/chain.ts';
import { headStatementToSign } from '@mortise/journal/head-statement.ts';
import { bytesOf } from './bag.ts';
import { askSignature, changed, inTurn, withUpdate, type Change, type Moment } from './change.ts';
import { freeEntries } from './journal-keeper.ts';
import { stampOf } from './stamping.ts';
import type { AfterSigned, EkeyState, Update } from './state.ts';
import { sayUpdate } from './update-sending.ts';

export const pumpUpdate = (moment: Moment, state: EkeyState): Change => (state.update === undefined ? changed(state) : inTurn(pumpStatus(moment, state), (current) => pumpNext(moment, current)));

/** The status is signed: off it goes, if somebody is there still. */
export const onStatusSigned = (state: EkeyState, status: Bytes): Change => sayUpdate(state, 'key-status', status);

type Batch = AfterSigned & { readonly kind: 'batch' };

/** The batch is signed: it goes out sealed. */
export const onBatchSigned = ({ crypto, entropy }: Moment, state: EkeyState, { from, entries, assemble }: Batch, signature: Bytes): Change => {
  const { update, membership, journal } = state;
  const last = required(entries.at(-1), 'a batch is not empty');
  if (update?.sending.kind !== 'signing' || membership.kind === 'factory') return changed(state);
  const { journalKey } = membership;
  const bytes = encodeBatch(crypto, { lockId: state.keyId, from, entries, journalKey, statement: assemble(signature) }, derive(crypto, entropy, 'journal batch', ENTROPY_BYTES));
  const sent = withUpdate({ ...state, journal: { ...journal, sentUpTo: Math.max(journal.sentUpTo, last.seq) } }, { sending: { kind: 'batch', seq: update.seq, to: pointOf(last) } });
  return sayUpdate(sent, 'journal', bytes);
};

/** How the key is and what it holds. */
export const statusOf = (moment: Moment, state: EkeyState): KeyStatus => {
  const { keys, membership, orders, staged, items, journal, bag, batteryMv, statusCount } = state;
  const { instant, clock, errorMs } = stampOf(state, moment.now);
  return {
    identityKey: keys.identityKey, credentialKey: keys.credentialKey, siteId: membership.kind === 'enrolled' ? membership.siteId : undefined,
    ownerSequence: membership.kind === 'enrolled' ? membership.ownerSet.sequence : 0, ordersVersion: orders?.version ?? 0, stagedVersion: staged?.version ?? 0,
    held: [...items.keys()].map((name) => required(fromHex(name), 'items are named in hex').slice(0, HELD_DIGEST_BYTES)),
    seq: journal.last.seq, acknowledged: journal.acknowledged, free: Math.max(0, freeEntries(journal)),
    instant, clock, errorMs: Number.isFinite(errorMs) ? errorMs : 0, batteryMv, forLocks: bytesOf(bag.forLocks), fromLocks: bytesOf(bag.fromLocks), count: statusCount,
  };
};

// A status is made when all that it says is durable, so that a later life's is always after it.
const pumpStatus = (moment: Moment, state: EkeyState): Change => {
  if (state.update?.isStatusWanted !== true || state.stores.length > 0) return changed(state);
  const counted: EkeyState = { ...withUpdate(state, { isStatusWanted: false }), statusCount: state.statusCount + 1 };
  const { message, assemble } = keyStatusToSign(moment.crypto, statusOf(moment, counted));
  return askSignature(counted, 'identity', message, { kind: 'status', assemble }) ?? changed(state);
};

const pumpNext = (moment: Moment, state: EkeyState): Change => {
  const { update, membership } = state;
  if (update?.sending.kind !== 'idle' || membership.kind === 'factory') return changed(state);
  const post = state.bag.fromLocks.find(({ number }) => !update.posted.has(number));
  if (post !== undefined) return sendPost(state, update, post);
  const entries = entriesAfter(state, update);
  return entries.length > 0 ? askBatch(moment, state, update, entries) : changed(state);
};

// Entries that the hub acknowledged meanwhile are not said again; nor any that are gone.
const entriesAfter = ({ journal }: EkeyState, { from }: Update): readonly Entry[] => {
  const first = Math.max(0, from.seq - journal.from.seq);
  return journal.entries.slice(first, first + MAX_BATCH_ENTRIES).filter(({ seq }) => seq <= journal.durable);
};

const askBatch = ({ crypto }: Moment, state: EkeyState, { from }: Update, entries: readonly Entry[]): Change => {
  const last = required(entries.at(-1), 'a batch is not empty');
  const start = from.seq >= state.journal.from.seq ? from : state.journal.from;
  const { message, assemble } = headStatementToSign(crypto, state.keys.identityKey, { lockId: state.keyId, seq: last.seq, head: last.head });
  return askSignature(withUpdate(state, { sending: { kind: 'signing' } }), 'identity', message, { kind: 'batch', from: start, entries, assemble }) ?? changed(state);
};

const sendPost = (state: EkeyState, { seq }: Update, post: EkeyState['bag']['fromLocks'][number]): Change =>
  sayUpdate(withUpdate(state, { sending: { kind: 'post', seq, number: post.number } }), 'post-from-lock', encodePost(post));
