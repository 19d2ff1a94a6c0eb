// Commands about the controller itself: masks, versions, buffers, address. Core specification Vol 4 Part E §7.3, §7.4, §7.8.1 to §7.8.3.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { bytesAt, DONE, done, opcodeOf, refused, type Command } from './command.ts';
import { ADDRESS_BYTES } from './device-address.ts';
import { STATUS } from './hci-codes.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import { MOST_OCTETS, octetsTimeUs } from './link-events.ts';

const MASK_BYTES = 8;
/** Bluetooth 5.3, and the maker whose command for setting the address both stacks know (the Linux Foundation's, of Zephyr). */
const VERSION = 0x0c;
const MAKER = 0x05f1;
/** LE Encryption, LE Data Packet Length Extension; LE Extended Advertising when asked for. Vol 6 Part B §4.6. */
const FEATURES = Uint8Array.of(0x21, 0, 0, 0, 0, 0, 0, 0);
const EXTENDED_FEATURES = Uint8Array.of(0x21, 0x10, 0, 0, 0, 0, 0, 0);
const ALL_PHYS = 0x07;

const tell = (flag: readonly [number, number], result: Bytes): Command => ({ bytes: 0, answer: 'complete', flag, run: () => done(result) });

export const CONTROLLER_COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  // Set Event Mask
  [opcodeOf(3, 0x01), { bytes: MASK_BYTES, answer: 'complete', flag: [5, 6], run: (controller, parameters) => {
    controller.mask = { ...controller.mask, events: parameters.getBigUint64(0, true) };
    return DONE;
  } }],
  // Reset
  [opcodeOf(3, 0x03), { bytes: 0, answer: 'complete', flag: [5, 7], run: (controller) => {
    controller.reset();
    return DONE;
  } }],
  // Read LE Host Support
  [opcodeOf(3, 0x6c), tell([24, 5], Uint8Array.of(1, 0))],
  // Write LE Host Support: it cannot be switched off here
  [opcodeOf(3, 0x6d), { bytes: 2, answer: 'complete', flag: [24, 6], run: (_, parameters) => (parameters.getUint8(0) === 1 ? DONE : refused(STATUS.unsupported)) }],
  // Read Local Version Information
  [opcodeOf(4, 0x01), tell([14, 3], Uint8Array.of(VERSION, 0, 0, VERSION, ...u16(MAKER), 0, 0))],
  // Read Buffer Size: nothing for BR/EDR, which is not there
  [opcodeOf(4, 0x05), tell([14, 7], new Uint8Array(7))],
  // Read BD_ADDR
  [opcodeOf(4, 0x09), { bytes: 0, answer: 'complete', flag: [15, 1], run: ({ address }) => done(address.bytes) }],
  // LE Set Event Mask
  [opcodeOf(8, 0x01), { bytes: MASK_BYTES, answer: 'complete', flag: [25, 0], run: (controller, parameters) => {
    controller.mask = { ...controller.mask, leEvents: parameters.getBigUint64(0, true) };
    return DONE;
  } }],
  // LE Read Buffer Size
  [opcodeOf(8, 0x02), { bytes: 0, answer: 'complete', flag: [25, 1], run: ({ aclBytes, aclPackets }) => done(concat(u16(aclBytes), Uint8Array.of(aclPackets))) }],
  // LE Read Local Supported Features
  [opcodeOf(8, 0x03), { bytes: 0, answer: 'complete', flag: [25, 2], run: ({ extended }) => done(extended ? EXTENDED_FEATURES : FEATURES) }],
  // LE Read Maximum Data Length
  [opcodeOf(8, 0x2f), tell([35, 3], concat(...[MOST_OCTETS, octetsTimeUs(MOST_OCTETS), MOST_OCTETS, octetsTimeUs(MOST_OCTETS)].map(u16)))],
  // LE Set Default PHY: there is one, 1M
  [opcodeOf(8, 0x31), { bytes: 3, answer: 'complete', flag: [35, 5], run: (_, parameters) => {
    const allowed = [1, 2].every((at) => (parameters.getUint8(0) & at) !== 0 || (parameters.getUint8(at) & ALL_PHYS) !== 0);
    return allowed ? DONE : refused(STATUS.invalidParameters);
  } }],
  // The maker's own: write the address
  [opcodeOf(0x3f, 0x06), { bytes: ADDRESS_BYTES, answer: 'complete', run: (controller, parameters) => {
    if (controller.links.size > 0) return refused(STATUS.commandDisallowed);
    controller.address = { bytes: bytesAt(parameters, 0, ADDRESS_BYTES), kind: 'public' };
    return DONE;
  } }],
]);
