// What a recorded transaction tells beyond its inputs: how the reader's certificate and key request went, and which EXCHANGE commands
// its host sent. For files of SPEC §11 that hold both.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { decodeCommandApdu, gather, type CommandApdu, type PartialCommand } from '../protocol/apdu.ts';
import { AUTH1, LOAD_CERT, decodeAuth1Command } from '../protocol/auth1.ts';
import type { Scenario } from './scenario.ts';

/** The commands, put together where they came in pieces; what is none is left out. */
export const wholeCommands = (apdus: readonly Bytes[]): readonly CommandApdu[] => {
  const commands: CommandApdu[] = [];
  let partial: PartialCommand | undefined;
  for (const apdu of apdus) {
    const decoded = decodeCommandApdu(apdu);
    const gathered = decoded.ok ? gather(partial, decoded.value) : decoded;
    partial = gathered.ok && gathered.value.kind === 'more' ? gathered.value.partial : undefined;
    if (gathered.ok && gathered.value.kind === 'whole') commands.push(gathered.value.command);
  }
  return commands;
};

const isOf = ({ header }: CommandApdu, [, instruction]: readonly number[]): boolean => header[1] === instruction;

/** `apdus`: what the reader sent. Undefined: nothing but the inputs tells. */
export const recordedScenario = (apdus: readonly Bytes[]): Scenario | undefined => {
  const commands = wholeCommands(apdus);
  if (commands.some((command) => isOf(command, LOAD_CERT))) return 'loadCert';
  const auth1 = commands.find((command) => isOf(command, AUTH1));
  const decoded = auth1 && decodeAuth1Command(auth1.data);
  return decoded?.ok && decoded.value.keyRequest === 'keySlot' ? 'keySlot' : undefined;
};

const MAILBOX_OR_NOTIFY = /^(ba|ae)/;

/** `plaintexts`: of the reader's sealed messages. Its EXCHANGE commands but for the close; undefined: there are none. */
export const recordedPlan = (plaintexts: readonly Bytes[]): readonly Bytes[] | undefined => {
  const plan = plaintexts.filter((plaintext) => MAILBOX_OR_NOTIFY.test(hex(plaintext)));
  return plan.length > 0 ? plan : undefined;
};
