// The specification of the port Body, as a suite that each body runs. The harness lends hands to what a test cannot do through
// the port: turn the thumb-turn, move the door, hold the bolt, pull a wire. What a kind of mechanism does not have is not asked of it.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';
import type { BatteryPart } from '@mortise/lock/battery.ts';
import type { Position } from '@mortise/lock/events.ts';
import { kindOf, type Mechanism } from '@mortise/lock/mechanism.ts';
import type { Body, BodyEvent, BodySense } from './body.ts';

export type BodyHarness = {
  readonly name: string;
  readonly mechanism: Mechanism;
  /** A fresh body with the bolt thrown, the door closed, nothing jammed. A coil has been commanded to secure, and has. */
  readonly make: () => Promise<BodyUnderTest>;
  /** A drive from end to end takes no longer, and a coil no longer to be sensed. */
  readonly travelLimitMs: number;
  /** A stalled motor is cut within. */
  readonly stallLimitMs: number;
};

export type BodyUnderTest = {
  readonly body: Body;
  readonly turnThumb: (to: 'thrown' | 'withdrawn') => void;
  /** Pressed and let go. */
  readonly pressHandle: () => void;
  readonly moveDoor: (open: boolean) => void;
  readonly setBattery: (mv: number, part?: Exclude<BatteryPart, 'main'>) => void;
  readonly holdBolt: (held: boolean) => void;
  readonly setWires: (wires: Partial<Pick<BodySense, 'exit' | 'fire' | 'tamper' | 'hasPower'> & { readonly celsius: number }>) => void;
  readonly motorRuns: () => boolean;
  readonly current: () => boolean | null;
};

type Case = (under: BodyUnderTest, heard: BodyEvent[], harness: BodyHarness) => Promise<void> | void;
type Cases = { readonly [name: string]: Case };

const bolt = (position: Position): BodyEvent => ({ kind: 'bolt', position });

/** Of every body. */
const COMMON: Cases = {
  'door and batteries are reported when they change, and only then': ({ body, moveDoor, setBattery }, heard) => {
    moveDoor(true);
    moveDoor(true);
    setBattery(4100);
    setBattery(4100);
    setBattery(2400, 'keypad');
    assert.deepEqual(heard, [{ kind: 'door', open: true }, { kind: 'battery', mv: 4100 }, { kind: 'battery', mv: 2400, part: 'keypad' }]);
    const { doorOpen, batteryMv, parts } = body.sense();
    assert.deepEqual([doorOpen, batteryMv, parts.keypad], [true, 4100, 2400]);
  },
  'what is wired beside it is reported when it changes': ({ body, setWires }, heard) => {
    for (const wires of [{ tamper: true }, { tamper: true }, { celsius: -20 }, { exit: true }, { fire: true }, { hasPower: false }]) setWires(wires);
    const said = heard.filter(({ kind }) => kind !== 'bolt');
    assert.deepEqual(said, [
      { kind: 'tamper', active: true }, { kind: 'temperature', celsius: -20 }, { kind: 'exit', active: true }, { kind: 'fire', active: true }, { kind: 'power', present: false },
    ]);
    const { tamper, celsius, exit, fire, hasPower } = body.sense();
    assert.deepEqual([tamper, celsius, exit, fire, hasPower], [true, -20, true, true, false]);
  },
  'who stopped listening hears nothing': ({ body, moveDoor }, heard) => {
    const others: BodyEvent[] = [];
    body.listen((event) => others.push(event))();
    moveDoor(true);
    assert.deepEqual([others.length, heard.length], [0, 1]);
  },
};

/** Of a bolt with a motor. */
const MOTOR: Cases = {
  'a drive leaves its end, then reaches the other, and the motor stops by itself': async ({ body, motorRuns }, heard, { travelLimitMs }) => {
    body.drive('withdraw');
    assert.equal(body.sense().position, 'between');
    await sleep(travelLimitMs);
    assert.deepEqual(heard, [bolt('between'), bolt('withdrawn')]);
    assert.equal(body.sense().position, 'withdrawn');
    assert.equal(motorRuns(), false);
  },
  'a drive to where the bolt stands moves nothing': async ({ body, motorRuns }, heard, { travelLimitMs }) => {
    body.drive('throw');
    await sleep(travelLimitMs);
    assert.deepEqual(heard, []);
    assert.equal(motorRuns(), false);
  },
  'a drive the other way reverses the motor': async ({ body }, heard, { travelLimitMs }) => {
    body.drive('withdraw');
    body.drive('throw');
    await sleep(travelLimitMs);
    assert.deepEqual(heard, [bolt('between'), bolt('thrown')]);
  },
  'halt cuts the motor where it is': async ({ body, motorRuns }, heard, { travelLimitMs }) => {
    body.drive('withdraw');
    body.halt();
    assert.equal(motorRuns(), false);
    await sleep(travelLimitMs);
    assert.deepEqual(heard, [bolt('between')]);
  },
  'a held bolt never reports an end: the motor stalls, is cut, and that is reported; another drive is another try': async ({ body, holdBolt, motorRuns }, heard, { stallLimitMs, travelLimitMs }) => {
    holdBolt(true);
    body.drive('withdraw');
    assert.equal(motorRuns(), true);
    await sleep(stallLimitMs);
    assert.deepEqual(heard, [bolt('between'), { kind: 'stalled' }]);
    assert.equal(motorRuns(), false);
    holdBolt(false);
    body.drive('withdraw');
    await sleep(travelLimitMs);
    assert.deepEqual(heard.at(-1), bolt('withdrawn'));
  },
  'a bolt held on its way is let go and arrives': async ({ body, holdBolt }, heard, { travelLimitMs }) => {
    body.drive('withdraw');
    holdBolt(true);
    holdBolt(false);
    await sleep(travelLimitMs);
    assert.deepEqual(heard, [bolt('between'), bolt('withdrawn')]);
  },
  'the thumb-turn is reported before the bolt that it moves, and is stronger than the motor': async ({ body, turnThumb, motorRuns }, heard, { travelLimitMs }) => {
    turnThumb('withdrawn');
    body.drive('throw');
    turnThumb('withdrawn');
    await sleep(travelLimitMs);
    const turned: BodyEvent = { kind: 'thumbTurn', to: 'withdrawn' };
    assert.deepEqual(heard, [turned, bolt('withdrawn'), bolt('between'), turned, bolt('withdrawn')]);
    assert.equal(motorRuns(), false);
  },
  'without power nothing is driven, and the bolt stays': async ({ body, setWires, motorRuns }, heard, { travelLimitMs }) => {
    setWires({ hasPower: false });
    body.drive('withdraw');
    assert.equal(motorRuns(), false);
    await sleep(travelLimitMs);
    assert.deepEqual(heard, [{ kind: 'power', present: false }]);
  },
  'what a listener causes is reported after what it was told': async ({ body, turnThumb }, heard, { travelLimitMs }) => {
    body.listen((event) => {
      if (event.kind === 'thumbTurn') body.drive('throw');
    });
    turnThumb('withdrawn');
    await sleep(travelLimitMs);
    assert.deepEqual(heard.map((event) => (event.kind === 'bolt' ? event.position : event.kind)), ['thumbTurn', 'withdrawn', 'between', 'thrown']);
  },
  'after close nothing moves and nothing is reported': async ({ body, motorRuns }, heard, { travelLimitMs }) => {
    body.drive('withdraw');
    body.close();
    assert.equal(motorRuns(), false);
    await sleep(travelLimitMs);
    assert.deepEqual(heard, [bolt('between')]);
  },
};

/** Of a mortise lock. */
const LATCH: Cases = {
  'the latch is drawn, held, and let go by a drive back': async ({ body }, heard, { travelLimitMs }) => {
    body.drive('unlatch');
    await sleep(2 * travelLimitMs);
    assert.equal(body.sense().position, 'unlatched');
    body.drive('withdraw');
    await sleep(travelLimitMs);
    assert.deepEqual(heard, [bolt('between'), bolt('unlatched'), bolt('between'), bolt('withdrawn')]);
  },
  'the handle draws bolt and latch by hand, and springs back': async ({ pressHandle }, heard, { travelLimitMs }) => {
    pressHandle();
    await sleep(2 * travelLimitMs);
    assert.deepEqual(heard, [{ kind: 'thumbTurn', to: 'unlatched' }, bolt('unlatched'), bolt('withdrawn')]);
  },
};

/** Of a coil: strike, magnet, gate. */
const COIL: Cases = {
  'released and secured by command, each sensed, and nothing twice': async ({ body }, heard, { travelLimitMs }) => {
    for (const direction of ['withdraw', 'withdraw', 'throw', 'throw'] as const) {
      body.drive(direction);
      await sleep(travelLimitMs);
    }
    assert.deepEqual(heard, [bolt('withdrawn'), bolt('thrown')]);
  },
  'exit and fire stand in its own circuit: it is released though it is commanded to secure': async ({ body, setWires }, _heard, { travelLimitMs }) => {
    for (const wire of ['exit', 'fire'] as const) {
      setWires({ [wire]: true });
      await sleep(travelLimitMs);
      assert.equal(body.sense().position, 'withdrawn', wire);
      body.drive('throw');
      await sleep(travelLimitMs);
      assert.equal(body.sense().position, 'withdrawn', `${wire} wins`);
      setWires({ [wire]: false });
      await sleep(travelLimitMs);
      assert.equal(body.sense().position, 'thrown', `${wire} is over`);
    }
  },
  'exit works with the lock dead': async ({ body, setWires }, _heard, { travelLimitMs }) => {
    body.halt();
    setWires({ exit: true });
    await sleep(travelLimitMs);
    assert.equal(body.sense().position, 'withdrawn');
  },
  'without power it does what it is built for, and says first that the power is gone': async ({ body, setWires, current }, heard, { mechanism, travelLimitMs }) => {
    setWires({ hasPower: false });
    await sleep(travelLimitMs);
    assert.equal(current(), false);
    const isSafe = mechanism.withoutPower === 'fail-safe';
    assert.equal(body.sense().position, isSafe ? 'withdrawn' : 'thrown');
    assert.deepEqual(heard, [{ kind: 'power', present: false }, ...(isSafe ? [bolt('withdrawn')] : [])]);
    setWires({ hasPower: true });
    await sleep(travelLimitMs);
    assert.equal(body.sense().position, 'thrown', 'its command still holds');
  },
  'halt cuts the current: it does what it does without power': async ({ body, current }, _heard, { mechanism, travelLimitMs }) => {
    body.drive('withdraw');
    await sleep(travelLimitMs);
    body.halt();
    await sleep(travelLimitMs);
    assert.deepEqual([current(), body.sense().position], [false, mechanism.withoutPower === 'fail-safe' ? 'withdrawn' : 'thrown']);
  },
  'one that is stuck is not sensed to move': async ({ body, holdBolt }, heard, { travelLimitMs }) => {
    holdBolt(true);
    body.drive('withdraw');
    await sleep(travelLimitMs);
    assert.deepEqual(heard, []);
  },
  'after close nothing is reported': async ({ body }, heard, { travelLimitMs }) => {
    body.close();
    body.drive('withdraw');
    await sleep(travelLimitMs);
    assert.deepEqual(heard, []);
  },
};

const MAGNET: Cases = {
  'a magnet holds only a door that is there': async ({ body, moveDoor }, heard, { travelLimitMs }) => {
    body.drive('withdraw');
    await sleep(travelLimitMs);
    moveDoor(true);
    body.drive('throw');
    await sleep(travelLimitMs);
    assert.equal(body.sense().position, 'withdrawn');
    moveDoor(false);
    await sleep(travelLimitMs);
    assert.deepEqual(heard.filter(({ kind }) => kind === 'bolt'), [bolt('withdrawn'), bolt('thrown')]);
  },
};

const casesOf = (mechanism: Mechanism): Cases => ({
  ...COMMON,
  ...(kindOf(mechanism).isOutput ? COIL : MOTOR),
  ...(mechanism.name === 'mortise' ? LATCH : {}),
  ...(mechanism.name === 'magnet' ? MAGNET : {}),
});

/** Registers the suite. */
export const testBody = (harness: BodyHarness): void => {
  test(`${harness.name} is a Body`, { concurrency: true }, async (suite) => {
    await Promise.all(Object.entries(casesOf(harness.mechanism)).map(([name, run]) => suite.test(name, async () => {
      const under = await harness.make();
      const heard: BodyEvent[] = [];
      under.body.listen((event) => heard.push(event));
      await run(under, heard, harness);
      under.body.close();
    })));
  });
};
