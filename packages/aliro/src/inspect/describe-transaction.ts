// A recorded transaction in words: each command with its answer, what is sealed opened beside it.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import { describeCommand, describeResponse } from './describe-apdu.ts';
import { describeDeviceRequest, describeDeviceResponse } from './describe-document.ts';
import { AUTH1_ANSWER, EXCHANGE_COMMAND, describeExchangeAnswer } from './describe-message.ts';
import { describeTlvs } from './describe-tlv.ts';
import type { Described, Meaning } from './described.ts';
import { MAX_RESPONSE_BYTES } from '../documents/document-cbor.ts';
import { PURPOSES, type Instruction } from './names.ts';
import type { ChannelName, OpenedDialogue, OpenedMessage } from './trace-open.ts';

const CHANNELS: { readonly [Name in ChannelName]: string } = { standard: 'expedited', fast: 'expedited (fast)', stepUp: 'step-up' };

const keyName = ({ channel, side }: OpenedMessage): string => `${channel === 'stepUp' ? 'StepUpSK' : 'ExpeditedSK'}${side === 'reader' ? 'Reader' : 'Device'}`;

const cborOf = (plaintext: Bytes, describe: typeof describeDeviceRequest): Meaning => {
  const value = decodeForeignCbor(plaintext, MAX_RESPONSE_BYTES);
  return value === undefined ? { hex: hex(plaintext), says: 'not CBOR in the common form' } : describe(value);
};

const plainParts = (instruction: Instruction | undefined, { side }: OpenedMessage, plaintext: Bytes): Meaning => {
  if (instruction === 'ENVELOPE') return cborOf(plaintext, side === 'reader' ? describeDeviceRequest : describeDeviceResponse);
  if (instruction === 'AUTH1') return { parts: describeTlvs(plaintext, AUTH1_ANSWER) };
  return { parts: side === 'reader' ? describeTlvs(plaintext, EXCHANGE_COMMAND) : describeExchangeAnswer(plaintext) };
};

const opened = (instruction: Instruction | undefined, message: OpenedMessage): Described => {
  const { plaintext, known, counter } = message;
  if (!known) return { name: 'sealed', says: 'its key is not known' };
  if (plaintext === undefined) return { name: 'sealed', says: `does not open under ${keyName(message)}, counter ${counter}` };
  const { says, ...content } = plainParts(instruction, message, plaintext);
  return { name: 'opened', says: [`${CHANNELS[message.channel]} channel, counter ${counter}`, says].filter((part) => part !== undefined).join(': '), ...content };
};

/** The sealed bytes give way to what is in them. */
const withOpened = (parts: readonly Described[], instruction: Instruction | undefined, message: OpenedMessage | undefined): readonly Described[] =>
  message === undefined ? parts : parts.map((part) => (part.name === 'sealed' || part.tag === '53' ? opened(instruction, message) : part));

const cryptogramParts = (parts: readonly Described[], plaintext: Bytes | undefined): readonly Described[] =>
  plaintext === undefined ? parts : parts.map((part) => (part.tag === '9D' ? { tag: '9D', name: 'cryptogram, opened', parts: describeTlvs(plaintext, AUTH1_ANSWER) } : part));

const counted = (count: number, what: string): string => (count > 1 ? `, in ${count} ${what}` : '');

const commandOf = ({ command, instruction, commandPlain, pieces }: OpenedDialogue): Described => {
  if (command === undefined) return { name: 'command', says: 'no command APDU' };
  const [head, ...rest] = describeCommand(command);
  return { name: 'command', ...(head?.hex !== undefined && { hex: head.hex }), says: `${head?.says ?? ''}${counted(pieces, 'pieces')}`, parts: withOpened(rest, instruction, commandPlain) };
};

const answerOf = ({ answer, instruction, answerPlain, parts, cryptogramPlain }: OpenedDialogue): Described => {
  if (answer === undefined) return { name: 'answer', says: 'none' };
  const all = describeResponse(answer, instruction);
  const word = all.at(-1);
  const content = cryptogramParts(withOpened(all.slice(0, -1), instruction, answerPlain), cryptogramPlain);
  return { name: 'answer', ...(word?.hex !== undefined && { hex: word.hex }), says: `${word?.says ?? ''}${counted(parts, 'parts')}`, parts: content };
};

/** One per command, in their order: `tag` is its number. */
export const describeDialogues = (dialogues: readonly OpenedDialogue[]): readonly Described[] =>
  dialogues.map((dialogue, index): Described => ({
    tag: String(index + 1),
    name: dialogue.instruction ?? 'unknown command',
    says: dialogue.instruction === undefined ? 'none of Aliro’s' : PURPOSES[dialogue.instruction],
    parts: [commandOf(dialogue), answerOf(dialogue)],
  }));
