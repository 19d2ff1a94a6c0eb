import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { VirtualClock } from './clock.ts';
import { opcodeOf } from './command.ts';
import { COMMANDS, MAX_UNTOLD } from './hci-port.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import { decodeHostPacket } from './hci-packet.ts';
import { ALL_EVENTS, BareHost, join } from './host.fixture.ts';
import { Radio } from './radio.ts';

const world = (): { readonly clock: VirtualClock; readonly radio: Radio } => {
  const clock = new VirtualClock();
  return { clock, radio: new Radio({ clock, seed: 1 }) };
};

/** Command Complete and Command Status, as they stand. */
const complete = (group: number, command: number, rest: string): string => `040e${(3 + rest.length / 2).toString(16).padStart(2, '0')}01${u16(opcodeOf(group, command)).toHex()}${rest}`;
const status = (group: number, command: number, code: string): string => `040f04${code}01${u16(opcodeOf(group, command)).toHex()}`;

/** Every command that the sources of noble 2.8.0 and bleno 0.12.4 write or expect an answer of. */
const USED: readonly (readonly [group: number, commands: readonly number[]])[] = [
  [1, [0x06]], [3, [0x01, 0x03, 0x6c, 0x6d]], [4, [0x01, 0x02, 0x05, 0x09]], [5, [0x05]],
  [8, [0x01, 0x02, 0x03, 0x06, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x13, 0x19, 0x1b, 0x22, 0x2f, 0x31, 0x41, 0x42, 0x43]], [0x3f, [0x06]],
];

test('all commands that both stacks use are known', () => {
  const missing = USED.flatMap(([group, commands]) => commands.filter((command) => !COMMANDS.has(opcodeOf(group, command))).map((command) => `${group}/${command}`));
  assert.deepEqual(missing, []);
});

test('what the controller tells of itself', async () => {
  const { clock, radio } = world();
  const host = new BareHost(radio, clock, 'c0:ff:ee:00:00:01');
  assert.deepEqual(await host.asks(4, 1), [complete(4, 1, '000c00000cf1050000')]);
  assert.deepEqual(await host.asks(4, 9), [complete(4, 9, '00010000eeffc0')]);
  assert.deepEqual(await host.asks(8, 2), [complete(8, 2, '00fb0008')]);
  assert.deepEqual(await host.asks(8, 3), [complete(8, 3, '002100000000000000')]);
  assert.deepEqual(await host.asks(8, 0x2f), [complete(8, 0x2f, '00fb004808fb004808')]);
  assert.deepEqual(await host.asks(0x3f, 6, Uint8Array.of(1, 2, 3, 4, 5, 6)), [complete(0x3f, 6, '00')]);
  assert.deepEqual(await host.asks(4, 9), [complete(4, 9, '00010203040506')]);
  const [supported = ''] = await host.asks(4, 2);
  const octets = Uint8Array.fromHex(supported.slice(14));
  assert.deepEqual([octets.length, octets[0], octets[26], octets[37]], [64, 0x20, 0x3f, 0]);
  const newer = new BareHost(radio, clock, 'c0:ff:ee:00:00:02', { extended: true });
  assert.equal((await newer.asks(4, 2))[0]?.slice(14 + 2 * 37, 14 + 2 * 38), 'e0');
});

/** A scan of half its time, from 0x0010 on. */
const SCAN = [1, 0x10, 0, 8, 0, 0, 0] as const;
const ADVERTISE = [0x20, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0] as const;
const connection = (changes: Readonly<Record<number, number>>): Bytes => {
  const legal = concat(u16(0x60), u16(0x30), Uint8Array.of(0, 0, 9, 9, 9, 9, 9, 9, 0), ...[6, 18, 0, 42, 0, 0].map(u16));
  return legal.map((byte, at) => changes[at] ?? byte);
};

test('a command that is not right is refused with its status, beside one that is', async () => {
  const { clock, radio } = world();
  const host = new BareHost(radio, clock, 'c0:00:00:00:00:01');
  const refusals: readonly (readonly [why: string, group: number, command: number, parameters: readonly number[] | Bytes, answer: 'complete' | 'status', code: string])[] = [
    ['unknown', 8, 0x7f, [], 'status', '01'],
    ['unknown without extended advertising', 8, 0x42, [0, 0, 0, 0, 0, 0], 'status', '01'],
    ['too short', 3, 1, [1], 'complete', '12'],
    ['too long', 3, 3, [1], 'complete', '12'],
    ['the control', 8, 6, ADVERTISE, 'complete', '00'],
    ['an interval too short', 8, 6, [0x1f, ...ADVERTISE.slice(1)], 'complete', '12'],
    ['intervals in the wrong order', 8, 6, [0x21, ...ADVERTISE.slice(1)], 'complete', '12'],
    ['directed advertising', 8, 6, [...ADVERTISE.slice(0, 4), 1, ...ADVERTISE.slice(5)], 'complete', '11'],
    ['no kind of advertising', 8, 6, [...ADVERTISE.slice(0, 4), 5, ...ADVERTISE.slice(5)], 'complete', '12'],
    ['32 bytes of data', 8, 8, new Uint8Array(32).fill(32), 'complete', '12'],
    ['the control', 8, 8, new Uint8Array(32).fill(31), 'complete', '00'],
    ['neither on nor off', 8, 0x0a, [2], 'complete', '12'],
    ['the control', 8, 0x0a, [1], 'complete', '00'],
    ['parameters while it advertises', 8, 6, ADVERTISE, 'complete', '0c'],
    ['the control', 8, 0x0b, SCAN, 'complete', '00'],
    ['a window longer than the interval', 8, 0x0b, [1, 0x10, 0, 0x11, 0, 0, 0], 'complete', '12'],
    ['no kind of scanning', 8, 0x0b, [2, ...SCAN.slice(1)], 'complete', '12'],
    ['the control', 8, 0x0c, [1, 0], 'complete', '00'],
    ['parameters while it scans', 8, 0x0b, SCAN, 'complete', '0c'],
    ['no timing: interval', 8, 0x0d, connection({ 13: 5, 15: 5 }), 'status', '12'],
    ['no timing: timeout within two intervals', 8, 0x0d, connection({ 19: 4 }), 'status', '12'],
    ['a list of those welcome', 8, 0x0d, connection({ 4: 1 }), 'status', '11'],
    ['cancelling nothing', 8, 0x0e, [], 'complete', '0c'],
    ['the control', 8, 0x0d, connection({}), 'status', '00'],
    ['a second wish', 8, 0x0d, connection({}), 'status', '0c'],
    ['no such connection', 1, 6, [0x41, 0, 0x13], 'status', '02'],
    ['no such connection', 8, 0x13, [0x41, 0, 6, 0, 6, 0, 0, 0, 42, 0, 0, 0, 0, 0], 'status', '02'],
    ['no such connection', 5, 5, [0x41, 0], 'complete', '0241007f'],
    ['no such connection', 8, 0x1b, [0x41, 0], 'complete', '024100'],
    ['LE cannot be switched off', 3, 0x6d, [0, 0], 'complete', '11'],
    ['no PHY at all', 8, 0x31, [0, 0, 0], 'complete', '12'],
    ['the control', 8, 0x31, [0, 5, 5], 'complete', '00'],
  ];
  for (const [why, group, command, parameters, answer, code] of refusals) {
    assert.deepEqual(await host.asks(group, command, Uint8Array.from(parameters)), [(answer === 'complete' ? complete : status)(group, command, code)], why);
  }
});

test('cancelling a wish is answered, and then the connection that did not come', async () => {
  const { clock, radio } = world();
  const host = await new BareHost(radio, clock, 'c0:00:00:00:00:01').ready();
  await host.asks(8, 0x0d, connection({}));
  assert.deepEqual(await host.asks(8, 0x0e), [complete(8, 0x0e, '00'), `043e1f0a02${'00'.repeat(29)}`]);
});

test('statuses of a connection: what its other role may, what is out of bounds, what has been asked already', async () => {
  const { clock, radio } = world();
  const { central, peripheral, handles } = await join(radio, clock);
  const [c, p] = [u16(handles.central), u16(handles.peripheral)];
  const key = new Uint8Array(26).fill(1);
  assert.deepEqual(await peripheral.asks(8, 0x19, p, key), [status(8, 0x19, '0c')]);
  assert.deepEqual(await central.asks(8, 0x1b, c), [complete(8, 0x1b, `0c${c.toHex()}`)]);
  assert.deepEqual(await peripheral.asks(8, 0x1b, p), [complete(8, 0x1b, `0c${p.toHex()}`)], 'nobody asked for a key');
  assert.deepEqual(await central.asks(8, 0x22, c, u16(26), u16(2120)), [complete(8, 0x22, `12${c.toHex()}`)]);
  assert.deepEqual(await central.asks(8, 0x22, c, u16(251), u16(0x4291)), [complete(8, 0x22, `12${c.toHex()}`)]);
  assert.deepEqual(await central.asks(1, 6, c, Uint8Array.of(0x16)), [status(1, 6, '12')]);
  assert.deepEqual(await central.asks(0x3f, 6, new Uint8Array(6)), [complete(0x3f, 6, '0c')], 'no new address while connected');
  peripheral.advertise();
  central.connect(peripheral.controller);
  assert.deepEqual(await central.hears(50), [status(8, 0x0d, '0b')], 'connected already');
  radio.change({ delayMs: [10, 10] });
  assert.deepEqual(await central.asks(1, 6, c, Uint8Array.of(0x13)), [status(1, 6, '00')]);
  assert.deepEqual(await central.asks(1, 6, c, Uint8Array.of(0x13)), [status(1, 6, '0c')], 'ending already');
  assert.deepEqual([await central.hears(20), (await peripheral.hears()).at(-1)], [[`04050400${c.toHex()}16`], `04050400${p.toHex()}13`]);
});

test('events that the host did not ask for are not told', async () => {
  const { clock, radio } = world();
  const { central, peripheral, handles } = await join(radio, clock);
  await central.asks(3, 1, ALL_EVENTS.with(0, 0xff & ~(1 << 4)));
  peripheral.write(1, 6, u16(handles.peripheral), Uint8Array.of(0x13));
  assert.deepEqual(await central.hears(100), [], 'masked');
  assert.equal((await peripheral.hears()).length, 2, 'the control');
});

const anyPacket = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.record({ group: fc.constantFrom(1, 3, 4, 5, 8, 0x3f), command: fc.integer({ min: 0, max: 0x80 }), parameters: fc.uint8Array({ maxLength: 50 }) })
    .map(({ group, command, parameters }) => concat(Uint8Array.of(1), u16(opcodeOf(group, command)), Uint8Array.of(parameters.length), parameters)),
  fc.record({ command: fc.constantFrom(...COMMANDS.keys()), fill: fc.uint8Array({ minLength: 64, maxLength: 64 }) }).map(({ command, fill }) => {
    const bytes = COMMANDS.get(command)?.bytes;
    const parameters = fill.subarray(0, typeof bytes === 'number' ? bytes : fill[0]);
    return concat(Uint8Array.of(1), u16(command), Uint8Array.of(parameters.length), parameters);
  }),
  fc.record({ handle: fc.integer({ min: 0x3e, max: 0x44 }), flags: fc.integer({ min: 0, max: 15 }), data: fc.uint8Array({ minLength: 1, maxLength: 260 }) })
    .map(({ handle, flags, data }) => concat(Uint8Array.of(2), u16(handle | (flags << 12)), u16(data.length), data)),
);

test('any bytes from two hosts: each command is answered once, the rest is dropped, and the radio works afterwards', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), anyPacket), { maxLength: 60 }), async (packets) => {
    const { clock, radio } = world();
    const { central, peripheral } = await join(radio, clock, { central: { extended: true } });
    for (const [first, packet] of packets) {
      const host = first ? central : peripheral;
      const isCommand = decodeHostPacket(packet)?.kind === 'command';
      await host.hears();
      host.port.write(packet);
      const answers = (await host.hears()).filter((told) => /^040[ef]/.test(told));
      assert.equal(answers.length, Number(isCommand), packet.toHex());
      assert.ok(host.controller.unsent <= host.controller.aclPackets && radio.census.links <= 2);
    }
    for (const host of [central, peripheral]) host.controller.reset();
    await clock.pass(60_000);
    assert.deepEqual([radio.census.links, clock.pending], [0, 0]);
    const { handles } = await join(radio, clock);
    assert.ok(handles.central > 0 && handles.peripheral > 0);
  }), { numRuns: 200 });
});

test('a host that writes without listening is held within bounds', async () => {
  const { clock, radio } = world();
  const host = new BareHost(radio, clock, 'c0:00:00:00:00:01');
  for (let time = 0; time < MAX_UNTOLD + 10; time += 1) host.write(4, 9);
  assert.deepEqual([host.port.dropped, clock.pending], [10, MAX_UNTOLD]);
  assert.equal((await host.hears()).length, MAX_UNTOLD);
  assert.equal((await host.asks(4, 9)).length, 1, 'and goes on');
});

test('packets that are cut, or of another length than they say, are none', () => {
  const whole = concat(Uint8Array.of(2), u16(0x41), u16(3), Uint8Array.of(1, 2, 3));
  assert.deepEqual(decodeHostPacket(whole), { kind: 'acl', handle: 0x41, first: true, data: Uint8Array.of(1, 2, 3) });
  for (let length = 0; length < whole.length; length += 1) assert.equal(decodeHostPacket(whole.subarray(0, length)), undefined);
  for (const wrong of [concat(whole, Uint8Array.of(0)), whole.with(0, 3), whole.with(0, 4), whole.with(2, 0x30), whole.with(2, 0x40)]) assert.equal(decodeHostPacket(wrong), undefined);
  assert.deepEqual(decodeHostPacket(Uint8Array.of(1, 3, 0x0c, 0)), { kind: 'command', opcode: 0x0c03, parameters: new Uint8Array(0) });
  assert.equal(decodeHostPacket(Uint8Array.of(1, 3, 0x0c, 1)), undefined);
});
