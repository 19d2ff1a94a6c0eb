// What a stranger's phone may send to a lock that runs on bleno. Without the shelter such bytes end the process; a test says so, so that we
// learn when it is no longer needed.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { BareHost } from '@mortise/radio/host.fixture.ts';
import { u16 } from './hci.ts';
import { sheltered, type Fault } from './shelter.ts';
import { Scene } from '@mortise/radio/stacks.fixture.ts';

const ATTRIBUTES = 4;
const SECURITY = 6;
const frame = (channel: number, ...bytes: readonly number[]): Bytes => concat(u16(bytes.length), u16(channel), Uint8Array.from(bytes));

/** Frames that say what a request is and then too little, or something else, of it. */
const SHORT: readonly Bytes[] = [ATTRIBUTES, SECURITY].flatMap((channel) =>
  Array.from({ length: 256 * 8 }, (_, index) => frame(channel, index >> 3, ...Array.from({ length: index & 7 }, () => 1))));

const stranger = async (scene: Scene): Promise<{ readonly host: BareHost; readonly handle: number }> => {
  const host = await new BareHost(scene.radio, scene.clock, 'f0:00:00:00:00:09').ready();
  host.connect(scene.lock.controller);
  await scene.clock.pass(300);
  await host.hears();
  return { host, handle: [...host.controller.links.keys()][0] ?? 0 };
};

const shelteredScene = async (t: TestContext): Promise<{ readonly scene: Scene; readonly faults: Fault[] }> => {
  const faults: Fault[] = [];
  const scene = await Scene.set({ around: (driver) => sheltered(driver, (fault) => { faults.push(fault); }).driver });
  t.after(() => { scene.end(); });
  return { scene, faults };
};

for (const [why, bytes] of [['a piece too short for a frame', Uint8Array.of(1, 0)], ['a request of one byte', frame(ATTRIBUTES, 0x0a)]] as const) {
  test(`${why} ends an unsheltered lock`, async (t) => {
    const scene = await Scene.set();
    t.after(() => { scene.end(); });
    const { host, handle } = await stranger(scene);
    host.data(handle, 0, bytes);
    await assert.rejects(scene.clock.pass(100), RangeError);
  });

  test(`${why} costs a stranger the connection at a sheltered lock, and a phone beside it nothing`, async (t) => {
    const { scene, faults } = await shelteredScene(t);
    const { write, peripheral } = await scene.meet();
    const { host, handle } = await stranger(scene);
    host.data(handle, 0, bytes);
    host.data(handle, 0, bytes);
    await scene.clock.pass(100);
    assert.deepEqual([(await host.hears()).at(-1), faults.length], [`04050400${u16(handle).toHex()}13`, 1]);
    await scene.clock.until(write.writeAsync(Buffer.from('still here'), false));
    assert.deepEqual([scene.lock.echo.written.map(String), peripheral.state], [['still here'], 'connected']);
  });
}

test('every short frame: the lock survives each, and serves afterwards', async (t) => {
  const { scene, faults } = await shelteredScene(t);
  let { host, handle } = await stranger(scene);
  for (const bytes of [...SHORT, frame(ATTRIBUTES), frame(SECURITY), frame(5), frame(0x40, 1, 2, 3)]) {
    host.data(handle, 0, bytes);
    await scene.clock.pass(1);
    if (host.controller.links.has(handle)) continue;
    scene.radio.remove(host.controller);
    ({ host, handle } = await stranger(scene));
  }
  t.diagnostic(`${faults.length} of ${SHORT.length} short frames make bleno throw`);
  assert.ok(faults.length > 0, 'if none does, the shelter is needed no more');
  const { write } = await scene.meet();
  await scene.clock.until(write.writeAsync(Buffer.from('open'), false));
  assert.deepEqual(scene.lock.echo.written.at(-1)?.toString(), 'open');
});

test('more pieces than the frame has room for end the connection; a frame in many pieces is the control', async (t) => {
  const { scene, faults } = await shelteredScene(t);
  const { host, handle } = await stranger(scene);
  const whole = frame(ATTRIBUTES, 0x02, 0x64, 0);
  for (const [at, byte] of [...whole].slice(4).entries()) host.data(handle, at === 0 ? 0 : 1, at === 0 ? concat(whole.slice(0, 4), Uint8Array.of(byte)) : Uint8Array.of(byte));
  assert.ok((await host.hears(10)).some((told) => told.endsWith('03000400036400')), 'the MTU is answered');
  assert.deepEqual(faults, []);
  host.data(handle, 0, frame(ATTRIBUTES, 0x02, 0x64, 0).slice(0, 6));
  host.data(handle, 1, new Uint8Array(2));
  await scene.clock.pass(10);
  assert.deepEqual([faults, host.controller.links.size], [[{ kind: 'no-frame' }], 0]);
  const again = await stranger(scene);
  again.host.data(again.handle, 1, Uint8Array.of(1));
  await scene.clock.pass(10);
  assert.equal(faults.length, 2, 'a piece of no frame');
});
