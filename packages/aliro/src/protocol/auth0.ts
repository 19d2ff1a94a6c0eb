// AUTH0 (SPEC §3.1): both sides' ephemeral keys, the transaction's identifier and the reader's, nothing secret and nothing
// proven yet. Every field but the cryptogram enters the key derivation (SPEC §4.3).

import { fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES } from '@mortise/crypto/crypto.ts';
import type { Header } from './apdu.ts';
import { refuse, type AliroError } from './errors.ts';
import { byteOf, encodeTlvs, readLenient, readOrdered, valueOf, type Field } from './tlv.ts';

export const AUTH0: Header = [0x80, 0x80, 0x00, 0x00];

/** `parameters`: bit 0 asks for the fast phase. `readerIdentifier`: group(16) ‖ sub(16). */
export type Auth0Command = {
  readonly parameters: number;
  readonly authenticationPolicy: number;
  readonly version: number;
  readonly readerEphemeral: Bytes;
  readonly transactionId: Bytes;
  readonly readerIdentifier: Bytes;
  readonly vendorExtension?: Bytes;
};

/** `cryptogram`: 64 bytes, there if and only if the fast phase was asked for. */
export type Auth0Answer = {
  readonly deviceEphemeral: Bytes;
  readonly cryptogram?: Bytes;
  readonly vendorExtension?: Bytes;
};

export const FAST_REQUESTED = 0x01;
export const TRANSACTION_ID_BYTES = 16;
export const READER_IDENTIFIER_BYTES = 32;
export const CRYPTOGRAM_BYTES = 64;
export const MAX_VENDOR_BYTES = 127;

/** Tag 42, and the highest policy known; 00 is an early revision's. */
export const FORCE_USER_AUTHENTICATION = 0x03;

export const TAG_READER_EXTENSION = 0xb1;
export const TAG_DEVICE_EXTENSION = 0xb2;
const PARAMETERS = 0x41;
const POLICY = 0x42;
const VERSION = 0x5c;
const READER_EPHEMERAL = 0x87;
const TRANSACTION_ID = 0x4c;
const READER_IDENTIFIER = 0x4d;
const DEVICE_EPHEMERAL = 0x86;
const CRYPTOGRAM = 0x9d;

const COMMAND_FIELDS: readonly Field[] = [
  { tag: PARAMETERS, min: 1, max: 1 },
  { tag: POLICY, min: 1, max: 1 },
  { tag: VERSION, min: 2, max: 2 },
  { tag: READER_EPHEMERAL, min: PUBLIC_KEY_BYTES, max: PUBLIC_KEY_BYTES },
  { tag: TRANSACTION_ID, min: TRANSACTION_ID_BYTES, max: TRANSACTION_ID_BYTES },
  { tag: READER_IDENTIFIER, min: READER_IDENTIFIER_BYTES, max: READER_IDENTIFIER_BYTES },
  { tag: TAG_READER_EXTENSION, min: 0, max: MAX_VENDOR_BYTES, optional: true },
];

const ANSWER_FIELDS: readonly Field[] = [
  { tag: DEVICE_EPHEMERAL, min: PUBLIC_KEY_BYTES, max: PUBLIC_KEY_BYTES },
  { tag: CRYPTOGRAM, min: CRYPTOGRAM_BYTES, max: CRYPTOGRAM_BYTES, optional: true },
  { tag: TAG_DEVICE_EXTENSION, min: 0, max: MAX_VENDOR_BYTES, optional: true },
];

const extension = (value: Bytes | undefined): { readonly vendorExtension?: Bytes } =>
  value === undefined ? {} : { vendorExtension: value };

export const encodeAuth0Command = (command: Auth0Command): Bytes =>
  encodeTlvs(
    [PARAMETERS, uint(command.parameters, 1)],
    [POLICY, uint(command.authenticationPolicy, 1)],
    [VERSION, uint(command.version, 2)],
    [READER_EPHEMERAL, command.readerEphemeral],
    [TRANSACTION_ID, command.transactionId],
    [READER_IDENTIFIER, command.readerIdentifier],
    [TAG_READER_EXTENSION, command.vendorExtension],
  );

/** Reserved bits of 41 and unknown policies are refused (`field-value`): they may come to mean something that we do not do. */
export const decodeAuth0Command = (data: Bytes): Result<Auth0Command, AliroError> => {
  const read = readOrdered(data, COMMAND_FIELDS);
  if (!read.ok) return read;
  const fields = read.value;
  if (byteOf(fields, PARAMETERS) > FAST_REQUESTED || byteOf(fields, POLICY) > FORCE_USER_AUTHENTICATION) return refuse('field-value');
  return ok({
    parameters: byteOf(fields, PARAMETERS),
    authenticationPolicy: byteOf(fields, POLICY),
    version: fromUint(valueOf(fields, VERSION)),
    readerEphemeral: valueOf(fields, READER_EPHEMERAL),
    transactionId: valueOf(fields, TRANSACTION_ID),
    readerIdentifier: valueOf(fields, READER_IDENTIFIER),
    ...extension(fields.get(TAG_READER_EXTENSION)),
  });
};

export const encodeAuth0Answer = (answer: Auth0Answer): Bytes =>
  encodeTlvs(
    [DEVICE_EPHEMERAL, answer.deviceEphemeral],
    [CRYPTOGRAM, answer.cryptogram],
    [TAG_DEVICE_EXTENSION, answer.vendorExtension],
  );

/** `field-unexpected`/`field-missing`: a cryptogram that was not asked for, or the lack of one that was. */
export const decodeAuth0Answer = (data: Bytes, parameters: number): Result<Auth0Answer, AliroError> => {
  const read = readLenient(data, ANSWER_FIELDS);
  if (!read.ok) return read;
  const cryptogram = read.value.get(CRYPTOGRAM);
  if ((cryptogram !== undefined) !== (parameters === FAST_REQUESTED)) {
    return refuse(cryptogram === undefined ? 'field-missing' : 'field-unexpected');
  }
  return ok({
    deviceEphemeral: valueOf(read.value, DEVICE_EPHEMERAL),
    ...(cryptogram === undefined ? {} : { cryptogram }),
    ...extension(read.value.get(TAG_DEVICE_EXTENSION)),
  });
};
