// Commands for advertising, scanning and connecting. Core specification Vol 4 Part E §7.8.5 to §7.8.13, §7.8.64 to §7.8.66.

import { bytesAt, DONE, isSwitch, opcodeOf, refused, type Command } from './command.ts';
import { MAX_ADVERTISING_BYTES } from './advertiser.ts';
import { ADDRESS_BYTES, kindOf } from './device-address.ts';
import { STATUS } from './hci-codes.ts';
import { decodeTiming } from './link-timing.ts';

/** A length byte, then all the room there is. */
const DATA_BYTES = 1 + MAX_ADVERTISING_BYTES;
const ONE_M = 0x01;
const KNOWN_PHYS = 0x05;

const phyCount = (parameters: DataView, at: number): number => {
  const phys = at < parameters.byteLength ? parameters.getUint8(at) : 0;
  return (phys & 1) + ((phys >> 2) & 1);
};

/** Only the 1M PHY is there: it must be asked for, and what is said of others is not read. */
const phyStatus = (phys: number): typeof STATUS.success | typeof STATUS.unsupported | typeof STATUS.invalidParameters => {
  if (phys === 0) return STATUS.invalidParameters;
  return (phys & ONE_M) === 0 || (phys & ~KNOWN_PHYS) !== 0 ? STATUS.unsupported : STATUS.success;
};

const setData = (part: 'data' | 'response'): Command['run'] => ({ advertiser }, parameters) => {
  const length = parameters.getUint8(0);
  if (length > MAX_ADVERTISING_BYTES) return refused(STATUS.invalidParameters);
  advertiser[part] = bytesAt(parameters, 1, length);
  return DONE;
};

const enableScan = (mode: 'legacy' | 'extended'): Command['run'] => ({ scanner }, parameters) => {
  if (!isSwitch(parameters, 0) || !isSwitch(parameters, 1)) return refused(STATUS.invalidParameters);
  // Scanning that ends by itself is not emulated.
  if (mode === 'extended' && parameters.getUint32(2, true) !== 0) return refused(STATUS.unsupported);
  scanner.enable(parameters.getUint8(0) === 1 ? mode : 'off', parameters.getUint8(1) === 1);
  return DONE;
};

/** Where each form of the command has its fields. */
const CONNECT = {
  legacy: { policy: 4, peer: 5, timing: 13 },
  extended: { policy: 0, peer: 2, timing: 14 },
} as const;

const connect = (form: keyof typeof CONNECT): Command['run'] => (controller, parameters) => {
  const { policy, peer, timing: at } = CONNECT[form];
  if (parameters.getUint8(policy) > 1 || !isSwitch(parameters, peer)) return refused(STATUS.invalidParameters);
  // There is no list of those whom any is welcome of.
  if (parameters.getUint8(policy) === 1) return refused(STATUS.unsupported);
  const timing = decodeTiming(parameters, at);
  if (timing === undefined) return refused(STATUS.invalidParameters);
  return { status: controller.connect({ peer: { kind: kindOf(parameters.getUint8(peer)), bytes: bytesAt(parameters, peer + 1, ADDRESS_BYTES) }, timing }) };
};

const connectExtended: Command['run'] = (controller, parameters) => {
  const status = phyStatus(parameters.getUint8(9));
  return status === STATUS.success ? connect('extended')(controller, parameters) : refused(status);
};

export const DISCOVERY_COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  // LE Set Advertising Parameters
  [opcodeOf(8, 0x06), { bytes: 15, answer: 'complete', flag: [25, 5], run: ({ advertiser }, parameters) =>
    ({ status: advertiser.configure(parameters.getUint16(0, true), parameters.getUint16(2, true), parameters.getUint8(4)) }) }],
  // LE Set Advertising Data, LE Set Scan Response Data
  [opcodeOf(8, 0x08), { bytes: DATA_BYTES, answer: 'complete', flag: [25, 7], run: setData('data') }],
  [opcodeOf(8, 0x09), { bytes: DATA_BYTES, answer: 'complete', flag: [26, 0], run: setData('response') }],
  // LE Set Advertising Enable
  [opcodeOf(8, 0x0a), { bytes: 1, answer: 'complete', flag: [26, 1], run: ({ advertiser }, parameters) => {
    if (!isSwitch(parameters, 0)) return refused(STATUS.invalidParameters);
    advertiser.enable(parameters.getUint8(0) === 1);
    return DONE;
  } }],
  // LE Set Scan Parameters
  [opcodeOf(8, 0x0b), { bytes: 7, answer: 'complete', flag: [26, 2], run: ({ scanner }, parameters) =>
    ({ status: scanner.configure(parameters.getUint8(0), parameters.getUint16(1, true), parameters.getUint16(3, true)) }) }],
  // LE Set Scan Enable
  [opcodeOf(8, 0x0c), { bytes: 2, answer: 'complete', flag: [26, 3], run: enableScan('legacy') }],
  // LE Create Connection, LE Create Connection Cancel
  [opcodeOf(8, 0x0d), { bytes: 25, answer: 'status', flag: [26, 4], run: connect('legacy') }],
  [opcodeOf(8, 0x0e), { bytes: 0, answer: 'complete', flag: [26, 5], run: (controller) => ({ status: controller.cancelConnect() }) }],
  // LE Set Extended Scan Parameters
  [opcodeOf(8, 0x41), { bytes: (parameters) => 3 + 5 * phyCount(parameters, 2), answer: 'complete', flag: [37, 5], extended: true, run: ({ scanner }, parameters) => {
    const status = phyStatus(parameters.getUint8(2));
    return status === STATUS.success ? { status: scanner.configure(parameters.getUint8(3), parameters.getUint16(4, true), parameters.getUint16(6, true)) } : refused(status);
  } }],
  // LE Set Extended Scan Enable
  [opcodeOf(8, 0x42), { bytes: 6, answer: 'complete', flag: [37, 6], extended: true, run: enableScan('extended') }],
  // LE Extended Create Connection
  [opcodeOf(8, 0x43), { bytes: (parameters) => 10 + 16 * phyCount(parameters, 9), answer: 'status', flag: [37, 7], extended: true, run: connectExtended }],
]);
