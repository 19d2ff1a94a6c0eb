// Schedules against Temporal: around the transitions of zones, in every shape and at any interval, and random recurrences against
// the days counted up from their start. `npm test` runs a share of the same.

import { assert } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { DAY_S } from '@mortise/schedule/recurrence.ts';
import { anyRule, isInWindow, PATTERNS, referenceWindows } from '@mortise/schedule/reference.fixture.ts';
import { isActive, type Schedule } from '@mortise/schedule/schedule.ts';
import { changesOf, compareAt, compareSpan, FIRST_S, noCount, SPAN_COUNT, zoneTable, ZONES, type Count } from '@mortise/schedule/zone-comparison.fixture.ts';
import { randomOf, type Part, type Random } from './part.ts';

const ZONES_A_CHUNK = 20;
const INSTANTS = 10;
const RULES = 40;
const MAX_INTERVAL = 12;
const LONGEST_DAYS = [1, 3, 40, 366];

const zones = new Set<string>();

const compareZone = (random: Random, zoneId: string, count: Count): void => {
  zones.add(zoneId);
  const table = zoneTable(zoneId);
  for (const change of changesOf(table))
    for (let shape = 0; shape < SPAN_COUNT; shape += 1) compareSpan(zoneId, table, change, shape, 1 + random.below(MAX_INTERVAL), count);
  for (let times = 0; times < INSTANTS; times += 1) {
    const durationS = 1 + random.below(random.pick(LONGEST_DAYS) * DAY_S);
    compareAt(zoneId, table, FIRST_S + random.below(table.untilS - FIRST_S), () => ({ from: -random.below(2 * durationS), durationS, interval: 1 + random.below(MAX_INTERVAL) }), count);
  }
};

/** A random recurrence at the edges of its windows and anywhere; answers how many instants were compared. */
const compareRule = (random: Random): number => {
  const startS = FIRST_S + random.below(20 * 365 * DAY_S);
  const schedule: Schedule = { startS, recurrence: anyRule(random.pick(PATTERNS), random.below, random.pick(LONGEST_DAYS) * DAY_S), utc: true };
  const horizonS = startS + 2000 * DAY_S;
  const windows = referenceWindows(schedule, horizonS);
  const edges = windows.flatMap(({ from, to }) => [from - 1, from, to - 1, to]).filter((edge) => edge <= horizonS);
  const seconds = [...edges, startS - 1, startS, ...Array.from({ length: INSTANTS }, () => startS + random.below(2000 * DAY_S))];
  const wrong = seconds.find((nowS) => isActive(schedule, instant(nowS * 1000)) !== isInWindow(windows, nowS));
  assert(wrong === undefined, `${JSON.stringify(schedule)} at ${wrong}`);
  return seconds.length;
};

export const scheduleComparisons: Part = {
  name: 'schedules: against Temporal',
  share: 2,
  maxChunks: 200,
  chunk: (seed) => {
    const random = randomOf(seed);
    const count = noCount();
    for (let times = 0; times < ZONES_A_CHUNK; times += 1) compareZone(random, ZONES[(ZONES_A_CHUNK * seed + times) % ZONES.length] ?? 'UTC', count);
    let rules = 0;
    for (let times = 0; times < RULES; times += 1) rules += compareRule(random);
    assert(count.fixedWrong > 0 && count.elapsedWrong > 0, 'controls: simpler readers would have been wrong');
    return { ...count, 'random recurrences': RULES, 'their instants': rules };
  },
  seen: () => ({ zones: zones.size }),
};
