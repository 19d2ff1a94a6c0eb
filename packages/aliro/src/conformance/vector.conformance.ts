// Runs a recorded transaction (vectors/aliro) through our reader and through our user device, and compares every command, answer
// and derived value byte for byte. Everything comes from the vector: no keys of ours. The host's decision is the suite's own.

import assert from 'node:assert/strict';
import { concat, fromHex, fromUint, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { keySlotOf, signedMessage } from '../protocol/auth1.ts';
import {
  agreedSecret, bleKeys, fastKeys, infoOf, persistentKey, saltOf, standardKeys, stepUpKeys, type KeyContext, type SessionKeys,
} from '../protocol/key-schedule.ts';
import { certificateTbs, compressCertificate, decodeCertificate } from '../protocol/reader-certificate.ts';
import { stepReader, type ReaderEffect, type ReaderInput, type ReaderOutcome, type ReaderSession } from '../reader/reader.ts';
import { recordedPlan, recordedScenario } from '../scenario/recording.ts';
import {
  scenarioDevice, scenarioHost, scenarioReader, settingOf, stepHost, type Host, type ScenarioInputs, type Setting, type Verdict,
} from '../scenario/scenario.ts';
import { stepUserDevice, type DeviceEffect, type DeviceInput, type DeviceOutcome, type DeviceSession } from '../device/user-device.ts';
import { INTERFACES } from '../protocol/vendor.ts';

type Key = { readonly privateKey: string; readonly publicKey: string };
type Step = { readonly from: 'reader' | 'userDevice'; readonly apdu: string };
type SecureMessage = { readonly from: 'reader' | 'userDevice'; readonly key: string; readonly iv: string; readonly plaintext: string; readonly ciphertextAndTag: string };
type Derivation = { readonly inputKey: string; readonly salt: string; readonly info: string; readonly output: string };

/** The parts of a vector file that a transaction needs. */
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
    readonly stepUpAidRequired: boolean;
    readonly kpersistent?: string;
    readonly kpersistentOnReaderOnly?: string;
    readonly mailboxSize?: number;
    readonly credentialIssuerKey?: Key;
    readonly accessDocument?: string;
    readonly revocationDocument?: string;
    readonly verifyTime?: string;
    readonly readerHasTime?: boolean;
    readonly readerHighestValidityIteration?: number;
  };
  readonly steps: readonly Step[];
  readonly derived: {
    readonly standardPhase?: Derivation;
    readonly fastPhase?: Derivation;
    readonly persistent?: Derivation;
    readonly stepUp?: { readonly inputKey: string; readonly StepUpSKReader: string; readonly StepUpSKDevice: string };
    readonly ecdh?: { readonly Kdh: string };
    readonly authentication?: { readonly readerInput: string; readonly userDeviceInput: string };
    readonly keySlot?: string;
    readonly ble?: { readonly salt: string; readonly BleSKReader: string; readonly BleSKDevice: string };
    readonly secureMessages: readonly SecureMessage[];
  };
  readonly expect: { readonly access?: string; readonly suggestedReaderStatus?: string; readonly mailboxAfter?: string; readonly reads?: Readonly<Record<string, readonly string[]>> };
};

/** What ran: APDUs compared in each role, how each session ended, what the host decided, what was read and stored. */
export type VectorRun = {
  readonly commands: number;
  readonly answers: number;
  readonly derived: number;
  readonly reader: ReaderOutcome | undefined;
  readonly device: DeviceOutcome | undefined;
  readonly verdict: Verdict | undefined;
  readonly reads: readonly string[];
  readonly mailbox?: string;
};

const bytes = (text: string): Bytes => required(fromHex(text), 'a vector is in hex');
const damaged = (value: Bytes): Bytes => value.map((byte, index) => (index === value.length - 1 ? byte ^ 0xff : byte));

/** SPEC §11: what the recordings of these names damaged, besides what is in their inputs. */
const isDamaged = (vector: Vector, name: string): boolean => vector.name === name;

const INTERFACE_BYTES = { nfc: INTERFACES.nfc, ble: INTERFACES.ble } as const;

const fromReader = (vector: Vector): readonly Step[] => vector.steps.filter(({ from }) => from === 'reader');
const sealedBy = (vector: Vector, side: SecureMessage['from']): readonly SecureMessage[] => vector.derived.secureMessages.filter(({ from }) => from === side);

const pairOf = ({ privateKey, publicKey }: Key): KeyPair => ({ privateKey: new Secret(bytes(privateKey)), publicKey: bytes(publicKey) });

const inputsOf = (vector: Vector): ScenarioInputs => {
  const { inputs } = vector;
  const scenario = recordedScenario(fromReader(vector).map(({ apdu }) => bytes(apdu)));
  const clock = inputs.readerHasTime === false || inputs.verifyTime === undefined ? undefined : inputs.verifyTime;
  return {
    interfaceByte: INTERFACE_BYTES[inputs.interface],
    readerKey: pairOf(inputs.readerKey),
    accessCredentialKey: pairOf(inputs.accessCredentialKey),
    readerEphemeralKey: pairOf(inputs.readerEphemeralKey),
    userDeviceEphemeralKey: pairOf(inputs.userDeviceEphemeralKey),
    groupIdentifier: bytes(inputs.readerGroupIdentifier),
    subIdentifier: bytes(inputs.readerGroupSubIdentifier),
    groupIdentifierKey: bytes(inputs.readerGroupIdentifierKey),
    transactionIdentifier: bytes(inputs.transactionIdentifier),
    authenticationPolicy: inputs.authenticationPolicy,
    version: fromUint(bytes(inputs.protocolVersion)),
    deviceVersions: inputs.userDeviceSupportedVersions.map((version) => fromUint(bytes(version))),
    ...(inputs.credentialIssuerKey !== undefined && { credentialIssuer: bytes(inputs.credentialIssuerKey.publicKey) }),
    ...(inputs.readerCertificateCompressed !== undefined && { readerCertificate: bytes(inputs.readerCertificateCompressed) }),
    ...(inputs.kpersistent !== undefined && { persistentKey: new Secret(bytes(inputs.kpersistent)) }),
    ...(inputs.kpersistentOnReaderOnly !== undefined && { readerPersistentKey: new Secret(bytes(inputs.kpersistentOnReaderOnly)) }),
    ...(inputs.accessDocument !== undefined && { accessDocument: bytes(inputs.accessDocument) }),
    ...(inputs.revocationDocument !== undefined && { revocationDocument: bytes(inputs.revocationDocument) }),
    ...(clock !== undefined && { clock: instant(Date.parse(clock)) }),
    ...(inputs.mailboxSize !== undefined && { mailboxSize: inputs.mailboxSize }),
    ...(inputs.readerHighestValidityIteration !== undefined && { highestIteration: inputs.readerHighestValidityIteration }),
    stepUpSelect: inputs.stepUpAidRequired,
    ...(scenario && { scenario }),
  };
};

/** A vector leaves nothing open: no entropy is used. */
const settingOfVector = (crypto: Crypto, vector: Vector): Setting => settingOf(crypto, inputsOf(vector), new Uint8Array(32));

// ---- our reader against the recorded user device ---------------------------------------------------------------------------

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

type ReaderRun = { session: ReaderSession; host: Host; at: number; outcome?: ReaderOutcome; readonly reads: string[] };

const onReaderEffect = (crypto: Crypto, vector: Vector, run: ReaderRun, effect: ReaderEffect): readonly ReaderInput[] => {
  switch (effect.kind) {
    case 'transmit': {
      const step = required(vector.steps[run.at], `${vector.name}: a command beyond the recording`);
      assert.equal(hex(effect.apdu), asSent(vector, step), `${vector.name}: command ${run.at}`);
      const reply = vector.steps[run.at + 1];
      run.at += reply?.from === 'userDevice' ? 2 : 1;
      return reply?.from === 'userDevice' ? [{ kind: 'response', apdu: bytes(reply.apdu) }] : [];
    }
    case 'sign':
      assert.equal(hex(effect.message), vector.derived.authentication?.readerInput ?? hex(effect.message));
      return [{ kind: 'signed', signature: readerSignature(crypto, vector, effect.message) }];
    case 'finished':
      run.outcome = effect.outcome;
      return [];
    default: {
      if (effect.kind === 'exchanged') run.reads.push(...effect.reads.map(hex));
      const { host, input } = stepHost(crypto, run.host, effect);
      run.host = host;
      return [input];
    }
  }
};

export const runReader = (crypto: Crypto, vector: Vector): Pick<VectorRun, 'commands' | 'reader' | 'reads' | 'verdict'> => {
  const setting = settingOfVector(crypto, vector);
  const plan = recordedPlan(sealedBy(vector, 'reader').map(({ plaintext }) => bytes(plaintext)));
  const run: ReaderRun = { session: scenarioReader(crypto, setting), host: scenarioHost(setting, plan), at: 0, reads: [] };
  const queue: ReaderInput[] = [{ kind: 'start' }];
  for (let input = queue.shift(); input !== undefined; input = queue.shift()) {
    const stepped = stepReader(crypto, run.session, input);
    run.session = stepped.session;
    queue.push(...stepped.effects.flatMap((effect) => onReaderEffect(crypto, vector, run, effect)));
  }
  assert.equal(run.at, vector.steps.length, `${vector.name}: every recorded command was sent`);
  return { commands: fromReader(vector).length, reader: run.outcome, reads: run.reads, verdict: run.host.verdict };
};

// ---- our user device against the recorded reader ----------------------------------------------------------------------------

const deviceSignature = (crypto: Crypto, vector: Vector, message: Bytes): Bytes => {
  const signature = crypto.p256.sign(bytes(vector.inputs.accessCredentialKey.privateKey), message);
  return isDamaged(vector, 'neg-user-device-signature') ? damaged(signature) : signature;
};

/** The recordings gave the device a decoy of their own choosing; ours comes from the answer. */
const decoyOf = (vector: Vector): { readonly cryptogram?: Bytes } => {
  const { kpersistent, kpersistentOnReaderOnly } = vector.inputs;
  if (kpersistent !== undefined || kpersistentOnReaderOnly === undefined) return {};
  return { cryptogram: bytes(required(vector.steps[3], 'an answer to AUTH0').apdu.slice(138, 266)) };
};

const deviceOf = (crypto: Crypto, vector: Vector): DeviceSession => {
  const device = { ...scenarioDevice(settingOfVector(crypto, vector)), ...decoyOf(vector) };
  return isDamaged(vector, 'neg-unknown-reader-group') ? { ...device, config: { ...device.config, groups: [] } } : device;
};

type DeviceRun = { session: DeviceSession; outcome?: DeviceOutcome; mailbox?: Bytes; persistentKey?: Secret };

const onDeviceEffect = (crypto: Crypto, vector: Vector, run: DeviceRun, effect: DeviceEffect): readonly Bytes[] => {
  switch (effect.kind) {
    case 'respond':
      return [effect.apdu];
    case 'sign':
      assert.equal(hex(effect.message), vector.derived.authentication?.userDeviceInput);
      return feed(crypto, vector, run, { kind: 'signed', signature: deviceSignature(crypto, vector, effect.message) });
    case 'remember':
      run.persistentKey = effect.key;
      return [];
    case 'storeMailbox':
      run.mailbox = effect.content;
      return [];
    case 'finished':
      run.outcome ??= effect.outcome;
      return [];
  }
};

const feed = (crypto: Crypto, vector: Vector, run: DeviceRun, input: DeviceInput): readonly Bytes[] => {
  const stepped = stepUserDevice(crypto, run.session, input);
  run.session = stepped.session;
  return stepped.effects.flatMap((effect) => onDeviceEffect(crypto, vector, run, effect));
};

export const runDevice = (crypto: Crypto, vector: Vector): Pick<VectorRun, 'answers' | 'device' | 'mailbox'> => {
  const run: DeviceRun = { session: deviceOf(crypto, vector) };
  let answers = 0;
  for (const [index, step] of vector.steps.entries()) {
    if (step.from !== 'reader') continue;
    const replies = feed(crypto, vector, run, { kind: 'command', apdu: bytes(step.apdu) });
    const recorded = vector.steps[index + 1];
    assert.equal(replies.length, 1, `${vector.name}: one answer to command ${index}`);
    if (recorded?.from !== 'userDevice') continue; // the peer had gone: its last words were not answered
    assert.equal(hex(concat(...replies)), recorded.apdu, `${vector.name}: answer ${index + 1}`);
    answers += 1;
  }
  assert.equal(run.persistentKey && hex(run.persistentKey.reveal()), vector.derived.persistent?.output, `${vector.name}: Kpersistent`);
  return { answers, device: run.outcome, ...(run.mailbox && { mailbox: hex(run.mailbox) }) };
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
    parameters: Number.parseInt(vector.steps[2]?.apdu.slice(14, 16) ?? '', 16),
    authenticationPolicy: inputs.authenticationPolicy,
    proprietary: bytes(selected.slice(selected.indexOf('a508'), -4)),
  };
};

type Pairs = readonly (readonly [string, string, string | undefined])[];

const standardPairs = (crypto: Crypto, vector: Vector, context: KeyContext): Pairs => {
  const { inputs, derived } = vector;
  const credentialKey = bytes(inputs.accessCredentialKey.publicKey);
  const agreed = required(agreedSecret(crypto, new Secret(bytes(inputs.readerEphemeralKey.privateKey)), context.deviceEphemeral, context.transactionId), 'the vector’s keys agree');
  const keys = standardKeys(crypto, agreed, context);
  const stepUp = stepUpKeys(crypto, keys.stepUp);
  const block = concat(...[keys.expedited.reader, keys.expedited.device, keys.stepUp, keys.ble, keys.ranging].map((key) => key.reveal()));
  return [
    ['Kdh', hex(agreed.reveal()), derived.ecdh?.Kdh],
    ['salt', hex(saltOf('standard', context)), derived.standardPhase?.salt],
    ['info', hex(infoOf(context)), derived.standardPhase?.info],
    ['key block', hex(block), derived.standardPhase?.output],
    ['persistent salt', hex(saltOf('persistent', context, credentialKey)), derived.persistent?.salt],
    ['Kpersistent', hex(persistentKey(crypto, agreed, context, credentialKey).reveal()), derived.persistent?.output],
    ['StepUpSKReader', hex(stepUp.reader.reveal()), derived.stepUp?.StepUpSKReader],
    ['StepUpSKDevice', hex(stepUp.device.reveal()), derived.stepUp?.StepUpSKDevice],
    ...(derived.standardPhase === undefined ? [] : blePairs(crypto, vector, keys)),
    ['key slot', hex(keySlotOf(crypto, credentialKey)), derived.keySlot],
    ['reader input', hex(signedMessage('reader', context)), derived.authentication?.readerInput],
    ['user device input', hex(signedMessage('device', context)), derived.authentication?.userDeviceInput],
  ];
};

const fastPairs = (crypto: Crypto, vector: Vector, context: KeyContext): Pairs => {
  const { inputs, derived } = vector;
  const persistent = inputs.kpersistent ?? inputs.kpersistentOnReaderOnly;
  if (persistent === undefined) return [];
  const credentialKey = bytes(inputs.accessCredentialKey.publicKey);
  const keys = fastKeys(crypto, new Secret(bytes(persistent)), context, credentialKey);
  const block = concat(...[keys.cryptogram, keys.expedited.reader, keys.expedited.device, keys.ble, keys.ranging].map((key) => key.reveal()));
  return [
    ['fast salt', hex(saltOf('fast', context, credentialKey)), derived.fastPhase?.salt],
    ['fast key block', hex(block), derived.fastPhase?.output],
    ...(derived.standardPhase === undefined ? blePairs(crypto, vector, keys) : []),
  ];
};

const blePairs = (crypto: Crypto, { derived }: Vector, keys: SessionKeys): Pairs => {
  const ble = bleKeys(crypto, keys.ble, bytes(derived.ble?.salt ?? ''));
  return [['BleSKReader', hex(ble.reader.reveal()), derived.ble?.BleSKReader], ['BleSKDevice', hex(ble.device.reveal()), derived.ble?.BleSKDevice]];
};

/** The certificate both ways: what it says rebuilds the recorded X.509, and is compressed to the recorded bytes. */
const certificatePairs = (crypto: Crypto, vector: Vector): Pairs => {
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
  const context = contextOf(vector);
  const pairs = [...standardPairs(crypto, vector, context), ...fastPairs(crypto, vector, context), ...certificatePairs(crypto, vector)];
  const recorded = pairs.filter(([, , value]) => value !== undefined);
  for (const [what, ours, theirs] of recorded) assert.equal(ours, theirs, `${vector.name}: ${what}`);
  return recorded.length;
};

/** Everything above for one vector. Throws an assertion error at the first difference. */
export const runVector = (crypto: Crypto, vector: Vector): VectorRun => ({
  ...runReader(crypto, vector),
  ...runDevice(crypto, vector),
  derived: checkDerived(crypto, vector),
});
