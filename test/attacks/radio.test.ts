// What anybody with a radio can do to a lock and to a phone. The lock is a process of its own with bleno, the phones are noble, the air is virtual, and its
// link layer encrypts nothing. Beside each attack stands the same thing done rightly.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dynamicTag, NO_ADVERTISEMENT } from '@mortise/aliro/advertisement.ts';
import { required } from '@mortise/base/assert.ts';
import { equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { driverOf } from '@mortise/bluetooth/driver.ts';
import { Peripheral } from '@mortise/bluetooth/peripheral.ts';
import { NEAR_LINK } from '@mortise/controller/advertising.ts';
import { NearVisit } from '@mortise/controller/near-visit.fixture.ts';
import { LOCK_ADDRESS, TestRadio, type RadioPhone } from '@mortise/controller/radio.fixture.ts';
import { Stranger } from '@mortise/controller/stranger.fixture.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { packetsOf } from '@mortise/courier/near-packet.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { adapterOf } from '@mortise/radio/adapter.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import { startTestBroker } from '../../apps/controller/src/broker.fixture.ts';
import { argumentsFor, startProcess } from '../../apps/controller/src/process.fixture.ts';
import { TestSite } from '../../apps/controller/src/site.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'mortise-radio-attack-'));
const broker = await startTestBroker();
const air = new TestRadio();
await air.serve();
const lock = startProcess(argumentsFor(join(root, 'lock'), broker, { bluetooth: air.name }));
after(async () => {
  lock.child.kill('SIGKILL');
  await broker.close();
  air.close();
  rmSync(root, { recursive: true });
});

type Body = { readonly position: string; readonly setup: { readonly text: string } | null; readonly signal: { readonly what: string; readonly count: number } | null };
const body = async (): Promise<Body> => {
  const value: unknown = await lock.body();
  assert.ok(isBody(value));
  return value;
};
const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && 'position' in value && 'setup' in value;

const site = new TestSite(broker);
const lockId = required(parseIdentifier<LockId>((await lock.first).lockId ?? ''), 'a lock id');
await site.until('the link', () => site.statuses > 0);
assert.equal(await site.adopt(lockId, required((await body()).setup ?? undefined, 'a setup code').text), 'adopted');
await site.until('the lock on its own link', () => site.status?.adopted === true);
await lock.act({ action: 'link', on: false });

const phone = await air.phone();
const never = (): Promise<void> => new Promise(() => undefined);
const at = (outcome: OperationOutcome): string => (outcome.kind === 'sensed' ? outcome.receipt.record.sensed.bolt : `${outcome.kind} ${outcome.kind === 'notDone' ? JSON.stringify(outcome.why) : ''}`);

/** What passes over a channel is seen, and may be held up, changed or kept. */
type Tap = { readonly toLock?: (packet: Bytes, go: (packet: Bytes) => void) => void; readonly toPhone?: (packet: Bytes, go: (packet: Bytes) => void) => void };
const pass = (packet: Bytes, go: (packet: Bytes) => void): void => go(packet);
const tapped = (channel: NearChannel, { toLock = pass, toPhone = pass }: Tap): NearChannel => ({
  ...channel,
  send: (packet) => toLock(packet, channel.send),
  hear: ({ packet, closed }) => channel.hear({ packet: (each) => toPhone(each, packet), closed }),
});

const visitOf = async (tap: Tap = {}, by: RadioPhone = phone): Promise<NearVisit> => new NearVisit(tapped(await by.meet(), tap), nodeCrypto);
const isThrown = async (): Promise<boolean> => (await body()).position === 'thrown';

/** Opens and locks again: what must work after each attack, and what it is compared with. */
const opens = async (tap: Tap = {}, by: RadioPhone = phone): Promise<void> => {
  const visit = await visitOf(tap, by);
  assert.equal(at(await site.operateNear(visit, 'unlock')), 'unlocked', 'the control: it opens');
  assert.equal(at(await site.operateNear(visit, 'lock')), 'locked');
  visit.close();
  await sleep(100);
};

test('a phone with a key at the door opens nothing by being there: only what is asked for is done (attacks row 3: Ho et al. 2016)', async () => {
  const visit = await visitOf();
  void site.operateNear(visit, 'unlock', 'owner', never);
  await sleep(700);
  assert.ok(await isThrown());
  visit.close();
  await opens();
});

test('a relay of 0 to 50 ms to a phone that is not asked opens nothing; to one whose owner asks it opens, and nothing here keeps it from that (attacks row 4: NCC Group 2022)', async () => {
  for (const delayMs of [0, 8, 50]) {
    const relay: Tap = { toLock: (packet, go) => void setTimeout(go, delayMs, packet), toPhone: (packet, go) => void setTimeout(go, delayMs, packet) };
    const passive = await visitOf(relay);
    void site.operateNear(passive, 'unlock', 'owner', never);
    await sleep(400);
    assert.ok(await isThrown(), `${delayMs} ms`);
    passive.close();
    if (delayMs === 50) await opens(relay);
  }
});

test('a whole session, byte by byte again: nothing opens, neither on a new connection nor on one beside it (attacks row 5: Master Lock D1000, WOOT 2025)', async () => {
  const recorded: Bytes[] = [];
  await opens({ toLock: (packet, go) => { recorded.push(packet); go(packet); } });
  assert.ok(recorded.length > 5);
  const beside = await visitOf();
  const channel = await (await air.phone()).meet();
  channel.hear({ packet: () => undefined, closed: () => undefined });
  for (const packet of recorded) {
    channel.send(packet);
    await sleep(30);
  }
  assert.ok(await isThrown());
  channel.cut();
  assert.equal(at(await site.operateNear(beside, 'unlock')), 'unlocked', 'the control: fresh it opens');
  assert.equal(at(await site.operateNear(beside, 'lock')), 'locked');
  beside.close();
});

test('plain frames of up to 15 bytes, of every type: the state is unchanged (attacks row 10: CVE-2023-7009)', async () => {
  const before = site.status;
  let channel: NearChannel | undefined;
  for (let type = 0; type < 10; type += 1) {
    for (const length of [1, 15]) {
      channel?.cut();
      channel = await phone.meet();
      channel.hear({ packet: () => undefined, closed: () => undefined });
      for (const packet of packetsOf(new Uint8Array(length).fill(type), 0, channel.packetBytes).packets) channel.send(packet);
    }
  }
  channel?.cut();
  await sleep(50);
  assert.ok(await isThrown());
  assert.deepEqual(site.status?.rosterVersion, before?.rosterVersion);
  await opens();
});

test('two locks of one address share no secret: neither id nor setup code nor tag follows from it (attacks row 14: KeyWe, Tapplock)', async () => {
  const born = await Promise.all(['other', 'third'].map(async (name) => {
    const elsewhere = new TestRadio();
    await elsewhere.serve();
    const process = startProcess(argumentsFor(join(root, name), broker, { bluetooth: elsewhere.name }));
    const { lockId: id = '' } = await process.first;
    await (await elsewhere.phone()).find();
    const told = { lockId: id, setup: String(Reflect.get(Object(Reflect.get(Object(await process.body()), 'setup')), 'text')) };
    process.child.kill('SIGKILL');
    elsewhere.close();
    return told;
  }));
  const [one, two] = [required(born[0], 'a lock'), required(born[1], 'another')];
  assert.deepEqual([one.lockId === two.lockId, one.setup === two.setup, one.setup.length > 20], [false, false, true]);
  const naive = (heard: string): string => nodeCrypto.sha256(utf8(heard)).toHex();
  const [ofOne, ofTwo] = born.map(() => naive(LOCK_ADDRESS));
  assert.equal(ofOne, ofTwo, 'control: what a lock makes of its address is the same at every lock, and at whoever heard that');
  const address = Uint8Array.of(0xc0, 0, 0, 0, 0, 1);
  const tags = [one, two].map(({ lockId: id }) => dynamicTag(nodeCrypto, nodeCrypto.sha256(utf8(id)).slice(0, 16), address, 1000));
  assert.ok(!equalBytes(tags[0] ?? address, tags[1] ?? address));
});

test('somebody with the lock’s own address answers a phone that comes again, with what the lock said before: nothing is signed, and no opening is shown (attacks row 20: BLESA)', async () => {
  const said: Bytes[][] = [];
  await opens({
    toPhone: (packet, go) => { (said.at(-1) ?? []).push(packet); go(packet); },
    toLock: (packet, go) => { said.push([]); go(packet); },
  });
  air.radio.move(air.lock, { x: 1000, y: 0 });
  const twin = air.twin();
  const hello = new Uint8Array(25);
  const impostor = await Peripheral.open({ driver: driverOf(adapterOf(twin)), device: 0, close: () => undefined }, {
    arrived: (channel) => {
      let turn = 0;
      channel.hear({ packet: () => { for (const packet of said[turn] ?? []) channel.send(packet); turn += 1; }, closed: () => undefined });
      for (const packet of packetsOf(hello.with(0, 0x06), 0, channel.packetBytes).packets) channel.send(packet);
    },
    down: () => undefined, fault: () => undefined,
  });
  assert.ok(impostor.ok);
  impostor.value.advertise({ data: NO_ADVERTISEMENT, response: NEAR_LINK });
  let signed = 0;
  const victim = await visitOf();
  const outcome = await Promise.race([site.operateNear(victim, 'unlock', 'owner', () => Promise.resolve(), () => { signed += 1; }), sleep(2500).then(() => undefined)]);
  assert.ok(outcome === undefined || outcome.kind !== 'sensed', 'nobody says that it opened');
  assert.equal(signed, 0, 'the impostor gets no signature');
  victim.close();
  impostor.value.close();
  air.radio.move(air.lock, { x: 0, y: 0 });
  air.radio.remove(twin);
  await opens({}, await air.phone());
});

test('a flood by strangers, one that never answers, and one that walks off: an owner opens within a bound, and hands at the door and on the keypad are felt (attacks rows 17, 28: Nuki CVE-2022-32502; D1000)', async (t) => {
  const flooders = await Promise.all(Array.from({ length: 3 }, () => new Stranger(air).connect()));
  const silent = await visitOf({ toLock: (packet, go) => (packet.length > 2 ? undefined : go(packet)) }, await air.phone());
  void site.operateNear(silent, 'unlock', 'owner');
  const over = new AbortController();
  let written = 0;
  const flood = async (stranger: Stranger): Promise<void> => {
    while (!over.signal.aborted) {
      if (!stranger.isConnected()) await stranger.connect().catch(() => stranger);
      stranger.subscribe();
      for (let count = 0; count < 8; count += 1) stranger.write(Uint8Array.from({ length: 20 }, (_, index) => (index * 7 + (written += 1)) & 0xff));
      await sleep(1);
    }
  };
  const floods = flooders.map(flood);
  after(() => over.abort());
  const startMs = performance.now();
  const owner = await air.phone();
  await opens({}, owner);
  const openedMs = performance.now() - startMs;
  const handMs = performance.now();
  await lock.act({ action: 'thumb-turn', to: 'withdrawn' });
  assert.equal(await isThrown(), false);
  const keypadMs = performance.now();
  const told = (await body()).signal?.count ?? 0;
  await lock.act({ action: 'type', digits: '123456' });
  while (((await body()).signal?.count ?? 0) === told && performance.now() - keypadMs < 2000) await sleep(10);
  const answer = (await body()).signal?.what;
  assert.deepEqual([answer, performance.now() - keypadMs < 1000], ['refused', true], 'the keypad answers, too');
  t.diagnostic(`opened and locked in ${openedMs.toFixed(0)} ms, the hand felt in ${(keypadMs - handMs).toFixed(0)} ms, the keypad answered in ${(performance.now() - keypadMs).toFixed(0)} ms, beside ${written} packets of strangers`);
  await lock.act({ action: 'thumb-turn', to: 'thrown' });
  assert.ok(openedMs < 8000);
  over.abort();
  await Promise.all(floods);
  silent.close();
});

test('the connection lost at each packet, either way: the bolt stands at an end, the phone claims nothing that was not signed, and the next visit opens', async (t) => {
  const walks = await air.phone();
  let losses = 0;
  for (const way of ['toLock', 'toPhone'] as const) {
    for (let last = 1; last <= 5; last += 1) {
      let count = 0;
      const visit = await visitOf({ [way]: (packet: Bytes, go: (packet: Bytes) => void) => {
        count += 1;
        if (count < last) return go(packet);
        air.radio.cut(walks.controller, air.lock);
        return undefined;
      } }, walks);
      const outcome = await Promise.race([site.operateNear(visit, 'unlock'), sleep(3000).then(() => undefined)]);
      visit.close();
      await sleep(50);
      let { position } = await body();
      for (let turn = 0; turn < 200 && position === 'between'; turn += 1) {
        await sleep(20);
        ({ position } = await body());
      }
      assert.ok(['thrown', 'withdrawn'].includes(position), `${way} ${last}: ${position}`);
      if (outcome?.kind === 'notDone') assert.equal(position, 'thrown');
      losses += 1;
      await lock.act({ action: 'thumb-turn', to: 'thrown' });
    }
  }
  t.diagnostic(`${losses} losses`);
  await opens({}, walks);
});
