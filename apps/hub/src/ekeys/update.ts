// An update of an electronic key over HTTP, whoever passes it on: what the key said is taken by its own proof, and it is given what it lacks:
// owner sets, orders and their items, revocations, the time, acknowledgements, and posts for locks. Nothing is marked as held but by
// the key's own status.

import { MAX_KEY_ANSWERS } from '@mortise/api/ekeys.ts';
import { equalBytes, fromUint, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { decodeFromKey, decodeKeyAnswer, decodePost, encodeEnrolment, encodePost, encodeToKey, encodeTook, fitsEnrolment, MAX_POSTED_BYTES, type Enrolment, type FromKeyMessage, type ToKeyType } from '@mortise/courier/key-message.ts';
import { HELD_DIGEST_BYTES, openKeyStatus, type KeyStatus } from '@mortise/courier/key-status.ts';
import { decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { decodeFromLock, encodeToLock, MAX_LINK_BODY_BYTES, NO_SESSION } from '@mortise/courier/link-message.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Hub } from '../hub.ts';
import { errands } from '../mqtt/courier.ts';
import { COURIER_PATIENCE_MS, isHeard, type Hearing } from '../mqtt/hearing.ts';
import { acknowledgement, takeBatch } from '../mqtt/ingest.ts';
import { timeAnswer } from '../mqtt/time-answer.ts';
import { locksOf, siteView, type LockView } from '../site-view.ts';
import type { StoredEkey } from '../store/ekey-store.ts';
import { ekeyWord, keepWord } from '../store/ekey-orders-store.ts';
import { grantsOfCredential } from '../store/grant-store.ts';
import { introductionOf } from '../store/introduction-store.ts';
import { ownerSetDocuments } from '../store/owner-store.ts';
import { standingRevocations } from '../store/revocation-store.ts';
import { isLater, statusIn } from './key-word.ts';
import { liveGrants, ordersNow, signOrders } from './orders.ts';

type Said = { readonly type: ToKeyType; readonly body: Bytes };

/** Locks for which one update brings papers; the next one brings them for others. */
export const MAX_LOCKS_POSTED = 24;
const MAX_REVOCATIONS = 16;
/** What a key answers that took what it was given; the second of orders that it goes by from now on. */
const FINE: readonly string[] = ['accepted', 'in-force'];
const MAX_ANSWER_BYTES = 1_048_576;

/** Takes any bytes. `heard`: the key has said what it holds, and that is news. `more`: there was no room for all. */
export type Updated = { readonly messages: readonly Bytes[]; readonly more: boolean; readonly heard: boolean };

export const updateEkey = async (hub: Hub, hearing: Hearing, ekey: StoredEkey, messages: readonly Bytes[]): Promise<Updated> => {
  const said: Said[] = [];
  let last: HeardStatus | undefined;
  let heard = false;
  for (const message of messages.flatMap((bytes) => decoded(hub, ekey, bytes))) {
    if (message.type !== 'key-status') said.push(...await answers(hub, hearing, ekey, message));
    else last = await hearStatus(hub, ekey, message.body) ?? last;
    heard ||= message.type === 'key-status' && last?.isNews === true;
  }
  // Once, however often it said how it is: each look at what it lacks costs.
  if (last !== undefined) said.unshift(...await lacking(hub, ekey, last));
  const given = bounded(said);
  return { messages: given.map(({ type, body }, seq) => encodeToKey({ type, session: NO_SESSION, seq, expires: 0, body })), more: given.length < said.length, heard };
};

const decoded = (hub: Hub, ekey: StoredEkey, bytes: Bytes): readonly FromKeyMessage[] => {
  const message = decodeFromKey(bytes);
  if (message === undefined) hub.log('key-message-malformed', { ekeyId: ekey.id, bytes: bytes.length });
  return message === undefined ? [] : [message];
};

// What there is no room for comes next time, and nothing out of its order.
const bounded = (all: readonly Said[]): readonly Said[] => {
  let bytes = 0;
  const at = all.findIndex(({ body }) => {
    bytes += body.length;
    return bytes > MAX_ANSWER_BYTES;
  });
  return all.slice(0, Math.min(at < 0 ? all.length : at, MAX_KEY_ANSWERS));
};

// ---- what it said --------------------------------------------------------------------------------------------------------------

type HeardStatus = KeyStatus & { readonly isNews: boolean };

/** Its own word of now or before; undefined: it is none of this key's. */
const hearStatus = async (hub: Hub, ekey: StoredEkey, body: Bytes): Promise<HeardStatus | undefined> => {
  const opened = openKeyStatus(hub.crypto, body);
  if (!opened.ok || opened.value.keyId !== ekey.id || !equalBytes(opened.value.credentialKey, ekey.credential.key)) {
    hub.log('key-status-refused', { ekeyId: ekey.id, code: opened.ok ? 'other-key' : opened.error.code });
    return undefined;
  }
  const last = await ekeyWord(hub.database, ekey.id);
  const isNews = last === undefined || isLater(opened.value, statusIn(last));
  if (isNews) await keepWord(hub.database, ekey.id, { heardAt: hub.now(), status: body });
  return { ...opened.value, isNews };
};

const answers = async (hub: Hub, hearing: Hearing, ekey: StoredEkey, message: FromKeyMessage): Promise<readonly Said[]> => {
  const { type, body, seq } = message;
  switch (type) {
    case 'time-ask': {
      const nonce = decodeTimeAsk(body);
      return nonce === undefined ? [] : [{ type: 'time-answer', body: timeAnswer(hub.crypto, hub.keys.time, ekey.id, nonce, hub.now()) }];
    }
    case 'journal': {
      const taken = await takeBatch(hub, { lockId: ekey.id, identityKey: ekey.identityKey, own: ekey.credential.hash }, body, COURIER_PATIENCE_MS);
      return taken === undefined ? [] : [{ type: 'took', body: encodeTook(seq) }, { type: 'journal-ack', body: acknowledgement(hub, ekey.id, taken.upTo) }];
    }
    case 'post-from-lock':
      // Taken also when it is of no use here, since the next one waits for it.
      return [...await heardFromLock(hub, hearing, body), { type: 'took', body: encodeTook(seq) }];
    case 'answer': {
      const answer = decodeKeyAnswer(body);
      if (answer !== undefined && !FINE.includes(answer.code)) hub.log('key-answer', { ekeyId: ekey.id, to: answer.to, code: answer.code });
      return [];
    }
    case 'key-status':
      return [];
  }
};

const heardFromLock = async (hub: Hub, hearing: Hearing, body: Bytes): Promise<readonly Said[]> => {
  const post = decodePost(body);
  const message = post === undefined || !(hub.adopted.has(post.lockId) || hub.drafts.has(post.lockId)) ? undefined : decodeFromLock(post.message);
  if (post === undefined || message === undefined || !isHeard(message)) return [];
  const said: Said[] = [];
  await hearing.hear(hub, post.lockId, message, {
    kind: 'courier',
    // An answer to a question for the time would come too late.
    say: (type, answer) => { if (type !== 'time-answer') said.push(...posted(post.lockId, encodeToLock({ type, session: NO_SESSION, seq: 0, expires: 0, body: answer }))); },
  });
  return said;
};

const posted = (lockId: LockId, message: Bytes): readonly Said[] => (message.length > MAX_POSTED_BYTES ? [] : [{ type: 'post-for-lock', body: encodePost({ lockId, message }) }]);

// ---- what it lacks -------------------------------------------------------------------------------------------------------------

const lacking = async (hub: Hub, ekey: StoredEkey, status: KeyStatus): Promise<readonly Said[]> => {
  const { orders, items } = await ordersNow(hub, ekey);
  const held = new Set(status.held.map(hex));
  const isStaged = status.stagedVersion >= orders.version;
  const ordered: readonly Said[] = status.ordersVersion >= orders.version ? [] : [
    ...(isStaged ? [] : [{ type: 'orders', body: signOrders(hub, orders) } as const]),
    ...items.filter(({ digest }) => !held.has(hex(digest.slice(0, HELD_DIGEST_BYTES)))).map(({ bytes }) => ({ type: 'item', body: bytes }) as const),
  ];
  return [...await membership(hub, ekey, status), ...ordered, ...await revocations(hub), ...await posts(hub, ekey)];
};

const membership = async (hub: Hub, ekey: StoredEkey, { siteId, ownerSequence }: KeyStatus): Promise<readonly Said[]> => {
  const ownerSets = await ownerSetDocuments(hub.database);
  if (siteId !== undefined) return ownerSets.slice(ownerSequence).map((body) => ({ type: 'owner-set', body }) as const);
  const introduction = required(await introductionOf(hub.database, (await siteView(hub)).set), 'a key is registered with an introduction');
  const papers: Enrolment = { ownerSets, introduction, enrolment: ekey.enrolment, timeKeys: [ekey.hubCertificate] };
  if (fitsEnrolment(papers)) return [{ type: 'enrol', body: encodeEnrolment(papers) }];
  hub.log('key-enrolment-too-long', { ekeyId: ekey.id });
  return [];
};

const revocations = async (hub: Hub): Promise<readonly Said[]> =>
  (await standingRevocations(hub.database, hub.now())).filter(({ document }) => document.length <= MAX_LINK_BODY_BYTES).slice(-MAX_REVOCATIONS).map(({ document }) => ({ type: 'revocation', body: document }) as const);

/** What the locks of its grants lack: first those that wait for a roster, then others, each time from another one on, so that none waits for ever. */
const posts = async (hub: Hub, ekey: StoredEkey): Promise<readonly Said[]> => {
  const places = liveGrants(ekey, await grantsOfCredential(hub.database, ekey.credential.hash), hub.now()).flatMap(({ terms }) => terms.places);
  const [behind, others] = partition(locksOf(await siteView(hub), places));
  const turn = fromUint(hub.random(4));
  const said: Said[] = [];
  for (const { lockId } of [...rotated(behind, turn).slice(0, MAX_LOCKS_POSTED / 2), ...rotated(others, turn)].slice(0, MAX_LOCKS_POSTED)) {
    for (const message of await errands(hub, lockId)) said.push(...posted(lockId, message));
  }
  return said;
};

const partition = (locks: readonly LockView[]): readonly [readonly LockView[], readonly LockView[]] => {
  const { behind = [], others = [] } = Object.groupBy(locks, ({ row }) => (row.delivered < (row.newest ?? 0) ? 'behind' : 'others'));
  return [behind, others];
};

const rotated = <T>(all: readonly T[], turn: number): readonly T[] => {
  const at = all.length === 0 ? 0 : turn % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
};
