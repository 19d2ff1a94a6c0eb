// What stands beside a walk through the estate: another hand of the owner (by the recovery kit, without a screen) that adds a lock and registers an
// electronic key; and a technician with a phone, who asks for a door and whose key brings its records.

import type { AccessRequestBody } from '@mortise/api/access-requests.ts';
import type { GrantTermsJson } from '@mortise/api/grants.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type DoorId, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { openKeyOrders } from '@mortise/courier/key-orders.ts';
import { HELD_DIGEST_BYTES, type KeyStatus } from '@mortise/courier/key-status.ts';
import { exampleKey, exampleLock } from '@mortise/documents/example-site.ts';
import { elementOf } from '@mortise/documents/place.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { certify, ekeyBody, exampleEkey, keyJournal, say, statusBy, type KeyParts, type Signer } from '../../apps/hub/src/testing/ekey.fixture.ts';
import type { Browser } from '../../apps/hub/src/testing/hub.fixture.ts';
import { DAY, freshId, HOUR, introduce, inviting, post, redeem, signInByKey, type Guest } from '../../apps/hub/src/testing/lending.fixture.ts';
import { adoptedBodyFor, type Signing } from '../../apps/hub/src/testing/owner.fixture.ts';
import { signInWithKit } from '../support/restore.ts';
import { Session } from '../support/session.ts';

/** A session as the hub's own tests speak to one. */
const browserOf = (session: Session): Browser => {
  const ask = async (method: string, path: string, init: RequestInit = {}) => {
    const response = await session.request(method, path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: (response.headers.get('content-type') ?? '').startsWith('application/json') ? JSON.parse(text) : text };
  };
  return {
    cookie: () => session.cookie(),
    get: (path) => ask('GET', path),
    send: (method, path, body) => ask(method, path, { body: JSON.stringify(body) }),
  };
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the hub’s bytes are base64url');

const well = <R extends { readonly status: number; readonly json: unknown }>(reply: R, what: string): R => {
  if (reply.status !== 200) throw new Error(`${what}: ${reply.status} ${JSON.stringify(reply.json)}`);
  return reply;
};

/** The owner's other hand. */
export const otherHand = async (url: string, kitCode: string) => {
  const { session, authority, ownerSet } = await signInWithKit(url, kitCode);
  const keys = await session.call(ROUTES.hubKeys);
  const owner: Signing = { browser: browserOf(session), site: { owner: authority.owner, kit: authority.owner, document: required(authority.ownerSets[0], 'the first owner set'), ownerSet } };
  const introduction = base64url(introduce(owner, authority.owner, authority.issuer.publicKey));
  const signer: Signer = { owner, clock: { now: Date.now() }, test: { hub: { keys: { time: { publicKey: bytes(keys.timeKey) }, journal: { publicKey: bytes(keys.journalKey) } } } } };
  return {
    owner, introduction,
    /** A passive lock, that nobody has heard of since it was added. */
    addLock: async (doorName: string): Promise<string> => {
      const lock = exampleLock(doorName);
      const body = { ...(await adoptedBodyFor(owner, { ...lock, introduction: { ...lock.introduction, profile: 'passive' } })), doorName };
      well(await owner.browser.send('POST', '/api/locks', body), 'the lock is added');
      return body.lockId;
    },
    registerKey: async (name: string): Promise<KeyParts> => {
      const key = exampleEkey(name);
      well(await owner.browser.send('POST', '/api/ekeys', { ...ekeyBody(signer, key, statusBy(key), name), introduction }), 'the key is registered');
      return key;
    },
    /** What the key wrote down about this lock, each record with the batch that brings it; say them in any order, or leave some out. */
    journalOf: (key: KeyParts, lock: string) => {
      const journal = keyJournal(signer, key);
      const base = { clock: 'held', verb: 'unlock', interface: 0xf0, sensed: { bolt: 'unlocked', door: 'none' }, kind: 'operation', reason: 'contact-opened', lock: required(parseIdentifier<LockId>(lock), 'lock ids are identifiers') } as const satisfies Partial<JournalRecord>;
      return (at: number): Bytes => journal.write({ ...base, instant: instant(at) });
    },
    /** The key is updated: it gets what it shall hold, and says that it goes by it. */
    update: async (key: KeyParts): Promise<void> => {
      const said = (changes: Partial<KeyStatus>) => say(owner.browser, key.keyId, [{ type: 'key-status', body: statusBy(key, { siteId: ownerSet.siteId, ownerSequence: ownerSet.sequence, ...changes }) }]);
      const orders = required((await said({})).find(({ type }) => type === 'orders'), 'the hub gives orders').body;
      const opened = openKeyOrders(nodeCrypto, orders, key.keyId, { ownerKeys: ownerSet.keys, certificates: [certify(signer, { key: bytes(keys.timeKey), kind: 'hub' })] });
      const { version, items } = required(opened.ok ? opened.value : undefined, 'orders by the hub');
      await said({ ordersVersion: version, held: items.map((digest) => digest.slice(0, HELD_DIGEST_BYTES)), seq: 1 });
    },
    /** The key is updated, and hands over this batch. */
    bring: async (key: KeyParts, batch: Bytes): Promise<void> => void (await say(owner.browser, key.keyId, [{ type: 'journal', body: batch }])),
  };
};
export type OtherHand = Awaited<ReturnType<typeof otherHand>>;

/** A phone of the person who holds the key, with a key of its own to this door: by it they sign in and ask. */
export const technicianPhone = async (url: string, { owner, introduction }: OtherHand, personId: string, doorId: string) => {
  const [session, now] = [new Session(url), Math.floor(Date.now() / 1000) * 1000]; // grants go by whole seconds
  const place = elementOf({ kind: 'door', id: required(parseIdentifier<DoorId>(doorId), 'door ids are identifiers') });
  const terms = (changes: Partial<GrantTermsJson> = {}): GrantTermsJson =>
    ({ places: [place], verbs: ['unlock', 'lock'], from: now, until: now + DAY, hours: [], uses: null, minutesAfterFirstUse: null, freshForS: 86_400, holidays: null, remote: false, ...changes });
  const invited = inviting({ owner, terms, clock: { now } }, {});
  well(await post({ owner }, { ...invited.body, person: { id: personId }, introduction }), 'the technician is invited');
  const guest: Guest = { key: exampleKey('a technician’s phone'), browser: browserOf(session) };
  well(await redeem(invited, guest), 'the link is redeemed');
  well(await signInByKey(guest, { origin: session.origin }), 'the phone signs in');
  return {
    ask: async (ekeyId: string, lockId: string, reason: string): Promise<string> => {
      const body: AccessRequestBody = { id: freshId(), ekeyId, at: { lockId }, from: Date.now(), until: Date.now() + 6 * HOUR, reason };
      well(await guest.browser.send('POST', '/api/access-requests', body), 'the technician asks');
      return body.id;
    },
  };
};
