import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOTHING_HEARD, withList, withOne, withTold } from './told-list.ts';

type One = { readonly id: string; readonly name: string };
const door = (id: string, name: string): One => ({ id, name });
const names = (doors: readonly One[]): string => doors.map(({ name }) => name).join();

test('a list that was asked for before the stream told a door does not take that door back', () => {
  const before = [door('a', 'a: on its way'), door('b', 'b: old')];
  const list = [door('a', 'a: on its way'), door('b', 'b: new')];
  const told = door('a', 'a: on the lock');
  const heard = withTold(NOTHING_HEARD, told);
  assert.equal(names(withList(withOne(before, told), list, NOTHING_HEARD, heard)), 'a: on the lock,b: new');
  assert.equal(names(withList(withOne(before, told), list, heard, heard)), 'a: on its way,b: new', 'control: one that was asked for afterwards is newer');
});

test('a door that was told since and is not in the list stays; one that the list no longer has goes', () => {
  const told = door('c', 'c');
  const heard = withTold(withTold(NOTHING_HEARD, door('a', 'a')), told);
  const asked = withTold(NOTHING_HEARD, door('a', 'a'));
  assert.equal(names(withList([door('a', 'a'), told], [door('b', 'b')], asked, heard)), 'b,c');
});
