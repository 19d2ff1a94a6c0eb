// Where a host's bytes enter a controller. Any bytes: a command is answered, with the right refusal where one is due; what is no packet is
// dropped and counted.

import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { done, opcodeOf, type Command, type Outcome } from './command.ts';
import { CONTROLLER_COMMANDS } from './commands-controller.ts';
import { DISCOVERY_COMMANDS } from './commands-discovery.ts';
import { LINK_COMMANDS } from './commands-link.ts';
import type { Controller } from './controller.ts';
import { STATUS } from './hci-codes.ts';
import { decodeHostPacket, encodeCommandComplete, encodeCommandStatus } from './hci-packet.ts';

const SUPPORTED_BYTES = 64;

/** A host that writes without listening: commands are dropped while so many events wait for it. */
export const MAX_UNTOLD = 1024;

const KNOWN: ReadonlyMap<number, Command> = new Map([...CONTROLLER_COMMANDS, ...DISCOVERY_COMMANDS, ...LINK_COMMANDS]);

/** Read Local Supported Commands: made of the others. */
const SUPPORTED: Command = {
  bytes: 0,
  answer: 'complete',
  run: ({ extended }) => {
    const octets = new Uint8Array(SUPPORTED_BYTES);
    for (const { flag, extended: needs } of KNOWN.values()) {
      if (flag !== undefined && (needs === undefined || extended)) octets[flag[0]] = (octets[flag[0]] ?? 0) | (1 << flag[1]);
    }
    return done(octets);
  },
};

/** Every command that is known, by its opcode. */
export const COMMANDS: ReadonlyMap<number, Command> = new Map([...KNOWN, [opcodeOf(4, 0x02), SUPPORTED]]);

export class HciPort {
  readonly #controller: Controller;
  #dropped = 0;

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  /** How often bytes came that are no packet of a host, or data for no connection, or when too much waited. */
  get dropped(): number {
    return this.#dropped;
  }

  /** One H4 packet of the host. */
  write(bytes: Bytes): void {
    const packet = this.#controller.powered && this.#controller.untold < MAX_UNTOLD ? decodeHostPacket(bytes) : undefined;
    if (packet === undefined) this.#dropped += 1;
    else if (packet.kind === 'command') this.#command(packet.opcode, packet.parameters);
    else this.#data(packet.handle, packet.first, packet.data);
  }

  #data(handle: number, first: boolean, data: Bytes): void {
    const end = this.#controller.links.get(handle);
    if (end === undefined) this.#dropped += 1;
    else this.#controller.send(end, first, data);
  }

  #command(opcode: number, parameters: Bytes): void {
    const command = COMMANDS.get(opcode);
    if (command === undefined || (command.extended === true && !this.#controller.extended)) {
      this.#controller.tell(encodeCommandStatus(opcode, STATUS.unknownCommand));
      return;
    }
    const { status, result = EMPTY, after } = outcomeOf(command, this.#controller, new DataView(parameters.buffer, parameters.byteOffset, parameters.byteLength));
    this.#controller.tell(command.answer === 'status' ? encodeCommandStatus(opcode, status) : encodeCommandComplete(opcode, status, result));
    after?.();
  }
}

const outcomeOf = (command: Command, controller: Controller, parameters: DataView): Outcome => {
  const bytes = typeof command.bytes === 'number' ? command.bytes : command.bytes(parameters);
  return parameters.byteLength === bytes ? command.run(controller, parameters) : { status: STATUS.invalidParameters };
};
