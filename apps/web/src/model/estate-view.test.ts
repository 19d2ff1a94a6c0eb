import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Location } from '@mortise/api/locations.ts';
import type { Door } from '@mortise/api/locks.ts';
import { doorLabel, foundLocations, locationOf, placeless } from './estate-view.ts';

const lock: Door['lock'] = {
  lockId: 'L', identityKey: '', readerKey: '', sealKey: '', statement: '', model: '', firmware: '', profile: null, online: false, state: null, roster: { version: 1, delivery: 'waiting', code: null }, reset: null,
  journal: { entries: 0, missing: 0, head: '', alerts: 0 },
};
const door = (id: string, name: string): Door => ({ id, name, zone: 'UTC', lock });
const doors = [door('a', 'Gate'), door('b', 'Relay room'), door('c', 'Cabinet 2'), door('d', 'Hut')];
const locations: readonly Location[] = [{ id: 'N', name: 'Depot', doors: ['a'] }, { id: 'S', name: 'Substation Rütli', doors: ['b', 'c', 'gone'] }, { id: 'E', name: 'Empty', doors: [] }];

const found = (typed: string) => foundLocations(locations, doors, typed).map(({ location, doors: within, isWhole }) => [location.name, within.map(({ name }) => name), isWhole]);

test('locations are found by their own name, or by that of a lock in them', () => {
  assert.deepEqual(found(''), [['Depot', ['Gate'], true], ['Substation Rütli', ['Relay room', 'Cabinet 2'], true], ['Empty', [], true]]);
  assert.deepEqual(found('rutli'), [['Substation Rütli', ['Relay room', 'Cabinet 2'], true]]);
  assert.deepEqual(found('cabinet'), [['Substation Rütli', ['Cabinet 2'], false]]);
  assert.deepEqual(found('rutli cabinet'), [['Substation Rütli', ['Cabinet 2'], false]]);
  assert.deepEqual(found('shaft'), []);
});

test('a door is in one location or in none', () => {
  assert.deepEqual(placeless(locations, doors).map(({ name }) => name), ['Hut']);
  assert.deepEqual([locationOf(locations, 'c')?.name, locationOf(locations, 'd')], ['Substation Rütli', undefined]);
  assert.deepEqual([doorLabel(locations, door('b', 'Relay room')), doorLabel(locations, door('d', 'Hut'))], ['Relay room, Substation Rütli', 'Hut']);
});

test('of a thousand locks in a thousand locations those are found that have the words', () => {
  const many = Array.from({ length: 1000 }, (_, n) => door(`d${n}`, `Cabinet ${n}`));
  const places = many.map(({ id }, n) => ({ id: `l${n}`, name: `Site ${n}`, doors: [id] }));
  assert.equal(foundLocations(places, many, 'cabinet 99').length, 19);
});
