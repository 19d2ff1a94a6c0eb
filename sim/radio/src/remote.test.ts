// Lock and radio here, phone in another process, on the machine's clock; and what one round trip takes.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { concat } from '@mortise/base/bytes.ts';
import { realClock } from './clock.ts';
import { addressOf } from './device-address.ts';
import { driverOf } from '@mortise/bluetooth/driver.ts';
import { H4Frames, MAX_FRAME_BYTES } from '@mortise/bluetooth/h4-frames.ts';
import { adapterOf } from './adapter.ts';
import { Radio } from './radio.ts';
import { serveController } from './remote.ts';
import { blenoOn, echoService, endBleno, next, nobleOn, pipeOf, SERVICE, type Bleno, type Echo, type Peripheral } from './stacks.fixture.ts';

type Served = { readonly radio: Radio; readonly stack: Bleno; readonly echo: Echo };

const servedLock = async (): Promise<Served> => {
  const radio = new Radio({ clock: realClock, seed: 1 });
  const stack = blenoOn(driverOf(adapterOf(radio.controller({ address: addressOf('c0:00:00:00:00:01') }))));
  await stack.waitForPoweredOnAsync();
  const echo = echoService(stack, Buffer.alloc(0));
  await stack.setServicesAsync([echo.service]);
  await stack.startAdvertisingAsync('Mortise', [SERVICE]);
  return { radio, stack, echo };
};

test('a phone in another process', async (t) => {
  const { radio, stack, echo } = await servedLock();
  const folder = await mkdtemp(join(tmpdir(), 'radio-'));
  const path = join(folder, 'h4');
  const controller = radio.controller({ address: addressOf('f0:00:00:00:00:01'), extended: true });
  const server = serveController(controller).listen(path);
  t.after(async () => {
    server.close();
    endBleno(stack);
    await rm(folder, { recursive: true });
  });
  await once(server, 'listening');
  for (const bytes of [[0x09], [2, 0, 0, 0xff, 0xff]]) {
    const stranger = createConnection({ path });
    stranger.write(Uint8Array.from(bytes));
    stranger.resume();
    await once(stranger, 'close');
  }
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('phone.fixture.ts', import.meta.url)), path], { timeout: 20_000 });
  const values = [1, 2, 3].map((value) => Buffer.alloc(200, value));
  assert.deepEqual([stdout.trim().split('\n'), echo.written], [values.map((value) => value.toString('hex')), values]);
  assert.equal(radio.census.links, 0);
});

test('a stream is cut where its packets end, in whatever pieces it comes; what is no packet ends it', () => {
  const packet = fc.oneof(
    fc.uint8Array({ maxLength: 255 }).map((body) => concat(Uint8Array.of(1, 3, 12, body.length), body)),
    fc.uint8Array({ maxLength: 600 }).map((body) => concat(Uint8Array.of(2, 65, 0, body.length & 255, body.length >> 8), body)),
    fc.uint8Array({ maxLength: 255 }).map((body) => concat(Uint8Array.of(4, 14, body.length), body)),
  );
  fc.assert(fc.property(fc.array(packet, { maxLength: 10 }), fc.integer({ min: 1, max: 300 }), (packets, piece) => {
    const stream = concat(...packets);
    const frames = new H4Frames();
    const taken = Array.from({ length: Math.ceil(stream.length / piece) }, (_, index) => frames.take(stream.slice(index * piece, (index + 1) * piece)) ?? []).flat();
    assert.deepEqual(taken, packets);
  }));
  assert.equal(new H4Frames().take(Uint8Array.of(3)), undefined);
  const tooLong = MAX_FRAME_BYTES - 4;
  assert.equal(new H4Frames().take(Uint8Array.of(2, 0, 0, tooLong & 255, tooLong >> 8)), undefined);
});

test('one write and its notification, on the machine\'s clock', async (t) => {
  const { radio, stack } = await servedLock();
  const phone = nobleOn(adapterOf(radio.controller({ address: addressOf('f0:00:00:00:00:01') })));
  t.after(() => {
    phone.stop();
    endBleno(stack);
  });
  await phone.waitForPoweredOnAsync();
  const found = new Promise<Peripheral>((resolve) => { phone.once('discover', resolve); });
  await phone.startScanningAsync([SERVICE]);
  const peripheral = await found;
  await peripheral.connectAsync();
  const { write, notify } = await pipeOf(peripheral);
  await notify.subscribeAsync();
  const roundTrip = async (length: number): Promise<number> => {
    const startMs = performance.now();
    const heard = next(notify, 'data');
    await write.writeAsync(Buffer.alloc(length, 1), false);
    await heard;
    return performance.now() - startMs;
  };
  for (const length of [20, 253]) {
    const times: number[] = [];
    for (let time = 0; time < 300; time += 1) times.push(await roundTrip(length));
    const sorted = times.slice(100).toSorted((a, b) => a - b);
    t.diagnostic(`radio.round_trip of ${length} bytes: p50 ${sorted[100]?.toFixed(3)} ms, p95 ${sorted[190]?.toFixed(3)} ms`);
    assert.ok((sorted[100] ?? Infinity) < 20, 'no timer stands in the way');
  }
  await peripheral.disconnectAsync();
});
