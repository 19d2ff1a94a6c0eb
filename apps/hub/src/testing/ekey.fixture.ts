// Electronic keys for tests: one whose every word a test writes, and a real one in its world, which a phone or a station passes on to the hub.

import type { Ekey, EkeyBody } from '@mortise/api/ekeys.ts';
import { ekeyAnswer, ekeyUpdateAnswer, MAX_KEY_MESSAGES } from '@mortise/api/ekeys.ts';
import { accessRequestAnswer, type AccessRequest } from '@mortise/api/access-requests.ts';
import { recordsPage, type RecordsPage } from '@mortise/api/records.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeFromKey, decodeToKey, encodeFromKey, type FromKeyType, type ToKeyType } from '@mortise/courier/key-message.ts';
import { keyStatusToSign, type KeyStatus } from '@mortise/courier/key-status.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exampleKey, signWith } from '@mortise/documents/example-site.ts';
import { keyEnrolmentToSign } from '@mortise/documents/key-enrolment.ts';
import { timeKeyPayload, timeKeyToSign, type TimeKey } from '@mortise/documents/time.ts';
import { KeyWorld, VirtualTime } from '@mortise/ekey/world.conformance.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { codeOf, type Browser, type Reply } from './hub.fixture.ts';
import { freshId, guestWithKey, introduce, issue, post, termsFor, told, DAY, type Scene } from './lending.fixture.ts';
import { journalWriter } from './lock.fixture.ts';
import { parsed, type Signing } from './owner.fixture.ts';
import type { GrantTermsJson } from '@mortise/api/grants.ts';

export type KeyParts = { readonly keyId: LockId; readonly identity: KeyPair; readonly credential: KeyPair };
/** What a hub may know of a key. */
export type KnownKey = { readonly keyId: LockId; readonly identity: Pick<KeyPair, 'publicKey'>; readonly credential: Pick<KeyPair, 'publicKey'> };

export const exampleEkey = (name = 'key'): KeyParts => {
  const identity = exampleKey(`${name} identity`);
  return { identity, credential: exampleKey(`${name} credential`), keyId: lockIdOf(crypto, identity.publicKey) };
};

let count = 0;

/** What a key says of itself, each time after the one before; nobody's and empty unless a test says otherwise. */
export const statusBy = ({ identity, credential }: KeyParts, changes: Partial<KeyStatus> = {}): Bytes => {
  count += 1;
  return signWith(identity, keyStatusToSign(crypto, {
    identityKey: identity.publicKey, credentialKey: credential.publicKey, siteId: undefined, ownerSequence: 0, ordersVersion: 0, stagedVersion: 0, held: [], seq: 0, acknowledged: 0, free: 8000,
    instant: instant(0), clock: 'lost', errorMs: 0, batteryMv: undefined, forLocks: 0, fromLocks: 0, count, ...changes,
  }));
};

// ---- what owners sign ----------------------------------------------------------------------------------------------------------

/** All that registering and updating a key needs of a scene: who signs, by which clock, and the hub’s public keys. */
export type Signer = { readonly owner: Signing; readonly clock: { readonly now: number }; readonly test: { readonly hub: { readonly keys: Readonly<Record<'time' | 'journal', Pick<KeyPair, 'publicKey'>>> } } };

export const certify = ({ owner, clock }: Signer, fields: Pick<TimeKey, 'key' | 'kind'> & Partial<TimeKey>, signer = owner.site.owner): Bytes =>
  signWith(signer, timeKeyToSign(crypto, signer.publicKey, timeKeyPayload(crypto, { driftPpm: 20, until: instant(clock.now + 400 * DAY), ...fields })));

export const enrol = ({ owner, test }: Signer, keyId: LockId, journalKey = test.hub.keys.journal.publicKey, signer = owner.site.owner, { siteId } = owner.site.ownerSet): Bytes =>
  signWith(signer, keyEnrolmentToSign(crypto, signer.publicKey, { siteId, keyId, journalKey }));

/** The body that registers a key as it should be. */
export const ekeyBody = (scene: Signer, key: KnownKey, status: Bytes, name = 'Key 1'): EkeyBody => ({
  status: base64url(status), name, serial: 'MK-0001', certificate: base64url(certify(scene, { key: key.identity.publicKey, kind: 'ekey' })), enrolment: base64url(enrol(scene, key.keyId)),
  hubCertificate: base64url(certify(scene, { key: scene.test.hub.keys.time.publicKey, kind: 'hub' })), introduction: base64url(introduce(scene.owner)),
});

// ---- at the hub ----------------------------------------------------------------------------------------------------------------

export const toldKey = (reply: Reply) => parsed(ekeyAnswer, reply);
export const keyNow = async ({ owner }: Pick<Scene, 'owner'>, keyId: string): Promise<Ekey> => toldKey(await owner.browser.get(`/api/ekeys/${keyId}`)).ekey;

export const register = (scene: Scene, key: KeyParts, status?: Bytes, name?: string) => registerKnown(scene, key, status ?? statusBy(key), name);
/** The same of a key whose own word is there. */
export const registerKnown = async (scene: Scene, key: KnownKey, status: Bytes, name?: string) => toldKey(await scene.owner.browser.send('POST', '/api/ekeys', ekeyBody(scene, key, status, name)));

export type Act = 'issue' | 'return' | 'lose';
export const act = ({ owner }: Pick<Scene, 'owner'>, keyId: string, what: Act, body: object = {}): Promise<Reply> => owner.browser.send('POST', `/api/ekeys/${keyId}/${what}`, body);

/** A technician with a phone that signs in, who has this registered key in hand. */
export const technician = async (scene: Scene, name: string, keyId: string) => {
  const guest = await guestWithKey(scene, name);
  const reply = await act(scene, keyId, 'issue', { person: { id: guest.grant.person.id } });
  assert(reply.status === 200, `the key is issued: ${codeOf(reply)}`);
  return guest;
};
export type Technician = Awaited<ReturnType<typeof technician>>;

/** The body of a grant to a key, which an owner signed; by the hub where `by` says so. */
export const grantToKey = (scene: Scene, personId: string, { credential }: Pick<KnownKey, 'credential'>, changes: Partial<GrantTermsJson> = {}, by: 'owner' | 'hub' = 'owner') => {
  const [id, terms, credentialKey] = [freshId(), scene.terms({ freshForS: null, ...changes }), base64url(credential.publicKey)];
  const way = by === 'hub' ? { kind: 'hub', credentialKey } : { kind: 'direct', credentialKey, document: base64url(issue(termsFor(id, terms), { by: scene.owner.site.owner, to: credential.publicKey })) };
  return { id, person: { id: personId }, terms, way, introduction: base64url(introduce(scene.owner)) };
};
export const grantKey = async (scene: Scene, personId: string, key: Pick<KnownKey, 'credential'>, changes: Partial<GrantTermsJson> = {}, by: 'owner' | 'hub' = 'owner') => told(await post(scene, grantToKey(scene, personId, key, changes, by)));

export const requestIn = (reply: Reply): AccessRequest => parsed(accessRequestAnswer, reply).request;
export const search = async ({ owner }: Pick<Scene, 'owner'>, query: Readonly<Record<string, string | number>>): Promise<RecordsPage> =>
  parsed(recordsPage, await owner.browser.get(`/api/records?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString()}`));

// ---- what is said --------------------------------------------------------------------------------------------------------------

type FromKey = { readonly type: FromKeyType; readonly body: Bytes };
type ToKey = { readonly type: ToKeyType; readonly body: Bytes };

const bytesOf = (text: string): Bytes => required(fromBase64url(text), 'bytes');
const updatePath = (keyId: string): string => `/api/ekeys/${keyId}/update`;

/** The key says this, and hears that. */
export const say = async (browser: Browser, keyId: string, messages: readonly FromKey[]): Promise<readonly ToKey[]> => {
  const sent = messages.map(({ type, body }, seq) => base64url(encodeFromKey({ type, session: NO_SESSION, seq: seq + 1, expires: 0, body })));
  return parsed(ekeyUpdateAnswer, await browser.send('POST', updatePath(keyId), { messages: sent })).messages.map((message) => required(decodeToKey(bytesOf(message)), 'a message to a key'));
};

/** The journal of a key whose records a test writes. */
export const keyJournal = (scene: Pick<Signer, 'test'>, { keyId, identity }: KeyParts) => journalWriter({ lockId: keyId, identity, seal: exampleKey('seal') }, scene.test.hub.keys.journal.publicKey);

// ---- a real key ----------------------------------------------------------------------------------------------------------------

export type RealKey = { readonly time: VirtualTime; readonly world: KeyWorld; readonly parts: KeyParts; readonly status: () => Bytes; readonly update: (browser: Browser) => Promise<number> };

const MAX_ROUNDS = 30;

export const realKey = (seed = 'a key'): RealKey => {
  const time = new VirtualTime();
  const world = new KeyWorld(time, seed);
  world.start();
  time.run(50);
  const link = (): Bytes[] => {
    const said: Bytes[] = [];
    world.hearUpdate = (message) => { said.push(message); };
    world.input({ kind: 'linked' });
    time.run(50);
    return said;
  };
  return {
    time, world, parts: { keyId: world.state.keyId, identity: world.identity, credential: world.credential },
    status: () => {
      const said = link();
      world.input({ kind: 'unlinked' });
      return required(said.map(decodeFromKey).find((message) => message?.type === 'key-status'), 'a key says how it is').body;
    },
    // Whoever updates it asks until neither has anything more to say. Answers how many rounds that took.
    update: async (browser) => {
      const said = link();
      for (let rounds = 1; ; rounds += 1) {
        assert(rounds <= MAX_ROUNDS, 'an update ends');
        const reply = await browser.send('POST', updatePath(world.state.keyId), { messages: said.splice(0, MAX_KEY_MESSAGES).map(base64url) });
        assert(reply.status === 200, `the key is updated: ${codeOf(reply)}`);
        for (const message of parsed(ekeyUpdateAnswer, reply).messages) {
          world.input({ kind: 'message', bytes: bytesOf(message) });
          time.run(20);
        }
        time.run(50);
        if (said.length > 0) continue;
        world.input({ kind: 'unlinked' });
        time.run(50);
        return rounds;
      }
    },
  };
};
