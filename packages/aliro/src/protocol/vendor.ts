// What Mortise says inside Aliro's vendor extensions: the verb that a user device asks for, in tag B2 of AUTH0's answer
// (CONTRACTS: B2), and the interface bytes. B2 enters the key derivation (SPEC §4.3), so nobody in between chooses it.

import { concat, fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';

export type Verb =
  | 'unlock' | 'lock' | 'unlatch' | 'holdUnlocked' | 'endHold'
  | 'privacyOn' | 'privacyOff' | 'lockdownOn' | 'lockdownOff' | 'syncOnly';

/** `requestId`: 16 bytes, random per request. `until`: seconds since 1970 (0 to 2^32-1), 0: none. */
export type Command = { readonly verb: Verb; readonly requestId: Bytes; readonly until: number };

/** SPEC §4.3: 5E and C3 are Aliro's; F0 and F1 are private and follow the NFC flow (CONTRACTS: interfaces and flow). */
export const INTERFACES = { nfc: 0x5e, ble: 0xc3, contact: 0xf0, relay: 0xf1 } as const;

/** "MOR": ours by use, not registered. */
export const VENDOR_ID: Bytes = Uint8Array.of(0x4d, 0x4f, 0x52);

const FORMAT = 0x01;
const REQUEST_ID_BYTES = 16;
const COMMAND_BYTES = 25;

const VERB_NUMBERS: { readonly [V in Verb]: number } = {
  unlock: 0x01, lock: 0x02, unlatch: 0x03, holdUnlocked: 0x04, endHold: 0x05,
  privacyOn: 0x06, privacyOff: 0x07, lockdownOn: 0x08, lockdownOff: 0x09, syncOnly: 0x0a,
};

const VERBS: readonly Verb[] = [
  'unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold', 'privacyOn', 'privacyOff', 'lockdownOn', 'lockdownOff', 'syncOnly',
];

/** The value of B2: vendor(3) ‖ 01 ‖ verb(1) ‖ requestId(16) ‖ until(4). */
export const encodeCommand = (command: Command): Bytes =>
  concat(VENDOR_ID, Uint8Array.of(FORMAT, VERB_NUMBERS[command.verb]), command.requestId, uint(command.until, 4));

/** Undefined: another vendor's extension, another format, an unknown verb or another length. */
export const decodeCommand = (value: Bytes): Command | undefined => {
  if (value.length !== COMMAND_BYTES || value[3] !== FORMAT) return undefined;
  if (VENDOR_ID.some((byte, index) => value[index] !== byte)) return undefined;
  const verb = VERBS.find((name) => VERB_NUMBERS[name] === value[4]);
  if (verb === undefined) return undefined;
  return { verb, requestId: value.slice(5, 5 + REQUEST_ID_BYTES), until: fromUint(value.subarray(21)) };
};
