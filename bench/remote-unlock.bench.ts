// Opening from afar, through everything that runs in life: hub, broker (TLS 1.3) and lock as processes of their own, the real wallet
// with the cryptography of a browser (noble, and WebCrypto for the signature). Measured from the full ring at the phone to the
// drive of the bolt, as the lock's Workbench tells it to anybody who watches: its event stream says that the motor runs. Both
// instants are taken in this process by one clock, so the stream's own way (a millisecond or two) counts against the lock.

import type { Door } from '@mortise/api/locks.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { startOperation, stepOperation, type OperationEffect, type OperationInput } from '@mortise/wallet/operation.ts';
import { privateMortise } from '../test/support/mortise.ts';
import { claimHub, type Founder } from '../test/support/owner.ts';
import { Workbench } from '../test/support/workbench.ts';
import { median, type Bench, type Figure } from './bench.ts';
import { watchMotor, type Motor } from './motor.ts';

const GOAL_MS = 50;
const GOAL_ROUND_TRIPS = 4;
const ROUND_TRIP_MS = 80;
const SAMPLES = 40;
const DELAYED_SAMPLES = 15;
const WARM_UP = 5;
/** Longer than anything that could still be on its way. */
const QUIET_MS = 120;

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

// ---- the phone -----------------------------------------------------------------------------------------------------------------

/** `prepared`: the ring fills while the lock waits. `cold`: it is full when the socket opens. */
type Press = { readonly begin: 'prepared' | 'cold'; readonly oneWayMs: number };
/** `trips`: frames, one way each, that were delivered or sent from the measured beginning to the drive. */
type Opening = { readonly tookMs: number; readonly trips: number };

class Scene {
  readonly owner: Founder;
  readonly door: Door;
  readonly workbench: Workbench;
  readonly motor: Motor;
  readonly #signingKey: CryptoKey;

  constructor(owner: Founder, door: Door, workbench: Workbench, motor: Motor, signingKey: CryptoKey) {
    [this.owner, this.door, this.workbench, this.motor, this.#signingKey] = [owner, door, workbench, motor, signingKey];
  }

  /** One opening; the bolt is thrown again by hand afterwards. */
  async open({ begin, oneWayMs }: Press): Promise<Opening> {
    const { site } = this.owner.phone;
    const identityKey = required(fromBase64url(this.door.lock.identityKey), 'an identity key is base64url');
    const socket = this.owner.session.socket('relay', this.door.lock.lockId);
    const begun = startOperation(nobleCrypto, { site, lock: { identityKey }, command: { verb: 'unlock' }, entropy: freshEntropy() });
    let { state } = begun;
    let trips = 0;
    let startedAt = 0;
    let driven: Promise<number> | undefined;
    const ended = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<void>();
    const onItsWay = (deliver: () => void): void => {
      if (oneWayMs === 0) deliver();
      else setTimeout(deliver, oneWayMs);
    };
    const send = (bytes: Bytes): void => {
      trips += 1;
      onItsWay(() => { socket.send(bytes); });
    };
    const receive = (bytes: Bytes): void => {
      trips += 1;
      put({ kind: 'frame', bytes });
    };
    const carryOut = (effect: OperationEffect): void => {
      if (effect.kind === 'send') send(effect.bytes);
      if (effect.kind === 'sign') void this.#sign(effect.message).then((signature) => { put({ kind: 'signed', signature }); });
      if (effect.kind === 'progress' && effect.phase === 'ready') ready.resolve();
      if (effect.kind !== 'done') return;
      assert(effect.outcome.kind === 'sensed', `a measured opening opens: ${JSON.stringify(effect.outcome)}`);
      ended.resolve();
    };
    const put = (input: OperationInput): void => {
      const step = stepOperation(nobleCrypto, state, input);
      state = step.state;
      step.effects.forEach(carryOut);
    };
    const fillRing = (): void => {
      [startedAt, trips] = [performance.now(), 0];
      driven = this.motor.withdrawsAfter(startedAt);
      put({ kind: 'ringFull' });
    };
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) onItsWay(() => { receive(new Uint8Array(data)); });
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    if (begin === 'cold') fillRing();
    begun.effects.forEach(carryOut);
    if (begin === 'prepared') {
      await ready.promise;
      await pause(QUIET_MS);
      fillRing();
    }
    const tookMs = (await required(driven, 'the ring is full')) - startedAt;
    const opening = { tookMs, trips };
    await ended.promise;
    socket.close();
    await this.#reset();
    return opening;
  }

  // A browser's own signature: WebCrypto, on a thread of its own.
  async #sign(message: Bytes): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, this.#signingKey, new Uint8Array(message)));
  }

  async #reset(): Promise<void> {
    await this.workbench.act({ action: 'thumb-turn', to: 'thrown' });
    await pause(QUIET_MS);
  }
}

const signingKeyOf = ({ phone }: Founder): Promise<CryptoKey> => {
  const { publicKey, privateKey } = phone.key;
  const text = (bytes: Bytes): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
  const jwk = { kty: 'EC', crv: 'P-256', x: text(publicKey.slice(1, 33)), y: text(publicKey.slice(33)), d: text(privateKey.reveal()) };
  return crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
};

/** A Mortise as `npm start` runs it, its owner, and the adopted virtual lock. */
const withScene = async <T>(work: (scene: Scene) => Promise<T>): Promise<T> => {
  const mortise = await privateMortise();
  try {
    const owner = await claimHub(mortise.url, mortise.claimUrl);
    const workbench = new Workbench(mortise.workbench);
    const door = await owner.adopt(workbench);
    const motor = await watchMotor(mortise.workbench);
    const scene = new Scene(owner, door, workbench, motor, await signingKeyOf(owner));
    for (let warm = 0; warm < WARM_UP; warm += 1) await scene.open({ begin: 'prepared', oneWayMs: 0 });
    const result = await work(scene);
    motor.close();
    return result;
  } finally {
    await mortise.stop();
  }
};

const openings = async (scene: Scene, count: number, press: Press): Promise<readonly Opening[]> => {
  const all: Opening[] = [];
  for (let number = 0; number < count; number += 1) all.push(await scene.open(press));
  return all;
};

const lowerIsBetter = { better: 'lower' } as const;

const opened = async (): Promise<Figure> => {
  const times = await withScene((scene) => openings(scene, SAMPLES, { begin: 'prepared', oneWayMs: 0 }));
  return { ...lowerIsBetter, value: median(times.map(({ tookMs }) => tookMs)), goal: GOAL_MS, unit: 'ms', against: 'the limit of 50 ms: full ring at the phone to the running motor, one machine', samples: SAMPLES };
};

const ONE_WAY_MS = ROUND_TRIP_MS / 2;
let measured: Promise<readonly Opening[]> | undefined;

// Two figures of the same openings.
const cold = (): Promise<readonly Opening[]> => {
  measured ??= withScene((scene) => openings(scene, DELAYED_SAMPLES, { begin: 'cold', oneWayMs: ONE_WAY_MS }));
  return measured;
};

const roundTrips = async (): Promise<Figure> => {
  const trips = (await cold()).map((opening) => opening.trips);
  assert(new Set(trips).size === 1, `every opening takes the same frames: ${trips.join()}`);
  return { ...lowerIsBetter, value: median(trips) / 2, goal: GOAL_ROUND_TRIPS, unit: 'trips', against: 'the limit of 4, the ring full when the socket opens: frames one way, by two, until the motor runs', samples: DELAYED_SAMPLES };
};

const atEighty = async (): Promise<Figure> => {
  const times = await cold();
  return { ...lowerIsBetter, value: median(times.map(({ tookMs }) => tookMs)), goal: GOAL_ROUND_TRIPS * ROUND_TRIP_MS + GOAL_MS, unit: 'ms', against: '4 round trips of 80 ms and 50 ms: the same openings, each frame 40 ms on its way', samples: DELAYED_SAMPLES };
};

export const remoteUnlock: readonly Bench[] = [
  { name: 'door.remote_unlock.ms', run: opened },
  { name: 'door.remote_unlock.round_trips', run: roundTrips },
  { name: 'door.remote_unlock.at_80ms_rtt.ms', run: atEighty },
];
