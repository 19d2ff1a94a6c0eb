// The hub's own keys, made at the first start: the link CA, the broker's TLS key, the journal key that locks seal records to, the time
// key that an owner certifies, and the delegate's key, which can do what the owners' delegation says and a lock enforces. None of
// the others opens a door. They lie in the store in clear: who has the hub's disk reads its journal and can run its link.

import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { generateP256KeyPair, type P256KeyPair } from '@mortise/node/p256-keys.ts';
import type { Database } from './store/open-store.ts';

type Certified = { readonly keys: P256KeyPair; readonly certificate: string };
export type HubKeys = { readonly journal: P256KeyPair; readonly time: P256KeyPair; readonly delegate: P256KeyPair; readonly ca: Certified; readonly broker: Certified };

// X.509 writing is slow to load and seldom needed.
const certificates = () => import('@mortise/node/certificates.ts');

/** Loads the keys, making those that are missing. `names`: under which the broker may be dialled, besides localhost. */
export const loadHubKeys = async (database: Database, names: readonly string[], now: number): Promise<HubKeys> => {
  const journal = await keyPair(database, 'journal', now);
  const time = await keyPair(database, 'time', now);
  const delegate = await keyPair(database, 'delegate', now);
  const caKeys = await keyPair(database, 'link-ca', now);
  const caPem = await certificateOf(database, 'link-ca') ?? await certify(database, 'link-ca', (await (await certificates()).createCa(caKeys)).certificate);
  const ca = { keys: caKeys, certificate: caPem };
  return { journal, time, delegate, ca, broker: await brokerCertificate(database, ca, names, now) };
};

/** The certificate (PEM) by which an adopted lock proves its link key. */
export const linkCertificate = async (keys: HubKeys, lockId: LockId, linkKey: Bytes): Promise<string> =>
  (await certificates()).issueLinkCertificate(keys.ca, lockId, linkKey);

const brokerCertificate = async (database: Database, ca: Certified, names: readonly string[], now: number): Promise<Certified> => {
  const keys = await keyPair(database, 'broker', now);
  const kept = await certificateOf(database, 'broker');
  if (kept !== undefined && covers(kept, names)) return { keys, certificate: kept };
  const issued = await (await certificates()).issueBrokerCertificate(ca, keys.publicKey, names);
  return { keys, certificate: await certify(database, 'broker', issued) };
};

const covers = (pem: string, names: readonly string[]): boolean => {
  const certificate = new X509Certificate(pem);
  return names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined);
};

const keyPair = async (database: Database, name: string, now: number): Promise<P256KeyPair> => {
  const fresh = generateP256KeyPair();
  await database
    .insertInto('hub_key')
    .values({ name, private_key: fresh.privateKey.reveal(), public_key: fresh.publicKey, certificate: null, created_at: now })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const kept = await database.selectFrom('hub_key').select(['private_key', 'public_key']).where('name', '=', name).executeTakeFirst();
  const row = required(kept, 'the key was stored');
  return { privateKey: new Secret(row.private_key), publicKey: row.public_key };
};

const certificateOf = async (database: Database, name: string): Promise<string | undefined> =>
  (await database.selectFrom('hub_key').select('certificate').where('name', '=', name).executeTakeFirst())?.certificate ?? undefined;

const certify = async (database: Database, name: string, certificate: string): Promise<string> => {
  await database.updateTable('hub_key').set({ certificate }).where('name', '=', name).execute();
  return certificate;
};
