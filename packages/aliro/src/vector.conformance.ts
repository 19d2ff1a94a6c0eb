// Runs a recorded transaction (vectors/aliro) through our reader and through our user device, and compares every command, answer
// and derived value byte for byte. Everything comes from the vector: no keys of ours. The host's decision is the suite's own.

import assert from 'node:assert/strict';
import { concat, equalBytes, fromHex, fromUint, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { keySlotOf, signedMessage } from './auth1.ts';
import { agreedSecret, bleKeys, infoOf, persistentKey, saltOf, standardKeys, stepUpKeys, type KeyContext } from './key-schedule.ts';
import { certificateTbs, compressCertificate, decodeCertificate } from './reader-certificate.ts';
import { createReader, stepReader, type ReaderConfig, type ReaderInput, type ReaderOutcome, type ReaderSession } from './reader.ts';
import { createUserDevice, stepUserDevice, type DeviceConfig, type DeviceInput, type DeviceOutcome, type DeviceSession } from './user-device.ts';
import { INTERFACES } from './vendor.ts';

type Key = { readonly privateKey: string; readonly publicKey: string };
type Step = { readonly from: 'reader' | 'userDevice'; readonly apdu: string };
type SecureMessage = { readonly from: 'reader' | 'userDevice'; readonly key: string; readonly iv: string; readonly plaintext: string; readonly ciphertextAndTag: string };
type Derivation = { readonly inputKey: string; readonly salt: string; readonly info: string; readonly output: string };

/** The parts of a vector file that the standard phase needs. */
export type Vector = {
  readonly name: string;
  readonly inputs: {
    readonly interface: 'nfc' | 'ble';
    readonly readerKey: Key;
    readonly accessCredentialKey: Key;
    readonly readerEphemeralKey: Key;
    readonly userDeviceEphemeralKey: Key;
    readonly readerGroupIdentifier: string;
    readonly readerGroupSubIdentifier: string;
    readonly readerGroupIdentifierKey: string;
    readonly transactionIdentifier: string;
    readonly authenticationPolicy: number;
    readonly protocolVersion: string;
    readonly userDeviceSupportedVersions: readonly string[];
    readonly readerCertificateCompressed?: string;
    readonly readerCertificateX509?: string;
  };
  readonly steps: readonly Step[];
  readonly derived: {
    readonly standardPhase?: Derivation;
    readonly persistent?: Derivation;
    readonly stepUp?: { readonly inputKey: string; readonly StepUpSKReader: string; readonly StepUpSKDevice: string };
    readonly ecdh?: { readonly Kdh: string };
    readonly authentication?: { readonly readerInput: string; readonly userDeviceInput: string };
    readonly keySlot?: string;
    readonly ble?: { readonly salt: string; readonly BleSKReader: string; readonly BleSKDevice: string };
    readonly secureMessages: readonly SecureMessage[];
  };
};

/** What ran: APDUs compared in each role, and how each session ended. */
export type VectorRun = {
  readonly commands: number;
  readonly answers: number;
  readonly derived: number;
  readonly reader: ReaderOutcome | undefined;
  readonly device: DeviceOutcome | undefined;
};

const bytes = (text: string): Bytes => required(fromHex(text), 'a vector is in hex');
const damaged = (value: Bytes): Bytes => value.map((byte, index) => (index === value.length - 1 ? byte ^ 0xff : byte));

/** SPEC §11: what the recordings of these names damaged, besides what is in their inputs. */
const isDamaged = (vector: Vector, name: string): boolean => vector.name === name;

const INTERFACE_BYTES = { nfc: INTERFACES.nfc, ble: INTERFACES.ble } as const;

const instructionOf = (step: Step): string => step.apdu.slice(2, 4);
const fromReader = (vector: Vector): readonly Step[] => vector.steps.filter(({ from }) => from === 'reader');
const sealedBy = (vector: Vector, side: SecureMessage['from']): readonly SecureMessage[] => vector.derived.secureMessages.filter(({ from }) => from === side);

const certificateOf = (vector: Vector): Pick<ReaderConfig, 'certificate'> => {
  const { readerCertificateCompressed: compressed } = vector.inputs;
  if (compressed === undefined) return {};
  const loaded = fromReader(vector).some((step) => instructionOf(step) === 'd1');
  return { certificate: { bytes: bytes(compressed), sentBy: loaded ? 'loadCert' : 'auth1' } };
};

const readerConfig = (crypto: Crypto, vector: Vector): ReaderConfig => {
  const { inputs } = vector;
  const credentialKey = bytes(inputs.accessCredentialKey.publicKey);
  const asksForSlot = fromReader(vector).some((step) => instructionOf(step) === '81' && step.apdu.slice(10, 16) === '410100');
  return {
    groupIdentifier: bytes(inputs.readerGroupIdentifier),
    subIdentifier: bytes(inputs.readerGroupSubIdentifier),
    groupIdentifierKey: bytes(inputs.readerGroupIdentifierKey),
    ...certificateOf(vector),
    versions: [fromUint(bytes(inputs.protocolVersion))],
    interfaceByte: INTERFACE_BYTES[inputs.interface],
    authenticationPolicy: inputs.authenticationPolicy,
    keyRequest: asksForSlot ? 'keySlot' : 'publicKey',
    keyOfSlot: (slot) => (equalBytes(slot, keySlotOf(crypto, credentialKey)) ? credentialKey : undefined),
  };
};

/** The peer's signalling bitmap is a constant of the peer, so it is read from what it sent. */
const signalingOf = (vector: Vector): number => {
  const plaintext = sealedBy(vector, 'userDevice')[0]?.plaintext ?? '';
  return plaintext.slice(-8, -4) === '5e02' ? Number.parseInt(plaintext.slice(-4), 16) : 0;
};

const deviceConfig = (vector: Vector): DeviceConfig => {
  const { inputs } = vector;
  const group = {
    groupIdentifier: bytes(inputs.readerGroupIdentifier),
    groupIdentifierKey: bytes(inputs.readerGroupIdentifierKey),
    credentialKey: bytes(inputs.accessCredentialKey.publicKey),
  };
  return {
    versions: inputs.userDeviceSupportedVersions.map((version) => fromUint(bytes(version))),
    interfaceByte: INTERFACE_BYTES[inputs.interface],
    groups: isDamaged(vector, 'neg-unknown-reader-group') ? [] : [group],
    signaling: signalingOf(vector),
  };
};

// ---- our reader against the recorded user device ---------------------------------------------------------------------------

/** What the host decides or asks once the credential is authenticated: the recorded objects, one EXCHANGE after another. */
const hostInputs = (vector: Vector, trusted: boolean): readonly ReaderInput[] =>
  sealedBy(vector, 'reader').map(({ plaintext }) => {
    if (!plaintext.startsWith('9702')) return { kind: 'exchange', objects: bytes(plaintext) };
    return { kind: 'decide', status: trusted ? 0x0101 : 0x0001 };
  });

const readerSignature = (crypto: Crypto, vector: Vector, message: Bytes): Bytes => {
  const signature = crypto.p256.sign(bytes(vector.inputs.readerKey.privateKey), message);
  return isDamaged(vector, 'neg-reader-signature') ? damaged(signature) : signature;
};

/** The recorded command as its sender made it: `neg-exchange-bad-tag` damaged the last byte of each tag on its way. */
const asSent = (vector: Vector, step: Step): string => {
  if (!isDamaged(vector, 'neg-exchange-bad-tag')) return step.apdu;
  const sealed = sealedBy(vector, 'reader').map(({ ciphertextAndTag }) => ciphertextAndTag);
  return sealed.reduce((apdu, whole) => apdu.replace(new RegExp(`${whole.slice(0, -2)}..`), whole), step.apdu);
};

export const runReader = (crypto: Crypto, vector: Vector): { readonly commands: number; readonly outcome: ReaderOutcome | undefined } => {
  const { inputs } = vector;
  let session: ReaderSession = createReader(readerConfig(crypto, vector), {
    ephemeralPrivateKey: bytes(inputs.readerEphemeralKey.privateKey),
    transactionId: bytes(inputs.transactionIdentifier),
  });
  let host: readonly ReaderInput[] = [];
  let outcome: ReaderOutcome | undefined;
  let at = 0;
  const queue: ReaderInput[] = [{ kind: 'start' }];
  for (let input = queue.shift(); input !== undefined; input = queue.shift()) {
    const stepped = stepReader(crypto, session, input);
    session = stepped.session;
    for (const effect of stepped.effects) {
      if (effect.kind === 'transmit') {
        const step = required(vector.steps[at], `${vector.name}: a command beyond the recording`);
        assert.equal(hex(effect.apdu), asSent(vector, step), `${vector.name}: command ${at}`);
        at += 1;
        const reply = vector.steps[at];
        if (reply?.from === 'userDevice') {
          queue.push({ kind: 'response', apdu: bytes(reply.apdu) });
          at += 1;
        }
      } else if (effect.kind === 'sign') {
        assert.equal(hex(effect.message), vector.derived.authentication?.readerInput ?? hex(effect.message));
        queue.push({ kind: 'signed', signature: readerSignature(crypto, vector, effect.message) });
      } else if (effect.kind === 'authenticated') {
        host = hostInputs(vector, hex(effect.credential.credentialKey) === inputs.accessCredentialKey.publicKey);
        queue.push(...host.slice(0, 1));
      } else if (effect.kind === 'exchanged') {
        host = host.slice(1);
        queue.push(...host.slice(0, 1));
      } else outcome = effect.outcome;
    }
  }
  assert.equal(at, vector.steps.length, `${vector.name}: every recorded command was sent`);
  return { commands: fromReader(vector).length, outcome };
};

// ---- our user device against the recorded reader ----------------------------------------------------------------------------

const deviceSignature = (crypto: Crypto, vector: Vector, message: Bytes): Bytes => {
  const signature = crypto.p256.sign(bytes(vector.inputs.accessCredentialKey.privateKey), message);
  return isDamaged(vector, 'neg-user-device-signature') ? damaged(signature) : signature;
};

type Replay = { readonly session: DeviceSession; readonly answers: readonly Bytes[]; readonly outcome: DeviceOutcome | undefined };

const feed = (crypto: Crypto, vector: Vector, session: DeviceSession, input: DeviceInput): Replay => {
  const stepped = stepUserDevice(crypto, session, input);
  const [effect] = stepped.effects;
  if (effect?.kind === 'sign') {
    assert.equal(hex(effect.message), vector.derived.authentication?.userDeviceInput);
    return feed(crypto, vector, stepped.session, { kind: 'signed', signature: deviceSignature(crypto, vector, effect.message) });
  }
  const answers = stepped.effects.flatMap((one) => (one.kind === 'respond' ? [one.apdu] : []));
  const outcome = stepped.effects.flatMap((one) => (one.kind === 'finished' ? [one.outcome] : []))[0];
  return { session: stepped.session, answers, outcome };
};

export const runDevice = (crypto: Crypto, vector: Vector): { readonly answers: number; readonly outcome: DeviceOutcome | undefined } => {
  let session = createUserDevice(deviceConfig(vector), { ephemeralPrivateKey: bytes(vector.inputs.userDeviceEphemeralKey.privateKey) });
  let outcome: DeviceOutcome | undefined;
  let answers = 0;
  for (const [index, step] of vector.steps.entries()) {
    if (step.from !== 'reader') continue;
    const replay = feed(crypto, vector, session, { kind: 'command', apdu: bytes(step.apdu) });
    session = replay.session;
    outcome ??= replay.outcome;
    const recorded = vector.steps[index + 1];
    assert.equal(replay.answers.length, 1, `${vector.name}: one answer to command ${index}`);
    if (recorded?.from !== 'userDevice') continue; // the peer had gone: its last words were not answered
    assert.equal(hex(concat(...replay.answers)), recorded.apdu, `${vector.name}: answer ${index + 1}`);
    answers += 1;
  }
  return { answers, outcome };
};

// ---- derived values -----------------------------------------------------------------------------------------------------------

const contextOf = (vector: Vector): KeyContext => {
  const { inputs } = vector;
  const selected = vector.steps[1]?.apdu ?? '';
  return {
    groupIdentifierKey: bytes(inputs.readerGroupIdentifierKey),
    readerIdentifier: bytes(inputs.readerGroupIdentifier + inputs.readerGroupSubIdentifier),
    interfaceByte: INTERFACE_BYTES[inputs.interface],
    version: fromUint(bytes(inputs.protocolVersion)),
    readerEphemeral: bytes(inputs.readerEphemeralKey.publicKey),
    deviceEphemeral: bytes(inputs.userDeviceEphemeralKey.publicKey),
    transactionId: bytes(inputs.transactionIdentifier),
    parameters: 0,
    authenticationPolicy: inputs.authenticationPolicy,
    proprietary: bytes(selected.slice(selected.indexOf('a508'), -4)),
  };
};

const derivedPairs = (crypto: Crypto, vector: Vector): readonly (readonly [string, string, string | undefined])[] => {
  const { inputs, derived } = vector;
  const context = contextOf(vector);
  const credentialKey = bytes(inputs.accessCredentialKey.publicKey);
  const agreed = required(agreedSecret(crypto, new Secret(bytes(inputs.readerEphemeralKey.privateKey)), context.deviceEphemeral, context.transactionId), 'the vector’s keys agree');
  const keys = standardKeys(crypto, agreed, context);
  const stepUp = stepUpKeys(crypto, keys.stepUp);
  const ble = bleKeys(crypto, keys.ble, bytes(derived.ble?.salt ?? ''));
  const block = concat(...[keys.expeditedReader, keys.expeditedDevice, keys.stepUp, keys.ble, keys.ranging].map((key) => key.reveal()));
  return [
    ['Kdh', hex(agreed.reveal()), derived.ecdh?.Kdh],
    ['salt', hex(saltOf('standard', context)), derived.standardPhase?.salt],
    ['info', hex(infoOf(context)), derived.standardPhase?.info],
    ['key block', hex(block), derived.standardPhase?.output],
    ['persistent salt', hex(saltOf('persistent', context, credentialKey)), derived.persistent?.salt],
    ['Kpersistent', hex(persistentKey(crypto, agreed, context, credentialKey).reveal()), derived.persistent?.output],
    ['StepUpSKReader', hex(stepUp.reader.reveal()), derived.stepUp?.StepUpSKReader],
    ['StepUpSKDevice', hex(stepUp.device.reveal()), derived.stepUp?.StepUpSKDevice],
    ['BleSKReader', hex(ble.reader.reveal()), derived.ble?.BleSKReader],
    ['BleSKDevice', hex(ble.device.reveal()), derived.ble?.BleSKDevice],
    ['key slot', hex(keySlotOf(crypto, credentialKey)), derived.keySlot],
    ['reader input', hex(signedMessage('reader', context)), derived.authentication?.readerInput],
    ['user device input', hex(signedMessage('device', context)), derived.authentication?.userDeviceInput],
  ];
};

/** The certificate both ways: what it says rebuilds the recorded X.509, and is compressed to the recorded bytes. */
const certificatePairs = (crypto: Crypto, vector: Vector): readonly (readonly [string, string, string | undefined])[] => {
  const { readerCertificateCompressed: compressed, readerCertificateX509: x509, readerGroupIdentifierKey: issuer } = vector.inputs;
  if (compressed === undefined || x509 === undefined) return [];
  const decoded = decodeCertificate(bytes(compressed));
  assert.ok(decoded.ok, `${vector.name}: the certificate is read`);
  const tbs = hex(certificateTbs(decoded.value, bytes(issuer), crypto));
  return [
    ['compressed certificate', hex(compressCertificate(decoded.value, decoded.value.signature)), compressed],
    ['TBSCertificate', tbs, x509.slice(8, 8 + tbs.length)],
  ];
};

export const checkDerived = (crypto: Crypto, vector: Vector): number => {
  const recorded = [...derivedPairs(crypto, vector), ...certificatePairs(crypto, vector)].filter(([, , value]) => value !== undefined);
  for (const [what, ours, theirs] of recorded) assert.equal(ours, theirs, `${vector.name}: ${what}`);
  return recorded.length;
};

/** Everything above for one vector. Throws an assertion error at the first difference. */
export const runVector = (crypto: Crypto, vector: Vector): VectorRun => {
  const reader = runReader(crypto, vector);
  const device = runDevice(crypto, vector);
  return { commands: reader.commands, answers: device.answers, derived: checkDerived(crypto, vector), reader: reader.outcome, device: device.outcome };
};
