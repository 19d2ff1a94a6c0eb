// Each cell of each mechanism's table a second time, in the compact form of a grid, written by what a person would expect; and properties over walks of all
// tables: what may be commanded by what, and that only what is sensed is said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { required } from '@mortise/base/assert.ts';
import {
  hasInput, isOverdue, MAX_TRIES, MOVEMENT_MS, moveBolt, PHASE_TIME, SAID, saidOf, triesOf, type BoltInput, type BoltKind, type BoltPhase, type BoltState, type Happening,
} from './bolt.ts';
import { DEADBOLT_KIND } from './deadbolt.ts';
import type { Position } from './events.ts';
import { HAND_KIND } from './hand-bolt.ts';
import { MORTISE_KIND } from './mortise-bolt.ts';
import { PULSED_KIND, STANDING_KIND } from './release.ts';

type Grid = { readonly inputs: string; readonly rows: { readonly [phase: string]: string } };

/** `.`: stays; `W`, `T`, `U`: withdraws, throws, unlatches by the motor; `S`, `P`, `R`: the same of a coil. */
const SHORT: { readonly [word: string]: string } = {
  W: 'withdrawing withdraw', T: 'throwing throw', U: 'unlatching unlatch', S: 'securing throw', P: 'pulsing withdraw', R: 'releasing withdraw',
  OW: 'withdrawing overruled withdraw', OT: 'throwing overruled throw', JAM: 'jammed halt jammed',
};

const DEADBOLT_GRID: Grid = {
  inputs: 'sensedThrown sensedWithdrawn sensedBetween turnedToThrown turnedToWithdrawn driveThrow driveWithdraw exitAsked fireReleased deadline stalled stalledLast',
  rows: {
    unknown: 'thrown settled|withdrawn settled|.|turning|turning|T|W|W|W|.|.|.',
    jammed: 'thrown settled|withdrawn settled|.|turning|turning|T|W|W|W|.|.|.',
    thrown: '.|withdrawn moved|drifting|.|turning|. already|W|W|W|.|.|.',
    withdrawn: 'thrown moved|.|drifting|turning|.|T|. already|.|.|.|.|.',
    throwing: 'thrown reached|.|.|. turned|turning overruled|.|OW|OW|OW|JAM|. throw|JAM',
    withdrawing: '.|withdrawn reached|.|turning overruled|. turned|OT|.|.|.|JAM|. withdraw|JAM',
    turning: 'thrown turned|withdrawn turned|.|.|.|throwing turned throw|withdrawing turned withdraw|withdrawing turned withdraw|withdrawing turned withdraw|unknown turned|.|.',
    drifting: 'thrown moved|withdrawn moved|.|turning|turning|throwing moved throw|withdrawing moved withdraw|withdrawing moved withdraw|withdrawing moved withdraw|unknown moved|.|.',
  },
};

const MORTISE_GRID: Grid = {
  inputs: 'sensedThrown sensedWithdrawn sensedBetween sensedUnlatched turnedToThrown turnedToWithdrawn turnedToUnlatched driveThrow driveWithdraw driveUnlatch exitAsked fireReleased deadline stalled stalledLast',
  rows: {
    unknown: 'thrown settled|withdrawn settled|.|handled settled|turning|turning|turning|T|W|U|W|W|.|.|.',
    jammed: 'thrown settled|withdrawn settled|.|handled settled|turning|turning|turning|T|W|U|W|W|.|.|.',
    thrown: '.|withdrawn moved|drifting|handled moved|.|turning|turning|. already|W|U|W|W|.|.|.',
    withdrawn: 'thrown moved|.|drifting|handled moved|turning|.|turning|T|. already|U|.|.|.|.|.',
    handled: 'thrown moved|withdrawn|latching|.|turning|.|.|T|. already|. already|.|.|.|.|.',
    throwing: 'thrown reached|.|.|.|. turned|turning overruled|turning overruled|.|OW|unlatching overruled unlatch|OW|OW|JAM|. throw|JAM',
    withdrawing: '.|withdrawn reached|.|.|turning overruled|. turned|. turned|OT|.|U|.|.|JAM|. withdraw|JAM',
    unlatching: '.|.|.|unlatched reached|turning overruled|. turned|. turned|OT|.|.|.|.|JAM|. unlatch|JAM',
    unlatched: 'thrown moved|withdrawn|latching|.|turning|.|.|T|. already|. already|.|.|latching withdraw|.|.',
    latching: 'thrown moved|withdrawn|.|.|turning|.|turning|T|W|U|W|W|JAM|. withdraw|JAM',
    turning: 'thrown turned|withdrawn turned|.|handled turned|.|.|.|throwing turned throw|withdrawing turned withdraw|unlatching turned unlatch|withdrawing turned withdraw|withdrawing turned withdraw|unknown turned|.|.',
    drifting: 'thrown moved|withdrawn moved|.|handled moved|turning|turning|turning|throwing moved throw|withdrawing moved withdraw|unlatching moved unlatch|withdrawing moved withdraw|withdrawing moved withdraw|unknown moved|.|.',
  },
};

const RELEASE_GRID: Grid = {
  inputs: 'sensedSecured sensedReleased sensedNeither driveSecure drivePulse driveRelease exitAsked fireReleased deadline',
  rows: {
    unknown: 'secured settled|released settled|.|S|P|R|P|R|.',
    jammed: 'secured settled|released settled|.|S|P|R|P|R|.',
    secured: '.|released moved|. moved|. already|P|R|P|R|.',
    pulsing: '.|pulsed reached|.|securing overruled throw|.|releasing|.|releasing|pulsed jammed',
    pulsed: '.|.|.|S|P|R|P|R|S',
    releasing: '.|released reached|.|securing overruled throw|.|.|.|.|released jammed',
    released: '.|.|.|S|. already|. already|.|R|.',
    securing: 'secured reached|.|.|.|pulsing overruled withdraw|releasing overruled withdraw|pulsing overruled withdraw|releasing overruled withdraw|jammed jammed',
  },
};

const HAND_GRID: Grid = {
  inputs: 'sensedThrown sensedWithdrawn sensedBetween turnedToThrown turnedToWithdrawn driveThrow driveWithdraw deadline',
  rows: {
    unknown: 'thrown block returned|withdrawn moved|.|.|.|.|turning withdraw|.',
    jammed: 'thrown block returned|withdrawn moved|.|.|.|.|turning withdraw|.',
    thrown: '.|withdrawn moved|drifting|.|.|. already|W|.',
    withdrawn: 'thrown block returned|.|throwing|.|.|.|. already|.',
    throwing: 'thrown block returned|withdrawn|.|.|.|.|turning withdraw|unknown moved',
    withdrawing: '.|withdrawn reached|turning|.|.|.|.|thrown block notTurned',
    turning: 'withdrawing|withdrawn reached|.|.|.|.|.|unknown block notTurned',
    drifting: 'thrown moved|withdrawn moved|.|.|.|.|turning withdraw|unknown moved',
  },
};

type Case = { readonly name: string; readonly kind: BoltKind; readonly grid: Grid; readonly unreached: readonly string[] };

// Nothing leads a bolt without a motor to `jammed`: a store that says so would be another lock's.
const KINDS: readonly Case[] = [
  { name: 'deadbolt', kind: DEADBOLT_KIND, grid: DEADBOLT_GRID, unreached: [] },
  { name: 'mortise', kind: MORTISE_KIND, grid: MORTISE_GRID, unreached: [] },
  { name: 'release', kind: PULSED_KIND, grid: RELEASE_GRID, unreached: [] },
  { name: 'hand', kind: HAND_KIND, grid: HAND_GRID, unreached: ['jammed'] },
];

const inputsOf = ({ grid }: Case): readonly string[] => grid.inputs.split(' ');
const written = (phase: string, cell: string): string => (SHORT[cell] ?? cell).replace('.', phase);

for (const each of KINDS) {
  for (const [phase, row] of Object.entries(each.grid.rows)) {
    test(`${each.name}, row ${phase}`, () => {
      const transitions: { readonly [p: string]: { readonly [i: string]: readonly string[] } } = each.kind.transitions;
      assert.deepEqual(Object.keys(transitions).toSorted(), Object.keys(each.grid.rows).toSorted());
      assert.deepEqual(Object.keys(transitions[phase] ?? {}), inputsOf(each));
      assert.deepEqual(Object.values(transitions[phase] ?? {}).map((cell) => cell.join(' ')), row.split('|').map((cell) => written(phase, cell)));
    });
  }
}

// ---- What every table must keep --------------------------------------------------------------------------------------------

type Walked = (phase: BoltPhase, input: BoltInput, happenings: readonly Happening[], next: BoltState, sensed: Position | undefined) => void;

const phaseTimes = (): number => 1000;

/** Walks the table at random; the motor's tries are counted as the lock counts them. Answers how often each cell was reached. */
const walk = ({ kind, grid }: Case, seen: Walked, numRuns: number): ReadonlyMap<string, number> => {
  const known = Object.keys(kind.transitions.unknown ?? {});
  const inputs = grid.inputs.split(' ').filter((input): input is BoltInput => known.includes(input));
  const bySensor = new Map(Object.entries(kind.sensed).map(([position, input]) => [input, position]));
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(fc.constantFrom<BoltInput>(...inputs), { minLength: 30, maxLength: 90 }), (walked) => {
      let bolt: BoltState = { phase: 'unknown' };
      let sensed: Position | undefined;
      for (const [at, wanted] of walked.entries()) {
        const input: BoltInput = wanted === 'stalled' && triesOf(bolt) >= MAX_TRIES ? 'stalledLast' : wanted;
        const cell = `${bolt.phase} × ${input}`;
        reached.set(cell, (reached.get(cell) ?? 0) + 1);
        sensed = POSITIONS.find((position) => bySensor.get(input) === position) ?? sensed;
        const { bolt: next, happenings } = moveBolt(kind.transitions, bolt, input, at, phaseTimes);
        seen(bolt.phase, input, happenings, next, sensed);
        bolt = next;
      }
    }),
    { numRuns },
  );
  return reached;
};

const POSITIONS: readonly Position[] = ['thrown', 'withdrawn', 'between', 'unlatched'];
const PLACE: { readonly [said: string]: Position } = { locked: 'thrown', unlocked: 'withdrawn', unlatched: 'unlatched' };
/** What may command what: an opening only a decision, the way out, another try, and the end of a drawn latch. */
const MAY_OPEN: readonly BoltInput[] = ['driveWithdraw', 'driveUnlatch', 'drivePulse', 'driveRelease', 'exitAsked', 'fireReleased', 'stalled'];
const MAY_CLOSE: readonly BoltInput[] = ['driveThrow', 'driveSecure', 'stalled'];
const LETS_GO: readonly string[] = ['unlatched × deadline', 'latching × stalled'];

for (const each of KINDS) {
  const cells = Object.keys(each.grid.rows).filter((phase) => !each.unreached.includes(phase)).length * inputsOf(each).length;
  test(`property, ${each.name}: nothing opens but by a decision or the way out, only what is sensed is said, and each of ${cells} cells is reached 100 times`, () => {
    const reached = walk(each, (phase, input, happenings, next, sensed) => {
      const place = PLACE[saidOf(next.phase, sensed)];
      if (place !== undefined) assert.equal(sensed, place, `${phase} × ${input} says what was not sensed`);
      if (happenings.includes('unlatch') || happenings.includes('withdraw')) assert.ok(MAY_OPEN.includes(input) || LETS_GO.includes(`${phase} × ${input}`), `${phase} × ${input} opens`);
      if (happenings.includes('throw')) assert.ok(MAY_CLOSE.includes(input) || `${phase} × ${input}` === 'pulsed × deadline', `${phase} × ${input} closes`);
      if (happenings.includes('jammed')) assert.notEqual(saidOf(next.phase, undefined), 'locked');
      if (input === 'exitAsked' || input === 'fireReleased') assert.ok(!happenings.includes('throw') && !['throwing', 'securing'].includes(next.phase), 'nothing goes against the way out');
      assert.ok(triesOf(next) <= MAX_TRIES, 'tries are bounded');
    }, each.name === 'mortise' ? 6000 : 3000);
    const least = Math.min(...reached.values());
    assert.equal(reached.size, cells);
    console.log(`${each.name}: ${reached.size} cells, each reached at least ${least} times`);
    assert.ok(least >= 100, `a cell was reached only ${least} times`);
  });
}

test('whatever moves comes to an end: the deadline leads out of each moving phase, and not in a circle', () => {
  for (const { kind, grid } of KINDS) {
    for (const start of Object.keys(grid.rows).filter((phase): phase is keyof typeof PHASE_TIME => Object.hasOwn(PHASE_TIME, phase))) {
      let bolt: BoltState = { phase: start, deadlineMs: 0 };
      for (let turns = 0; turns < 4 && 'deadlineMs' in bolt; turns += 1) bolt = moveBolt(kind.transitions, bolt, 'deadline', 0, phaseTimes).bolt;
      assert.ok(!('deadlineMs' in bolt), `${start} ends`);
    }
  }
});

test('a movement has its time from its start; a repeated command does not stretch it, and neither does another try', () => {
  const time = (): number => MOVEMENT_MS;
  const move = (bolt: BoltState, input: BoltInput, at: number): BoltState => moveBolt(DEADBOLT_KIND.transitions, bolt, input, at, time).bolt;
  const started = move({ phase: 'thrown' }, 'driveWithdraw', 1000);
  assert.deepEqual(started, { phase: 'withdrawing', deadlineMs: 1000 + MOVEMENT_MS });
  assert.deepEqual(move(started, 'driveWithdraw', 3000), started);
  const again = move(started, 'stalled', 2000);
  assert.deepEqual([again, triesOf(started), triesOf(again), triesOf({ phase: 'thrown' })], [{ ...started, tries: 2 }, 1, 2, 0]);
  assert.deepEqual([isOverdue(started, 3999), isOverdue(started, 4000), isOverdue({ phase: 'thrown' }, 1e9)], [false, true, false]);
});

test('a stall where no motor runs is noise, and an input that a kind does not have is an error of ours', () => {
  assert.deepEqual(moveBolt(DEADBOLT_KIND.transitions, { phase: 'turning', deadlineMs: 5 }, 'stalled', 1, phaseTimes), { bolt: { phase: 'turning', deadlineMs: 5 }, happenings: [] });
  assert.throws(() => moveBolt(HAND_KIND.transitions, { phase: 'thrown' }, 'stalled', 1, phaseTimes), /no cell thrown × stalled/);
  assert.deepEqual([hasInput(HAND_KIND, 'exitAsked'), hasInput(HAND_KIND, 'deadline'), hasInput(MORTISE_KIND, 'driveUnlatch')], [false, true, true]);
});

test('what each kind is asked, where it then is, and where it rests fit its table', () => {
  for (const { kind } of [...KINDS, { kind: STANDING_KIND }]) {
    for (const ask of ['throw', 'withdraw', 'unlatch', 'hold'] as const) {
      const input = kind.asked[ask];
      for (const [phase, row] of Object.entries(kind.transitions)) {
        if (input === undefined) continue;
        const [next, ...happenings] = required(row[input], 'a cell');
        if (happenings.includes('already')) assert.ok(kind.rests[ask].some((each) => each === phase), `${phase} rests for ${ask}`);
        if (['throw', 'withdraw', 'unlatch'].some((command) => happenings.some((each) => each === command))) assert.ok(kind.moves[ask].includes(next), `${next} moves for ${ask}`);
      }
    }
  }
});

test('what each phase says, and which of its times it has', () => {
  const says = Object.entries(SAID).map(([phase, said]) => `${phase} ${said}`);
  assert.deepEqual(says, [
    'unknown unknown', 'jammed unknown', 'thrown locked', 'withdrawn unlocked', 'handled unlatched', 'unlatched unlatched', 'throwing moving', 'withdrawing moving', 'unlatching moving',
    'latching moving', 'turning moving', 'drifting moving', 'secured sensed', 'released sensed', 'pulsing sensed', 'pulsed sensed', 'releasing sensed', 'securing sensed',
  ]);
  const times = Object.entries(PHASE_TIME).map(([phase, time]) => `${phase} ${time}`);
  assert.deepEqual(times, [
    'throwing movement', 'withdrawing movement', 'unlatching movement', 'latching movement', 'pulsing movement', 'releasing movement', 'securing movement',
    'turning hand', 'drifting hand', 'unlatched latch', 'pulsed release',
  ]);
  assert.deepEqual([MOVEMENT_MS, MAX_TRIES], [3000, 3]);
});

test('each kind: what it senses, is turned to, is asked, and where it is then', () => {
  const words = ({ sensed, turned, asked, moves, rests, isOutput }: BoltKind): readonly string[] => [sensed, turned, asked, moves, rests].map((each) => JSON.stringify(each).replaceAll(/[{}"]/g, '')).concat(String(isOutput));
  assert.deepEqual([DEADBOLT_KIND, MORTISE_KIND, PULSED_KIND, STANDING_KIND, HAND_KIND].map(words), [
    ['thrown:sensedThrown,withdrawn:sensedWithdrawn,between:sensedBetween', 'thrown:turnedToThrown,withdrawn:turnedToWithdrawn', 'throw:driveThrow,withdraw:driveWithdraw,hold:driveWithdraw',
      'throw:[throwing],withdraw:[withdrawing],unlatch:[],hold:[withdrawing]', 'throw:[thrown],withdraw:[withdrawn],unlatch:[],hold:[withdrawn]', 'false'],
    ['thrown:sensedThrown,withdrawn:sensedWithdrawn,between:sensedBetween,unlatched:sensedUnlatched', 'thrown:turnedToThrown,withdrawn:turnedToWithdrawn,unlatched:turnedToUnlatched',
      'throw:driveThrow,withdraw:driveWithdraw,unlatch:driveUnlatch,hold:driveWithdraw', 'throw:[throwing],withdraw:[withdrawing,unlatching],unlatch:[unlatching],hold:[withdrawing,unlatching]',
      'throw:[thrown],withdraw:[withdrawn,handled,unlatched],unlatch:[handled,unlatched],hold:[withdrawn,handled,unlatched]', 'false'],
    ['thrown:sensedSecured,withdrawn:sensedReleased,between:sensedNeither', '', 'throw:driveSecure,withdraw:drivePulse,hold:driveRelease',
      'throw:[securing],withdraw:[pulsing,releasing],unlatch:[],hold:[releasing]', 'throw:[secured],withdraw:[released],unlatch:[],hold:[released]', 'true'],
    ['thrown:sensedSecured,withdrawn:sensedReleased,between:sensedNeither', '', 'throw:driveSecure,withdraw:driveRelease,hold:driveRelease',
      'throw:[securing],withdraw:[releasing],unlatch:[],hold:[releasing]', 'throw:[secured],withdraw:[released],unlatch:[],hold:[released]', 'true'],
    ['thrown:sensedThrown,withdrawn:sensedWithdrawn,between:sensedBetween', 'thrown:turnedToThrown,withdrawn:turnedToWithdrawn', 'throw:driveThrow,withdraw:driveWithdraw',
      'throw:[],withdraw:[withdrawing,turning],unlatch:[],hold:[]', 'throw:[thrown],withdraw:[withdrawn],unlatch:[],hold:[]', 'false'],
  ]);
});

test('a coil is said to be where its sensor says, a bolt where its phase does', () => {
  assert.deepEqual(POSITIONS.map((position) => saidOf('secured', position)), ['locked', 'unlocked', 'unknown', 'unlatched']);
  assert.deepEqual([saidOf('secured', undefined), saidOf('jammed', 'thrown'), saidOf('thrown', 'withdrawn'), saidOf('unlatched', undefined)], ['unknown', 'unknown', 'locked', 'unlatched']);
});
