// AUTH1 (SPEC §3.3): the reader proves itself in the clear, the user device answers under the new keys with who it is and its
// own proof. What is signed (SPEC §4.1) names the reader, both ephemeral keys and the transaction, with a usage per side.

import { uint, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { Header } from './apdu.ts';
import { SIGNAL_FIELDS, readSignals, signalsForAuth1, type DeviceSignals } from './device-signals.ts';
import { refuse, type AliroError } from './errors.ts';
import { xOf, type KeyContext } from './key-schedule.ts';
import { byteOf, encodeTlvs, readLenient, readOrdered, valueOf, type Field, type Fields } from './tlv.ts';

export const AUTH1: Header = [0x80, 0x81, 0x00, 0x00];
export const LOAD_CERT: Header = [0x80, 0xd1, 0x00, 0x00];

export type KeyRequest = 'publicKey' | 'keySlot';
export type Auth1Command = { readonly keyRequest: KeyRequest; readonly signature: Bytes; readonly certificate?: Bytes };

/** Who answers: its key, or the slot that stands for it (8 bytes). */
export type Credential =
  | { readonly kind: 'publicKey'; readonly key: Bytes }
  | { readonly kind: 'keySlot'; readonly slot: Bytes };

export type Auth1Answer = DeviceSignals & {
  readonly credential: Credential;
  readonly signature: Bytes;
  readonly mailboxSubset?: Bytes;
};

/** The largest reader certificate that a user device keeps; profile 0000 needs about 400. */
export const MAX_CERTIFICATE_BYTES = 1024;
export const KEY_SLOT_BYTES = 8;

const PARAMETERS = 0x41;
const SIGNATURE = 0x9e;
const CERTIFICATE = 0x90;
const KEY_SLOT = 0x4e;
const PUBLIC_KEY = 0x5a;
const MAILBOX_SUBSET = 0x4b;

const COMMAND_FIELDS: readonly Field[] = [
  { tag: PARAMETERS, min: 1, max: 1 },
  { tag: SIGNATURE, min: SIGNATURE_BYTES, max: SIGNATURE_BYTES },
  { tag: CERTIFICATE, min: 1, max: MAX_CERTIFICATE_BYTES, optional: true },
];

// Key and signature are optional here because their absence has reader statuses of its own (SPEC §7.1).
const ANSWER_FIELDS: readonly Field[] = [
  { tag: KEY_SLOT, min: KEY_SLOT_BYTES, max: KEY_SLOT_BYTES, optional: true },
  { tag: PUBLIC_KEY, min: PUBLIC_KEY_BYTES, max: PUBLIC_KEY_BYTES, optional: true },
  { tag: SIGNATURE, min: SIGNATURE_BYTES, max: SIGNATURE_BYTES, optional: true },
  { tag: MAILBOX_SUBSET, min: 0, max: 4096, optional: true },
  ...SIGNAL_FIELDS,
];

/** Bit 0 of tag 41. */
const KEY_REQUESTS: readonly KeyRequest[] = ['keySlot', 'publicKey'];

/** SPEC §4.1. */
const USAGES = { reader: Uint8Array.of(0x41, 0x5d, 0x95, 0x69), device: Uint8Array.of(0x4e, 0x88, 0x7b, 0x4c) } as const;

/** The 126 bytes that a side signs (SPEC §4.1). */
export const signedMessage = (side: 'reader' | 'device', context: KeyContext): Bytes =>
  encodeTlvs(
    [0x4d, context.readerIdentifier],
    [0x86, xOf(context.deviceEphemeral)],
    [0x87, xOf(context.readerEphemeral)],
    [0x4c, context.transactionId],
    [0x93, USAGES[side]],
  );

/** First 8 bytes of SHA-1 of the 65-byte key (SPEC §3.3). */
export const keySlotOf = (crypto: Crypto, credentialKey: Bytes): Bytes => crypto.sha1(credentialKey).slice(0, KEY_SLOT_BYTES);

export const encodeAuth1Command = (command: Auth1Command): Bytes =>
  encodeTlvs(
    [PARAMETERS, uint(KEY_REQUESTS.indexOf(command.keyRequest), 1)],
    [SIGNATURE, command.signature],
    [CERTIFICATE, command.certificate],
  );

/** Reserved bits of 41 are refused (`field-value`). */
export const decodeAuth1Command = (data: Bytes): Result<Auth1Command, AliroError> => {
  const read = readOrdered(data, COMMAND_FIELDS);
  if (!read.ok) return read;
  const keyRequest = KEY_REQUESTS[byteOf(read.value, PARAMETERS)];
  if (keyRequest === undefined) return refuse('field-value');
  const certificate = read.value.get(CERTIFICATE);
  return ok({ keyRequest, signature: valueOf(read.value, SIGNATURE), ...(certificate && { certificate }) });
};

/** The plaintext of the answer. */
export const encodeAuth1Answer = (answer: Auth1Answer): Bytes =>
  encodeTlvs(
    answer.credential.kind === 'publicKey' ? [PUBLIC_KEY, answer.credential.key] : [KEY_SLOT, answer.credential.slot],
    [SIGNATURE, answer.signature],
    [MAILBOX_SUBSET, answer.mailboxSubset],
    ...signalsForAuth1(answer),
  );

const readCredential = (fields: Fields, asked: KeyRequest): Result<Credential, AliroError> => {
  const key = fields.get(PUBLIC_KEY);
  const slot = fields.get(KEY_SLOT);
  if (key !== undefined && slot !== undefined) return refuse('field-unexpected');
  if (asked === 'publicKey') return key ? ok({ kind: 'publicKey', key }) : refuse('public-key-missing');
  return slot ? ok({ kind: 'keySlot', slot }) : refuse('key-slot-missing');
};

/** Reads the plaintext; `public-key-missing` or `key-slot-missing` when the answer is not what was asked for. */
export const decodeAuth1Answer = (plaintext: Bytes, asked: KeyRequest): Result<Auth1Answer, AliroError> => {
  const read = readLenient(plaintext, ANSWER_FIELDS);
  if (!read.ok) return read;
  const credential = readCredential(read.value, asked);
  if (!credential.ok) return credential;
  const signature = read.value.get(SIGNATURE);
  if (signature === undefined) return refuse('signature-missing');
  const said = readSignals(read.value);
  if (!said.ok) return said;
  const mailboxSubset = read.value.get(MAILBOX_SUBSET);
  return ok({ credential: credential.value, signature, ...(mailboxSubset && { mailboxSubset }), ...said.value });
};
