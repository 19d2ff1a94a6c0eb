import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wallTime } from '@mortise/words/wall-clock.ts';
import { keepOffers, nextTime } from './keep-until.ts';

const ZONE = 'Europe/Zurich';
const at = (text: string): number => Date.parse(text);

test('full hours are offered, the first at least twenty minutes away, also where clocks stand at half hours', () => {
  const offered = (now: string, zone = ZONE): readonly string[] => keepOffers(at(now), zone).map((each) => wallTime(each, zone).time);
  assert.deepEqual(offered('2026-05-29T12:31:00Z'), ['15:00', '18:00']);
  assert.deepEqual(offered('2026-05-29T12:45:00Z'), ['16:00', '19:00']);
  assert.deepEqual(offered('2026-05-29T12:40:00Z'), ['15:00', '18:00'], 'twenty minutes are enough');
  assert.deepEqual(offered('2026-05-29T12:31:00Z', 'Asia/Kolkata'), ['19:00', '22:00']);
});

test('a key is offered no time after its own end', () => {
  const latest = (time: string): readonly string[] => keepOffers(at('2026-05-29T12:31:00Z'), ZONE, at(time)).map((each) => wallTime(each, ZONE).time);
  assert.deepEqual(['2026-05-29T12:50:00Z', '2026-05-29T14:30:00Z', '2026-05-30T00:00:00Z'].map(latest), [['14:50'], ['15:00', '16:30'], ['15:00', '18:00']]);
  const next = (time: string): unknown => nextTime(time, at('2026-05-29T12:31:00Z'), ZONE, at('2026-05-29T14:30:00Z'));
  assert.deepEqual([next('16:30'), next('16:31')], [{ ok: true, value: at('2026-05-29T14:30:00Z') }, { ok: false, error: 'Your key ends before that.' }]);
});

test('a time is the next one of its name on the door’s clock, today or tomorrow', () => {
  const next = (time: string): unknown => {
    const found = nextTime(time, at('2026-05-29T12:31:00Z'), ZONE);
    return found.ok ? new Date(found.value).toISOString() : found.error;
  };
  assert.deepEqual([next('18:30'), next('09:00'), next('14:31')], ['2026-05-29T16:30:00.000Z', '2026-05-30T07:00:00.000Z', '2026-05-30T12:31:00.000Z']);
  assert.match(String(next('')), /Pick a time/);
  const longDay = nextTime('12:00', at('2026-10-24T10:30:00Z'), ZONE);
  assert.deepEqual(longDay, { ok: false, error: 'The lock is kept unlocked for a day at the longest.' }, 'the night when clocks go back has an hour more');
});
