// Opening by Bluetooth, through everything that runs in life but the air: the lock is a process of its own with bleno on a virtual controller, the phone is noble
// on another here, the air between them takes no time. Measured from the full ring to the running motor, the phone connected, as the app keeps it; and
// against what no design can avoid: the round trips of the radio as this machine's stacks make them, and the primitives of both sides.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, required } from '@mortise/base/assert.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { NearVisit } from '@mortise/controller/near-visit.fixture.ts';
import { TestRadio } from '@mortise/controller/radio.fixture.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { openDatabase } from '@mortise/node/sqlite.ts';
import { freePorts, privateMortise, startMortise, type Mortise } from '../test/support/mortise.ts';
import { claimHub, type Founder } from '../test/support/owner.ts';
import { temporaryDirectory } from '../test/support/processes.ts';
import { Workbench } from '../test/support/workbench.ts';
import { filled } from './aliro-transaction.ts';
import { median, type Bench, type Figure } from './bench.ts';
import { watchMotor, type Motor } from './motor.ts';

const GOAL_MS = 60;
const GOAL_SUM_RATIO = 1.5;
const GOAL_IDLE_MB = 120;
const SAMPLES = 40;
const WARM_UP = 5;
/** Longer than anything that could still be on its way. */
const QUIET_MS = 120;
const IDLE_MS = 5000;
/** Frames from the full ring to the decision: SELECT's answer, AUTH0 and its answer, AUTH1 and its answer. */
const FRAMES = 5;

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

type Scene = { readonly mortise: Mortise; readonly air: TestRadio; readonly owner: Founder; readonly identityKey: Bytes; readonly workbench: Workbench; readonly motor: Motor; readonly visit: () => Promise<NearVisit>; readonly echo: () => Promise<void> };

const withScene = async <T>(work: (scene: Scene) => Promise<T>): Promise<T> => {
  const air = new TestRadio();
  await air.serve();
  const mortise = await privateMortise({ MORTISE_LOCK_BLUETOOTH: air.name });
  try {
    const owner = await claimHub(mortise.url, mortise.claimUrl);
    const workbench = new Workbench(mortise.workbench);
    const door = await owner.adopt(workbench);
    const motor = await watchMotor(mortise.workbench);
    const phone = await air.phone();
    const visit = async (): Promise<NearVisit> => new NearVisit(await phone.meet(), nobleCrypto);
    const identityKey = required(fromBase64url(door.lock.identityKey), 'an identity key is base64url');
    const result = await work({ mortise, air, owner, identityKey, workbench, motor, visit, echo: phone.echo });
    motor.close();
    return result;
  } finally {
    await mortise.stop();
    air.close();
  }
};

const signerOf = async ({ phone }: Founder): Promise<(message: Bytes) => Promise<Bytes>> => {
  const { publicKey, privateKey } = phone.key;
  const text = (bytes: Bytes): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
  const jwk = { kty: 'EC', crv: 'P-256', x: text(publicKey.slice(1, 33)), y: text(publicKey.slice(33)), d: text(privateKey.reveal()) };
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return async (message) => new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new Uint8Array(message)));
};

/** Milliseconds from the full ring to the motor; the bolt is thrown again by hand. */
const open = async ({ owner, identityKey, workbench, motor }: Scene, visit: NearVisit, sign: (message: Bytes) => Promise<Bytes>): Promise<number> => {
  let startedAt = 0;
  let driven: Promise<number> | undefined;
  const fillRing = async (): Promise<void> => {
    await pause(QUIET_MS);
    startedAt = performance.now();
    driven = motor.withdrawsAfter(startedAt);
  };
  const outcome = await visit.operate({ site: owner.phone.site, identityKey, verb: 'unlock', entropy: freshEntropy(), sign, fillRing });
  assert(outcome.kind === 'sensed', `a measured opening opens: ${JSON.stringify(outcome)}`);
  const tookMs = (await required(driven, 'the ring was full')) - startedAt;
  await workbench.act({ action: 'thumb-turn', to: 'thrown' });
  await pause(QUIET_MS);
  return tookMs;
};

/** A visit does so many operations, and the lock lets it. */
const PER_VISIT = 10;

/** One opening, and beside it, after the same quiet, what it cannot do without. */
type Sample = { readonly openingMs: number; readonly roundTripMs: number; readonly cryptoMs: number; readonly writeMs: number };

const sampleOf = async (scene: Scene, visit: NearVisit, sign: (message: Bytes) => Promise<Bytes>, disk: Disk): Promise<Sample> => {
  const openingMs = await open(scene, visit, sign);
  const roundTripMs = await timed(scene.echo);
  await pause(QUIET_MS);
  const cryptoMs = await timed(primitives);
  await pause(QUIET_MS);
  return { openingMs, roundTripMs, cryptoMs, writeMs: await timed(disk.write) };
};

const samplesOf = async (scene: Scene): Promise<readonly Sample[]> => {
  const [sign, disk] = [await signerOf(scene.owner), openDisk()];
  const samples: Sample[] = [];
  while (samples.length < SAMPLES + WARM_UP) {
    const visit = await scene.visit();
    for (let count = 0; count < PER_VISIT; count += 1) samples.push(await sampleOf(scene, visit, sign, disk));
    visit.close();
    await pause(QUIET_MS);
  }
  disk.close();
  return samples.slice(WARM_UP, WARM_UP + SAMPLES);
};

type Disk = { readonly write: () => Promise<void>; readonly close: () => void };

/** A record of the lock's size, durable as its store makes it: the evidence that comes before the bolt. */
const openDisk = (): Disk => {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-disk-'));
  const database = openDatabase(join(folder, 'records.sqlite'), { exclusive: true });
  assert(database.ok, 'a database opens');
  database.value.exec('CREATE TABLE record (bytes BLOB NOT NULL)');
  const insert = database.value.prepare('INSERT INTO record VALUES (?)');
  const close = (): void => {
    database.value.close();
    rmSync(folder, { recursive: true });
  };
  return { write: async () => void insert.run(filled(600, 17)), close };
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
};

/** What both sides must compute until the bolt may move, with inputs of the sizes that they have; the phone's as a browser's. */
const primitives = async (): Promise<void> => {
  const agree = (side: Crypto): void => {
    const ephemeral = side.p256.privateKeyFromSeed(filled(48, 6));
    side.p256.publicKey(ephemeral);
    side.p256.sharedX(ephemeral, PEER);
    side.hkdfSha256(side.sha256(filled(52, 13)), filled(174, 14), filled(59, 15), 160);
  };
  agree(nodeCrypto);
  agree(nobleCrypto);
  nodeCrypto.p256.sign(SCALAR, MESSAGE);
  // The lock's certificate, and its signature; then the phone's.
  nobleCrypto.p256.verify(PEER, SIGNATURE, MESSAGE);
  nobleCrypto.p256.verify(PEER, SIGNATURE, MESSAGE);
  await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, await SUBTLE, new Uint8Array(MESSAGE));
  nodeCrypto.aesGcmOpen(filled(32, 9), filled(12, 10), nobleCrypto.aesGcmSeal(filled(32, 9), filled(12, 10), filled(137, 11)));
  nodeCrypto.p256.verify(PEER, SIGNATURE, MESSAGE);
};
const SCALAR = nodeCrypto.p256.privateKeyFromSeed(filled(48, 3));
const PEER = nodeCrypto.p256.publicKey(SCALAR);
const MESSAGE = filled(126, 8);
const SIGNATURE = nodeCrypto.p256.sign(SCALAR, MESSAGE);
const SUBTLE = crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']).then(({ privateKey }) => privateKey);

let measured: Promise<readonly Sample[]> | undefined;

// Two figures of the same openings.
const measure = (): Promise<readonly Sample[]> => {
  measured ??= withScene(samplesOf);
  return measured;
};

/** The lock is the one child of `mortise run`. */
const lockProcess = ({ running: { process: { pid = 0 } } }: Mortise): number => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const lower = { better: 'lower' } as const;

const touchToMotor = async (): Promise<Figure> => {
  const samples = await measure();
  return { ...lower, value: median(samples.map(({ openingMs }) => openingMs)), goal: GOAL_MS, unit: 'ms', against: 'the limit of 60 ms: full ring to the running motor, the phone connected, noble and bleno over the virtual radio', samples: SAMPLES };
};

const sumRatio = async (): Promise<Figure> => {
  const samples = await measure();
  const of = (field: keyof Sample): string => median(samples.map((sample) => sample[field])).toFixed(2);
  const ratio = ({ openingMs, roundTripMs, cryptoMs, writeMs }: Sample): number => openingMs / ((FRAMES / 2) * roundTripMs + cryptoMs + writeMs);
  const against = `${FRAMES / 2} round trips (${of('roundTripMs')} ms, a read of the same lock), the primitives of both sides (${of('cryptoMs')} ms) and one durable record (${of('writeMs')} ms), each beside its opening`;
  return { ...lower, value: median(samples.map(ratio)), goal: GOAL_SUM_RATIO, unit: 'ratio', against, samples: SAMPLES };
};

const idle = async (): Promise<Figure> => {
  const place = await temporaryDirectory();
  const [air, ports] = [new TestRadio(), await freePorts()];
  await air.serve();
  const start = (): Promise<Mortise> => startMortise(place.path, ports, { MORTISE_LOCK_BLUETOOTH: air.name });
  const first = await start();
  await (await claimHub(first.url, first.claimUrl)).adopt(new Workbench(first.workbench));
  await first.running.stop();
  const again = await start();
  await pause(IDLE_MS);
  const value = residentMb(lockProcess(again));
  await again.running.stop();
  air.close();
  await place.remove();
  return { ...lower, value, goal: GOAL_IDLE_MB, unit: 'MB', against: 'the limit of 120 MB: resident memory of an adopted lock’s process with link, Workbench and radio, idle for 5 s after its second start', samples: 1 };
};

export const bluetooth: readonly Bench[] = [
  { name: 'ble.touch_to_motor.ms', run: touchToMotor },
  { name: 'ble.touch_to_motor.sum_ratio', run: sumRatio },
  { name: 'controller.idle.mb', run: idle },
];
