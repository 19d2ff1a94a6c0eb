// A key that was lent, at a door without a network: the first opening by documents that the lock has never seen, over the near link of a
// lock that runs as a process of its own. The guest's wallet has a browser's cryptography (noble, and WebCrypto for the signature); the
// documents are an owner's invitation that the guest redeemed, and a stamp: four signatures for the lock to check besides the
// guest's own. Measured from the full ring at the phone to the drive of the bolt, as the Workbench tells it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { exampleLock, exampleTrusted, exampleEntropy } from '@mortise/documents/example-site.ts';
import { sealTrusted } from '@mortise/documents/trusted-entry.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { startTestBroker } from '../apps/controller/src/broker.fixture.ts';
import { NearVisit } from '../apps/controller/src/near-visit.fixture.ts';
import { argumentsFor, startProcess } from '../apps/controller/src/process.fixture.ts';
import { TestSite } from '../apps/controller/src/site.fixture.ts';
import { Workbench } from '../test/support/workbench.ts';
import { median, type Bench, type Figure } from './bench.ts';
import { watchMotor, type Motor } from './motor.ts';

const GOAL_MS = 120;
const SAMPLES = 30;
const WARM_UP = 5;
/** Longer than anything that could still be on its way. */
const QUIET_MS = 120;
const CREDENTIALS = 200;

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

type Scene = { readonly site: TestSite; readonly workbench: Workbench; readonly near: string; readonly motor: Motor };

const signerOf = async ({ publicKey, privateKey }: KeyPair): Promise<(message: Bytes) => Promise<Bytes>> => {
  const text = (bytes: Bytes): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
  const jwk = { kty: 'EC', crv: 'P-256', x: text(publicKey.slice(1, 33)), y: text(publicKey.slice(33)), d: text(privateKey.reveal()) };
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return async (message) => new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new Uint8Array(message)));
};

/** One guest, new to the lock, opens; the bolt is thrown again by hand. */
const openOnce = async ({ site, workbench, near, motor }: Scene): Promise<number> => {
  const guest = site.invite();
  const sign = await signerOf(guest.key);
  const visit = await NearVisit.open(near, nobleCrypto);
  let startedAt = 0;
  let driven: Promise<number> | undefined;
  const fillRing = async (): Promise<void> => {
    await pause(QUIET_MS);
    startedAt = performance.now();
    driven = motor.withdrawsAfter(startedAt);
  };
  const identityKey = required(site.identityKey, 'the lock is adopted');
  const outcome = await visit.operate({ site: guest.site, identityKey, verb: 'unlock', entropy: freshEntropy(), sign, fillRing });
  assert(outcome.kind === 'sensed' && outcome.receipt.record.grant !== undefined, `a measured opening opens by its grant: ${JSON.stringify(outcome)}`);
  const tookMs = (await required(driven, 'the ring was full')) - startedAt;
  visit.close();
  await workbench.act({ action: 'thumb-turn', to: 'thrown' });
  await pause(QUIET_MS);
  return tookMs;
};

const withScene = async <T>(work: (scene: Scene) => Promise<T>): Promise<T> => {
  const root = await mkdtemp(join(tmpdir(), 'mortise-bench-'));
  const broker = await startTestBroker();
  const lock = startProcess(argumentsFor(join(root, 'lock'), broker));
  try {
    const { lockId, workbench: url = '' } = await lock.first;
    const [site, workbench] = [new TestSite(broker), new Workbench(url)];
    await site.until('the link', () => site.statuses > 0);
    assert((await site.adopt(required(parseIdentifier<LockId>(lockId), 'a lock id'), await workbench.setupCode())) === 'adopted', 'the lock is adopted');
    await site.until('the lock on its own link', () => site.status?.adopted === true && site.status.clock === 'synced');
    await site.lend(1);
    await workbench.act({ action: 'link', on: false });
    const near = url.replace('http:', 'ws:').concat('near');
    const motor = await watchMotor(url);
    const result = await work({ site, workbench, near, motor });
    motor.close();
    return result;
  } finally {
    lock.child.kill('SIGKILL');
    await lock.ended;
    await broker.close();
    await rm(root, { recursive: true });
  }
};

const openOffline = (): Promise<Figure> =>
  withScene(async (scene) => {
    for (let warm = 0; warm < WARM_UP; warm += 1) await openOnce(scene);
    const times: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample += 1) times.push(await openOnce(scene));
    return { value: median(times), goal: GOAL_MS, better: 'lower', unit: 'ms', against: 'the limit of 120 ms: full ring at a guest’s phone to the running motor, by documents new to the lock, near link, no network', samples: SAMPLES };
  });

// Each entry is sealed to its lock by itself, so that another owner can follow on without reading it: that is what it costs.
const rosterSeal = (): Promise<Figure> => {
  const { lockId, seal } = exampleLock();
  const entries = Array.from({ length: CREDENTIALS }, (_, index) => {
    const name = `credential ${index}`;
    return ['trusted', sealTrusted(nobleCrypto, seal.publicKey, lockId, exampleTrusted(name), exampleEntropy(name))];
  });
  const kib = encodeCbor(entries).length / 1024;
  return Promise.resolve({ value: kib, better: 'lower', unit: 'KiB', against: 'no limit: 200 entries of a roster, each sealed to the lock', samples: CREDENTIALS });
};

export const lending: readonly Bench[] = [
  { name: 'lend.open_offline.ms', run: openOffline },
  { name: 'documents.roster_seal.kib', run: rosterSeal },
];
