// The tags of every Aliro message in words (SPEC §2, §3, §7, §8): one table per message, since a tag means another thing in another place.

import { equalBytes, fromUint, fromUtf8, hex, type Bytes } from '@mortise/base/bytes.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import { asBytes, field } from '@mortise/base/cbor.ts';
import { describeCertificate } from './describe-certificate.ts';
import { describeTlvs, nested, numbered, ofLength, type Form, type TagTable } from './describe-tlv.ts';
import { bitWords, byteCount, listed, plain, told, unreadable, type Described, type Meaning } from './described.ts';
import { readDocumentTime } from '../protocol/document-time.ts';
import { NO_COMMON_VERSION } from '../protocol/control-flow.ts';
import { POLICIES, SIGNAL_BITS, readerStatusName, versionName } from './names.ts';
import { EXPEDITED_AID, STEP_UP_AID } from '../protocol/select.ts';
import { decodeCommand } from '../protocol/vendor.ts';

const PUBLIC_KEY = ofLength(65);
const SIGNATURE = ofLength(64);

const application: Form = (value) => {
  if (equalBytes(value, EXPEDITED_AID)) return told(value, 'Aliro, expedited phase');
  return told(value, equalBytes(value, STEP_UP_AID) ? 'Aliro, step-up phase' : 'another application');
};

const versions: Form = (value) => {
  const each = Array.from({ length: Math.floor(value.length / 2) }, (_, index) => versionName(fromUint(value.subarray(2 * index, 2 * index + 2))));
  return told(value, value.length % 2 === 0 ? listed(each) : 'not whole versions');
};

const identifier: Form = (value) =>
  value.length === 32
    ? { parts: [{ name: 'group identifier', ...plain(value.subarray(0, 16)) }, { name: 'sub-identifier', ...plain(value.subarray(16)) }] }
    : { hex: hex(value), says: `${byteCount(value.length)}, not 32` };

/** Twenty characters, or twenty zeros for none (SPEC §4.6). */
const signedTime: Form = (value) => {
  if (value.length === 20 && value.every((byte) => byte === 0)) return { says: 'none' };
  return readDocumentTime(value) === undefined ? told(value, 'not a time') : { says: fromUtf8(value) };
};

const vendorCommand: Form = (value) => {
  const command = decodeCommand(value);
  if (command === undefined) return plain(value);
  const until = command.until === 0 ? '' : `, until ${new Date(command.until * 1000).toISOString()}`;
  return told(value, `Mortise: ${command.verb}, request ${hex(command.requestId)}${until}`);
};

const flags = (words: readonly [clear: string, set: string]): Form =>
  numbered(1, (value) => (value > 1 ? `${words[value & 1]}, and reserved bits` : words[value === 1 ? 1 : 0]));

const integers = (names: readonly string[]): Form => (value) => {
  const parts = describeTlvs(value, new Map([[0x02, { name: 'size', form: (size: Bytes): Meaning => told(size, byteCount(fromUint(size.subarray(0, 6)))) }]]));
  return { parts: parts.map((part, index) => (part.tag === '02' ? { ...part, name: names[index] ?? part.name } : part)) };
};

// ---- in the clear ----------------------------------------------------------------------------------------------------------------

export const SELECT_ANSWER: TagTable = new Map([[0x6f, { name: 'application', form: nested(new Map([
  [0x84, { name: 'identifier', form: application }],
  [0xa5, { name: 'proprietary information', form: nested(new Map([
    [0x80, { name: 'application type', form: numbered(2, (type) => (type === 0 ? 'CSA' : 'not CSA’s') ) }],
    [0x5c, { name: 'protocol versions', form: versions }],
    [0x7f66, { name: 'extended length', form: integers(['largest command', 'largest response']) }],
    [0xb3, { name: 'vendor’s' }],
  ])) }],
])) }]]);

export const AUTH0_COMMAND: TagTable = new Map([
  [0x41, { name: 'command parameters', form: flags(['standard phase', 'fast phase asked for']) }],
  [0x42, { name: 'authentication policy', form: numbered(1, (policy) => POLICIES[policy]) }],
  [0x5c, { name: 'protocol version', form: versions }],
  [0x87, { name: 'reader ephemeral public key', form: PUBLIC_KEY }],
  [0x4c, { name: 'transaction identifier', form: ofLength(16) }],
  [0x4d, { name: 'reader identifier', form: identifier }],
  [0xb1, { name: 'vendor extension' }],
]);

export const AUTH0_ANSWER: TagTable = new Map([
  [0x86, { name: 'user device ephemeral public key', form: PUBLIC_KEY }],
  [0x9d, { name: 'cryptogram', form: SIGNATURE }],
  [0xb2, { name: 'vendor extension', form: vendorCommand }],
]);

const certificate: Form = (value) => ({ parts: describeCertificate(value) });

export const AUTH1_COMMAND: TagTable = new Map([
  [0x41, { name: 'command parameters', form: flags(['answer with the key slot', 'answer with the public key']) }],
  [0x9e, { name: 'reader’s signature', form: SIGNATURE }],
  [0x90, { name: 'reader certificate', form: certificate }],
]);

const descriptor = nested(new Map([[0x04, { name: 'vendor id' }], [0x80, { name: 'product id' }], [0x81, { name: 'firmware version' }]]));

export const CONTROL_FLOW_COMMAND: TagTable = new Map([
  [0x41, { name: 'S1', form: numbered(1, (s1) => (s1 === 0 ? 'failure' : undefined)) }],
  [0x42, { name: 'S2', form: numbered(1, (s2) => (s2 === 0 ? 'no detail' : s2 === NO_COMMON_VERSION ? 'no common protocol version' : undefined)) }],
  [0x43, { name: 'details', form: nested(new Map([[0xb5, { name: 'reader descriptor', form: descriptor }]])) }],
]);

const sessionData: Form = (value) => {
  const sealed = asBytes(field(decodeForeignCbor(value, value.length), 'data'));
  return sealed === undefined
    ? { hex: hex(value), says: `taken for the sealed bytes themselves, ${byteCount(value.length)}` }
    : { parts: [{ tag: '"data"', name: 'sealed', ...plain(sealed) }] };
};

export const ENVELOPE_DATA: TagTable = new Map([[0x53, { name: 'session data', form: sessionData }]]);

// ---- under the session keys -------------------------------------------------------------------------------------------------------

const signalling: Form = numbered(2, (bitmap) => bitWords(bitmap, SIGNAL_BITS));

export const AUTH1_ANSWER: TagTable = new Map([
  [0x4e, { name: 'key slot', form: ofLength(8) }],
  [0x5a, { name: 'credential public key', form: PUBLIC_KEY }],
  [0x9e, { name: 'user device’s signature', form: SIGNATURE }],
  [0x4b, { name: 'mailbox subset' }],
  [0x5e, { name: 'signalling', form: signalling }],
  [0x91, { name: 'Access Document signed', form: signedTime }],
  [0x92, { name: 'Revocation Document signed', form: signedTime }],
]);

const place = (value: Bytes): string => `at ${fromUint(value.subarray(0, 2))}`;
const sized = (value: Bytes): string => byteCount(fromUint(value.subarray(2, 4)));
const operation = (least: number, says: (value: Bytes) => string): Form => (value) =>
  value.length < least ? { hex: hex(value), says: 'too short' } : { says: says(value) };

const MAILBOX: TagTable = new Map([
  [0x8c, { name: 'atomic session', form: flags(['last or only command', 'goes on']) }],
  [0x87, { name: 'read', form: operation(4, (value) => `${sized(value)} ${place(value)}`) }],
  [0x8a, { name: 'write', form: operation(3, (value) => `${byteCount(value.length - 2)} ${place(value)}: ${hex(value.subarray(2))}`) }],
  [0x95, { name: 'set', form: operation(5, (value) => `${sized(value)} ${place(value)} to ${hex(value.subarray(4, 5))}`) }],
]);

const APP_DATA = [0x9f20, 'bound-app data'] as const;
const ISSUER_DATA = [0x9f40, 'issuer-backend data'] as const;
const importances = [APP_DATA, ISSUER_DATA].flatMap(([first, name]) =>
  Array.from({ length: 0x20 }, (_, low) => [first + low, { name: `${name}, importance ${low & 7}${(low & 0x10) === 0 ? '' : ', time-sensitive'}` }] as const));

const NOTIFY: TagTable = new Map([[0x82, { name: 'reader error' }], [0xb5, { name: 'reader descriptor', form: descriptor }], ...importances]);

export const EXCHANGE_COMMAND: TagTable = new Map([
  [0x97, { name: 'reader status', form: numbered(2, readerStatusName) }],
  [0x98, { name: 'make the ranging key available' }],
  [0xba, { name: 'mailbox', form: nested(MAILBOX) }],
  [0xae, { name: 'notify', form: nested(NOTIFY) }],
  [0x81, { name: 'update document' }],
]);

/** What was read, then whether all was done (SPEC §7): no TLV. */
export const describeExchangeAnswer = (plaintext: Bytes): readonly Described[] => {
  const shown: Described[] = [];
  for (let at = 0; at < plaintext.length; ) {
    const end = at + 2 + fromUint(plaintext.subarray(at, at + 2));
    if (end > plaintext.length) return [...shown, unreadable(plaintext.subarray(at), 'no whole piece begins here')];
    const piece = plaintext.subarray(at + 2, end);
    const isLast = end === plaintext.length && piece.length === 2;
    shown.push(isLast ? { name: 'result', ...told(piece, fromUint(piece) === 0 ? 'done' : 'not done') } : { name: 'read', ...plain(piece) });
    at = end;
  }
  return shown;
};

export const applicationName = (aid: Bytes): Meaning => application(aid);
