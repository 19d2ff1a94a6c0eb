import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant } from './instant.ts';
import { digitsAt, instantOfTime, isoSeconds, timeOfInstant } from './written-time.ts';

const LAST = 253402300799999;

test('every instant is written as the language writes it, and read back to its second', () => {
  const instants = fc.oneof(fc.integer({ min: 0, max: LAST }), fc.constantFrom(0, 999, 951_782_399_999, 951_868_800_000, 4_107_542_400_000, 13_574_563_200_000, LAST));
  fc.assert(fc.property(instants, (ms) => {
    const at = instant(ms);
    assert.equal(isoSeconds(at), `${new Date(ms).toISOString().slice(0, 19)}Z`);
    assert.equal(instantOfTime(timeOfInstant(at)), ms - (ms % 1000));
  }), { numRuns: 5000 });
});

test('every day of some years, and none that does not exist', () => {
  for (const year of [1970, 1999, 2000, 2027, 2028, 2100, 2400, 9999]) {
    for (let month = 0; month <= 13; month += 1) {
      const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (let day = 0; day <= 32; day += 1) {
        const exists = month >= 1 && month <= 12 && day >= 1 && day <= days;
        assert.equal(instantOfTime({ year, month, day, hour: 23, minute: 59, second: 59 }), exists ? Date.UTC(year, month - 1, day, 23, 59, 59) : undefined, `${year} ${month} ${day}`);
      }
    }
  }
});

test('hours, minutes and seconds that do not exist, and years that are no instant’s', () => {
  const noon = { year: 2026, month: 6, day: 1, hour: 12, minute: 0, second: 0 };
  assert.equal(instantOfTime(noon), Date.UTC(2026, 5, 1, 12));
  for (const wrong of [{ hour: 24 }, { minute: 60 }, { second: 60 }, { year: 1969 }, { year: 10_000 }, { year: NaN }, { month: NaN }, { day: NaN }, { hour: NaN }, { minute: NaN }, { second: NaN }]) {
    assert.equal(instantOfTime({ ...noon, ...wrong }), undefined);
  }
});

test('digits are the ten of ASCII', () => {
  assert.equal(digitsAt('x2026', 1, 4), 2026);
  for (const wrong of ['202', '20 6', '2-26', '２026', '20a6', '']) assert.ok(Number.isNaN(digitsAt(wrong, 0, 4)), wrong);
});
