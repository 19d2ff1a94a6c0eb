import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant } from '@mortise/base/instant.ts';
import { occursOn } from './occurrence.ts';
import { DATES, DAY_S, isRecurrence, WEEKDAYS, type Pattern, type Recurrence } from './recurrence.ts';
import { anyRule, dayOf, isInWindow, numberOf, PATTERNS, referenceOccurs, referenceWindows } from './reference.fixture.ts';
import { isActive, type Schedule } from './schedule.ts';

const [MO, TU, WE, TH, FR, SA, SU] = [1, 2, 4, 8, 16, 32, 64];
const [JAN, FEB, MAR, APR, MAY, SEP, OCT, NOV, DEC] = [1, 2, 3, 4, 5, 9, 10, 11, 12].map((month) => 2 ** (6 + month));
const on = (...dates: readonly number[]): number => dates.reduce((mask, date) => mask + 2 ** (date - 1), 0);
const bits = (...masks: readonly (number | undefined)[]): number => masks.reduce<number>((all, mask) => all | (mask ?? 0), 0);

const day = (date: string): number => numberOf(Temporal.PlainDate.from(date));
const rule = (pattern: Pattern, mask: number, ordinal = 0, interval = 1): Recurrence => ({ durationS: 3600, mask, pattern, interval, ordinal });

/** The days of a span on which a rule occurs that starts on its first day. */
const daysOf = (recurrence: Recurrence, first: string, last: string): readonly string[] => {
  const [from, to] = [day(first), day(last)];
  const days = Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
  return days.filter((number) => occursOn(recurrence, from, number)).map((number) => dayOf(number).toString());
};

type Sentence = { readonly says: string; readonly rule: Recurrence; readonly span: readonly [string, string]; readonly days: readonly string[] };

const SENTENCES: readonly Sentence[] = [
  { says: 'every day', rule: rule(1, 0), span: ['2026-02-27', '2026-03-01'], days: ['2026-02-27', '2026-02-28', '2026-03-01'] },
  { says: 'every third day, over a leap day', rule: rule(1, 0, 0, 3), span: ['2028-02-26', '2028-03-06'], days: ['2028-02-26', '2028-02-29', '2028-03-03', '2028-03-06'] },
  { says: 'Mondays and Thursdays', rule: rule(2, MO | TH), span: ['2026-01-01', '2026-01-12'], days: ['2026-01-01', '2026-01-05', '2026-01-08', '2026-01-12'] },
  { says: 'every second Tuesday', rule: rule(2, TU, 0, 2), span: ['2026-01-06', '2026-02-10'], days: ['2026-01-06', '2026-01-20', '2026-02-03'] },
  { says: 'every second week on Monday and Friday, from a Wednesday: weeks count from the Monday before', rule: rule(2, MO | FR, 0, 2), span: ['2026-01-07', '2026-02-06'], days: ['2026-01-09', '2026-01-19', '2026-01-23', '2026-02-02', '2026-02-06'] },
  { says: 'every second Sunday, from a Saturday: Sunday ends the week', rule: rule(2, SU, 0, 2), span: ['2026-01-10', '2026-02-08'], days: ['2026-01-11', '2026-01-25', '2026-02-08'] },
  { says: 'the second Tuesday and the second Thursday', rule: rule(3, TU | TH, 2), span: ['2026-01-01', '2026-02-28'], days: ['2026-01-08', '2026-01-13', '2026-02-10', '2026-02-12'] },
  { says: 'the first Monday of every third month', rule: rule(3, MO, 1, 3), span: ['2025-11-30', '2026-08-31'], days: ['2026-02-02', '2026-05-04', '2026-08-03'] },
  { says: 'the fifth Friday, where there is one', rule: rule(3, FR, 5), span: ['2026-01-01', '2026-06-30'], days: ['2026-01-30', '2026-05-29'] },
  { says: 'the last Sunday', rule: rule(3, SU, -1), span: ['2026-01-01', '2026-04-30'], days: ['2026-01-25', '2026-02-22', '2026-03-29', '2026-04-26'] },
  { says: 'the fifth Monday from the end', rule: rule(3, MO, -5), span: ['2026-01-01', '2026-08-31'], days: ['2026-03-02', '2026-06-01', '2026-08-03'] },
  { says: 'the 1st and the 15th', rule: rule(4, on(1, 15)), span: ['2026-01-10', '2026-03-01'], days: ['2026-01-15', '2026-02-01', '2026-02-15', '2026-03-01'] },
  { says: 'the 31st: short months have none', rule: rule(4, on(31)), span: ['2026-01-01', '2026-06-30'], days: ['2026-01-31', '2026-03-31', '2026-05-31'] },
  { says: 'the 30th of every second month: February has none', rule: rule(4, on(30), 0, 2), span: ['2025-12-01', '2026-06-30'], days: ['2025-12-30', '2026-04-30', '2026-06-30'] },
  { says: 'the 1st of every fifth month, over the turn of the year', rule: rule(4, on(1), 0, 5), span: ['2026-10-02', '2028-01-31'], days: ['2027-03-01', '2027-08-01', '2028-01-01'] },
  { says: 'the last day of each month', rule: rule(4, 0, -1), span: ['2028-01-01', '2028-04-30'], days: ['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30'] },
  { says: 'the same with every weekday in the mask', rule: rule(4, WEEKDAYS, -1), span: ['2027-01-01', '2027-03-31'], days: ['2027-01-31', '2027-02-28', '2027-03-31'] },
  { says: 'Friday the 13th', rule: rule(4, FR, 13), span: ['2026-01-01', '2026-12-31'], days: ['2026-02-13', '2026-03-13', '2026-11-13'] },
  { says: 'the last day of the month, when it is a workday', rule: rule(4, MO | TU | WE | TH | FR, -1), span: ['2026-01-01', '2026-06-30'], days: ['2026-03-31', '2026-04-30', '2026-06-30'] },
  { says: 'the 29th by ordinal', rule: rule(4, 0, 29), span: ['2026-01-30', '2026-04-01'], days: ['2026-03-29'] },
  { says: 'the last Friday of March and September', rule: rule(5, bits(FR, MAR, SEP), -1), span: ['2026-01-01', '2027-12-31'], days: ['2026-03-27', '2026-09-25', '2027-03-26', '2027-09-24'] },
  { says: 'the fourth Thursday of November, every fourth year', rule: rule(5, bits(TH, NOV), 4, 4), span: ['2024-12-31', '2033-01-01'], days: ['2028-11-23', '2032-11-25'] },
  { says: 'the first Saturday of January and December', rule: rule(5, bits(SA, JAN, DEC), 1), span: ['2026-01-01', '2026-12-31'], days: ['2026-01-03', '2026-12-05'] },
  { says: 'the 24th of December', rule: rule(6, bits(DEC), 24), span: ['2024-12-25', '2026-12-31'], days: ['2025-12-24', '2026-12-24'] },
  { says: 'the 29th of February', rule: rule(6, bits(FEB), 29), span: ['2020-03-01', '2029-01-01'], days: ['2024-02-29', '2028-02-29'] },
  { says: 'the last day of February', rule: rule(6, bits(FEB), -1), span: ['2027-01-01', '2028-12-31'], days: ['2027-02-28', '2028-02-29'] },
  { says: 'the 31st of April does not occur', rule: rule(6, bits(APR), 31), span: ['2026-01-01', '2030-12-31'], days: [] },
  { says: 'the 1st of May, when it is a workday, every second year', rule: rule(6, bits(MO, TU, WE, TH, FR, MAY), 1, 2), span: ['2026-01-01', '2034-12-31'], days: ['2026-05-01', '2028-05-01', '2030-05-01', '2034-05-01'] },
  { says: 'Monday of ISO week 1, which may be in December', rule: rule(7, MO, 1), span: ['2024-06-01', '2026-12-31'], days: ['2024-12-30', '2025-12-29'] },
  { says: 'Monday and Sunday of ISO week 53, where there is one', rule: rule(7, MO | SU, 53), span: ['2020-01-01', '2027-12-31'], days: ['2020-12-28', '2021-01-03', '2026-12-28', '2027-01-03'] },
  { says: 'Friday of the last week of the year, which may be in January', rule: rule(7, FR, -1), span: ['2025-01-01', '2027-12-31'], days: ['2025-12-26', '2027-01-01', '2027-12-31'] },
  { says: 'week 10 of every second year, from the end of a week-year that the calendar calls the next', rule: rule(7, WE, 10, 2), span: ['2027-01-01', '2031-01-01'], days: ['2028-03-08', '2030-03-06'] },
  { says: 'the 53rd week from the end', rule: rule(7, TH, -53), span: ['2020-01-01', '2027-12-31'], days: ['2020-01-02', '2026-01-01'] },
  { says: 'workdays of the first week of April: it begins in March', rule: rule(8, bits(MO, TU, WE, TH, FR, APR), 1), span: ['2026-01-01', '2026-12-31'], days: ['2026-03-30', '2026-03-31', '2026-04-01', '2026-04-02', '2026-04-03'] },
  { says: 'Monday and Sunday of the last week of September', rule: rule(8, bits(MO, SU, SEP), -1), span: ['2026-01-01', '2027-12-31'], days: ['2026-09-21', '2026-09-27', '2027-09-27', '2027-10-03'] },
  { says: 'the fifth week of October, where there is one', rule: rule(8, bits(TH, OCT), 5), span: ['2025-01-01', '2028-12-31'], days: ['2025-10-30', '2026-10-29'] },
  { says: 'the first week of January, every second year: a week is of the year of its Thursday', rule: rule(8, bits(MO, JAN), 1, 2), span: ['2024-12-30', '2029-01-31'], days: ['2024-12-30', '2027-01-04', '2029-01-01'] },
];

for (const { says, rule: recurrence, span: [first, last], days } of SENTENCES) {
  test(`pattern ${recurrence.pattern}: ${says}`, () => {
    assert.ok(isRecurrence(recurrence));
    assert.deepEqual(daysOf(recurrence, first, last), days);
  });
}

test('every sentence is also what the reference says', () => {
  for (const { says, rule: recurrence, span: [first, last], days } of SENTENCES) {
    const start = Temporal.PlainDate.from(first);
    const found: string[] = [];
    for (let at = start; Temporal.PlainDate.compare(at, last) <= 0; at = at.add({ days: 1 })) if (referenceOccurs(recurrence, start, at)) found.push(at.toString());
    assert.deepEqual(found, days, says);
  }
});

// ---- against the reference, from the start, day by day ------------------------------------------------------------------------

const FIRST_DAY = day('2019-12-01');
const YEARS = 21;

const anySchedule = fc.record({ pattern: fc.constantFrom(...PATTERNS), startDay: fc.nat(365 * YEARS), timeOfDayS: fc.nat(DAY_S - 1), stream: fc.infiniteStream(fc.nat(DATES)) })
  .map(({ pattern, startDay, timeOfDayS, stream }): { schedule: Schedule; below: (limit: number) => number } => {
    const below = (limit: number): number => (stream.next().value ?? 0) % limit;
    const recurrence = anyRule(pattern, below, [DAY_S, 3 * DAY_S, 40 * DAY_S, 366 * DAY_S][below(4)]);
    const startS = (FIRST_DAY + startDay) * DAY_S + timeOfDayS;
    return { schedule: { startS, recurrence, utc: true, ...(below(3) === 0 ? { endS: startS + 1 + below(900 * DAY_S) } : {}) }, below };
  });

test('any recurrence is active when the days counted up from its start say so', (t) => {
  let [active, inactive] = [0, 0];
  fc.assert(fc.property(anySchedule, ({ schedule, below }) => {
    const horizonS = schedule.startS + (below(4) === 0 ? 3000 : 500) * DAY_S;
    const windows = referenceWindows(schedule, horizonS);
    const edges = windows.flatMap(({ from, to }) => [from - 1, from, to - 1, to]).filter((edge) => edge <= horizonS);
    const chosen = Array.from({ length: 12 }, () => edges[below(Math.max(1, edges.length))] ?? schedule.startS);
    const anywhere = Array.from({ length: 6 }, () => schedule.startS - 9 + below(horizonS - schedule.startS));
    for (const nowS of [...chosen, ...anywhere]) {
      const expected = isInWindow(windows, nowS);
      assert.equal(isActive(schedule, instant(nowS * 1000)), expected, `${JSON.stringify(schedule)} at ${nowS}`);
      if (expected) active += 1;
      else inactive += 1;
    }
  }), { numRuns: 80 });
  t.diagnostic(`random recurrences: ${active} instants active, ${inactive} not`);
  assert.ok(active > 100 && inactive > 100);
});
