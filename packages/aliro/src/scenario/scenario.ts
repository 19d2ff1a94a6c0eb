// A whole transaction told by its inputs (SPEC §11.1): how reader and user device are set up, and what a reader's host asks for and
// decides. The command line plays it over a socket, the vectors play it against their recordings: the same code.

import { concat, equalBytes, fromHex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { TRANSACTION_ID_BYTES } from '../protocol/auth0.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { CAPABILITY } from '../documents/access-schedule.ts';
import { keySlotOf } from '../protocol/auth1.ts';
import { encodeDeviceRequest, type ItemsRequest } from '../documents/device-request.ts';
import { decodeDocument, type StoredDocument } from '../documents/device-response.ts';
import { signals, withSignals } from '../protocol/device-signals.ts';
import { DOCUMENT_FAULTS, type DocumentErrorCode } from '../documents/document-error.ts';
import { ALIRO_FAULTS } from '../protocol/errors.ts';
import { encodeMailboxObject } from '../protocol/exchange.ts';
import { NO_MEMORIES, isRevoked, raiseIteration } from '../judgement/issuer-memory.ts';
import { readItem } from '../documents/issuer-signed-item.ts';
import { judgeResponse, type JudgePolicy } from '../judgement/judge.ts';
import type { MailboxOperation } from '../protocol/mailbox.ts';
import { createReader, type ReaderConfig, type ReaderEffect, type ReaderInput, type ReaderSession } from '../reader/reader.ts';
import { createUserDevice, type DeviceConfig, type DeviceSession } from '../device/user-device.ts';

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
  if (inputs.credentialIssuer !== undefined) return inputs.stepUpSelect === true ? 'stepUpSelect' : 'stepUp';
  if (inputs.mailboxSize !== undefined) return 'mailbox';
  if (inputs.persistentKey !== undefined || inputs.readerPersistentKey !== undefined) return 'fast';
  return inputs.readerCertificate === undefined ? 'standard' : 'certInAuth1';
};

/** What the documents name first; undefined when there are none, or none that can be read. */
const documentedElement = ({ accessDocument, revocationDocument }: ScenarioInputs): string | undefined => {
  for (const bytes of [accessDocument, revocationDocument]) {
    const [first] = [...((bytes && decodeDocument(bytes))?.items.values() ?? [])].flat();
    const identifier = first && readItem(first)?.identifier;
    if (identifier !== undefined) return identifier;
  }
  return undefined;
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
    element: documentedElement(inputs) ?? DEFAULT_ELEMENT,
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
    remembers: true,
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

// ---- the reader's host -------------------------------------------------------------------------------------------------------------

/** What a host has decided: `code` of the error, or why it was granted. */
export type Verdict = { readonly access: 'granted' | 'denied'; readonly status: number; readonly code: DocumentErrorCode | 'credential-unknown' | 'granted' };

/** `plan`: EXCHANGE commands still to be sent. `requests`: what the step-up asked for. */
export type Host = {
  readonly setting: Setting;
  readonly plan: readonly Bytes[];
  readonly credentialKey?: Bytes;
  readonly requests?: readonly ItemsRequest[];
  readonly verdict?: Verdict;
};

export type HostStep = { readonly host: Host; readonly input: ReaderInput };

const UNSECURED = 0x0101;
const GRANTED: Verdict = { access: 'granted', status: UNSECURED, code: 'granted' };
const denied = (code: DocumentErrorCode): Verdict => ({ access: 'denied', status: DOCUMENT_FAULTS[code], code });
const UNKNOWN: Verdict = { access: 'denied', status: ALIRO_FAULTS['credential-unknown'].readerStatus, code: 'credential-unknown' };

const write = (offset: number, text: string): MailboxOperation => ({ kind: 'write', offset, data: required(fromHex(text), 'hexadecimal') });
const read = (offset: number, length: number): MailboxOperation => ({ kind: 'read', offset, length });

/** Each kind of mailbox command once: write, read, all three together, an atomic session of three commands, the whole content. */
const MAILBOX_PLAN = (size: number): readonly Bytes[] => [
  { goesOn: false, operations: [write(0, '11223344')] },
  { goesOn: false, operations: [read(0, 4)] },
  { goesOn: false, operations: [read(0, 8), write(16, '68656c6c6f'), { kind: 'set' as const, offset: 4, length: 3, value: 0xab }] },
  { goesOn: true, operations: [write(8, '55')] },
  { goesOn: true, operations: [read(8, 1)] },
  { goesOn: false, operations: [write(9, '66')] },
  { goesOn: false, operations: [read(0, size)] },
].map(encodeMailboxObject);

/** `plan`: other EXCHANGE commands than the scenario's own. */
export const scenarioHost = (setting: Setting, plan?: readonly Bytes[]): Host => ({
  setting,
  plan: plan ?? (setting.scenario === 'mailbox' ? MAILBOX_PLAN(setting.mailboxSize ?? 0) : []),
});

const decide = (host: Host, verdict: Verdict): HostStep => ({ host: { ...host, verdict }, input: { kind: 'decide', status: verdict.status } });

const isKnown = ({ setting, credentialKey }: Host): boolean => equalBytes(credentialKey ?? new Uint8Array(0), setting.accessCredentialKey.publicKey);

const planned = (host: Host): HostStep => {
  const [objects, ...plan] = host.plan;
  return objects === undefined ? decide(host, isKnown(host) ? GRANTED : UNKNOWN) : { host: { ...host, plan }, input: { kind: 'exchange', objects } };
};

/** The documents that the user device says it has. */
const requestsFor = ({ setting }: Host, bitmap: number): readonly ItemsRequest[] => [
  ...(signals(bitmap, 'accessDocument') ? [{ docType: 'aliro-a', elements: [setting.element] } as const] : []),
  ...(signals(bitmap, 'revocationDocument') ? [{ docType: 'aliro-r', elements: [setting.element] } as const] : []),
];

const policyOf = ({ credentialIssuer, clock }: Setting): JudgePolicy => ({
  issuers: credentialIssuer ? [credentialIssuer] : [],
  ...(clock !== undefined && { now: clock, zone: UTC }),
  action: CAPABILITY.unsecure,
  acceptsNoRules: true,
  supportsSchedules: true,
  revocation: 'spec',
});

/** An Access Document that was asked for decides; with a Revocation Document alone the reader's own list of keys does (SPEC §5). */
const judge = (crypto: Crypto, host: Host, response: Bytes): Verdict => {
  const { setting, credentialKey = new Uint8Array(0), requests = [] } = host;
  const policy = policyOf(setting);
  const memory = setting.credentialIssuer ? raiseIteration(NO_MEMORIES, setting.credentialIssuer, setting.highestIteration) : NO_MEMORIES;
  const { verdict, memory: after } = judgeResponse(crypto, response, requests, credentialKey, policy, memory);
  if (verdict.ok) return GRANTED;
  const asked = requests.some(({ docType }) => docType === 'aliro-a');
  if (asked || verdict.error.code !== 'document-missing') return denied(verdict.error.code);
  if (policy.issuers.some((issuer) => isRevoked(crypto, after, issuer, credentialKey, undefined, policy.now))) return denied('revoked');
  return isKnown(host) ? GRANTED : UNKNOWN;
};

/** What the host asks for next, or decides, when the reader's machine asks it. */
export const stepHost = (crypto: Crypto, host: Host, effect: Extract<ReaderEffect, { kind: 'authenticated' | 'exchanged' | 'documents' }>): HostStep => {
  if (effect.kind === 'exchanged') return planned(host);
  if (effect.kind === 'documents') return decide(host, judge(crypto, host, effect.response));
  const known = { ...host, credentialKey: effect.credential.credentialKey };
  const stepsUp = host.setting.scenario === 'stepUp' || host.setting.scenario === 'stepUpSelect';
  const requests = stepsUp ? requestsFor(host, effect.credential.signaling) : [];
  if (requests.length === 0) return stepsUp && host.setting.credentialIssuer !== undefined ? decide(known, UNKNOWN) : planned(known);
  return { host: { ...known, requests }, input: { kind: 'stepUp', request: encodeDeviceRequest(requests) } };
};
