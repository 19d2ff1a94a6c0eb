// The far side of the link for tests: an MQTT client with a lock's certificate, and batches of an example journal. It says what it is
// told to say, true or not.

import { connect, type MqttClient } from 'mqtt';
import { fromUtf8, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeToLock, encodeFromLock, NO_SESSION, type FromLockType, type ToLockMessage, type ToLockType } from '@mortise/courier/link-message.ts';
import { linkTopic } from '@mortise/courier/link-topic.ts';
import { statusToSign, type Status } from '@mortise/courier/status.ts';
import { instant } from '@mortise/base/instant.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exampleEntropy, signWith, type ExampleLock } from '@mortise/documents/example-site.ts';
import { encodeBatch } from '@mortise/journal/batch.ts';
import { append, GENESIS, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { exampleEntries, exampleStatement } from '@mortise/journal/example-journal.ts';
import { encodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import type { StoredEntry } from '@mortise/journal/stored-journal.ts';
import { createCa, factoryCertificate, issueLinkCertificate, type CertificateAuthority } from '@mortise/node/certificates.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { generateP256KeyPair, privateKeyPem } from '@mortise/node/p256-keys.ts';

export type LinkCredentials = { readonly certificate: string; readonly key: string };
export type LinkedLock = {
  readonly heard: ToLockMessage[];
  /** The first message of this type, heard already or to come. Rejects when the link ends first. */
  readonly next: (type: ToLockType) => Promise<ToLockMessage>;
  readonly send: (type: FromLockType, body: Bytes, session?: Bytes) => void;
  readonly client: MqttClient;
  readonly ended: Promise<void>;
  readonly end: () => Promise<void>;
};

const keyText = (keys: KeyPair): string => fromUtf8(privateKeyPem(keys).reveal());

export const factoryCredentials = async ({ identity }: Pick<ExampleLock, 'identity'>): Promise<LinkCredentials> => ({ certificate: await factoryCertificate(identity), key: keyText(identity) });

/** A link certificate for `lockId` by `authority`; by a stranger's when there is none. */
export const adoptedCredentials = async (lockId: LockId, authority?: CertificateAuthority): Promise<LinkCredentials> => {
  const keys = generateP256KeyPair();
  return { certificate: await issueLinkCertificate(authority ?? (await createCa()), lockId, keys.publicKey), key: keyText(keys) };
};

/** A client of the broker, connected or refused (then it rejects). `clientId` may be a lie. */
export const dial = (port: number, ca: string, { certificate, key }: LinkCredentials, clientId: string): Promise<MqttClient> =>
  new Promise((resolve, reject) => {
    const client = connect({ protocol: 'mqtts', host: 'localhost', port, ca, cert: certificate, key, clientId, reconnectPeriod: 0, protocolVersion: 4, connectTimeout: 3000 });
    client.once('connect', () => { resolve(client); });
    client.once('error', reject);
    client.once('close', () => { reject(new RefusedError()); });
  });

/** The broker ended the connection. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** A lock on the link, subscribed to its topic. */
export const joinLink = async (port: number, ca: string, credentials: LinkCredentials, lockId: LockId): Promise<LinkedLock> => {
  const client = await dial(port, ca, credentials, lockId);
  const heard: ToLockMessage[] = [];
  const waiting = new Set<(message: ToLockMessage) => void>();
  const ended = new Promise<void>((resolve) => { client.once('close', () => { resolve(); }); });
  client.on('error', () => undefined);
  client.on('message', (_topic, payload) => {
    const message = decodeToLock(new Uint8Array(payload));
    if (message === undefined) return;
    heard.push(message);
    for (const each of waiting) each(message);
  });
  await client.subscribeAsync(linkTopic(lockId, 'in'), { qos: 1 });
  let seq = 0;
  return {
    heard, client, ended,
    next: (type) => nextOf(heard, waiting, ended, type),
    send: (type, body, session = NO_SESSION) => {
      seq += 1;
      client.publish(linkTopic(lockId, 'out'), Buffer.from(encodeFromLock({ type, session, seq, expires: 0, body })), { qos: 1 });
    },
    end: () => client.endAsync(true),
  };
};

const nextOf = (heard: ToLockMessage[], waiting: Set<(message: ToLockMessage) => void>, ended: Promise<void>, type: ToLockType): Promise<ToLockMessage> => {
  const at = heard.findIndex((message) => message.type === type);
  const [there] = at < 0 ? [] : heard.splice(at, 1);
  if (there !== undefined) return Promise.resolve(there);
  return new Promise((resolve, reject) => {
    const look = (message: ToLockMessage): void => {
      if (message.type !== type) return;
      waiting.delete(look);
      heard.splice(heard.indexOf(message), 1);
      resolve(message);
    };
    waiting.add(look);
    void ended.finally(() => { reject(new RefusedError()); });
  });
};

const STATUS = {
  bolt: 'locked', door: 'closed', batteryMv: 5900, adopted: true, rosterVersion: 1, ownerSequence: 1, since: instant(1_767_225_600_000), seq: 0,
  instant: instant(1_767_225_600_000), clock: 'synced', count: 1,
} as const;

/** What a lock says of itself, signed by `signer`. */
export const statusBody = ({ lockId, identity }: ExampleLock, changes: Partial<Status> = {}, signer: KeyPair = identity): Bytes =>
  signWith(signer, statusToSign(nodeCrypto, identity.publicKey, { ...STATUS, lockId, ...changes }));

/** The journal of a lock from a seed: another `seed`, another history. */
export const journalOf = (lock: ExampleLock, journalKey: KeyPair['publicKey'], count: number, seed = 'history') => {
  const keeper = { seed: exampleEntropy(seed), lockId: lock.lockId, identity: lock.identity, journal: { ...lock.seal, publicKey: journalKey } };
  const entries: readonly StoredEntry[] = [...exampleEntries(nodeCrypto, keeper, count)];
  const pointAt = (seq: number): ChainPoint => {
    const entry = entries[seq - 1];
    return entry === undefined ? GENESIS : { seq, head: entry.head };
  };
  /** The batch of entries `first` to `last`, as the lock would send it. */
  const batch = (first: number, last: number, changes: { readonly journalKey?: Bytes; readonly statement?: Bytes } = {}): Bytes => {
    const picked = entries.slice(first - 1, last).flatMap(({ seq, leaf, salt, record, head }) => (salt === undefined || record === undefined ? [] : [{ seq, leaf, salt, record, head }]));
    return encodeBatch(nodeCrypto, {
      lockId: lock.lockId, from: pointAt(first - 1), entries: picked, journalKey: changes.journalKey ?? journalKey,
      statement: changes.statement ?? exampleStatement(nodeCrypto, keeper, pointAt(last)),
    }, exampleEntropy(`batch ${first} ${last}`));
  };
  return { entries, pointAt, batch };
};

/** A journal that a test writes; what is written at once comes back as the batch that brings it. */
export const journalWriter = (lock: Pick<ExampleLock, 'lockId' | 'identity' | 'seal'>, journalKey: KeyPair['publicKey']) => {
  let point: ChainPoint = GENESIS;
  const keeper = { seed: exampleEntropy('writer'), lockId: lock.lockId, identity: lock.identity, journal: { ...lock.seal, publicKey: journalKey } };
  const next = (record: JournalRecord): Entry => {
    const entry = append(nodeCrypto, { lockId: lock.lockId, ...point }, encodeRecord(record), exampleEntropy(`salt ${point.seq}`), record.kind);
    point = { seq: entry.seq, head: entry.head };
    return entry;
  };
  const writeAll = (records: readonly JournalRecord[]): Bytes => {
    const from = point;
    const entries = records.map(next);
    return encodeBatch(nodeCrypto, { lockId: lock.lockId, from, entries, journalKey, statement: exampleStatement(nodeCrypto, keeper, point) }, exampleEntropy(`written ${from.seq}`));
  };
  return { write: (record: JournalRecord): Bytes => writeAll([record]), writeAll };
};
