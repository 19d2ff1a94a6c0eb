import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenBy, toldApart } from './choose.ts';
import { isFound } from './find.ts';

test('each word is looked for in all names, without accents, small or capital', () => {
  assert.deepEqual([isFound('', 'Gate'), isFound('rutli relay', 'Relay room', 'Substation Rütli'), isFound('  GATE ', 'North gate'), isFound('gate south', 'North gate')], [true, true, true, false]);
});

test('one is chosen by its whole name, or by words that fit no other', () => {
  const choices = [['a', 'Gate'], ['b', 'Gate, Depot'], ['c', 'Relay room']] as const;
  assert.deepEqual(chosenBy(choices, 'Gate'), { kind: 'one', id: 'a' }, 'though another begins so');
  assert.deepEqual(chosenBy(choices, 'depot'), { kind: 'one', id: 'b' });
  assert.deepEqual(chosenBy(choices, 'gat'), { kind: 'many', count: 2 });
  assert.deepEqual([chosenBy(choices, 'shaft'), chosenBy(choices, ' ')], [{ kind: 'unknown' }, { kind: 'nothing' }]);
});

test('what is called the same is told apart', () => {
  assert.deepEqual(toldApart([['a', 'Gate'], ['b', 'Gate'], ['c', 'Yard']]), [['a', 'Gate'], ['b', 'Gate (2)'], ['c', 'Yard']]);
});
