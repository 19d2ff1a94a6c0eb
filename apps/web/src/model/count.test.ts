import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countIn, NO_COUNT, shownCount } from './count.ts';

test('a number is what was typed, within its bounds, and else none', () => {
  const table: readonly (readonly [string, number])[] = [['2', 2], [' 20 ', 20], ['007', 7], ['500', 500], ['501', 0], ['', 0], ['0', 0], ['-1', 0], ['1.5', 0], ['1e2', 0], ['two', 0], ['9'.repeat(400), 0]];
  assert.deepEqual(table.map(([typed]) => [typed, countIn(typed, 500)]), table.map((row) => [...row]));
});

test('cleared, the field stays empty; 2 typed after that is 2', () => {
  let [typed, value]: [string | undefined, number] = [undefined, 20];
  const type = (text: string): string => {
    [typed, value] = [text, countIn(text, 500)];
    return shownCount(typed, value, 500);
  };
  assert.equal(shownCount(typed, value, 500), '20');
  assert.deepEqual([type(''), value], ['', NO_COUNT]);
  assert.deepEqual([type('2'), value], ['2', 2]);
  assert.deepEqual([type('700'), value], ['700', NO_COUNT], 'what is out of bounds stands there to be mended');
  assert.equal(shownCount('2', 30, 500), '30', 'changed elsewhere');
});
