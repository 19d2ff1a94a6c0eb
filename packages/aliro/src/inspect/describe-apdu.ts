// Single commands and responses in words (SPEC §2, §3), and whether they are in form. What is sealed is shown as it is.

import { equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { TAG_BYTES } from '@mortise/crypto/crypto.ts';
import type { CommandApdu, ResponseApdu } from '../protocol/apdu.ts';
import { decodeAuth0Answer, decodeAuth0Command } from '../protocol/auth0.ts';
import { decodeAuth1Command } from '../protocol/auth1.ts';
import { decodeControlFlow } from '../protocol/control-flow.ts';
import { describeCertificate } from './describe-certificate.ts';
import {
  AUTH0_ANSWER, AUTH0_COMMAND, AUTH1_COMMAND, CONTROL_FLOW_COMMAND, ENVELOPE_DATA, SELECT_ANSWER, applicationName,
} from './describe-message.ts';
import { describeTlvs } from './describe-tlv.ts';
import { byteCount, type Described } from './described.ts';
import { decodeEnvelope, decodeEnvelopeAnswer } from '../protocol/envelope.ts';
import { instructionOf, statusWordName, type Instruction } from './names.ts';
import { decodeCertificate } from '../protocol/reader-certificate.ts';
import { EXPEDITED_AID, STEP_UP_AID, checkStepUpAnswer, decodeSelectAnswer } from '../protocol/select.ts';
import { decodeTlvs, readOne } from '../protocol/tlv.ts';

type Form = Result<unknown, { readonly code: string }>;

const CHAINING = 0x10;
export const isPiece = ({ header }: CommandApdu): boolean => (header[0] & CHAINING) !== 0;

const sealed = (data: Bytes): readonly Described[] =>
  data.length === 0 ? [] : [{ name: 'sealed', hex: hex(data), says: data.length < TAG_BYTES ? 'shorter than a tag' : `${byteCount(data.length - TAG_BYTES)} and a tag` }];

const asSealed = (data: Bytes): Form => (data.length < TAG_BYTES ? err({ code: 'channel-refused' }) : ok(true));
const asIs = (): Form => ok(true);

// ---- commands --------------------------------------------------------------------------------------------------------------------

type Kind = { readonly describe: (data: Bytes) => readonly Described[]; readonly check: (data: Bytes) => Form };

const selects = (aid: Bytes): Form => (equalBytes(aid, EXPEDITED_AID) || equalBytes(aid, STEP_UP_AID) ? ok(true) : err({ code: 'application-unknown' }));

const COMMANDS: { readonly [Name in Instruction]: Kind } = {
  'SELECT': { describe: (data) => [{ name: 'application', ...applicationName(data) }], check: selects },
  'AUTH0': { describe: (data) => describeTlvs(data, AUTH0_COMMAND), check: decodeAuth0Command },
  'LOAD CERT': { describe: describeCertificate, check: decodeCertificate },
  'AUTH1': { describe: (data) => describeTlvs(data, AUTH1_COMMAND), check: decodeAuth1Command },
  'EXCHANGE': { describe: sealed, check: asSealed },
  'ENVELOPE': { describe: (data) => describeTlvs(data, ENVELOPE_DATA), check: decodeEnvelope },
  'CONTROL FLOW': { describe: (data) => describeTlvs(data, CONTROL_FLOW_COMMAND), check: decodeControlFlow },
  'GET RESPONSE': { describe: () => [], check: asIs },
};

const raw = (data: Bytes): readonly Described[] => (data.length === 0 ? [] : [{ name: 'data', hex: hex(data), says: byteCount(data.length) }]);

/** Class, instruction and parameters, the data by their tags. A piece of a chain is no message yet, so its data are only shown. */
export const describeCommand = (command: CommandApdu): readonly Described[] => {
  const instruction = instructionOf(command.header);
  const name = instruction ?? 'an instruction that Aliro does not have';
  const head: Described = { name: 'command', hex: hex(Uint8Array.from(command.header)), says: isPiece(command) ? `a piece of a chained ${name}` : name };
  if (instruction === undefined || isPiece(command)) return [head, ...raw(command.data)];
  return [head, ...COMMANDS[instruction].describe(command.data)];
};

/** Whether a user device of ours would read it. */
export const commandForm = (command: CommandApdu): Form => {
  const instruction = instructionOf(command.header);
  if (instruction === undefined) return err({ code: 'instruction-unexpected' });
  const [, , p1, p2] = command.header;
  if (p1 !== (instruction === 'SELECT' ? 0x04 : 0x00) || p2 !== 0x00) return err({ code: 'parameters-unsupported' });
  return isPiece(command) ? ok(true) : COMMANDS[instruction].check(command.data);
};

// ---- responses -------------------------------------------------------------------------------------------------------------------

const CRYPTOGRAM = 0x9d;

const hasCryptogram = (data: Bytes): boolean => {
  const objects = decodeTlvs(data);
  return objects.ok && objects.value.some(({ tag }) => tag === CRYPTOGRAM);
};

const selectAnswer = (data: Bytes): Form => {
  const expedited = decodeSelectAnswer(data);
  const stepUp = checkStepUpAnswer(data);
  return stepUp.ok ? stepUp : expedited;
};

const ANSWERS: { readonly [Name in Instruction]?: Kind } = {
  'SELECT': { describe: (data) => describeTlvs(data, SELECT_ANSWER), check: selectAnswer },
  'AUTH0': { describe: (data) => describeTlvs(data, AUTH0_ANSWER), check: (data) => decodeAuth0Answer(data, hasCryptogram(data) ? 1 : 0) },
  'AUTH1': { describe: sealed, check: asSealed },
  'EXCHANGE': { describe: sealed, check: asSealed },
  'ENVELOPE': { describe: (data) => describeTlvs(data, ENVELOPE_DATA), check: decodeEnvelopeAnswer },
};

const FIRST_TAGS: ReadonlyMap<number, Instruction> = new Map([[0x6f, 'SELECT'], [0x86, 'AUTH0'], [0x53, 'ENVELOPE']]);

/** Which command a response belongs to, told by its first tag; undefined: it is sealed, a part, or none of Aliro's. */
export const answeredInstruction = (data: Bytes): Instruction | undefined => {
  const first = readOne(data, 0);
  return first === undefined ? undefined : FIRST_TAGS.get(first.tag);
};

const OK = 0x9000;
const isMore = (status: number): boolean => status >> 8 === 0x61;

/** `instruction`: of the command that it answers, where it is known. */
export const describeResponse = ({ data, status }: ResponseApdu, instruction: Instruction | undefined): readonly Described[] => {
  const kind = instruction === undefined || isMore(status) ? undefined : ANSWERS[instruction];
  const word: Described = { name: 'status word', hex: status.toString(16).padStart(4, '0'), says: statusWordName(status) ?? 'not one of Aliro’s' };
  return [...(kind === undefined ? raw(data) : kind.describe(data)), word];
};

/** Whether it is in form and says ok. */
export const responseForm = ({ data, status }: ResponseApdu, instruction: Instruction | undefined): Form => {
  if (isMore(status)) return ok(true);
  if (status !== OK) return err({ code: 'status-unexpected' });
  const kind = instruction === undefined ? undefined : ANSWERS[instruction];
  return kind === undefined || data.length === 0 ? ok(true) : kind.check(data);
};
