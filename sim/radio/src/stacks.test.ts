// noble, as a phone, and bleno, as a lock, over the virtual radio and on a virtual clock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ECHO_IN, ECHO_OUT, next, Scene, SERVICE, type Characteristic } from './stacks.fixture.ts';

const TIMEOUT = 0x08;
const bytes = (length: number, fill: number): Buffer => Buffer.alloc(length, fill);

/** All that is notified, in order. */
const heardFrom = (notify: Characteristic): Buffer[] => {
  const heard: Buffer[] = [];
  notify.on('data', (data: Buffer) => { heard.push(data); });
  return heard;
};

for (const extended of [false, true]) {
  test(`a phone finds the lock, connects, discovers, reads, writes and is notified; extended: ${extended}`, async (t) => {
    const scene = await Scene.set({ extended });
    t.after(() => { scene.end(); });
    const { clock, lock } = scene;
    const { peripheral, write, notify } = await scene.meet();
    const { localName, serviceUuids } = peripheral.advertisement;
    assert.deepEqual({ localName, serviceUuids, rssi: peripheral.rssi }, { localName: 'Mortise', serviceUuids: [SERVICE], rssi: -51 });
    assert.ok(peripheral.connectable);
    assert.deepEqual([peripheral.mtu, lock.stack.mtu], [256, 256]);
    assert.deepEqual([write, notify].map(({ uuid, properties }) => [uuid, properties]), [[ECHO_IN, ['writeWithoutResponse', 'write']], [ECHO_OUT, ['read', 'notify']]]);
    assert.equal((await clock.until(notify.readAsync())).toString(), 'as it is read');
    const heard = heardFrom(notify);
    await clock.until(write.writeAsync(bytes(20, 1), false));
    await clock.until(write.writeAsync(bytes(253, 2), true));
    await clock.pass(1000);
    assert.deepEqual([lock.echo.written, heard], [[bytes(20, 1), bytes(253, 2)], [bytes(20, 1), bytes(253, 2)]]);
    assert.equal(await clock.until(peripheral.updateRssiAsync()), -51);
  });
}

test('what is longer than the MTU: a notification is cut by bleno without a word, a write arrives as a long one', async (t) => {
  const scene = await Scene.set();
  t.after(() => { scene.end(); });
  const { write, notify } = await scene.meet();
  const heard = heardFrom(notify);
  for (const length of [253, 254, 400]) scene.lock.echo.push(bytes(length, 3));
  await scene.clock.pass(1000);
  assert.deepEqual(heard.map(({ length }) => length), [253, 253, 253]);
  await scene.clock.until(write.writeAsync(bytes(400, 4), false));
  assert.deepEqual(scene.lock.echo.written, [bytes(400, 4)]);
});

test('three phones at one lock, each with a connection of its own', async (t) => {
  const scene = await Scene.set({ phones: 3 });
  t.after(() => { scene.end(); });
  const { clock, radio, lock } = scene;
  const met = [await scene.meet(0), await scene.meet(1), await scene.meet(2)];
  assert.equal(radio.census.links, 3);
  const heard = met.map(({ notify }) => heardFrom(notify));
  const sent = met.map((_, phone) => Array.from({ length: 20 }, (__, index) => bytes(200, phone * 50 + index)));
  await clock.until(Promise.all(met.map(async ({ write }, phone) => { for (const value of sent[phone] ?? []) await write.writeAsync(value, false); })));
  await clock.pass(1000);
  assert.deepEqual(heard, sent);
  assert.equal(lock.echo.written.length, 60);
});

test('a link that drops while the lock talks: both are told, what came before is in order, and they meet again', async (t) => {
  const scene = await Scene.set({ weather: { delayMs: [3, 9] } });
  t.after(() => { scene.end(); });
  const { clock, radio, lock, phones: [phone] } = scene;
  const { peripheral, notify } = await scene.meet();
  const heard = heardFrom(notify);
  for (let index = 0; index < 40; index += 1) lock.echo.push(bytes(200, index));
  await clock.pass(25);
  const told = Promise.all([next(peripheral, 'disconnect'), next(lock.stack, 'disconnect')]);
  assert.ok(phone && radio.cut(phone.controller, lock.controller));
  const [[reason]] = await clock.until(told);
  assert.equal(reason, TIMEOUT);
  assert.ok(heard.length > 0 && heard.length < 40, `${heard.length} of 40`);
  assert.deepEqual(heard, Array.from(heard, (_, index) => bytes(200, index)));
  assert.equal(radio.cut(phone.controller, lock.controller), false);
  await clock.until(peripheral.connectAsync());
  const again = await scene.open(peripheral);
  const more = heardFrom(again.notify);
  await clock.until(again.write.writeAsync(bytes(5, 5), false));
  await clock.pass(1000);
  assert.deepEqual(more, [bytes(5, 5)]);
});

test('a phone that walks away: back in time nobody noticed; else both are told after the supervision timeout, and it is not found any more', async (t) => {
  const scene = await Scene.set();
  t.after(() => { scene.end(); });
  const { clock, radio, lock, phones: [phone] } = scene;
  const { peripheral, write } = await scene.meet();
  assert.ok(phone);
  radio.move(phone.controller, { x: 100, y: 0 });
  await clock.pass(300);
  radio.move(phone.controller, { x: 1, y: 1 });
  await clock.pass(5000);
  assert.equal(peripheral.state, 'connected');
  await clock.until(write.writeAsync(bytes(5, 1), false));
  const told = Promise.all([next(peripheral, 'disconnect'), next(lock.stack, 'disconnect')]);
  const leftMs = clock.now();
  radio.move(phone.controller, { x: 100, y: 0 });
  const [[reason]] = await clock.until(told);
  assert.deepEqual([reason, Math.round(clock.now() - leftMs)], [TIMEOUT, 420]);
  const found: unknown[] = [];
  phone.stack.on('discover', (who: unknown) => { found.push(who); });
  await clock.until(phone.stack.startScanningAsync([SERVICE], true));
  await clock.pass(5000);
  assert.deepEqual(found, [], 'out of range');
  radio.move(phone.controller, { x: 29, y: 0 });
  await clock.pass(500);
  assert.ok(found.length > 0, 'the control: within it');
});

test('with three packets of ten lost and late, all arrives once and in order, only later', async (t) => {
  const scene = await Scene.set();
  t.after(() => { scene.end(); });
  const { clock, radio } = scene;
  const { write, notify } = await scene.meet();
  const values = Array.from({ length: 60 }, (_, index) => bytes(200, index));
  const heard = heardFrom(notify);
  const sendAll = async (): Promise<number> => {
    const startMs = clock.now();
    await clock.until((async () => { for (const value of values) await write.writeAsync(value, false); })());
    await clock.pass(1000);
    return clock.now() - startMs - 1000;
  };
  const fairMs = await sendAll();
  radio.change({ loss: 0.3, delayMs: [5, 20] });
  const foulMs = await sendAll();
  assert.deepEqual(heard, [...values, ...values]);
  assert.ok(fairMs < 1 && foulMs > 60 * 2 * 5, `${fairMs} and ${foulMs} ms`);
});

test('a hundred times connected and left, nothing grows', async (t) => {
  const scene = await Scene.set();
  t.after(() => { scene.end(); });
  const { clock, radio, lock, phones: [phone] } = scene;
  const peripheral = await scene.find();
  assert.ok(phone);
  const size = (): object => ({ ...radio.census, pending: clock.pending, phone: phone.controller.links.size, lock: lock.controller.links.size, listeners: peripheral.eventNames().map((name) => peripheral.listenerCount(name)) });
  const sizes: object[] = [];
  for (let time = 0; time < 100; time += 1) {
    const left = next(lock.stack, 'disconnect');
    await clock.until(peripheral.connectAsync());
    const { write } = await scene.open(peripheral);
    await clock.until(write.writeAsync(bytes(3, time), false));
    await clock.until(peripheral.disconnectAsync());
    await clock.until(left);
    sizes.push(size());
  }
  assert.deepEqual(lock.echo.written.map(([first]) => first), Array.from({ length: 100 }, (_, time) => time));
  assert.deepEqual(sizes.at(-1), sizes[1]);
  assert.equal(radio.census.links, 0);
});

test('an adapter that is pulled out: its own host hears it at once, the other by the silence; plugged in it works again', async (t) => {
  const scene = await Scene.set();
  t.after(() => { scene.end(); });
  const { clock, lock, phones: [phone] } = scene;
  const { peripheral } = await scene.meet();
  assert.ok(phone);
  const told = next(lock.stack, 'disconnect');
  phone.controller.power(false);
  assert.deepEqual([phone.stack.state, peripheral.state], ['poweredOff', 'disconnected']);
  const outMs = clock.now();
  await clock.until(told);
  assert.equal(Math.round(clock.now() - outMs), 420);
  phone.controller.power(true);
  await clock.until(phone.stack.waitForPoweredOnAsync());
  const again = await scene.meet();
  await clock.until(again.write.writeAsync(bytes(2, 2), false));
  assert.deepEqual(scene.lock.echo.written, [bytes(2, 2)]);
});

test('one seed, one story; another seed, another', async (t) => {
  const story = async (seed: number): Promise<readonly unknown[]> => {
    const scene = await Scene.set({ seed, weather: { loss: 0.4, delayMs: [1, 30] } });
    t.after(() => { scene.end(); });
    const { peripheral, write, notify } = await scene.meet();
    const heard = heardFrom(notify);
    for (let index = 0; index < 10; index += 1) await scene.clock.until(write.writeAsync(bytes(9, index), false));
    await scene.clock.pass(500);
    return [scene.clock.now(), peripheral.rssi, heard];
  };
  const [first, second, third] = [await story(7), await story(7), await story(8)];
  assert.deepEqual(first, second);
  assert.notEqual(first[0], third[0]);
});
