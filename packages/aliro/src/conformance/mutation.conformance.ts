// Attacks the standard phase with altered messages, from one seed: whole frames, the data in them, the objects in the data, the
// plaintext under the session's keys (as somebody who holds them would), and messages out of their place. Whatever comes, a side
// refuses by a code, waits, or tolerates what SPEC says to ignore; it never throws, never works without bound, and never takes
// another credential, another verb or another verdict for the right one.

import { assert, required } from '@mortise/base/assert.ts';
import { EMPTY, concat, equalBytes, hex, uint, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { decodeCommandApdu, decodeResponseApdu, encodeResponseApdu, type Header } from '../protocol/apdu.ts';
import { stepReader, type ReaderEffect, type ReaderInput, type ReaderSession } from '../reader/reader.ts';
import { MAX_RESPONSE_BYTES } from '../documents/document-cbor.ts';
import { ACCESS_ID, POLICY, REQUESTS } from './document.fixture.ts';
import { NO_MEMORIES } from '../judgement/issuer-memory.ts';
import { judgeResponse } from '../judgement/judge.ts';
import { envelopeOf } from './resealing.conformance.ts';
import type { Side } from '../protocol/secure-channel.ts';
import { mutateBytes, mutateCbor, oneOf, seededRandom, type Random } from './mutators.conformance.ts';
import { decodeTlvs, encodeTlv } from '../protocol/tlv.ts';
import { GRANTED, record, setupsOf, type Message, type Recording } from './transaction.conformance.ts';
import { stepUserDevice, type DeviceInput, type DeviceSession } from '../device/user-device.ts';

export type Layer = 'frame' | 'data' | 'objects' | 'plaintext' | 'order';

/** `ends`: how the attacked side ended, by code (`tolerated`: it went through, `waiting`: it wants more). */
export type MutationCounts = {
  readonly runs: number;
  readonly seed: number;
  readonly byLayer: Readonly<Record<Layer, number>>;
  readonly bySide: Readonly<Record<Side, number>>;
  readonly ends: Readonly<Record<string, number>>;
  /** How many plaintexts were altered and sealed again, by the phase that then read them. */
  readonly resealed: Readonly<Record<string, number>>;
  /** What became of the documents that altered step-ups brought. */
  readonly judged: Readonly<Record<string, number>>;
  /** Messages of the recorded transactions that the attacks start from. */
  readonly messages: number;
};

export type MutationOptions = { readonly runs: number; readonly seed: number; readonly crypto?: Crypto };

/** `judged`: what became of the documents that came, by code. */
type Case = { readonly recording: Recording; readonly at: number; readonly message: Message; readonly judged: Record<string, number> };

const count = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

const MAX_EFFECTS = 8;
const MEMORY = 4096;

/** Answers repeated questions from memory: most mutations leave the curve's inputs alone, and the curve is what costs. */
const remembering = <Args extends readonly Bytes[], T>(ask: (...args: Args) => T): ((...args: Args) => T) => {
  const known = new Map<string, { readonly value: T }>();
  return (...args) => {
    const key = args.map(hex).join();
    const hit = known.get(key);
    if (hit !== undefined) return hit.value;
    if (known.size >= MEMORY) known.clear();
    const value = ask(...args);
    known.set(key, { value });
    return value;
  };
};

const withMemory = (crypto: Crypto): Crypto => ({
  ...crypto,
  p256: {
    ...crypto.p256,
    publicKey: remembering(crypto.p256.publicKey),
    isPublicKey: remembering(crypto.p256.isPublicKey),
    sharedX: remembering(crypto.p256.sharedX),
    verify: remembering(crypto.p256.verify),
  },
});

// ---- altering bytes and objects ------------------------------------------------------------------------------------------

type Mutator = (random: Random, bytes: Bytes) => Bytes;

/** On a list of whole objects: drop, repeat, swap, alter a value, change a tag, put a stranger in. */
const OBJECT_MUTATORS: readonly ((random: Random, objects: readonly Bytes[], at: number) => readonly Bytes[])[] = [
  (_random, objects, at) => objects.toSpliced(at, 1),
  (_random, objects, at) => objects.toSpliced(at, 0, ...objects.slice(at, at + 1)),
  (random, objects, at) => [...objects.toSpliced(at, 1), ...objects.slice(at, at + 1)].slice(random.below(2)),
  (random, objects, at) => objects.with(at, mutateBytes(random, objects[at] ?? uint(0, 1))),
  (random, objects, at) => objects.with(at, (objects[at] ?? uint(0, 1)).map((byte, index) => (index === 0 ? random.below(256) : byte))),
  (random, objects, at) => objects.toSpliced(at, 0, encodeTlv(0xaa, random.bytes(random.below(20)))),
];

const mutateObjects: Mutator = (random, bytes) => {
  const decoded = decodeTlvs(bytes);
  if (!decoded.ok || decoded.value.length === 0) return mutateBytes(random, bytes);
  const objects = decoded.value.map(({ end }, index, all) => bytes.subarray(all[index - 1]?.end ?? 0, end));
  const mutate = oneOf(random, OBJECT_MUTATORS);
  return concat(...mutate(random, objects, random.below(objects.length)));
};

/** CBOR, where it is CBOR: one thing in it other. */
const mutateItems: Mutator = (random, bytes) => {
  const value = decodeForeignCbor(bytes, MAX_RESPONSE_BYTES);
  return value === undefined ? mutateBytes(random, bytes) : encodeCbor(mutateCbor(random, value));
};

// ---- altering messages -----------------------------------------------------------------------------------------------------

const frame = (header: Header, data: Bytes, extended: boolean): Bytes =>
  concat(Uint8Array.from(header), data.length === 0 ? uint(0, 0) : uint(data.length, extended ? 3 : 1), data, uint(0, extended ? 2 : 1));

/** The same message around other data; its lengths are right again. */
const withData = (message: Message, mutate: (data: Bytes) => Bytes): Bytes => {
  if (message.to === 'reader') {
    const response = decodeResponseApdu(message.apdu);
    assert(response.ok, 'a recorded response is one');
    return encodeResponseApdu(mutate(response.value.data), response.value.status);
  }
  const command = decodeCommandApdu(message.apdu);
  assert(command.ok, 'a recorded command is one');
  const data = mutate(command.value.data);
  return frame(command.value.header, data, command.value.extended || data.length > 255);
};

/** Undefined: the message is in the clear. */
const resealed = (crypto: Crypto, random: Random, { message }: Case): Bytes | undefined => {
  const envelope = envelopeOf(crypto, message);
  if (envelope === undefined) return undefined;
  return withData(message, (data) => {
    const plaintext = envelope.open(data);
    return plaintext === undefined ? mutateBytes(random, data) : envelope.seal(oneOf(random, [mutateBytes, mutateObjects, mutateItems])(random, plaintext));
  });
};

type Altered = { readonly layer: Layer; readonly apdu: Bytes };

const alter = (crypto: Crypto, random: Random, attacked: Case): Altered => {
  const { message, recording } = attacked;
  const choice = random.below(6);
  if (choice === 0) return { layer: 'frame', apdu: mutateBytes(random, message.apdu) };
  if (choice === 1) return { layer: 'data', apdu: withData(message, (data) => mutateBytes(random, data)) };
  if (choice === 2) return { layer: 'objects', apdu: withData(message, (data) => mutateObjects(random, data)) };
  const sealed = choice < 5 ? resealed(crypto, random, attacked) : undefined;
  if (sealed !== undefined) return { layer: 'plaintext', apdu: sealed };
  return { layer: 'order', apdu: required(recording.messages[random.below(recording.messages.length)], 'a message').apdu };
};

// ---- playing on ----------------------------------------------------------------------------------------------------------------

/** Whatever a user device with the session's keys answers, the issuer's signature decides. */
const checkDocuments = (crypto: Crypto, credentialKey: Bytes, response: Bytes): string => {
  const { verdict } = judgeResponse(crypto, response, REQUESTS, credentialKey, POLICY, NO_MEMORIES);
  assert(!verdict.ok || equalBytes(verdict.value.data.id ?? EMPTY, ACCESS_ID), 'nothing is granted but what was signed');
  return verdict.ok ? 'granted' : verdict.error.code;
};

/** What a forger without the session's keys must not bring about. `free`: the attack used those keys. */
const checkReader = (recording: Recording, effect: ReaderEffect, free: boolean): void => {
  const among = (known: readonly Bytes[], given: readonly Bytes[]): boolean => given.every((one) => known.some((other) => equalBytes(one, other)));
  if (effect.kind === 'authenticated') {
    assert(equalBytes(effect.credential.credentialKey, recording.authenticated.credentialKey), 'nobody else is authenticated');
    assert(hex(effect.credential.vendorExtension ?? EMPTY) === hex(recording.authenticated.vendorExtension ?? EMPTY), 'nobody else chooses the verb');
  }
  if (effect.kind === 'exchanged') assert(free || among(recording.reads, effect.reads), 'nobody else is read from');
  if (effect.kind === 'documents') assert(free || among(recording.responses, [effect.response]), 'nobody else’s documents are taken');
};

/** The host and the signer do what they did in the recording. */
const nextReaderInput = (recording: Recording, choices: ReaderInput[], effect: ReaderEffect): ReaderInput | undefined => {
  if (effect.kind === 'sign') return { kind: 'signed', signature: recording.readerSignature };
  const asks = effect.kind === 'authenticated' || effect.kind === 'exchanged' || effect.kind === 'documents';
  return asks ? choices.shift() ?? { kind: 'decide', status: GRANTED } : undefined;
};

/** A step-up after a fast phase, or a standard phase after itself, is no choice that a host has (an assertion says so). */
const isChoice = (session: ReaderSession, input: ReaderInput | undefined): boolean => {
  if (session.phase.kind !== 'deciding') return true;
  const { kind } = session.phase.stage;
  return !(input?.kind === 'stepUp' && kind === 'fast') && !(input?.kind === 'standard' && kind !== 'fast');
};

const playReader = (crypto: Crypto, attacked: Case, first: ReaderSession, altered: Altered): string => {
  const { recording, at, message } = attacked;
  let session = first;
  const choices = message.to === 'reader' ? [...message.choices] : [];
  const answers = recording.messages.slice(at + 1).filter(({ to }) => to === 'reader').map((one) => one.apdu);
  const inputs: ReaderInput[] = [altered.apdu, ...answers].map((one) => ({ kind: 'response', apdu: one }));
  for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
    const stepped = stepReader(crypto, session, input);
    session = stepped.session;
    assert(stepped.effects.length <= MAX_EFFECTS, 'a step has few effects');
    for (const effect of stepped.effects) {
      if (effect.kind === 'finished') return effect.outcome.kind === 'failed' ? effect.outcome.error.code : 'tolerated';
      checkReader(recording, effect, altered.layer === 'plaintext');
      if (effect.kind === 'documents') count(attacked.judged, checkDocuments(crypto, recording.authenticated.credentialKey, effect.response));
      const next = nextReaderInput(recording, choices, effect);
      if (next !== undefined && isChoice(session, next)) inputs.unshift(next);
    }
  }
  return 'waiting';
};

const playDevice = (crypto: Crypto, attacked: Case, first: DeviceSession, altered: Altered): string => {
  const { recording, at } = attacked;
  let session = first;
  const commands = recording.messages.slice(at + 1).filter(({ to }) => to === 'device').map((message) => message.apdu);
  const inputs: DeviceInput[] = [altered.apdu, ...commands].map((one) => ({ kind: 'command', apdu: one }));
  for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
    const stepped = stepUserDevice(crypto, session, input);
    session = stepped.session;
    assert(stepped.effects.length <= MAX_EFFECTS, 'a step has few effects');
    for (const effect of stepped.effects) {
      if (effect.kind === 'sign') inputs.unshift({ kind: 'signed', signature: recording.deviceSignature });
      if (effect.kind === 'storeMailbox') assert(altered.layer === 'plaintext' || recording.mailboxes.some((one) => equalBytes(one, effect.content)), 'nobody else writes');
      if (effect.kind !== 'finished') continue;
      if (effect.outcome.kind === 'failed') return effect.outcome.error.code;
      const right = altered.layer === 'plaintext' || effect.outcome.readerStatus === GRANTED;
      assert(right, 'nobody without the keys chooses the reader status');
      return 'tolerated';
    }
  }
  return 'waiting';
};

const play = (crypto: Crypto, attacked: Case, altered: Altered): string =>
  attacked.message.to === 'reader'
    ? playReader(crypto, attacked, attacked.message.session, altered)
    : playDevice(crypto, attacked, attacked.message.session, altered);

const casesOf = (recordings: readonly Recording[]): readonly Case[] => {
  const judged: Record<string, number> = {};
  return recordings.flatMap((recording) => recording.messages.map((message, at) => ({ recording, at, message, judged })));
};

/** The control: each setup's transaction, unaltered, is granted on both sides. */
export const controlOf = (crypto: Crypto): readonly Recording[] =>
  setupsOf(crypto).map((setup) => {
    const recording = record(crypto, setup);
    assert(recording.reader.kind === 'completed' && recording.device.kind === 'completed', 'the unaltered transaction passes');
    return recording;
  });

const phaseOf = ({ message }: Case): string => `${message.to} ${message.session.phase.kind}`;

/** Runs `runs` attacks; the same seed gives the same attacks. Throws `InvariantError` at the first that gets through. */
export const runMutations = ({ runs, seed, crypto: given = nobleCrypto }: MutationOptions): MutationCounts => {
  const crypto = withMemory(given);
  const cases = casesOf(controlOf(crypto));
  const random = seededRandom(seed);
  const byLayer: Record<Layer, number> = { frame: 0, data: 0, objects: 0, plaintext: 0, order: 0 };
  const bySide: Record<Side, number> = { reader: 0, device: 0 };
  const ends: Record<string, number> = {};
  const phases: Record<string, number> = {};
  for (let run = 0; run < runs; run += 1) {
    const attacked = required(cases[random.below(cases.length)], 'a case');
    const altered = alter(crypto, random, attacked);
    const end = equalBytes(altered.apdu, attacked.message.apdu) ? 'unaltered' : play(crypto, attacked, altered);
    byLayer[altered.layer] += 1;
    bySide[attacked.message.to] += 1;
    count(ends, end);
    if (altered.layer === 'plaintext') count(phases, phaseOf(attacked));
  }
  return { runs, seed, byLayer, bySide, ends, resealed: phases, judged: cases[0]?.judged ?? {}, messages: cases.length };
};

/** Every recorded message cut at every length, and fed instead of the whole one; answers how many were fed. */
export const runTruncations = (given: Crypto): number => {
  const crypto = withMemory(given);
  const cut = casesOf(controlOf(crypto)).flatMap((attacked) =>
    Array.from({ length: attacked.message.apdu.length }, (_, length) => ({ attacked, apdu: attacked.message.apdu.slice(0, length) })));
  for (const { attacked, apdu } of cut) play(crypto, attacked, { layer: 'frame', apdu });
  return cut.length;
};
