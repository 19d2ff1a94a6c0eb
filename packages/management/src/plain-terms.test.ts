// Plain terms and documents say the same, there and back; a change changes what it names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessDataOf, termsOf } from '@mortise/access/grant-document.ts';
import { identifierOf, type DoorId, type GrantId, type GroupId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { isActive } from '@mortise/schedule/schedule.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { assert as assertProperty, boolean, constantFrom, integer, option, property, record, uniqueArray } from 'fast-check';
import { scheduleOf, windowOf, type HoursWindow } from './hours-window.ts';
import { grantTermsOf, isSamePlain, patchTerms, plainTermsOf, type PlainTerms } from './plain-terms.ts';

const ID = identifierOf<GrantId>(new Uint8Array(16).fill(1));
const DOOR = elementOf({ kind: 'door', id: identifierOf<DoorId>(new Uint8Array(16).fill(2)) });
const GROUP = elementOf({ kind: 'group', id: identifierOf<GroupId>(new Uint8Array(16).fill(3)) });
const START = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const TERMS: PlainTerms = {
  places: [DOOR, GROUP], verbs: ['unlock', 'lock'], from: START, until: START + 7 * DAY, hours: [{ days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00' }],
  uses: null, minutesAfterFirstUse: null, freshForS: 86_400, holidays: null, remote: false,
};

const time = integer({ min: 0, max: 1439 }).map((minutes) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`);
const window = record({ days: uniqueArray(integer({ min: 1, max: 7 }), { minLength: 1 }).map((days) => days.toSorted((a, b) => a - b)), from: time, until: time }, { noNullPrototype: true });
const plain = record({
  places: constantFrom([DOOR], [GROUP], [DOOR, GROUP]), verbs: constantFrom<readonly ('unlock' | 'lock')[]>(['unlock'], ['unlock', 'lock']),
  from: integer({ min: 0, max: 1000 }).map((days) => START + days * DAY), until: integer({ min: 1001, max: 2000 }).map((days) => START + days * DAY),
  hours: uniqueArray(window, { maxLength: 8 }), uses: option(integer({ min: 1, max: 65_535 })), minutesAfterFirstUse: option(integer({ min: 1, max: 525_600 })),
  freshForS: option(integer({ min: 60, max: 31_622_400 })), holidays: option(integer({ min: 1, max: 255 })), remote: boolean(),
}, { noNullPrototype: true });

void test('terms go into a document and come back as they were', () => {
  assertProperty(property(plain, (terms) => {
    const made = grantTermsOf({ accessId: ID, grantId: ID }, terms);
    assert.ok(made.ok);
    const read = termsOf(accessDataOf(made.value), made.value);
    assert.ok(read);
    assert.deepEqual(plainTermsOf(read), terms);
  }));
});

void test('a window is active when its days and hours say, across midnight too', () => {
  const at = (day: number, hour: number, minute = 0) => instant(Date.UTC(2026, 5, day, hour, minute));
  const table: readonly (readonly [HoursWindow, number, number, boolean])[] = [
    // 1 June 2026 is a Monday.
    [{ days: [1], from: '09:00', until: '17:00' }, 1, 9, true],
    [{ days: [1], from: '09:00', until: '17:00' }, 1, 17, false],
    [{ days: [1], from: '09:00', until: '17:00' }, 2, 12, false],
    [{ days: [5], from: '22:00', until: '06:00' }, 6, 5, true],
    [{ days: [5], from: '22:00', until: '06:00' }, 5, 5, false],
    [{ days: [7], from: '00:00', until: '00:00' }, 7, 23, true],
    [{ days: [7], from: '00:00', until: '00:00' }, 8, 0, false],
  ];
  for (const [one, day, hour, active] of table) {
    const schedule = scheduleOf(one);
    assert.ok(schedule);
    assert.equal(isActive(schedule, at(day, hour), UTC), active, `${JSON.stringify(one)} on ${day} June at ${hour}`);
    assert.deepEqual(windowOf(schedule), one);
  }
});

void test('what is out of form or bounds is named', () => {
  const table: readonly (readonly [Partial<PlainTerms>, string])[] = [
    [{}, 'ok'], [{ places: [] }, 'places'], [{ places: [DOOR, DOOR] }, 'places'], [{ places: [DOOR.toUpperCase()] }, 'places'], [{ verbs: [] }, 'verbs'],
    [{ from: START + 1 }, 'dates'], [{ until: START }, 'dates'], [{ hours: [{ days: [], from: '09:00', until: '10:00' }] }, 'hours'],
    [{ hours: [{ days: [2, 1], from: '09:00', until: '10:00' }] }, 'hours'], [{ hours: [{ days: [1], from: '24:00', until: '10:00' }] }, 'hours'],
    [{ uses: 0 }, 'uses'], [{ freshForS: 59 }, 'freshForS'], [{ holidays: 256 }, 'holidays'], [{ minutesAfterFirstUse: 1.5 }, 'minutesAfterFirstUse'],
  ];
  for (const [changes, code] of table) {
    const made = grantTermsOf({ accessId: ID, grantId: ID }, { ...TERMS, ...changes });
    assert.equal(made.ok ? 'ok' : made.error.code, code, JSON.stringify(changes));
  }
});

void test('a change changes what it names and nothing else; null takes a limit away; places count in any order', () => {
  assert.deepEqual(patchTerms(TERMS, {}), TERMS);
  assert.deepEqual(patchTerms(TERMS, { uses: 3 }), { ...TERMS, uses: 3 });
  assert.deepEqual(patchTerms(TERMS, { freshForS: null, uses: undefined }), { ...TERMS, freshForS: null });
  assertProperty(property(plain, integer({ min: 1, max: 9 }), (terms, uses) => {
    const changed = patchTerms(terms, { uses });
    assert.ok(isSamePlain({ ...changed, uses: terms.uses }, terms));
  }));
  assert.ok(isSamePlain(TERMS, { ...TERMS, places: TERMS.places.toReversed() }));
  assert.ok(!isSamePlain(TERMS, { ...TERMS, remote: true }));
});
