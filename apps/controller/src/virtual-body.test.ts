import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';
import { MECHANISMS, type Mechanism } from '@mortise/lock/mechanism.ts';
import { testBody } from './body.conformance.ts';
import { NEW_BODY } from './physical.ts';
import { openVirtualBody, VirtualBody } from './virtual-body.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-body-'));
test.after(() => rmSync(directory, { recursive: true }));

const MADE: readonly Mechanism[] = [
  MECHANISMS.deadbolt, MECHANISMS.mortise, MECHANISMS.strike, { ...MECHANISMS.strike, withoutPower: 'fail-safe', opening: 'stand' }, MECHANISMS.magnet, MECHANISMS.gate,
];

for (const mechanism of MADE) {
  testBody({
    name: `the virtual ${mechanism.name}, ${mechanism.withoutPower}`, mechanism, travelLimitMs: 60, stallLimitMs: 60,
    make: async () => {
      const body = new VirtualBody(NEW_BODY, () => undefined, { travelMs: 10, stallMs: 20 }, mechanism);
      body.drive('throw');
      await sleep(40);
      return {
        body, turnThumb: (to) => body.turnThumb(to), pressHandle: () => body.pressHandle(), moveDoor: (open) => body.moveDoor(open), setBattery: (mv, part) => body.setBattery(mv, part),
        holdBolt: (held) => body.setJam(held), setWires: (wires) => body.set(wires), motorRuns: () => body.state().motor !== 'still', current: () => body.state().current,
      };
    },
  });
}

const open = (path: string): VirtualBody => {
  const body = openVirtualBody(path);
  assert.ok(body.ok);
  return body.value;
};

test('the bolt stands where it stood, also midway, after a restart', () => {
  const path = join(directory, 'body.json');
  const first = open(path);
  assert.equal(first.sense().position, 'thrown');
  first.moveDoor(true);
  first.drive('withdraw');
  first.close();
  const second = open(path);
  assert.deepEqual(second.sense(), { ...first.sense(), position: 'between', doorOpen: true });
  second.turnThumb('withdrawn');
  second.close();
  assert.equal(open(path).sense().position, 'withdrawn');
});

test('a file that is no body is refused and left alone', () => {
  const path = join(directory, 'bad.json');
  const bad = ['', '{', 'null', '{}', JSON.stringify({ ...NEW_BODY, position: 'open' }), JSON.stringify({ ...NEW_BODY, batteryMv: 1e9 }),
    ...[{ parts: { main: 3000 } }, { parts: [1] }, { parts: { keypad: -1 } }, { exit: 1 }, { hasPower: null }, { celsius: 1000 }, { calibration: { thrownAt: 0, withdrawnAt: 1 } }, { calibration: 7 }].map((wrong) => JSON.stringify({ ...NEW_BODY, ...wrong }))];
  for (const content of bad) {
    writeFileSync(path, content);
    assert.deepEqual(openVirtualBody(path), { ok: false, error: { code: 'body-malformed' } });
    assert.equal(readFileSync(path, 'utf8'), content);
  }
  console.log(`bad body files refused: ${bad.length}`);
});

test('watchers hear of signals, which no sensor sees', () => {
  const body = open(join(directory, 'signals.json'));
  let told = 0;
  body.watch(() => (told += 1));
  body.signal('granted');
  body.signal('granted');
  assert.deepEqual([told, body.state().signal], [2, { what: 'granted', count: 2 }]);
  body.close();
});

test('a body from before it had the newer parts gets them as they leave the factory', () => {
  const path = join(directory, 'old.json');
  writeFileSync(path, JSON.stringify({ position: 'withdrawn', doorOpen: true, batteryMv: 5000, jammed: false }));
  const body = open(path);
  const { jammed: _jammed, calibration: _calibration, ...usual } = NEW_BODY;
  assert.deepEqual(body.sense(), { ...usual, position: 'withdrawn', doorOpen: true, batteryMv: 5000 });
  body.close();
});

test('a retrofit that was not taught its travel is at no place and is driven nowhere; a hand teaches it, either way round', () => {
  const body = new VirtualBody({ ...NEW_BODY, calibration: null }, () => undefined, { travelMs: 5, stallMs: 20 });
  body.drive('withdraw');
  assert.deepEqual([body.sense().position, body.state().motor], ['between', 'still']);
  assert.ok(body.mark('thrown').ok);
  assert.deepEqual(body.mark('withdrawn'), { ok: false, error: { code: 'travel-too-short' } }, 'both at one end');
  assert.equal(body.sense().position, 'between');
  for (const [thrown, withdrawn] of [['withdrawn', 'thrown'], ['thrown', 'withdrawn']] as const) {
    body.turnThumb(thrown);
    assert.ok(body.mark('thrown').ok);
    body.turnThumb(withdrawn);
    assert.ok(body.mark('withdrawn').ok);
    assert.equal(body.sense().position, 'withdrawn');
  }
  body.drive('throw');
  assert.equal(body.state().motor, 'throwing');
  body.close();
});

test('a motor waits for no disk: that the bolt left its end is kept soon after, in any case before the body is put away', async () => {
  for (const isClosed of [true, false]) {
    const kept: string[] = [];
    const body = new VirtualBody(NEW_BODY, ({ position }) => { kept.push(position); }, { travelMs: 60, stallMs: 200 });
    body.drive('withdraw');
    assert.deepEqual([body.state().motor, body.sense().position, kept], ['withdrawing', 'between', []]);
    if (isClosed) body.close();
    else await sleep(200);
    assert.deepEqual(kept, isClosed ? ['between'] : ['between', 'withdrawn']);
  }
});
