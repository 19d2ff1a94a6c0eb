// A recorded transaction put together again: pieces and parts become commands and answers, and what was sealed is opened as far as the keys are
// known. Any steps are taken; nothing is judged here.

import { concat, EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { decodeCommandApdu, decodeResponseApdu, gather, hasMore, isGetResponse, type CommandApdu, type PartialCommand, type ResponseApdu } from '../protocol/apdu.ts';
import { instructionOf, type Instruction } from './names.ts';

export type RecordedStep = { readonly from: 'reader' | 'userDevice'; readonly apdu: Bytes };

/** `first`, `last`: steps, from 0. `command`: undefined when it is no APDU. `answer`: with the data of all parts, undefined when there was none. */
export type Dialogue = {
  readonly first: number;
  readonly last: number;
  readonly command?: CommandApdu;
  readonly instruction?: Instruction;
  readonly pieces: number;
  readonly answer?: ResponseApdu;
  readonly parts: number;
};

/** Steps that an inspection looks at. */
export const MAX_STEPS = 4096;

type Building = {
  first: number;
  last: number;
  command: CommandApdu | undefined;
  pieces: number;
  partial: PartialCommand | undefined;
  readonly data: Bytes[];
  status: number | undefined;
};

const begin = (first: number): Building => ({ first, last: first, command: undefined, pieces: 0, partial: undefined, data: [], status: undefined });

const finish = ({ first, last, command, pieces, data, status, partial }: Building): Dialogue => {
  const whole = command ?? (partial && { header: partial.header, data: concat(...partial.pieces), expects: true, extended: false });
  const instruction = whole && instructionOf(whole.header);
  return {
    first, last, pieces, parts: data.length,
    ...(whole && { command: whole }),
    ...(instruction && { instruction }),
    ...(status !== undefined && { answer: { data: concat(...data), status } }),
  };
};

/** Adds a command APDU; false: it begins another dialogue. */
const addCommand = (building: Building, apdu: Bytes, index: number): boolean => {
  const decoded = decodeCommandApdu(apdu);
  const awaited = building.status !== undefined && hasMore(building.status);
  if (decoded.ok && awaited && isGetResponse(decoded.value)) return (building.last = index) >= 0;
  if (building.pieces > 0 && building.partial === undefined) return false;
  const gathered = decoded.ok ? gather(building.partial, decoded.value) : decoded;
  if (!gathered.ok && building.pieces > 0) return false;
  building.last = index;
  building.pieces += 1;
  building.partial = gathered.ok && gathered.value.kind === 'more' ? gathered.value.partial : undefined;
  if (gathered.ok && gathered.value.kind === 'whole') building.command = gathered.value.command;
  return true;
};

const addAnswer = (building: Building, apdu: Bytes, index: number): void => {
  building.last = index;
  const decoded = decodeResponseApdu(apdu);
  const acknowledged = building.partial !== undefined && decoded.ok && decoded.value.status === 0x9000 && decoded.value.data.length === 0;
  if (acknowledged) return;
  building.data.push(decoded.ok ? decoded.value.data : apdu);
  building.status = decoded.ok ? decoded.value.status : 0;
};

/** The steps as commands with their answers, at most `MAX_STEPS` of them. */
export const dialoguesOf = (steps: readonly RecordedStep[]): readonly Dialogue[] => {
  const done: Dialogue[] = [];
  let building = begin(0);
  for (const [index, { from, apdu }] of steps.slice(0, MAX_STEPS).entries()) {
    if (from === 'userDevice') {
      addAnswer(building, apdu, index);
    } else if (!addCommand(building, apdu, index)) {
      done.push(finish(building));
      building = begin(index);
      addCommand(building, apdu, index);
    }
  }
  return building.pieces + building.data.length === 0 ? done : [...done, finish(building)];
};

/** The data of the first whole command of a kind, and of its answer. */
export const dataOf = (dialogues: readonly Dialogue[], wanted: Instruction): { readonly command: Bytes; readonly answer: Bytes } | undefined => {
  const found = dialogues.find(({ instruction, command }) => instruction === wanted && command !== undefined);
  return found && { command: found.command?.data ?? EMPTY, answer: found.answer?.data ?? EMPTY };
};

/** What an inspector knows. Secrets come from a recording's inputs, or somebody gave them. */
export type Knowledge = {
  readonly crypto: Crypto;
  readonly interfaceByte: number;
  readonly groupIdentifierKey?: Bytes;
  readonly credentialKey?: Bytes;
  readonly readerEphemeral?: Secret;
  readonly deviceEphemeral?: Secret;
  readonly persistentKey?: Secret;
  /** Session keys as somebody recorded them, for want of those above. */
  readonly recorded: RecordedKeys;
};

export type RecordedKeys = {
  readonly expeditedReader?: Secret;
  readonly expeditedDevice?: Secret;
  readonly stepUpReader?: Secret;
  readonly stepUpDevice?: Secret;
  readonly cryptogram?: Secret;
};
