// The small tables about the body: how mechanisms may be built and what their coils do, batteries, temperature, the travel of a thumb-turn.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canHold, hasLatch, MECHANISM_NAMES, OPENINGS, type Built } from '@mortise/courier/built.ts';
import { BATTERY_PARTS, LEVELS, levelOf } from './battery.ts';
import { learnTravel, positionAt, throwsBy, TRAVEL_BOUNDS } from './calibration.ts';
import { canDo, isEnergised, isMechanism, kindOf, MECHANISMS, type Mechanism } from './mechanism.ts';
import { bandOf } from './temperature.ts';

const POWERS = ['stays', 'fail-safe', 'fail-secure'] as const;

test('what may be built: a bolt stays without power and stands when opened; a magnet holds by its current alone', () => {
  const built = MECHANISM_NAMES.flatMap((name) => OPENINGS.flatMap((opening) => POWERS.filter((withoutPower) => isMechanism({ name, opening, withoutPower, hasExit: true })).map((power) => `${name} ${opening} ${power}`)));
  assert.deepEqual(built, [
    'deadbolt stand stays', 'mortise stand stays', 'strike pulse fail-safe', 'strike pulse fail-secure', 'strike stand fail-safe', 'strike stand fail-secure',
    'magnet pulse fail-safe', 'magnet stand fail-safe', 'gate pulse fail-safe', 'gate pulse fail-secure', 'gate stand fail-safe', 'gate stand fail-secure', 'hand stand stays',
  ]);
  const usual = MECHANISM_NAMES.map((each) => MECHANISMS[each]).map(({ name, opening, withoutPower, hasExit }) => `${name} ${opening} ${withoutPower} ${hasExit ? 'exit' : 'no exit'}`);
  assert.deepEqual(usual, [
    'deadbolt stand stays no exit', 'mortise stand stays no exit', 'strike pulse fail-secure exit', 'magnet pulse fail-safe exit', 'gate pulse fail-secure exit', 'hand stand stays no exit',
  ]);
  assert.ok(MECHANISM_NAMES.every((name) => isMechanism(MECHANISMS[name])));
});

test('the coil: a fail-safe one holds the door by its current, a fail-secure one frees it by its current, a bolt has none', () => {
  const coil = (mechanism: Mechanism): readonly boolean[] => [isEnergised(mechanism, 'secured'), isEnergised(mechanism, 'released')];
  assert.deepEqual([coil(MECHANISMS.magnet), coil(MECHANISMS.strike), coil(MECHANISMS.deadbolt)], [[true, false], [false, true], [false, false]]);
});

test('what each can do', () => {
  const verbs = ['unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold', 'syncOnly', 'privacyOn', 'lockdownOn'] as const;
  const can = MECHANISM_NAMES.map((name) => verbs.filter((verb) => canDo(MECHANISMS[name], verb)).join(' '));
  const coil = 'unlock lock holdUnlocked endHold syncOnly';
  assert.deepEqual(can, [coil, 'unlock lock unlatch holdUnlocked endHold syncOnly', coil, coil, coil, 'unlock lock syncOnly']);
  assert.deepEqual(OPENINGS.map((opening) => kindOf({ ...MECHANISMS.gate, opening }).asked.withdraw), ['drivePulse', 'driveRelease']);
});

test('what is said of how it is built holds for every kind that can be', () => {
  const said: readonly Built[] = MECHANISM_NAMES.flatMap((mechanism) => OPENINGS.map((opening) => ({ mechanism, opening })));
  for (const built of said) {
    const mechanism = { ...MECHANISMS[built.mechanism], opening: built.opening };
    assert.deepEqual([hasLatch(built), canHold(built)], [canDo(mechanism, 'unlatch'), canDo(mechanism, 'holdUnlocked')], built.mechanism);
  }
});

test('a level falls at once and rises only well above its bound; each part has its own', () => {
  const { low, reserve, empty } = LEVELS.main;
  const at = [low, low - 1, reserve, reserve - 1, empty, empty - 1].map((mv) => levelOf('main', mv));
  assert.deepEqual(at, ['good', 'low', 'low', 'reserve', 'reserve', 'empty']);
  assert.deepEqual([levelOf('main', low, 'low'), levelOf('main', low + 149, 'low'), levelOf('main', low + 150, 'low'), levelOf('main', reserve + 100, 'empty'), levelOf('main', 9000, 'empty'), levelOf('main', empty - 1, 'good')],
    ['low', 'low', 'good', 'reserve', 'good', 'empty']);
  assert.deepEqual([levelOf('main', low, 'good'), levelOf('main', reserve, 'good'), levelOf('main', reserve, 'low')], ['good', 'low', 'low'], 'it falls at the bound itself, and stays');
  assert.deepEqual(BATTERY_PARTS.map((part) => [levelOf(part, LEVELS[part].low), levelOf(part, LEVELS[part].low - 1), levelOf(part, LEVELS[part].empty - 1)]), BATTERY_PARTS.map(() => ['good', 'low', 'empty']));
  assert.deepEqual([LEVELS.main, LEVELS.keypad, LEVELS.doorSensor, LEVELS.clock], [
    { low: 4800, reserve: 4400, empty: 4000 }, { low: 2500, reserve: 0, empty: 2200 }, { low: 2500, reserve: 0, empty: 2200 }, { low: 2600, reserve: 0, empty: 2200 },
  ]);
});

test('bands of temperature are left only well inside the next', () => {
  assert.deepEqual([-11, -10, 65, 66].map((celsius) => bandOf(celsius)), ['cold', 'usual', 'usual', 'hot']);
  assert.deepEqual([bandOf(-8, 'cold'), bandOf(-7, 'cold'), bandOf(63, 'hot'), bandOf(62, 'hot'), bandOf(70, 'cold'), bandOf(-30, 'hot')], ['cold', 'usual', 'hot', 'usual', 'hot', 'cold']);
});

test('the travel is learnt from a hand, in either direction; what is no travel is refused', () => {
  for (const [thrownAt, withdrawnAt, way] of [[900, 0, 'rising'], [0, 900, 'falling'], [-100, 7100, 'falling'], [450, 0, 'rising'], [300, -300, 'rising'], [-3600, 3600, 'falling']] as const) {
    const learnt = learnTravel(thrownAt, withdrawnAt);
    assert.ok(learnt.ok);
    assert.deepEqual([learnt.value, throwsBy(learnt.value)], [{ thrownAt, withdrawnAt }, way]);
    assert.deepEqual([positionAt(learnt.value, thrownAt), positionAt(learnt.value, withdrawnAt), positionAt(learnt.value, (thrownAt + withdrawnAt) / 2)], ['thrown', 'withdrawn', 'between']);
  }
  const codes = [[0, TRAVEL_BOUNDS.min - 1], [0, 0], [TRAVEL_BOUNDS.max + 1, 0]].map(([a = 0, b = 0]) => learnTravel(a, b)).map((result) => (result.ok ? 'ok' : result.error.code));
  assert.deepEqual(codes, ['travel-too-short', 'travel-too-short', 'travel-too-long']);
  assert.equal(positionAt(undefined, 900), 'between', 'without a calibration it is at no place');
});

test('property: an end has its share of the travel and what lies past the end stop, and nothing is both ends', () => {
  fc.assert(fc.property(fc.integer({ min: -9000, max: 9000 }), fc.integer({ min: -9000, max: 9000 }), fc.integer({ min: -200, max: 300 }), (thrownAt, withdrawnAt, percent) => {
    const learnt = learnTravel(thrownAt, withdrawnAt);
    // At the very bound rounding decides.
    fc.pre(learnt.ok && percent !== 8 && percent !== 92);
    const angle = withdrawnAt + ((thrownAt - withdrawnAt) * percent) / 100;
    assert.equal(positionAt(learnt.ok ? learnt.value : undefined, angle), percent >= 92 ? 'thrown' : percent <= 8 ? 'withdrawn' : 'between');
  }));
});
