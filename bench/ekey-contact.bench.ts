// What both sides of a contact spend, from the touch to the lock's decision, beyond the cryptography that it takes: a key with grants for 2,000
// locks in 32 groups at a passive lock. The steps of one real contact are done again, and against them the calls of primitives that it must
// make, with the inputs that they had. `NEEDED` names each of them: what was called and is not needed is an error and no part of the measure.

import { assert } from '@mortise/base/assert.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { EkeyInput } from '@mortise/ekey/events.ts';
import type { EkeyState } from '@mortise/ekey/state.ts';
import { step as stepKey } from '@mortise/ekey/step.ts';
import { Site } from '@mortise/ekey/touch.conformance.ts';
import type { LockInput } from '@mortise/lock/events.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { step as stepLock } from '@mortise/lock/step.ts';
import { randomisedCrypto } from '@mortise/node/randomised-crypto.fixture.ts';
import type { Bench, Figure } from './bench.ts';
import { ratioOf } from './ratio.ts';

const GOAL = 1.3;
const GROUPS = 32;

type Step = (crypto: Crypto) => void;

/** What each call is for, by Aliro's description (§) or by our own formats. The signatures by long-term keys are made outside the steps. */
const NEEDED = {
  sign: ['the lock’s AUTH1 (§3.3)', 'the key’s AUTH1 (§3.3)', 'the answer to the lock’s question of the time'],
  verify: ['certificate of the time key', 'answer about the time', 'reader certificate (§6)', 'the lock’s AUTH1', 'the key’s AUTH1', 'freshness stamp', 'access document (§8)'],
  ECDH: ['at the lock (§4.2)', 'at the key (§4.2)'],
  'key generation': ['the lock’s ephemeral key', 'the key’s ephemeral key'],
  scalar: ['of the lock’s ephemeral key', 'of the key’s ephemeral key'],
  'point check': ['the lock’s ephemeral key, before the key answers with anything of its own (§3.1)'],
  HKDF: [
    'session keys at the lock (§4.3)', 'session keys at the key (§4.3)', 'step-up keys at the lock, each way (§4.4)', 'and back', 'step-up keys at the key, each way (§4.4)', 'and back',
    'from entropy: the lock’s question', 'request id', 'the key’s ephemeral key', 'the lock’s ephemeral key', 'transaction id', 'salt of the record',
  ],
  'AES-GCM': ['AUTH1 sealed', 'AUTH1 opened', 'request sealed', 'request opened', 'documents sealed', 'documents opened', 'decision sealed'],
  'SHA-256': [
    'agreed secret at the lock (§4.2)', 'agreed secret at the key (§4.2)', 'whose answer, at the key', 'who certified, at the lock', 'whose answer, at the lock', 'issuer of the stamp (§8.1)', 'issuer of the document (§8.1)',
    'element of the stamp (§8.2)', 'element of the document (§8.2)', 'document that the stamp is about', 'credential in the record', 'record', 'leaf', 'head of the journal',
  ],
  'SHA-1': ['issuer of the reader certificate (§6)'],
} as const;

/** The steps of one contact, of both sides, until the lock frees its bolt; and what was signed for them by long-term keys. */
const contact = (): { readonly steps: readonly Step[]; readonly signed: number } => {
  const site = new Site('passive');
  const { hub, key, guests: { world, door } } = site;
  const groups = Array.from({ length: GROUPS - 1 }, (_, index) => hub.grant({ places: [{ kind: 'group', id: hub.group(`group ${index}`) }], freshForS: 7 * 86_400 }));
  const grants = [hub.grant({ places: [door], freshForS: 7 * 86_400 }), ...groups];
  site.ready([hub.ownTimeKey(), ...grants, ...grants.map((grant) => hub.stamp(grant))]);
  const steps: Step[] = [];
  let signed = 0;
  const [lockInput, keyInput] = [world.input.bind(world), key.input.bind(key)];
  const entropy = world.crypto.sha256(new Uint8Array(1));
  world.input = (event): void => {
    const [state, now]: [LockState, LockInput['now']] = [world.state, { monotonicMs: world.nowMs - world.bootMs, rtcMs: Number.NaN }];
    steps.push((crypto) => void stepLock({ crypto }, state, { now, entropy, event }));
    if (event.kind === 'signed') signed += 1;
    lockInput(event);
  };
  key.input = (event): void => {
    const [state, now]: [EkeyState, EkeyInput['now']] = [key.state, key.now];
    steps.push((crypto) => void stepKey({ crypto }, state, { now, entropy, event }));
    if (event.kind === 'signed') signed += 1;
    keyInput(event);
  };
  site.touch().begin('unlock');
  for (let turns = 0; turns < 5000 && world.drives.length === 0; turns += 1) site.run(1);
  assert(world.drives.length === 1, 'the lock freed its bolt');
  return { steps, signed };
};

type Call = { readonly name: string; readonly again: () => unknown };

/** The same crypto, which tells each call. */
const told = (crypto: Crypto, tell: (call: Call) => void): Crypto => {
  const watched = <A extends readonly unknown[], R>(name: string, run: (...given: A) => R) => (...given: A): R => {
    tell({ name, again: () => run(...given) });
    return run(...given);
  };
  const { p256 } = crypto;
  return {
    ...crypto,
    sha256: watched('SHA-256', crypto.sha256), sha1: watched('SHA-1', crypto.sha1), hmacSha256: watched('HMAC', crypto.hmacSha256), hkdfSha256: watched('HKDF', crypto.hkdfSha256),
    aesGcmSeal: watched('AES-GCM', crypto.aesGcmSeal), aesGcmOpen: watched('AES-GCM', crypto.aesGcmOpen),
    p256: {
      ...p256, privateKeyFromSeed: watched('scalar', p256.privateKeyFromSeed), publicKey: watched('key generation', p256.publicKey), isPublicKey: watched('point check', p256.isPublicKey),
      sharedX: watched('ECDH', p256.sharedX), sign: watched('sign', p256.sign), verify: watched('verify', p256.verify),
    },
  };
};

const counted = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${all.length} ${name}`).toSorted().join(', ');

const needed = counted(Object.entries(NEEDED).flatMap(([name, each]) => each.map(() => name)));

const cpuRatio = (): Promise<Figure> => {
  const { steps, signed } = contact();
  const calls: Call[] = [];
  const recording = told(randomisedCrypto, (call) => calls.push(call));
  for (const step of steps) step(recording);
  const called = counted([...calls.map(({ name }) => name), ...Array.from({ length: signed }, () => 'sign')]);
  assert(called === needed, `a contact needs ${needed}, and called ${called}`);
  const signAll = (): void => {
    for (let count = 0; count < signed; count += 1) randomisedCrypto.p256.sign(SIGNER, MESSAGE);
  };
  const work = (): void => {
    for (const step of steps) step(randomisedCrypto);
    signAll();
  };
  const against = (): void => {
    for (const { again } of calls) again();
    signAll();
  };
  return Promise.resolve({ ...ratioOf(work, against), goal: GOAL, better: 'lower', unit: 'ratio', against: `the primitives of both sides, from the touch to the decision, same run: ${needed}` });
};

const SIGNER = randomisedCrypto.p256.privateKeyFromSeed(new Uint8Array(48).fill(2));
const MESSAGE = new Uint8Array(126);

export const electronicKeyContact: Bench = { name: 'ekey.contact.cpu_ratio', run: cpuRatio };
