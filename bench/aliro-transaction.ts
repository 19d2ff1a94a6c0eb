// A reader's whole transaction, to be measured: the user device's answers are recorded beforehand, so that only the reader's work
// counts. Both sides of a ratio use the same adapter and the same keys, in turns, in one process.

import { createPrivateKey, sign } from 'node:crypto';
import { assert, required } from '@mortise/base/assert.ts';
import { EMPTY, hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { PersistentCache } from '@mortise/aliro/persistent-cache.ts';
import { createReader, stepReader, type ReaderConfig, type ReaderEffect, type ReaderInput, type ReaderSession } from '@mortise/aliro/reader.ts';
import { createUserDevice, stepUserDevice, type DeviceInput, type DeviceSession } from '@mortise/aliro/user-device.ts';
import { INTERFACES, encodeCommand } from '@mortise/aliro/vendor.ts';

const UNSECURING = 0x0181;

export const filled = (length: number, seed: number): Bytes => Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 17 + 5) & 0xff);

/** Long-term keys sign outside the session (an effect); here by OpenSSL, the fastest there is, which makes the ratio strictest. */
export type Signer = (message: Bytes) => Bytes;

const opensslSigner = (privateKey: Bytes): Signer => {
  const key = createPrivateKey({ key: privateKey, format: 'raw-private', asymmetricKeyType: 'ec', namedCurve: 'prime256v1' });
  return (message) => new Uint8Array(sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' }));
};

export type Parties = {
  readonly seed: Bytes;
  readonly signAsReader: Signer;
  readonly credential: Bytes;
  readonly deviceEphemeral: Bytes;
  readonly config: ReaderConfig;
  readonly deviceKeys: PersistentCache;
};

export const parties = (crypto: Crypto): Parties => {
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
  return { seed: filled(48, 6), signAsReader: opensslSigner(readerKey), credential, deviceEphemeral, config, deviceKeys: [] };
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
    case 'documents':
    case 'finished':
      return undefined;
  }
};

/** A whole transaction of the reader, its ephemeral key included; answers how it ended. */
export const transact = (crypto: Crypto, { seed, signAsReader, config }: Parties, peer: Peer): ReaderEffect | undefined => {
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
const recorder = (crypto: Crypto, { config, credential, deviceEphemeral, deviceKeys }: Parties): { readonly peer: Peer; readonly answers: Bytes[] } => {
  const { groupIdentifier, groupIdentifierKey, versions, interfaceByte } = config;
  const group = { groupIdentifier, groupIdentifierKey, credentialKey: crypto.p256.publicKey(credential) };
  const command = encodeCommand({ verb: 'unlock', requestId: filled(16, 7), until: 0 });
  let session: DeviceSession = createUserDevice({ versions, interfaceByte, groups: [group], command, persistentKeys: deviceKeys }, { ephemeralPrivateKey: deviceEphemeral });
  const answers: Bytes[] = [];
  const step = (input: DeviceInput): Bytes => {
    const stepped = stepUserDevice(crypto, session, input);
    session = stepped.session;
    const effect = stepped.effects.find(({ kind }) => kind === 'sign' || kind === 'respond');
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

/** The reader's work on a whole transaction, its answers recorded once; `instructions` that it must take, as a control. */
export const measurable = (crypto: Crypto, all: Parties, instructions: string): (() => void) => {
  const { peer, answers } = recorder(crypto, all);
  const sent: string[] = [];
  const first = transact(crypto, all, (apdu) => {
    sent.push(hex(apdu.slice(1, 2)));
    return peer(apdu);
  });
  assert(first?.kind === 'finished' && first.outcome.kind === 'completed', 'the control transaction passes');
  assert(sent.join(' ') === instructions, `the control transaction takes ${instructions}`);
  const replay = replayOf(answers);
  return () => {
    const last = transact(crypto, all, replay());
    assert(last?.kind === 'finished' && last.outcome.kind === 'completed', 'every measured transaction passes');
  };
};
