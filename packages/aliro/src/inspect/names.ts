// Aliro's numbers in words: instructions (SPEC §3), status words (§3.8), reader statuses (§7.1), what a user device signals (§3.4). The numbers
// that our codecs use are theirs; names.test.ts holds the tables to them.

import { CAPABILITY } from '../documents/access-schedule.ts';
import { AUTH0 } from '../protocol/auth0.ts';
import { AUTH1, LOAD_CERT } from '../protocol/auth1.ts';
import { CONTROL_FLOW } from '../protocol/control-flow.ts';
import { SIGNALS, type Signal } from '../protocol/device-signals.ts';
import { ENVELOPE } from '../protocol/envelope.ts';
import { EXCHANGE } from '../protocol/exchange.ts';
import { SELECT } from '../protocol/select.ts';
import type { Header } from '../protocol/apdu.ts';

export type Instruction = 'SELECT' | 'AUTH0' | 'LOAD CERT' | 'AUTH1' | 'EXCHANGE' | 'ENVELOPE' | 'CONTROL FLOW' | 'GET RESPONSE';

const HEADERS: { readonly [Name in Instruction]: Header } = {
  'SELECT': SELECT,
  'AUTH0': AUTH0,
  'LOAD CERT': LOAD_CERT,
  'AUTH1': AUTH1,
  'EXCHANGE': EXCHANGE,
  'ENVELOPE': ENVELOPE,
  'CONTROL FLOW': CONTROL_FLOW,
  'GET RESPONSE': [0x00, 0xc0, 0x00, 0x00],
};

const NAMES: readonly Instruction[] = ['SELECT', 'AUTH0', 'LOAD CERT', 'AUTH1', 'EXCHANGE', 'ENVELOPE', 'CONTROL FLOW', 'GET RESPONSE'];
const CHAINING = 0x10;

/** By class and instruction; the chaining bit is no matter. */
export const instructionOf = ([cla, ins]: Header): Instruction | undefined =>
  NAMES.find((name) => HEADERS[name][0] === (cla & ~CHAINING) && HEADERS[name][1] === ins);

/** What each is for, in a transaction. */
export const PURPOSES: { readonly [Name in Instruction]: string } = {
  'SELECT': 'the reader chooses the application',
  'AUTH0': 'both sides say their ephemeral keys, the reader who it is',
  'LOAD CERT': 'the reader sends its certificate',
  'AUTH1': 'the reader proves itself, the user device says who it is and proves it',
  'EXCHANGE': 'sealed objects to and from the user device',
  'ENVELOPE': 'the reader asks for documents',
  'CONTROL FLOW': 'the reader gives up before there are keys',
  'GET RESPONSE': 'the reader fetches the next part of an answer',
};

const STATUS_WORDS: ReadonlyMap<number, string> = new Map([
  [0x9000, 'ok'],
  [0x6400, 'certificate not decodable'],
  [0x6700, 'wrong length'],
  [0x6701, 'data, length or order malformed, or group unknown'],
  [0x6800, 'class not supported'],
  [0x6900, 'command not allowed'],
  [0x6982, 'security status not satisfied: signature, certificate or tag'],
  [0x6985, 'conditions not satisfied: version not supported'],
  [0x6a82, 'application not found'],
  [0x6a86, 'P1 or P2 wrong'],
  [0x6a88, 'object not found'],
  [0x6d00, 'instruction not valid now'],
]);

/** Undefined: a status word that Aliro does not name. */
export const statusWordName = (status: number): string | undefined =>
  status >> 8 === 0x61 ? `more data: ${(status & 0xff) === 0 ? 'at least 256' : status & 0xff} bytes` : STATUS_WORDS.get(status);

const READER_STATUSES: ReadonlyMap<number, string> = new Map([
  [0x0000, 'failure'],
  [0x0001, 'failure: credential public key not found'],
  [0x0002, 'failure: expired'],
  [0x0003, 'failure: not trusted'],
  [0x0004, 'failure: invalid user device signature'],
  [0x0006, 'failure: invalid data format'],
  [0x0007, 'failure: invalid data content'],
  [0x0020, 'failure: unexpected status word'],
  [0x0021, 'failure: key slot missing'],
  [0x0022, 'failure: public key missing'],
  [0x0023, 'failure: signature missing'],
  [0x0025, 'failure: invalid access rights'],
  [0x0026, 'failure: hardware problem'],
  [0x0027, 'failure: no common protocol version'],
  [0x0100, 'success: secured'],
  [0x0101, 'success: unsecured'],
  [0x0102, 'success: jammed or obstructed'],
  [0x0180, 'success: entering the secured state'],
  [0x0181, 'success: entering the unsecured state'],
  [0x0182, 'success: state unknown'],
]);

export const readerStatusName = (status: number): string => {
  const rest = status >> 8 === 1 ? 'success, otherwise unknown' : 'failure, otherwise unknown';
  return READER_STATUSES.get(status) ?? (status >> 8 > 1 ? 'unknown' : rest);
};

export const POLICIES: readonly string[] = [
  'an early revision’s value', 'user authentication as the user device is set', 'as the user device is set, secure action', 'user authentication forced',
];

const SIGNAL_NAMES: { readonly [Name in Signal]: string } = {
  accessDocument: 'Access Document to be had',
  revocationDocument: 'Revocation Document to be had',
  stepUpSelect: 'step-up needs SELECT',
  mailboxNotEmpty: 'mailbox not empty',
  mailboxReadable: 'mailbox readable',
  mailboxWritable: 'mailbox writable',
  issuerNotification: 'issuer notification',
  appNotification: 'app notification',
  updateInExpedited: 'update in expedited phase',
  mailboxInStepUp: 'mailbox in step-up',
  notificationInStepUp: 'notification in step-up',
  updateInStepUp: 'update in step-up',
};

const SIGNAL_KEYS: readonly Signal[] = [
  'accessDocument', 'revocationDocument', 'stepUpSelect', 'mailboxNotEmpty', 'mailboxReadable', 'mailboxWritable', 'issuerNotification',
  'appNotification', 'updateInExpedited', 'mailboxInStepUp', 'notificationInStepUp', 'updateInStepUp',
];

/** Words to bits. */
export const SIGNAL_BITS: Readonly<Record<string, number>> = Object.fromEntries(SIGNAL_KEYS.map((key) => [SIGNAL_NAMES[key], SIGNALS[key]]));

export const CAPABILITY_BITS: Readonly<Record<string, number>> = {
  'secure': CAPABILITY.secure,
  'unsecure': CAPABILITY.unsecure,
  'toggle': CAPABILITY.toggle,
  'momentary unsecure': CAPABILITY.momentaryUnsecure,
  'extended momentary unsecure': CAPABILITY.extendedMomentaryUnsecure,
  'payment': CAPABILITY.payment,
};

export const versionName = (version: number): string => `${version >> 8}.${version & 0xff}`;
