// The specification of the port Body, as a suite that each body runs. The harness lends hands to what a test cannot do through
// the port: turn the thumb-turn, move the door, hold the bolt. A body that has no such part says so.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';
import type { Position } from '@mortise/lock/events.ts';
import type { Body, BodyEvent } from './body.ts';

export type BodyHarness = {
  readonly name: string;
  /** A fresh body with the bolt thrown, the door closed, nothing jammed. */
  readonly make: () => BodyUnderTest;
  /** A drive from end to end takes no longer. */
  readonly travelLimitMs: number;
  /** A stalled motor is cut within. */
  readonly stallLimitMs: number;
};

export type BodyUnderTest = {
  readonly body: Body;
  readonly turnThumb: (to: 'thrown' | 'withdrawn') => void;
  readonly moveDoor: (open: boolean) => void;
  readonly setBattery: (mv: number) => void;
  readonly holdBolt: (held: boolean) => void;
  readonly motorRuns: () => boolean;
};

type Case = (under: BodyUnderTest, heard: BodyEvent[], harness: BodyHarness) => Promise<void> | void;

const bolt = (position: Position): BodyEvent => ({ kind: 'bolt', position });

const CASES: { readonly [name: string]: Case } = {
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
  'a held bolt never reports an end, and the motor is cut': async ({ body, holdBolt, motorRuns }, heard, { stallLimitMs }) => {
    holdBolt(true);
    body.drive('withdraw');
    assert.equal(motorRuns(), true);
    await sleep(stallLimitMs);
    assert.deepEqual(heard, [bolt('between')]);
    assert.equal(motorRuns(), false);
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
  'door and battery are reported when they change, and only then': ({ body, moveDoor, setBattery }, heard) => {
    moveDoor(true);
    moveDoor(true);
    setBattery(4100);
    setBattery(4100);
    assert.deepEqual(heard, [{ kind: 'door', open: true }, { kind: 'battery', mv: 4100 }]);
    assert.deepEqual([body.sense().doorOpen, body.sense().batteryMv], [true, 4100]);
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
  'who stopped listening hears nothing': ({ body, moveDoor }, heard) => {
    const others: BodyEvent[] = [];
    body.listen((event) => others.push(event))();
    moveDoor(true);
    assert.deepEqual([others.length, heard.length], [0, 1]);
  },
};

/** Registers the suite. */
export const testBody = (harness: BodyHarness): void => {
  test(`${harness.name} is a Body`, { concurrency: true }, async (suite) => {
    await Promise.all(Object.entries(CASES).map(([name, run]) => suite.test(name, async () => {
      const under = harness.make();
      const heard: BodyEvent[] = [];
      under.body.listen((event) => heard.push(event));
      await run(under, heard, harness);
      under.body.close();
    })));
  });
};
