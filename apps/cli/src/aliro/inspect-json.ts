// JSON under inspection: a recorded transaction with what its inputs tell, or the documents of a file that holds no steps.

import { type Bytes, fromHex } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Check } from '@mortise/aliro/check.ts';
import { describeDialogues } from '@mortise/aliro/describe-transaction.ts';
import type { Described } from '@mortise/aliro/described.ts';
import { inspectBytes } from '@mortise/aliro/inspect-bytes.ts';
import { inspectTransaction, type Circumstances } from '@mortise/aliro/inspect-transaction.ts';
import { NO_MEMORIES } from '@mortise/aliro/issuer-memory.ts';
import type { RecordedKeys } from '@mortise/aliro/trace.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import type { CommandError } from '../command.ts';
import type { ConfigKey } from './config-schema.ts';
import { INSPECTED, type InspectedFile } from './inspected-schema.ts';
import type { InspectOptions, KeyName } from './inspect-options.ts';
import { parseWith } from './read-json.ts';

/** `title`: what it is. `notes`: a line each. */
export type Inspection = { readonly title: string; readonly notes: readonly string[]; readonly parts: readonly Described[]; readonly checks: readonly Check[] };

type Fields<T> = { readonly [Name in keyof T]: T[Name] | undefined };

/** Only what is there. */
const present = <T extends object>(fields: Fields<T>): Partial<T> => {
  const kept: Partial<T> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept;
};

const publicOf = (key: ConfigKey | undefined): Bytes | undefined => key?.publicKey ?? (key?.privateKey && crypto.p256.publicKey(key.privateKey));
const secretOf = (bytes: Bytes | undefined): Secret | undefined => bytes && new Secret(bytes);

/** What was asked for, what the file says, else the machine's clock. Undefined: none is trusted. */
export const clockOf = ({ inputs }: InspectedFile, { time }: InspectOptions): Instant | undefined => {
  if (time !== undefined) return time === 'none' ? undefined : time;
  if (inputs?.verifyTime === null || inputs?.readerHasTime === false) return undefined;
  return inputs?.verifyTime ?? instant(Date.now());
};

type Given = (name: KeyName) => Bytes | undefined;

const recordedKeys = ({ derived }: InspectedFile, given: Given): RecordedKeys => {
  const phase = derived?.standardPhase?.keys ?? derived?.fastPhase?.keys;
  return present<RecordedKeys>({
    expeditedReader: secretOf(given('ExpeditedSKReader') ?? phase?.ExpeditedSKReader),
    expeditedDevice: secretOf(given('ExpeditedSKDevice') ?? phase?.ExpeditedSKDevice),
    stepUpReader: secretOf(given('StepUpSKReader') ?? derived?.stepUp?.StepUpSKReader),
    stepUpDevice: secretOf(given('StepUpSKDevice') ?? derived?.stepUp?.StepUpSKDevice),
    cryptogram: secretOf(given('CryptogramSK') ?? derived?.fastPhase?.keys?.CryptogramSK),
  });
};

const circumstancesOf = (file: InspectedFile, options: InspectOptions): Circumstances => {
  const { inputs = {} } = file;
  const given: Given = (name) => options.keys.get(name)?.[0];
  const issuer = publicOf(inputs.credentialIssuerKey);
  return {
    crypto,
    interfaceByte: INTERFACES[inputs.interface ?? 'nfc'],
    issuers: options.keys.get('issuer') ?? (issuer ? [issuer] : []),
    recorded: recordedKeys(file, given),
    ...present<Omit<Circumstances, 'crypto' | 'interfaceByte' | 'issuers' | 'recorded'>>({
      groupIdentifierKey: given('group') ?? inputs.readerGroupIdentifierKey ?? publicOf(inputs.readerSystemIssuerKey) ?? publicOf(inputs.readerKey),
      credentialKey: given('credential') ?? publicOf(inputs.accessCredentialKey),
      readerEphemeral: secretOf(inputs.readerEphemeralKey?.privateKey),
      deviceEphemeral: secretOf(inputs.userDeviceEphemeralKey?.privateKey),
      persistentKey: secretOf(given('Kpersistent') ?? inputs.kpersistent ?? inputs.kpersistentOnReaderOnly),
      now: clockOf(file, options),
      highestIteration: inputs.readerHighestValidityIteration,
    }),
  };
};

const notesOf = ({ description }: InspectedFile, now: Instant | undefined): readonly string[] => [
  ...(description === undefined ? [] : [description]),
  now === undefined ? 'No trusted clock.' : `Trusted clock: ${isoSeconds(now)}.`,
];

// ---- files without steps -----------------------------------------------------------------------------------------------------------------

const documentIn = (value: unknown): readonly Bytes[] => {
  if (typeof value !== 'object' || value === null || !('revocationDocument' in value) || typeof value.revocationDocument !== 'string') return [];
  const bytes = fromHex(value.revocationDocument);
  return bytes === undefined ? [] : [bytes];
};

const documentsOf = ({ inputs, expect }: InspectedFile): readonly Bytes[] => [
  ...[inputs?.revocationDocument, inputs?.accessDocument].filter((bytes) => bytes !== undefined),
  ...(Array.isArray(expect) ? expect.flatMap(documentIn) : []),
];

const inspectDocuments = (documents: readonly Bytes[], { issuers, now, credentialKey }: Circumstances): { readonly parts: readonly Described[]; readonly checks: readonly Check[] } => {
  const context = { crypto, issuers, memory: NO_MEMORIES, ...(credentialKey && { credentialKey }), ...(now !== undefined && { now }) };
  const inspected = documents.map((bytes, index) => ({ number: index + 1, ...(inspectBytes(bytes, context) ?? { kind: 'unknown', parts: [], checks: [] }) }));
  return {
    parts: inspected.map(({ number, kind, parts }) => ({ tag: String(number), name: kind, parts })),
    checks: inspected.flatMap(({ number, kind, checks }) => checks.map((check) => ({ ...check, name: `${number} ${kind}: ${check.name}` }))),
  };
};

/** `config-wrong`: a field out of form; `input-unknown`: neither steps nor documents. */
export const inspectJson = (value: unknown, options: InspectOptions): Result<Inspection, CommandError> => {
  const parsed = parseWith(INSPECTED, 'The JSON', value);
  if (!parsed.ok) return parsed;
  const file = parsed.value;
  const circumstances = circumstancesOf(file, options);
  const notes = notesOf(file, circumstances.now);
  const name = file.name === undefined ? '' : `: ${file.name}`;
  if (file.steps !== undefined && file.steps.length > 0) {
    const { dialogues, checks } = inspectTransaction(file.steps, circumstances);
    return ok({ title: `Recorded transaction${name}`, notes, parts: describeDialogues(dialogues), checks });
  }
  const documents = documentsOf(file);
  if (documents.length === 0) return err({ code: 'input-unknown', message: 'The JSON holds neither "steps" with APDUs nor documents in "inputs". Give a recorded transaction as in vectors/aliro.' });
  return ok({ title: `Documents${name}`, notes, ...inspectDocuments(documents, circumstances) });
};
