// Commands about a connection. Core specification Vol 4 Part E §7.1.6, §7.5.4, §7.8.18, §7.8.24 to §7.8.26, §7.8.33.

import { bytesAt, done, DONE, onLink, opcodeOf, refused, type Command } from './command.ts';
import { rssiDbm } from './air.ts';
import { END_REASONS, STATUS } from './hci-codes.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import { LEAST_OCTETS, MOST_OCTETS, octetsTimeUs } from './link-events.ts';
import { decodeTiming } from './link-timing.ts';

const KEY_BYTES = 16;
/** A random number of eight bytes and a diversifier of two. */
const SALT_BYTES = 10;
const NO_RSSI = 0x7f;
const MOST_TIME_US = 0x4290;

export const LINK_COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  // Disconnect
  [opcodeOf(1, 0x06), { bytes: 3, answer: 'status', flag: [0, 5], run: onLink(({ link, role }, parameters) => {
    const reason = parameters.getUint8(2);
    return { status: END_REASONS.has(reason) ? link.end(role, reason) : STATUS.invalidParameters };
  }) }],
  // Read RSSI
  [opcodeOf(5, 0x05), { bytes: 2, answer: 'complete', flag: [15, 5], run: onLink(({ link, role }, parameters, { place }) =>
    done(Uint8Array.of(...u16(parameters.getUint16(0, true)), rssiDbm(place, link.peer(role).place) & 0xff)), Uint8Array.of(NO_RSSI)) }],
  // LE Connection Update
  [opcodeOf(8, 0x13), { bytes: 14, answer: 'status', flag: [27, 2], run: onLink(({ link, role }, parameters) => {
    const timing = decodeTiming(parameters, 2);
    return timing === undefined ? refused(STATUS.invalidParameters) : { status: STATUS.success, after: () => { link.update(role, timing); } };
  }) }],
  // LE Enable Encryption: the central's to ask
  [opcodeOf(8, 0x19), { bytes: 2 + SALT_BYTES + KEY_BYTES, answer: 'status', flag: [28, 0], run: onLink(({ link, role }, parameters) =>
    (role === 'central' ? { status: link.startEncryption(bytesAt(parameters, 2 + SALT_BYTES, KEY_BYTES), bytesAt(parameters, 2, SALT_BYTES)) } : refused(STATUS.commandDisallowed))) }],
  // LE Long Term Key Request Reply, Negative Reply: the peripheral's
  [opcodeOf(8, 0x1a), { bytes: 2 + KEY_BYTES, answer: 'complete', flag: [28, 1], run: onLink(({ link, role }, parameters) =>
    (role === 'peripheral' ? { status: link.giveKey(bytesAt(parameters, 2, KEY_BYTES)) } : refused(STATUS.commandDisallowed))) }],
  [opcodeOf(8, 0x1b), { bytes: 2, answer: 'complete', flag: [28, 2], run: onLink(({ link, role }) =>
    (role === 'peripheral' ? { status: link.giveKey(undefined) } : refused(STATUS.commandDisallowed))) }],
  // LE Set Data Length
  [opcodeOf(8, 0x22), { bytes: 6, answer: 'complete', flag: [33, 6], run: onLink(({ link, role }, parameters) => {
    const [octets, timeUs] = [parameters.getUint16(2, true), parameters.getUint16(4, true)];
    if (octets < LEAST_OCTETS || octets > MOST_OCTETS || timeUs < octetsTimeUs(LEAST_OCTETS) || timeUs > MOST_TIME_US) return refused(STATUS.invalidParameters);
    return { ...DONE, after: () => { link.setOctets(role, octets); } };
  }) }],
]);
