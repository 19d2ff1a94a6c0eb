// What a command of a host is made of here: its parameters' length, how it is answered, what it does.

import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import type { Controller, LinkEnd } from './controller.ts';
import { STATUS, type Status } from './hci-codes.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';

/** The answer; `after` follows it. */
export type Outcome = { readonly status: Status; readonly result?: Bytes; readonly after?: () => void };

export type Command = {
  /** Bytes of parameters; any other number is refused with 0x12 before `run`. */
  readonly bytes: number | ((parameters: DataView) => number);
  /** Whether Command Complete answers it, or Command Status and then an event. */
  readonly answer: 'complete' | 'status';
  /** Where the list of supported commands tells of it: octet and bit. Core specification Vol 4 Part E §6.27. */
  readonly flag?: readonly [number, number];
  /** A controller without extended advertising does not know it. */
  readonly extended?: true;
  readonly run: (controller: Controller, parameters: DataView) => Outcome;
};

export const opcodeOf = (group: number, command: number): number => (group << 10) | command;

export const DONE: Outcome = { status: STATUS.success };
export const refused = (status: Status): Outcome => ({ status });
export const done = (result: Bytes): Outcome => ({ status: STATUS.success, result });

/** The bytes of `parameters` from `at`. */
export const bytesAt = (parameters: DataView, at: number, length: number): Bytes => new Uint8Array(parameters.buffer, parameters.byteOffset + at, length).slice();

/** Whether the byte at `at` is 0 or 1, as all switches are. */
export const isSwitch = (parameters: DataView, at: number): boolean => parameters.getUint8(at) <= 1;

/** For the link that the first two bytes name; the answer carries the handle, then `rest`, whether it succeeds or not. */
export const onLink = (act: (end: LinkEnd, parameters: DataView, controller: Controller) => Outcome, rest: Bytes = EMPTY): Command['run'] => (controller, parameters) => {
  const handle = parameters.getUint16(0, true);
  const end = controller.links.get(handle);
  const outcome = end === undefined ? refused(STATUS.unknownConnection) : act(end, parameters, controller);
  return { result: Uint8Array.of(...u16(handle), ...rest), ...outcome };
};
