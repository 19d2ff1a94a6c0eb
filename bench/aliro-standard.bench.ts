// How much CPU a reader spends on a whole standard transaction beyond the cryptography that the protocol demands of it. Both
// sides of the ratio use the same adapter, the same keys and inputs of the same sizes, in turns, in one process. The user
// device's answers are recorded beforehand, so that only the reader's work counts.

import { createPrivateKey, sign } from 'node:crypto';
import { assert, required } from '@mortise/base/assert.ts';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { createReader, stepReader, type ReaderConfig, type ReaderEffect, type ReaderInput, type ReaderSession } from '@mortise/aliro/reader.ts';
import { createUserDevice, stepUserDevice, type DeviceInput, type DeviceSession } from '@mortise/aliro/user-device.ts';
import { INTERFACES, encodeCommand } from '@mortise/aliro/vendor.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { median, type Bench, type Figure } from './bench.ts';

const SAMPLES = 2000;
const WARM_UP = 500;
const GOAL = 1.3;
const UNSECURING = 0x0181;

const filled = (length: number, seed: number): Bytes => Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 17 + 5) & 0xff);

/** Long-term keys sign outside the session (an effect); here by OpenSSL, the fastest there is, which makes the ratio strictest. */
type Signer = (message: Bytes) => Bytes;

const opensslSigner = (privateKey: Bytes): Signer => {
  const key = createPrivateKey({ key: privateKey, format: 'raw-private', asymmetricKeyType: 'ec', namedCurve: 'prime256v1' });
  return (message) => new Uint8Array(sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' }));
};

type Parties = {
  readonly seed: Bytes;
  readonly signAsReader: Signer;
  readonly credential: Bytes;
  readonly deviceEphemeral: Bytes;
  readonly config: ReaderConfig;
};

const parties = (crypto: Crypto): Parties => {
  const [readerKey, credential, deviceEphemeral] = [1, 2, 3].map((seed) => crypto.p256.privateKeyFromSeed(filled(48, seed)));
  assert(readerKey !== undefined && credential !== undefined && deviceEphemeral !== undefined, 'three keys');
  const config: ReaderConfig = {
    groupIdentifier: filled(16, 4),
    subIdentifier: filled(16, 5),
    groupIdentifierKey: crypto.p256.publicKey(readerKey),
    versions: [0x0100],
    interfaceByte: INTERFACES.relay,
    authenticationPolicy: 1,
    keyRequest: 'publicKey',
  };
  return { seed: filled(48, 6), signAsReader: opensslSigner(readerKey), credential, deviceEphemeral, config };
};

/** What the reader's shell does with an effect; `answers` come from the device or from the recording. */
type Peer = (apdu: Bytes) => Bytes;

const inputOf = (signAsReader: Signer, effect: ReaderEffect, peer: Peer): ReaderInput | undefined => {
  switch (effect.kind) {
    case 'transmit':
      return { kind: 'response', apdu: peer(effect.apdu) };
    case 'sign':
      return { kind: 'signed', signature: signAsReader(effect.message) };
    case 'authenticated':
      return { kind: 'decide', status: UNSECURING };
    case 'exchanged':
    case 'finished':
      return undefined;
  }
};

/** A whole transaction of the reader, its ephemeral key included; answers how it ended. */
const transact = (crypto: Crypto, { seed, signAsReader, config }: Parties, peer: Peer): ReaderEffect | undefined => {
  const secrets = { ephemeralPrivateKey: crypto.p256.privateKeyFromSeed(seed), transactionId: seed.subarray(0, 16) };
  let session: ReaderSession = createReader(config, secrets);
  let input: ReaderInput | undefined = { kind: 'start' };
  let last: ReaderEffect | undefined;
  while (input !== undefined) {
    const stepped = stepReader(crypto, session, input);
    session = stepped.session;
    last = stepped.effects[0];
    input = last && inputOf(signAsReader, last, peer);
  }
  return last;
};

/** A user device that answers, and what it answered. */
const recorder = (crypto: Crypto, { config, credential, deviceEphemeral }: Parties): { readonly peer: Peer; readonly answers: Bytes[] } => {
  const { groupIdentifier, groupIdentifierKey, versions, interfaceByte } = config;
  const group = { groupIdentifier, groupIdentifierKey, credentialKey: crypto.p256.publicKey(credential) };
  const command = encodeCommand({ verb: 'unlock', requestId: filled(16, 7), until: 0 });
  let session: DeviceSession = createUserDevice({ versions, interfaceByte, groups: [group], command }, { ephemeralPrivateKey: deviceEphemeral });
  const answers: Bytes[] = [];
  const step = (input: DeviceInput): Bytes => {
    const stepped = stepUserDevice(crypto, session, input);
    session = stepped.session;
    const [effect] = stepped.effects;
    if (effect?.kind === 'sign') return step({ kind: 'signed', signature: crypto.p256.sign(credential, effect.message) });
    return effect?.kind === 'respond' ? effect.apdu : EMPTY;
  };
  const peer: Peer = (apdu) => {
    const answer = step({ kind: 'command', apdu });
    answers.push(answer);
    return answer;
  };
  return { peer, answers };
};

const replayOf = (answers: readonly Bytes[]): (() => Peer) => () => {
  let at = -1;
  return () => {
    at += 1;
    return required(answers[at], 'the recording has an answer');
  };
};

/** The calls that SPEC §4 and §5 demand of a reader, with inputs of the sizes that the transaction has. */
const primitives = (crypto: Crypto, { seed, signAsReader, credential, deviceEphemeral }: Parties): (() => void) => {
  const peerKey = crypto.p256.publicKey(deviceEphemeral);
  const credentialKey = crypto.p256.publicKey(credential);
  const message = filled(126, 8);
  const signature = crypto.p256.sign(credential, message);
  const [key, iv] = [filled(32, 9), filled(12, 10)];
  const [auth1, closing] = [crypto.aesGcmSeal(key, iv, filled(137, 11)), crypto.aesGcmSeal(key, iv, filled(4, 12))];
  const [kdhInput, salt, info, status] = [filled(52, 13), filled(174, 14), filled(59, 15), filled(4, 16)];
  return () => {
    const ephemeral = crypto.p256.privateKeyFromSeed(seed);
    crypto.p256.publicKey(ephemeral);
    crypto.p256.sharedX(ephemeral, peerKey);
    crypto.hkdfSha256(crypto.sha256(kdhInput), salt, info, 160);
    signAsReader(message);
    crypto.aesGcmOpen(key, iv, auth1);
    crypto.p256.verify(credentialKey, signature, message);
    crypto.aesGcmSeal(key, iv, status);
    crypto.aesGcmOpen(key, iv, closing);
  };
};

/**
 * Microseconds of one call. One transaction and one set of primitives take turns, and the median of their ratios counts: what the
 * machine's other processes and the collector take now and then falls on few pairs. (Counted in, the collector's helper
 * threads add some 0.1 to 0.2 on two cores.)
 */
const timeOf = (work: () => void): number => {
  const before = performance.now();
  work();
  return (performance.now() - before) * 1000;
};

const run = async (): Promise<Figure> => {
  const all = parties(nodeCrypto);
  const { peer, answers } = recorder(nodeCrypto, all);
  const first = transact(nodeCrypto, all, peer);
  assert(first?.kind === 'finished' && first.outcome.kind === 'completed', 'the control transaction passes');
  const replay = replayOf(answers);
  const whole = (): void => {
    const last = transact(nodeCrypto, all, replay());
    assert(last?.kind === 'finished' && last.outcome.kind === 'completed', 'every measured transaction passes');
  };
  const needed = primitives(nodeCrypto, all);
  const sample = (): number => timeOf(whole) / timeOf(needed);
  for (let warm = 0; warm < WARM_UP; warm += 1) sample();
  const ratios = Array.from({ length: SAMPLES }, sample);
  return {
    value: median(ratios),
    goal: GOAL,
    better: 'lower',
    unit: 'ratio',
    against: 'the primitives a reader must call (key generation, ECDH, sign, verify, AES-GCM, HKDF, SHA-256), on OpenSSL, same run',
    samples: SAMPLES,
  };
};

export const aliroStandard: Bench = { name: 'aliro.standard.cpu_ratio', run };
