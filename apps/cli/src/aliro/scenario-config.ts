// From a configuration file to a whole set of values for one side (SPEC §11.1): what is given is used, what is missing is fresh, and
// what a side cannot do without is asked for by name.

import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { certificateTbs, compressCertificate } from '@mortise/aliro/reader-certificate.ts';
import { recordedPlan, recordedScenario } from '@mortise/aliro/recording.ts';
import { settingOf, type Scenario, type ScenarioInputs, type Setting } from '@mortise/aliro/scenario.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import type { CommandError } from '../command.ts';
import { CONFIG, type Config, type ConfigInputs, type ConfigKey } from './config-schema.ts';
import { parseJson, parseWith, readBounded } from './read-json.ts';

export type Role = 'reader' | 'device';

/** `plan`: the EXCHANGE commands that a recording holds. */
export type RoleConfig = { readonly setting: Setting; readonly plan?: readonly Bytes[] };

/** A public key alone stands for the other side's pair, of which nothing more is used. */
const pairOf = ({ privateKey, publicKey }: ConfigKey): KeyPair => ({
  privateKey: new Secret(privateKey ?? EMPTY),
  publicKey: publicKey ?? crypto.p256.publicKey(privateKey ?? EMPTY),
});

const publicOf = (key: ConfigKey | undefined): Bytes | undefined => key && pairOf(key).publicKey;

/** `verifyTime` is the trusted clock, none when it is null; when it is missing the machine's clock is trusted. */
const clockOf = ({ verifyTime, readerHasTime }: ConfigInputs, now: Instant): Instant | undefined =>
  verifyTime === null || readerHasTime === false ? undefined : verifyTime ?? now;

type Given = { readonly [Name in keyof ScenarioInputs]?: ScenarioInputs[Name] | undefined };

/** Only what is there: a missing field must not stand in the way of a fresh one. */
const present = (given: Given, interfaceByte: number): ScenarioInputs => ({
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  interfaceByte,
});

const secretOf = (bytes: Bytes | undefined): Secret | undefined => bytes && new Secret(bytes);

const keysOf = (inputs: ConfigInputs): Given => ({
  readerKey: inputs.readerKey && pairOf(inputs.readerKey),
  accessCredentialKey: inputs.accessCredentialKey && pairOf(inputs.accessCredentialKey),
  readerEphemeralKey: inputs.readerEphemeralKey && pairOf(inputs.readerEphemeralKey),
  userDeviceEphemeralKey: inputs.userDeviceEphemeralKey && pairOf(inputs.userDeviceEphemeralKey),
  credentialIssuer: publicOf(inputs.credentialIssuerKey),
  groupIdentifierKey: inputs.readerGroupIdentifierKey ?? publicOf(inputs.readerSystemIssuerKey),
  persistentKey: secretOf(inputs.kpersistent),
  readerPersistentKey: secretOf(inputs.kpersistentOnReaderOnly),
});

/** A device that holds documents needs no issuer's key to say that its step-up application wants SELECT. */
const deviceScenario = ({ accessDocument, revocationDocument, stepUpAidRequired }: ConfigInputs, role: Role): Scenario | undefined =>
  role === 'device' && stepUpAidRequired === true && (accessDocument ?? revocationDocument) !== undefined ? 'stepUpSelect' : undefined;

const inputsOf = ({ inputs, scenario, steps }: Config, role: Role, now: Instant): ScenarioInputs => {
  const recorded = steps && recordedScenario(steps.filter(({ from }) => from === 'reader').map(({ apdu }) => apdu));
  return present({
    ...keysOf(inputs),
    groupIdentifier: inputs.readerGroupIdentifier,
    subIdentifier: inputs.readerGroupSubIdentifier,
    transactionIdentifier: inputs.transactionIdentifier,
    authenticationPolicy: inputs.authenticationPolicy,
    version: inputs.protocolVersion,
    deviceVersions: inputs.userDeviceSupportedVersions,
    readerCertificate: inputs.readerCertificateCompressed,
    mailboxSize: inputs.mailboxSize,
    accessDocument: inputs.accessDocument,
    revocationDocument: inputs.revocationDocument,
    stepUpSelect: inputs.stepUpAidRequired,
    clock: clockOf(inputs, now),
    highestIteration: inputs.readerHighestValidityIteration,
    element: inputs.element,
    scenario: scenario ?? inputs.scenario ?? recorded ?? deviceScenario(inputs, role),
  }, INTERFACES[inputs.interface ?? 'nfc']);
};

// ---- a fresh certificate -------------------------------------------------------------------------------------------------------

const wantsCertificate = ({ scenario }: Setting): boolean => scenario === 'loadCert' || scenario === 'certInAuth1';

/** Signed by the issuer whose private key the file gives. */
const withCertificate = (setting: Setting, issuer: ConfigKey | undefined): Setting => {
  if (!wantsCertificate(setting) || setting.readerCertificate !== undefined || issuer?.privateKey === undefined) return setting;
  const fields = { publicKey: setting.readerKey.publicKey };
  const signature = crypto.p256.sign(issuer.privateKey, certificateTbs(fields, setting.groupIdentifierKey, crypto));
  return { ...setting, readerCertificate: compressCertificate(fields, signature) };
};

// ---- what a side cannot do without ---------------------------------------------------------------------------------------------

type Need = readonly [wanted: boolean, field: string, why: string];

const lacksPrivate = (key: ConfigKey | undefined): boolean => key !== undefined && key.privateKey === undefined;

const readerNeeds = ({ inputs }: Config, { scenario, persistentKey, readerPersistentKey, readerCertificate }: Setting): readonly Need[] => [
  [lacksPrivate(inputs.readerKey), 'readerKey.privateKey', 'the reader signs with it'],
  [lacksPrivate(inputs.readerEphemeralKey), 'readerEphemeralKey.privateKey', 'the reader derives the keys with it'],
  [scenario === 'fast' && (readerPersistentKey ?? persistentKey) === undefined, 'kpersistent', 'scenario fast begins with it'],
  [(scenario === 'loadCert' || scenario === 'certInAuth1') && readerCertificate === undefined, 'readerCertificateCompressed',
    `scenario ${scenario} sends it (or readerSystemIssuerKey.privateKey, to make one)`],
  [scenario === 'mailbox' && inputs.mailboxSize === undefined, 'mailboxSize', 'scenario mailbox reads the whole mailbox'],
  [(scenario === 'stepUp' || scenario === 'stepUpSelect') && inputs.credentialIssuerKey === undefined, 'credentialIssuerKey', `scenario ${scenario} verifies documents with it`],
];

const deviceNeeds = ({ inputs }: Config, { scenario }: Setting): readonly Need[] => [
  [lacksPrivate(inputs.accessCredentialKey), 'accessCredentialKey.privateKey', 'the user device signs with it'],
  [lacksPrivate(inputs.userDeviceEphemeralKey), 'userDeviceEphemeralKey.privateKey', 'the user device derives the keys with it'],
  [scenario === 'mailbox' && inputs.mailboxSize === undefined, 'mailboxSize', 'scenario mailbox needs a mailbox'],
];

const roleConfig = (path: string, role: Role, config: Config, now: Instant): Result<RoleConfig, CommandError> => {
  const setting = withCertificate(settingOf(crypto, inputsOf(config, role, now), freshEntropy()), config.inputs.readerSystemIssuerKey);
  const needs = role === 'reader' ? readerNeeds(config, setting) : deviceNeeds(config, setting);
  const missing = needs.filter(([wanted]) => wanted).map(([, field, why]) => `inputs.${field} is missing: ${why}`);
  if (missing.length > 0) return err({ code: 'config-wrong', message: `${path}: ${missing.join('; ')}.` });
  const messages = config.derived?.secureMessages?.filter(({ from }) => from === 'reader').map(({ plaintext }) => plaintext);
  const plan = recordedPlan(messages ?? []);
  return ok({ setting, ...(plan && { plan }) });
};

/** Codes of `readBounded`, `parseJson` and `parseWith`. */
export const readRoleConfig = (path: string, role: Role, now: number = Date.now()): Result<RoleConfig, CommandError> => {
  const file = readBounded(path);
  const json = file.ok ? parseJson(path, file.value.toString('utf8')) : file;
  const config = json.ok ? parseWith(CONFIG, path, json.value) : json;
  return config.ok ? roleConfig(path, role, config.value, instant(now)) : config;
};
