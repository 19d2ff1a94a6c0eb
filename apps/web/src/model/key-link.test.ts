// A page's connection to a real electronic key (packages/ekey), over a wire of this test's own: who answers, who does not, and how it ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeToKey } from '@mortise/courier/key-message.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE } from '@mortise/courier/serial-frame.ts';
import { KeyWorld, VirtualTime } from '@mortise/ekey/world.conformance.ts';
import { meetAt, type HubOfKeys, type Patience } from './key-link.ts';
import { addressOfPort, hasSerial, isPort, serialWire, type OpenWire, type WireHearing } from './key-wire.ts';

const QUICK: Patience = { meetMs: 60, gatherMs: 2, quietMs: 40, endMs: 50 };

type Far = { readonly open: OpenWire; readonly wire: { hearing: WireHearing | undefined; isClosed: boolean; readonly wrote: Bytes[] } };

/** A wire whose other end does as it is told. */
const wireTo = (far: (hearing: WireHearing) => void, heard: (bytes: Bytes, hearing: WireHearing) => void = () => undefined): Far => {
  const wire: Far['wire'] = { hearing: undefined, isClosed: false, wrote: [] };
  const open: OpenWire = (hearing) => {
    wire.hearing = hearing;
    setTimeout(() => far(hearing), 1);
    return Promise.resolve({
      write: (bytes) => {
        wire.wrote.push(bytes);
        heard(bytes, hearing);
      },
      close: () => {
        if (wire.isClosed) return;
        wire.isClosed = true;
        hearing.ended();
      },
    });
  };
  return { open, wire };
};

const realKey = () => {
  const time = new VirtualTime();
  const world = new KeyWorld(time, 'a key');
  world.start();
  time.run(50);
  let line = IDLE_LINE;
  const far = wireTo((hearing) => {
    world.hearUpdate = (message) => hearing.bytes(encodeSerialFrame(message));
    world.updateClosed = () => hearing.ended();
    world.input({ kind: 'linked' });
    time.run(50);
  }, (bytes) => {
    const heard = hearSerial(line, bytes);
    line = heard.line;
    for (const message of heard.messages) world.input({ kind: 'message', bytes: message });
    time.run(50);
  });
  return { world, ...far };
};

const silentHub: HubOfKeys<string> = () => Promise.resolve(ok({ messages: [], more: false }));

test('a key is met by its own word; what it says goes to the hub, what the hub says to it, until both are quiet', async () => {
  const { open, world, wire } = realKey();
  const met = await meetAt(open, QUICK);
  assert.ok(met.ok);
  assert.deepEqual([met.value.key.keyId, met.value.key.siteId], [world.state.keyId, undefined]);
  const posted: number[] = [];
  const orders = encodeToKey({ type: 'orders', session: NO_SESSION, seq: 0, expires: 0, body: new Uint8Array(3) });
  const ended = await met.value.update((messages): Promise<Result<{ messages: Bytes[]; more: boolean }, string>> => {
    posted.push(messages.length);
    return Promise.resolve(ok({ messages: posted.length === 1 ? [orders] : [], more: false }));
  }, () => undefined);
  assert.deepEqual([ended.kind, ended.carried.given, ended.carried.refused], ['done', 1, [{ to: 'orders', code: 'not-enrolled' }]]);
  assert.ok(posted.length === 2 && wire.isClosed);
});

test('a connection for the key’s last word alone ends as soon as the hub has heard it', async () => {
  const { open, wire } = realKey();
  const met = await meetAt(open, { ...QUICK, quietMs: 60_000 });
  assert.ok(met.ok);
  const heard: number[] = [];
  const ended = await met.value.update((messages) => {
    heard.push(messages.length);
    return silentHub(messages);
  }, () => undefined, true);
  assert.ok(ended.kind === 'done' && heard.length >= 1 && wire.isClosed);
});

test('nobody there, nobody who speaks, and somebody who is no key, are told apart; the wire is closed', async () => {
  const [silent, noise, gone] = [wireTo(() => undefined), wireTo(({ bytes }) => bytes(encodeSerialFrame(Uint8Array.of(1, 2, 3)))), wireTo(({ ended }) => ended())];
  assert.deepEqual(await meetAt(() => Promise.resolve(undefined), QUICK), err('nobody'));
  for (const [{ open, wire }, fault] of [[silent, 'silent'], [noise, 'no-key'], [gone, 'silent']] as const) {
    assert.deepEqual(await meetAt(open, QUICK), err(fault));
    assert.ok(wire.isClosed, fault);
  }
});

test('the hub gives no answer, or the key goes: the update ends with which of them, and why', async () => {
  const first = realKey();
  const met = await meetAt(first.open, QUICK);
  assert.ok(met.ok);
  const cut = await met.value.update(() => Promise.resolve(err('no network')), () => undefined);
  assert.ok(cut.kind === 'cut' && cut.by === 'hub' && cut.failure === 'no network' && first.wire.isClosed);
  const second = realKey();
  const again = await meetAt(second.open, QUICK);
  assert.ok(again.ok);
  const update = again.value.update(async (messages) => {
    second.wire.hearing?.ended();
    await sleep(5);
    return silentHub(messages);
  }, () => undefined);
  const lost = await update;
  assert.ok(lost.kind === 'cut' && lost.by === 'line');
});

test('a page that leaves ends the wire, and a key that was only looked at is not changed', async () => {
  const { open, wire, world } = realKey();
  const met = await meetAt(open, QUICK);
  assert.ok(met.ok);
  const before = world.history.length;
  met.value.close();
  assert.deepEqual([wire.isClosed, wire.wrote.length, world.history.length], [true, 0, before]);
});

test('ports of virtual keys are numbers of this machine; a browser without serial ports says so, and one whose person picks none has nobody', async () => {
  assert.deepEqual(['8410', '65535', '0', '65536', '80a', '', '1e3'].map(isPort), [true, true, false, false, false, false, false]);
  assert.equal(addressOfPort('8410'), 'ws://localhost:8410/update');
  assert.deepEqual([hasSerial({}), hasSerial(undefined), hasSerial({ serial: { requestPort: () => undefined } })], [false, false, true]);
  const none = { serial: { requestPort: () => Promise.reject(new DOMException('none', 'NotFoundError')) } };
  assert.equal(await serialWire(none)({ bytes: () => undefined, ended: () => undefined }), undefined);
});

test('a serial port is read until it ends or is closed, and what is written goes out', async () => {
  const [toPage, fromPage] = [new TransformStream<Uint8Array, Uint8Array>(), new TransformStream<Uint8Array, Uint8Array>()];
  const calls: unknown[] = [];
  const port = {
    readable: toPage.readable, writable: fromPage.writable,
    open: (options: unknown) => Promise.resolve(void calls.push(options)), close: () => Promise.resolve(void calls.push('closed')),
  };
  const heard: number[] = [];
  const ended = Promise.withResolvers<void>();
  const open = serialWire({ serial: { requestPort: () => Promise.resolve(void calls.push('asked')).then(() => port) } });
  const wire = await open({ bytes: (bytes) => heard.push(...bytes), ended: ended.resolve });
  assert.ok(wire !== undefined);
  const key = toPage.writable.getWriter();
  await key.write(Uint8Array.of(1, 2));
  wire.write(Uint8Array.of(9));
  assert.deepEqual((await fromPage.readable.getReader().read()).value, Uint8Array.of(9));
  wire.close();
  await ended.promise;
  assert.deepEqual([heard, calls], [[1, 2], ['asked', { baudRate: 115_200 }, 'closed']]);
  await open({ bytes: () => undefined, ended: () => undefined });
  assert.deepEqual(calls.slice(3), [{ baudRate: 115_200 }], 'the second time nobody is asked');
});
