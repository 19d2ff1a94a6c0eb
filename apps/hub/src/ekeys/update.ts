// An update of an electronic key over HTTP, whoever passes it on: what the key said is taken by its own proof, and it is given what it lacks:
// owner sets, orders and their items, revocations, the time, acknowledgements, and posts for locks. Nothing is marked as held but by
// the key's own status.

import { MAX_KEY_ANSWERS } from '@mortise/api/ekeys.ts';
import { equalBytes, fromUint, hex, type Bytes } from '@mortise/base/bytes.ts';
import { decodeFromKey, decodeKeyAnswer, decodePost, encodePost, encodeToKey, encodeTook, MAX_POSTED_BYTES, type FromKeyMessage, type ToKeyType } from '@mortise/courier/key-message.ts';
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
import { ownerSetDocuments } from '../store/owner-store.ts';
import { standingRevocations } from '../store/revocation-store.ts';
import { enrolmentNow } from './key-papers.ts';
import { isLater, statusIn } from './key-word.ts';
import { liveGrants, ordersNow, signOrders } from './orders.ts';

type Said = { readonly type: ToKeyType; readonly body: Bytes };

/** Locks for which one update brings papers; the next one brings them for others. */
export const MAX_LOCKS_POSTED = 24;
const MAX_REVOCATIONS = 16;
/** What a key answers that took what it was given; the second of orders that it goes by from now on. */
const FINE: readonly string[] = ['accepted', 'in-force'];
/** What a key answers that does not know this hub's time key: it was told of owners without their papers. */
const STRANGER = 'signer-unknown';
const BY_TIME_KEY: readonly ToKeyType[] = ['orders', 'time-answer', 'journal-ack'];
const MAX_ANSWER_BYTES = 1_048_576;

/** Takes any bytes. `heard`: the key has said what it holds, and that is news. `more`: there was no room for all. */
export type Updated = { readonly messages: readonly Bytes[]; readonly more: boolean; readonly heard: boolean };

export const updateEkey = async (hub: Hub, hearing: Hearing, ekey: StoredEkey, messages: readonly Bytes[]): Promise<Updated> => {
  const said: Said[] = [];
  let last: HeardStatus | undefined;
  let heard = false;
  const all = messages.flatMap((bytes) => decoded(hub, ekey, bytes));
  for (const message of all) {
    if (message.type !== 'key-status') said.push(...await answers(hub, hearing, ekey, message));
    else last = await hearStatus(hub, ekey, message.body) ?? last;
    heard ||= message.type === 'key-status' && last?.isNews === true;
  }
  // Once, however often it said how it is: each look at what it lacks costs. Before all, the time that it asked for: papers make it ask anew.
  const lacks = [...isStranger(all) ? await enrolment(hub, ekey) : [], ...last === undefined ? [] : await lacking(hub, ekey, last)];
  const given = bounded([...said.filter(isTime), ...lacks, ...said.filter((each) => !isTime(each))]);
  return { messages: given.map(({ type, body }, seq) => encodeToKey({ type, session: NO_SESSION, seq, expires: 0, body })), more: given.length < said.length + lacks.length, heard };
};

const isTime = ({ type }: Said): boolean => type === 'time-answer';

const decoded = (hub: Hub, ekey: StoredEkey, bytes: Bytes): readonly FromKeyMessage[] => {
  const message = decodeFromKey(bytes);
  if (message === undefined) hub.log('key-message-malformed', { ekeyId: ekey.id, bytes: bytes.length });
  return message === undefined ? [] : [message];
};

const isStranger = (messages: readonly FromKeyMessage[]): boolean =>
  messages.some(({ type, body }) => {
    const answer = type === 'answer' ? decodeKeyAnswer(body) : undefined;
    return answer?.code === STRANGER && BY_TIME_KEY.includes(answer.to);
  });

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

// Owners and what they signed come at once. Where nobody who is an owner signed for the key, it hears of the owners alone, and from them what no longer counts.
const membership = async (hub: Hub, ekey: StoredEkey, { siteId, ownerSequence }: KeyStatus): Promise<readonly Said[]> => {
  const ownerSets = await ownerSetDocuments(hub.database);
  if (siteId !== undefined && ownerSequence >= ownerSets.length) return [];
  const whole = await enrolment(hub, ekey);
  return whole.length > 0 || siteId === undefined ? whole : ownerSets.slice(ownerSequence).map((body) => ({ type: 'owner-set', body }) as const);
};

const enrolment = async (hub: Hub, ekey: StoredEkey): Promise<readonly Said[]> => {
  const body = await enrolmentNow(hub, ekey);
  return body === undefined ? [] : [{ type: 'enrol', body }];
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
