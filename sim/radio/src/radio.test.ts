import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '@mortise/base/assert.ts';
import { concat, hex, type Bytes } from '@mortise/base/bytes.ts';
import { VirtualClock } from './clock.ts';
import { opcodeOf } from './command.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import { ALL_EVENTS, BareHost, join } from './host.fixture.ts';
import { Radio } from './radio.ts';

const world = (seed = 1): { readonly clock: VirtualClock; readonly radio: Radio } => {
  const clock = new VirtualClock();
  return { clock, radio: new Radio({ clock, seed }) };
};

const status = (group: number, command: number, code: string): string => `040f04${code}01${u16(opcodeOf(group, command)).toHex()}`;
const acl = (handle: number, flags: number, data: Bytes): string => hex(concat(Uint8Array.of(2), u16(handle | (flags << 12)), u16(data.length), data));
const returned = (handle: number): string => `04130501${u16(handle).toHex()}0100`;
const ended = (handle: number, reason: string): string => `04050400${u16(handle).toHex()}${reason}`;
const filled = (length: number): Bytes => Uint8Array.from({ length }, (_, at) => at);

const scan = (host: BareHost, { asks = 1, window = 0x10, onlyNew = 0 } = {}): void => {
  host.write(8, 0x0b, Uint8Array.of(asks), u16(0x10), u16(window), Uint8Array.of(0, 0));
  host.write(8, 0x0c, Uint8Array.of(1, onlyNew));
};
const reports = async (host: BareHost, ms: number): Promise<readonly string[]> => (await host.hears(ms)).filter((told) => told.startsWith('043e'));

test('advertisements: each interval, of their kind, with the answer when asked for, and once only where wished', async () => {
  const { clock, radio } = world();
  const lock = await new BareHost(radio, clock, 'c0:00:00:00:00:01').ready();
  const phone = await new BareHost(radio, clock, 'f0:00:00:00:00:01', { place: { x: 10, y: 0 } }).ready();
  lock.write(8, 9, Uint8Array.of(3, 2, 9, 0x4d), new Uint8Array(28));
  lock.advertise();
  scan(phone);
  const [advertised, answered] = ['043e0f020100000100000000c003020106bf', '043e0f020104000100000000c00302094dbf'];
  const heard = await reports(phone, 1000);
  assert.deepEqual(heard.slice(0, 2), [advertised, answered]);
  assert.ok(heard.length >= 2 * 33 && heard.length <= 2 * 51, `${heard.length} reports in a second of 20 to 30 ms each`);
  phone.write(8, 0x0c, Uint8Array.of(0, 0));
  scan(phone, { onlyNew: 1 });
  assert.deepEqual(await reports(phone, 1000), [advertised, answered]);
  phone.write(8, 0x0c, Uint8Array.of(0, 0));
  scan(phone, { onlyNew: 1, asks: 0 });
  assert.deepEqual(await reports(phone, 1000), [advertised]);
  lock.write(8, 0x0a, Uint8Array.of(0));
  lock.advertise(3);
  phone.write(8, 0x0c, Uint8Array.of(0, 0));
  scan(phone, { onlyNew: 1 });
  assert.deepEqual(await reports(phone, 1000), [advertised.replace('0201000', '0201030')]);
  phone.connect(lock.controller);
  assert.deepEqual((await phone.hears(1000)).map((told) => told.slice(0, 8)), ['040f0400'], 'nobody connects to who only speaks');
});

test('what is lost, or falls outside of the window, is not reported; range is a border', async () => {
  const { clock, radio } = world();
  const lock = await new BareHost(radio, clock, 'c0:00:00:00:00:01').ready();
  const phone = await new BareHost(radio, clock, 'f0:00:00:00:00:01', { place: { x: 30, y: 0 } }).ready();
  lock.advertise();
  scan(phone, { asks: 0 });
  const all = (await reports(phone, 20_000)).length;
  radio.change({ loss: 0.25 });
  const some = (await reports(phone, 20_000)).length;
  radio.change({ loss: 0 });
  phone.write(8, 0x0c, Uint8Array.of(0, 0));
  scan(phone, { asks: 0, window: 0x08 });
  const half = (await reports(phone, 20_000)).length;
  assert.ok(Math.abs(some / all - 0.75) < 0.06 && Math.abs(half / all - 0.5) < 0.06, `${all}, ${some}, ${half}`);
  radio.move(phone.controller, { x: 30.1, y: 0 });
  assert.deepEqual(await reports(phone, 20_000), []);
});

test('the connection is told to both in the form that each wants', async () => {
  const { clock, radio } = world();
  const lock = await new BareHost(radio, clock, 'c0:00:00:00:00:01').ready();
  const phone = await new BareHost(radio, clock, 'f0:00:00:00:00:01').ready();
  lock.write(8, 1, ALL_EVENTS.with(1, 0));
  lock.advertise();
  await lock.hears();
  phone.connect(lock.controller);
  assert.deepEqual(await phone.hears(), [status(8, 0x0d, '00')]);
  await clock.pass(40);
  assert.deepEqual(await phone.hears(), [`043e1f0a00410000000100000000c0${'00'.repeat(12)}08000000320000`]);
  assert.deepEqual(await lock.hears(), ['043e130100410001000100000000f008000000320000']);
  assert.equal(lock.controller.advertiser.active, false, 'who is connected with advertises no more');
});

test('data goes in order, in the pieces of the air, and each packet gives a place back', async () => {
  const { clock, radio } = world();
  const { central, peripheral, handles } = await join(radio, clock);
  central.data(handles.central, 0, filled(50));
  central.data(handles.central, 1, filled(20));
  assert.deepEqual(await central.hears(), [returned(handles.central), returned(handles.central)]);
  const [data, rest] = [filled(50), filled(20)];
  assert.deepEqual(await peripheral.hears(), [acl(handles.peripheral, 2, data.slice(0, 27)), acl(handles.peripheral, 1, data.slice(27)), acl(handles.peripheral, 1, rest)]);
  central.write(8, 0x22, u16(handles.central), u16(200), u16(2120));
  assert.deepEqual((await central.hears()).at(-1), `043e0b07${u16(handles.central).toHex()}c800b0061b004801`);
  assert.deepEqual(await peripheral.hears(), [`043e0b07${u16(handles.peripheral).toHex()}1b004801c800b006`]);
  central.data(handles.central, 2, filled(250));
  await clock.pass(0);
  assert.deepEqual(await peripheral.hears(), [acl(handles.peripheral, 2, filled(250).slice(0, 200)), acl(handles.peripheral, 1, filled(250).slice(200))]);
});

test('more data than was agreed, too long or too much, is dropped and told', async () => {
  const { clock, radio } = world();
  const { central, peripheral, handles } = await join(radio, clock, { central: { aclBytes: 27, aclPackets: 3 } });
  central.data(handles.central, 0, filled(28));
  assert.deepEqual(await central.hears(), ['041a0101']);
  for (let time = 0; time < 4; time += 1) central.data(handles.central, 0, filled(5));
  assert.deepEqual(await central.hears(), ['041a0101', returned(handles.central), returned(handles.central), returned(handles.central)]);
  assert.equal((await peripheral.hears()).length, 3);
  central.data(0x7ff, 0, filled(5));
  assert.deepEqual([await central.hears(), central.port.dropped], [[], 1], 'for no connection');
});

test('an invitation that is not heard: the central believes it is connected, and learns 0x3E; the next one is', async () => {
  const { clock, radio } = world(3);
  const lock = await new BareHost(radio, clock, 'c0:00:00:00:00:01').ready();
  const phone = await new BareHost(radio, clock, 'f0:00:00:00:00:01').ready();
  lock.advertise();
  radio.change({ loss: 0.5 });
  const outcomes = new Map<string, number>();
  for (let time = 0; time < 60; time += 1) {
    await phone.hears();
    await lock.hears();
    phone.connect(lock.controller);
    const told = (await phone.hears(300)).slice(1).map((packet) => (packet.startsWith('0405') ? packet.slice(-2) : 'connected')).join();
    const both = `${told}/${(await lock.hears()).filter((packet) => packet.startsWith('043e')).length}`;
    outcomes.set(both, (outcomes.get(both) ?? 0) + 1);
    if (radio.cut(phone.controller, lock.controller)) lock.advertise();
  }
  assert.deepEqual([...outcomes.keys()].toSorted(), ['connected,3e/0', 'connected/1'], JSON.stringify([...outcomes]));
});

test('total loss ends a connection as distance does, and what is waiting is given up', async () => {
  const { clock, radio } = world();
  const { central, peripheral, handles } = await join(radio, clock);
  radio.change({ loss: 1 });
  central.data(handles.central, 0, filled(5));
  assert.deepEqual(await central.hears(499), []);
  assert.deepEqual([await central.hears(2), await peripheral.hears()], [[ended(handles.central, '08')], [ended(handles.peripheral, '08')]]);
  assert.deepEqual([radio.census.links, central.controller.unsent], [0, 0]);
});

test('nearly total loss: a talker loses the connection by itself', async () => {
  const { clock, radio } = world();
  const { central, handles } = await join(radio, clock);
  radio.change({ loss: 0.97 });
  for (let time = 0; time < 8; time += 1) central.data(handles.central, 0, filled(5));
  assert.ok((await central.hears(60_000)).includes(ended(handles.central, '08')));
});

test('a controller that is reset says nothing; its peer notices, and is free for another', async () => {
  const { clock, radio } = world();
  const { central, peripheral, handles } = await join(radio, clock);
  central.write(3, 3);
  assert.deepEqual(await central.hears(499), [`040e0401030c00`]);
  assert.deepEqual(await peripheral.hears(), []);
  assert.deepEqual([await peripheral.hears(2), await central.hears()], [[ended(handles.peripheral, '08')], []]);
  peripheral.advertise();
  central.connect(peripheral.controller);
  await clock.pass(100);
  assert.equal(radio.census.links, 1);
});

test('ending comes after what was sent before', async () => {
  const { clock, radio } = world();
  const { central, peripheral, handles } = await join(radio, clock);
  radio.change({ delayMs: [5, 10], loss: 0.2 });
  central.data(handles.central, 0, filled(5));
  central.write(1, 6, u16(handles.central), Uint8Array.of(0x15));
  central.data(handles.central, 0, filled(6));
  assert.deepEqual(await central.hears(400), [status(1, 6, '00'), returned(handles.central), ended(handles.central, '16')]);
  assert.deepEqual(await peripheral.hears(), [acl(handles.peripheral, 2, filled(5)), ended(handles.peripheral, '15')]);
});

test('new timing is told to both, and is the new supervision timeout', async () => {
  const { clock, radio } = world();
  const { central, peripheral, handles } = await join(radio, clock);
  central.write(8, 0x13, u16(handles.central), ...[8, 16, 0, 200, 0, 0].map(u16));
  assert.deepEqual(await central.hears(), [status(8, 0x13, '00'), `043e0a0300${u16(handles.central).toHex()}10000000c800`]);
  assert.deepEqual(await peripheral.hears(), [`043e0a0300${u16(handles.peripheral).toHex()}10000000c800`]);
  radio.move(central.controller, { x: 1000, y: 0 });
  assert.deepEqual(await central.hears(1999), []);
  assert.deepEqual(await central.hears(2), [ended(handles.central, '08')]);
});

const KEY = filled(16);
const SALT = filled(10);
const encryption = (handle: number, code: string, on: string): string => `040804${code}${u16(handle).toHex()}${on}`;

test('encryption: by the key that both hosts know; not by another, by none, or without an answer', async () => {
  const answers: readonly (readonly [why: string, answer: ((peripheral: BareHost, handle: Bytes) => void) | undefined, central: (handle: number) => readonly string[], peripheral: (handle: number) => readonly string[]])[] = [
    ['the key', (peripheral, handle) => { peripheral.write(8, 0x1a, handle, KEY); }, (handle) => [encryption(handle, '00', '01')], (handle) => [encryption(handle, '00', '01')]],
    ['another key', (peripheral, handle) => { peripheral.write(8, 0x1a, handle, KEY.with(0, 9)); }, (handle) => [ended(handle, '3d')], (handle) => [ended(handle, '3d')]],
    ['no key', (peripheral, handle) => { peripheral.write(8, 0x1b, handle); }, (handle) => [encryption(handle, '06', '00')], () => []],
    ['no answer', undefined, (handle) => [ended(handle, '22')], (handle) => [ended(handle, '22')]],
  ];
  for (const [why, answer, told, toldPeripheral] of answers) {
    const { clock, radio } = world();
    const { central, peripheral, handles } = await join(radio, clock);
    central.write(8, 0x19, u16(handles.central), SALT, KEY);
    assert.deepEqual(await central.hears(), [status(8, 0x19, '00')]);
    assert.deepEqual(await peripheral.hears(), [`043e0d05${u16(handles.peripheral).toHex()}${hex(SALT)}`], why);
    answer?.(peripheral, u16(handles.peripheral));
    await clock.pass(40_001);
    assert.deepEqual(await central.hears(), told(handles.central), why);
    assert.deepEqual((await peripheral.hears()).slice(answer === undefined ? 0 : 1), toldPeripheral(handles.peripheral), why);
  }
});

test('a full controller takes no more', async () => {
  const { clock, radio } = world();
  const { central, peripheral } = await join(radio, clock, { central: { maxLinks: 1 }, peripheral: { maxLinks: 1 } });
  central.connect(peripheral.controller);
  assert.deepEqual(await central.hears(), [status(8, 0x0d, '09')]);
  const second = await new BareHost(radio, clock, 'f0:00:00:00:00:02').ready();
  peripheral.advertise();
  second.connect(peripheral.controller);
  assert.deepEqual(await second.hears(1000), [status(8, 0x0d, '00')]);
  radio.cut(central.controller, peripheral.controller);
  assert.equal((await second.hears(1000)).length, 1, 'the control: there is room now');
});

test('the virtual clock keeps order, passes only what is asked, and says when work stands still', async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  clock.later(5, () => { order.push('b'); });
  clock.later(1, () => { order.push('a'); });
  clock.later(5, () => { order.push('c'); });
  clock.later(4, () => { order.push('never'); })();
  clock.later(6, () => { order.push('later'); });
  await clock.pass(5);
  assert.deepEqual([order, clock.now(), clock.pending], [['a', 'b', 'c'], 5, 1]);
  await assert.rejects(clock.until(new Promise(() => undefined)), InvariantError);
  const beat = (): void => { clock.later(10, beat); };
  beat();
  await assert.rejects(clock.until(new Promise(() => undefined), 1000), InvariantError);
  assert.equal(await clock.until(Promise.resolve(3)), 3);
  assert.throws(() => new Radio({ clock, seed: 1, weather: { loss: 2 } }), InvariantError);
});
