// The file that `mortise aliro device|reader --config` reads (SPEC §11.1): a vector file, or any JSON with an `inputs` object of the same
// fields. Everything may be missing but `inputs`; what is there has its form, and what has another is named with what is expected.

import { fromHex, fromUint, type Bytes } from '@mortise/base/bytes.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { PRIVATE_KEY_BYTES, PUBLIC_KEY_BYTES } from '@mortise/crypto/crypto.ts';
import { isScalar } from '@mortise/crypto/scalar.ts';
import { MAX_MAILBOX_BYTES } from '@mortise/aliro/mailbox.ts';
import { SCENARIOS } from '@mortise/aliro/scenario.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { z } from 'zod';

const VERSION_BYTES = 2;
const MAX_VERSIONS = 16;
const MAX_POLICY = 3;
const MAX_CERTIFICATE_BYTES = 1024;
const MAX_DOCUMENT_BYTES = 65_536;
const MAX_APDU_BYTES = 65_535;
const MAX_STEPS = 4096;
const MAX_ELEMENT = 64;
const IDENTIFIER_BYTES = 16;
const KEY_BYTES = 32;

const always = (): boolean => true;

/** Hex of `min` to `max` bytes that `fits`; `what` they are. */
const bytesOf = (min: number, max: number, what: string, fits: (bytes: Bytes) => boolean = always) => {
  const expected = `expected ${what}: ${min === max ? `${2 * min}` : `${2 * min} to ${2 * max}`} hex digits`;
  return z.string({ error: expected }).transform((text, context): Bytes => {
    const bytes = text.length <= 2 * max ? fromHex(text) : undefined;
    if (bytes !== undefined && bytes.length >= min && fits(bytes)) return bytes;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
};

const wholeNumber = (min: number, max: number) => {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};

const oneOf = <const T extends readonly [string, ...string[]]>(names: T) => z.enum(names, { error: `expected one of ${names.join(', ')}` });

const version = bytesOf(VERSION_BYTES, VERSION_BYTES, 'a protocol version').transform((bytes) => fromUint(bytes));

const privateKey = bytesOf(PRIVATE_KEY_BYTES, PRIVATE_KEY_BYTES, 'a P-256 private key, from 1 to n-1', isScalar);
const publicKey = bytesOf(PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES, 'an uncompressed P-256 public key, 04 x y', nodeCrypto.p256.isPublicKey);

const isPair = (given: { readonly privateKey?: Bytes | undefined; readonly publicKey?: Bytes | undefined }): boolean => {
  if (given.privateKey === undefined || given.publicKey === undefined) return given.privateKey !== undefined || given.publicKey !== undefined;
  return Buffer.compare(nodeCrypto.p256.publicKey(given.privateKey), given.publicKey) === 0;
};

/** A private key says its public key; a public key alone does for what only the other side signs with. */
const keyPair = z
  .object({ privateKey: privateKey.optional(), publicKey: publicKey.optional() }, { error: 'expected an object with privateKey, publicKey or both' })
  .refine(isPair, { error: 'expected privateKey, publicKey or both; both of one pair' });

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const TIME_EXPECTED = 'expected a time such as 2026-06-01T12:00:00Z, or null for no trusted clock';

const time = z.string({ error: TIME_EXPECTED }).transform((text, context): Instant => {
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (isInstant(at)) return at;
  context.addIssue({ code: 'custom', message: TIME_EXPECTED });
  return z.NEVER;
});

const flag = z.boolean({ error: 'expected true or false' });
const identifier = bytesOf(IDENTIFIER_BYTES, IDENTIFIER_BYTES, 'an identifier');
const persistentKey = bytesOf(KEY_BYTES, KEY_BYTES, 'a persistent key');
export const sessionKey = bytesOf(KEY_BYTES, KEY_BYTES, 'a session key');
const document = bytesOf(1, MAX_DOCUMENT_BYTES, 'a Document');
const INTERFACE_NAMES = ['nfc', 'ble', 'contact', 'relay'] as const satisfies readonly (keyof typeof INTERFACES)[];

const VERSIONS_EXPECTED = `expected 1 to ${MAX_VERSIONS} protocol versions`;
const ELEMENT_EXPECTED = `expected an element identifier of 1 to ${MAX_ELEMENT} characters`;

/** The fields of a vector's `inputs` (SPEC §11). */
export const INPUTS = z.object({
  interface: oneOf(INTERFACE_NAMES).optional(),
  readerKey: keyPair.optional(),
  readerSystemIssuerKey: keyPair.optional(),
  accessCredentialKey: keyPair.optional(),
  credentialIssuerKey: keyPair.optional(),
  readerEphemeralKey: keyPair.optional(),
  userDeviceEphemeralKey: keyPair.optional(),
  readerGroupIdentifier: identifier.optional(),
  readerGroupSubIdentifier: identifier.optional(),
  readerGroupIdentifierKey: publicKey.optional(),
  transactionIdentifier: identifier.optional(),
  authenticationPolicy: wholeNumber(0, MAX_POLICY).optional(),
  protocolVersion: version.optional(),
  userDeviceSupportedVersions: z.array(version, { error: VERSIONS_EXPECTED }).min(1, { error: VERSIONS_EXPECTED }).max(MAX_VERSIONS, { error: VERSIONS_EXPECTED }).optional(),
  readerCertificateCompressed: bytesOf(1, MAX_CERTIFICATE_BYTES, 'a compressed reader certificate').optional(),
  kpersistent: persistentKey.optional(),
  kpersistentOnReaderOnly: persistentKey.optional(),
  mailboxSize: wholeNumber(1, MAX_MAILBOX_BYTES).optional(),
  accessDocument: document.optional(),
  revocationDocument: document.optional(),
  stepUpAidRequired: flag.optional(),
  verifyTime: time.nullable().optional(),
  readerHasTime: flag.optional(),
  readerHighestValidityIteration: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
  element: z.string({ error: ELEMENT_EXPECTED }).min(1, { error: ELEMENT_EXPECTED }).max(MAX_ELEMENT, { error: ELEMENT_EXPECTED }).optional(),
  scenario: oneOf(SCENARIOS).optional(),
}, { error: 'expected an object' });

const side = oneOf(['reader', 'userDevice']);
const step = z.object({ from: side, apdu: bytesOf(1, MAX_APDU_BYTES, 'an APDU') }, { error: 'expected an object with from and apdu' });
const message = z.object({ from: side, plaintext: bytesOf(0, MAX_DOCUMENT_BYTES, 'a plaintext') }, { error: 'expected an object with from and plaintext' });
const STEPS_EXPECTED = `expected an array of at most ${MAX_STEPS} steps`;
const MESSAGES_EXPECTED = `expected an array of at most ${MAX_STEPS} messages`;

/** Unknown fields are passed over: a vector says more than a side needs. */
export const CONFIG = z.object({
  inputs: INPUTS,
  scenario: oneOf(SCENARIOS).optional(),
  steps: z.array(step, { error: STEPS_EXPECTED }).max(MAX_STEPS, { error: STEPS_EXPECTED }).optional(),
  derived: z.object({ secureMessages: z.array(message, { error: MESSAGES_EXPECTED }).max(MAX_STEPS, { error: MESSAGES_EXPECTED }).optional() }, { error: 'expected an object' }).optional(),
}, { error: 'expected an object with inputs' });

export type Config = z.infer<typeof CONFIG>;
export type ConfigInputs = Config['inputs'];
export type ConfigKey = NonNullable<ConfigInputs['readerKey']>;
