// Schedules around the transitions of real zones, told by a zone table and by Temporal. Each transition gets windows of every
// pattern that lie in its gap or overlap, end in it, begin in it or reach over it, asked at every second that matters.

import { assert } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { zoneTableOf } from '@mortise/node/zone-table.ts';
import { DAY_S, type Pattern } from './recurrence.ts';
import { dayOf, numberOf, PATTERNS, referenceOf, ruleHitting, secondsOf, wallSeconds } from './reference.fixture.ts';
import { isActive, type Schedule } from './schedule.ts';
import { LAST_SECOND, localSecondsAt, type ZoneTable } from './zone-table.ts';

export const ZONES: readonly string[] = Intl.supportedValuesOf('timeZone');
const [FIRST_YEAR, UNTIL_YEAR, CUT_YEAR] = [2020, 2041, 2030];
/** 2020-01-01T00:00:00Z, from when on the tables are of their zone. */
export const FIRST_S = secondsOf(`${FIRST_YEAR}-01-01`);
const CUT_S = secondsOf(`${CUT_YEAR}-01-01`);

export const zoneTable = (zoneId: string): ZoneTable => {
  const made = zoneTableOf(zoneId, FIRST_YEAR, UNTIL_YEAR);
  assert(made.ok, `there is a table of ${zoneId}`);
  return made.value;
};

export type Count = Record<'walls' | 'schedules' | 'comparisons' | 'active' | 'fixedWrong' | 'elapsedWrong' | 'stretchedWrong' | 'cutUnknown', number>;
export const noCount = (): Count => ({ walls: 0, schedules: 0, comparisons: 0, active: 0, fixedWrong: 0, elapsedWrong: 0, stretchedWrong: 0, cutUnknown: 0 });

/** The table's wall clock against Temporal's; answers what both show. */
export const compareWall = (zoneId: string, table: ZoneTable, unixS: number, count: Count): number => {
  const expected = wallSeconds(unixS, zoneId);
  const shown = localSecondsAt(table, instant(unixS * 1000));
  assert(shown === expected, `${zoneId} at ${unixS}: the table shows ${shown}, Temporal ${expected}`);
  count.walls += 1;
  return expected;
};

// ---- one transition ----------------------------------------------------------------------------------------------------------

export type Change = { readonly fromS: number; readonly before: number; readonly after: number };

export const changesOf = ({ initialOffsetS, transitions }: ZoneTable): readonly Change[] =>
  transitions.map(({ fromS, offsetS }, index) => ({ fromS, before: transitions[index - 1]?.offsetS ?? initialOffsetS, after: offsetS }));

type Span = { readonly from: number; readonly durationS: number };

/** Windows on the wall clock about the times that are skipped or shown twice: within, into, out of, over. */
const spansOf = ({ fromS, before, after }: Change): readonly Span[] => {
  const first = fromS + Math.min(before, after);
  const half = Math.floor(Math.abs(after - before) / 2);
  return [
    { from: first + Math.floor(half / 2), durationS: half },
    { from: first - 1800, durationS: 1800 + half },
    { from: first + half, durationS: half + 1800 },
    { from: first - 30 * 3600, durationS: 50 * 3600 },
  ];
};
export const SPAN_COUNT = 4;

const UNITS: Readonly<Record<Pattern, 'days' | 'weeks' | 'months' | 'years'>> = { 1: 'days', 2: 'weeks', 3: 'months', 4: 'months', 5: 'years', 6: 'years', 7: 'years', 8: 'years' };

/** A local schedule of the pattern that has an occurrence of this span and began one interval before. */
const scheduleHitting = (pattern: Pattern, { from, durationS }: Span, fromEnd: boolean, interval: number): Schedule => {
  const day = dayOf(Math.floor(from / DAY_S));
  const startDay = numberOf(day.subtract({ [UNITS[pattern]]: interval }));
  return { startS: startDay * DAY_S + (from % DAY_S), utc: false, recurrence: ruleHitting(pattern, day, fromEnd, { durationS, interval }) };
};

type Case = { readonly schedule: Schedule; readonly truth: (wallS: number) => boolean };
const caseHitting = (pattern: Pattern, span: Span, fromEnd: boolean, interval: number): Case => {
  const schedule = scheduleHitting(pattern, span, fromEnd, interval);
  return { schedule, truth: referenceOf(schedule) };
};
const cases = new Map<string, Case>();
const MAX_CASES = 40_000;

/** Zones that change at one wall time share the case, and with it what the reference has found out. */
const caseOf = (pattern: Pattern, span: Span, fromEnd: boolean, interval: number): Case => {
  const key = [pattern, span.from, span.durationS, fromEnd, interval].join();
  const found = cases.get(key) ?? caseHitting(pattern, span, fromEnd, interval);
  if (cases.size >= MAX_CASES) cases.clear();
  cases.set(key, found);
  return found;
};

/** The seconds at which the clock passes the window's edges by either offset, and those about the transition. */
const secondsAbout = ({ fromS, before, after }: Change, { from, durationS }: Span): readonly number[] => {
  const edges = [from, from + durationS].flatMap((edge) => [edge - before, edge - after]);
  return [...new Set([...edges, fromS].flatMap((second) => [second - 1, second])), fromS + 1].filter((second) => second >= FIRST_S);
};

type Wall = { readonly unixS: number; readonly wallS: number };

/** Compares one span of one transition in all patterns. */
export const compareSpan = (zoneId: string, table: ZoneTable, change: Change, shape: number, interval: number, count: Count): void => {
  const span = spansOf(change)[shape];
  assert(span !== undefined, 'a shape of a span');
  const walls = secondsAbout(change, span).map((unixS) => ({ unixS, wallS: compareWall(zoneId, table, unixS, count) }));
  for (const pattern of PATTERNS) compareCase(zoneId, table, caseOf(pattern, span, shape % 2 === 0, interval), walls, count);
  countNaive(zoneId, table, caseOf(1, span, shape % 2 === 0, interval), span, walls, count);
};

const compareCase = (zoneId: string, table: ZoneTable, { schedule, truth }: Case, walls: readonly Wall[], count: Count): void => {
  count.schedules += 1;
  for (const { unixS, wallS } of walls) {
    const expected = truth(wallS);
    if (isActive(schedule, instant(unixS * 1000), table) !== expected) assert(false, `${zoneId} at ${unixS}: ${JSON.stringify(schedule)} should be ${expected ? '' : 'in'}active`);
    count.comparisons += 1;
    count.active += Number(expected);
  }
};

/** Compares schedules of all patterns that have an occurrence about a second; `from` is relative to what the wall shows then. */
export const compareAt = (zoneId: string, table: ZoneTable, unixS: number, around: (pattern: Pattern) => Span & { readonly interval: number }, count: Count): void => {
  const wallS = compareWall(zoneId, table, unixS, count);
  for (const pattern of PATTERNS) {
    const { from, durationS, interval } = around(pattern);
    compareCase(zoneId, table, caseHitting(pattern, { from: wallS + from, durationS }, interval % 2 === 0, interval), [{ unixS, wallS }], count);
  }
};

// ---- controls: readers that would be wrong --------------------------------------------------------------------------------------

/** Counts where simpler readers of the daily schedule differ from the truth: one offset for ever; seconds that have passed; a table read beyond its end. */
const countNaive = (zoneId: string, table: ZoneTable, { schedule, truth }: Case, { from, durationS }: Span, walls: readonly Wall[], count: Count): void => {
  const cut = { ...table, transitions: table.transitions.filter(({ fromS }) => fromS < CUT_S), untilS: CUT_S };
  const begins = dayOf(0).toPlainDateTime().add({ seconds: from }).toZonedDateTime(zoneId).epochMilliseconds / 1000;
  for (const { unixS, wallS } of walls) {
    const [at, expected] = [instant(unixS * 1000), truth(wallS)];
    count.fixedWrong += Number(isActive(schedule, at, { ...table, transitions: [] }) !== expected);
    count.elapsedWrong += Number((unixS >= begins && unixS < begins + durationS) !== expected);
    count.stretchedWrong += Number(isActive(schedule, at, { ...cut, untilS: LAST_SECOND }) !== expected);
    const told = isActive(schedule, at, cut);
    assert(told === (unixS < CUT_S ? expected : undefined), `${zoneId} at ${unixS}: a table that ends in ${CUT_YEAR} tells what it knows and no more`);
    count.cutUnknown += Number(told === undefined);
  }
};
