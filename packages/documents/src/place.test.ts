import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { identifierOf, type DoorId, type GroupId } from '@mortise/base/identifiers.ts';
import { asPlaces, elementOf, MAX_PLACES, placeOf, type Place } from './place.ts';

const anyPlace: fc.Arbitrary<Place> = fc.tuple(fc.boolean(), fc.uint8Array({ minLength: 16, maxLength: 16 })).map(([isDoor, id]) =>
  isDoor ? { kind: 'door', id: identifierOf<DoorId>(id) } : { kind: 'group', id: identifierOf<GroupId>(id) });
const door = (number: number): Place => ({ kind: 'door', id: identifierOf<DoorId>(new Uint8Array(16).fill(number)) });

test('a place has one written form', () => {
  fc.assert(fc.property(anyPlace, (place) => {
    const element = elementOf(place);
    assert.equal(element.length, 28);
    assert.deepEqual(placeOf(element), place);
  }));
  assert.equal(elementOf(door(0)), 'd.aaaaaaaaaaaaaaaaaaaaaaaaaa');
});

test('what is not exactly a place is none', () => {
  const good = elementOf(door(7));
  assert.deepEqual(placeOf(good), door(7), 'the control');
  for (const text of ['', 'd.', 'd', good.slice(0, -1), `${good}a`, good.toUpperCase(), `x.${good.slice(2)}`, `D.${good.slice(2)}`, `${good.slice(0, -1)}b`, `${good} `, 'floor1']) {
    assert.equal(placeOf(text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => { placeOf(text); }));
});

test('1 to 32 places, each once', () => {
  const elements = (count: number): string[] => Array.from({ length: count }, (_, index) => elementOf(door(index)));
  assert.equal(asPlaces(elements(1))?.length, 1);
  assert.equal(asPlaces(elements(MAX_PLACES))?.length, 32);
  for (const value of [[], elements(33), [...elements(1), ...elements(1)], ['floor1'], [1], 'd.', undefined]) assert.equal(asPlaces(value), undefined);
});
