// A whole transaction told by its inputs (SPEC §11.1): how reader and user device are set up, and what a reader's host asks for and
// decides. The command line plays it over a socket, the vectors play it against their recordings: the same code.

import { EMPTY, concat, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { TRANSACTION_ID_BYTES } from './auth0.ts';
import { keySlotOf } from './auth1.ts';
import type { StoredDocument } from './device-response.ts';
import { withSignals } from './device-signals.ts';
import { createReader, type ReaderConfig, type ReaderSession } from './reader.ts';
import { createUserDevice, type DeviceConfig, type DeviceSession } from './user-device.ts';

export const SCENARIOS = ['standard', 'keySlot', 'fast', 'loadCert', 'certInAuth1', 'mailbox', 'stepUp', 'stepUpSelect'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** The fields of a vector's `inputs`, read; each may be missing. `clock`: the trusted time, absent when there is none. */
export type ScenarioInputs = {
  readonly interfaceByte: number;
  readonly readerKey?: KeyPair;
  readonly accessCredentialKey?: KeyPair;
  readonly readerEphemeralKey?: KeyPair;
  readonly userDeviceEphemeralKey?: KeyPair;
  /** 65 bytes: the key that signs Access and Revocation Documents. */
  readonly credentialIssuer?: Bytes;
  readonly groupIdentifier?: Bytes;
  readonly subIdentifier?: Bytes;
  readonly groupIdentifierKey?: Bytes;
  readonly transactionIdentifier?: Bytes;
  readonly authenticationPolicy?: number;
  readonly version?: number;
  readonly deviceVersions?: readonly number[];
  readonly readerCertificate?: Bytes;
  readonly persistentKey?: Secret;
  readonly readerPersistentKey?: Secret;
  readonly mailboxSize?: number;
  readonly accessDocument?: Bytes;
  readonly revocationDocument?: Bytes;
  readonly stepUpSelect?: boolean;
  readonly clock?: Instant;
  readonly highestIteration?: number;
  readonly element?: string;
  readonly scenario?: Scenario;
};

const ALIRO_1_0 = 0x0100;
const USER_AUTHENTICATION_AS_SET = 1;
const IDENTIFIER_BYTES = 16;
export const DEFAULT_ELEMENT = 'floor1';

/** A whole set of values: what the inputs leave open is fresh, from 32 bytes of entropy. */
export type Setting = Required<Pick<ScenarioInputs,
  'readerKey' | 'accessCredentialKey' | 'readerEphemeralKey' | 'userDeviceEphemeralKey' | 'groupIdentifier' | 'subIdentifier' |
  'groupIdentifierKey' | 'transactionIdentifier' | 'authenticationPolicy' | 'version' | 'deviceVersions' | 'element' | 'scenario'>> & ScenarioInputs;

/** SPEC §11.1: by default it is told from the inputs. */
export const scenarioOf = (inputs: ScenarioInputs): Scenario => {
  if (inputs.scenario !== undefined) return inputs.scenario;
  if (inputs.accessDocument !== undefined || inputs.revocationDocument !== undefined) return inputs.stepUpSelect === true ? 'stepUpSelect' : 'stepUp';
  if (inputs.mailboxSize !== undefined) return 'mailbox';
  if (inputs.persistentKey !== undefined || inputs.readerPersistentKey !== undefined) return 'fast';
  return inputs.readerCertificate === undefined ? 'standard' : 'certInAuth1';
};

export const settingOf = (crypto: Crypto, inputs: ScenarioInputs, entropy: Bytes): Setting => {
  const pair = (name: string): KeyPair => deriveKeyPair(crypto, entropy, `scenario ${name}`);
  const readerKey = inputs.readerKey ?? pair('reader');
  return {
    readerKey,
    accessCredentialKey: pair('credential'),
    readerEphemeralKey: pair('reader ephemeral'),
    userDeviceEphemeralKey: pair('device ephemeral'),
    groupIdentifier: derive(crypto, entropy, 'scenario group', IDENTIFIER_BYTES),
    subIdentifier: derive(crypto, entropy, 'scenario reader', IDENTIFIER_BYTES),
    groupIdentifierKey: readerKey.publicKey,
    transactionIdentifier: derive(crypto, entropy, 'scenario transaction', TRANSACTION_ID_BYTES),
    authenticationPolicy: USER_AUTHENTICATION_AS_SET,
    version: ALIRO_1_0,
    deviceVersions: [ALIRO_1_0],
    element: DEFAULT_ELEMENT,
    ...inputs,
    scenario: scenarioOf(inputs),
  };
};

// ---- the user device -----------------------------------------------------------------------------------------------------------

/** What the peer of the vectors always says it can do (SPEC §3.4): mailbox, notifications and updates in step-up. */
const PEER_SIGNALS = withSignals(0, 'mailboxReadable', 'mailboxWritable', 'mailboxInStepUp', 'notificationInStepUp', 'updateInStepUp');

const documentsOf = ({ accessDocument, revocationDocument }: ScenarioInputs): readonly StoredDocument[] => [
  ...(accessDocument ? [{ docType: 'aliro-a', bytes: accessDocument } as const] : []),
  ...(revocationDocument ? [{ docType: 'aliro-r', bytes: revocationDocument } as const] : []),
];

const deviceConfig = (setting: Setting): DeviceConfig => {
  const { groupIdentifier, groupIdentifierKey, subIdentifier, accessCredentialKey, persistentKey, mailboxSize } = setting;
  const credentialKey = accessCredentialKey.publicKey;
  const mailbox = mailboxSize === undefined ? {} : { mailbox: new Uint8Array(mailboxSize) };
  return {
    versions: setting.deviceVersions,
    interfaceByte: setting.interfaceByte,
    groups: [{ groupIdentifier, groupIdentifierKey, credentialKey, documents: documentsOf(setting), ...mailbox }],
    signaling: PEER_SIGNALS,
    stepUpSelect: setting.scenario === 'stepUpSelect',
    persistentKeys: persistentKey ? [{ owner: concat(groupIdentifier, subIdentifier, credentialKey), key: persistentKey }] : [],
    ...(setting.clock !== undefined && { now: setting.clock }),
  };
};

export const scenarioDevice = (setting: Setting): DeviceSession =>
  createUserDevice(deviceConfig(setting), { ephemeralPrivateKey: setting.userDeviceEphemeralKey.privateKey.reveal() });

// ---- the reader ------------------------------------------------------------------------------------------------------------------

const readerConfig = (crypto: Crypto, setting: Setting): ReaderConfig => {
  const { accessCredentialKey, persistentKey, readerPersistentKey, readerCertificate, scenario } = setting;
  const credentialKey = accessCredentialKey.publicKey;
  const slot = keySlotOf(crypto, credentialKey);
  const key = readerPersistentKey ?? persistentKey;
  return {
    groupIdentifier: setting.groupIdentifier,
    subIdentifier: setting.subIdentifier,
    groupIdentifierKey: setting.groupIdentifierKey,
    versions: [setting.version],
    interfaceByte: setting.interfaceByte,
    authenticationPolicy: setting.authenticationPolicy,
    keyRequest: scenario === 'keySlot' ? 'keySlot' : 'publicKey',
    keyOfSlot: (asked) => (equalBytes(asked, slot) ? credentialKey : undefined),
    ...(readerCertificate && { certificate: { bytes: readerCertificate, sentBy: scenario === 'loadCert' ? 'loadCert' : 'auth1' } }),
    persistentKeys: scenario === 'fast' ? [{ owner: credentialKey, key: required(key, 'a fast scenario has a persistent key') }] : [],
    remembers: true,
  };
};

export const scenarioReader = (crypto: Crypto, setting: Setting): ReaderSession =>
  createReader(readerConfig(crypto, setting), {
    ephemeralPrivateKey: setting.readerEphemeralKey.privateKey.reveal(),
    transactionId: setting.transactionIdentifier,
  });
