import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { recordsQuery } from '@mortise/api/records.ts';
import { isSearch, queryOf, recordsPath, searchFault, searchOf } from './record-search.ts';

const [a, b] = ['AAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBA'];
const ZONE = 'Europe/Zurich';

test('a search stands in the address as it is read from it', () => {
  const search = { lock: a, key: b, person: a, location: b, from: '2026-05-29T14:06', until: '2026-05-30T00:00' };
  assert.deepEqual(searchOf(recordsPath(search).replace(/^[^?]*/, '')), search);
  assert.equal(recordsPath({ key: a, from: '2026-05-29T14:06' }), `/estate/records?key=${a}&from=2026-05-29T14:06`);
  assert.deepEqual([recordsPath({}), isSearch({}), isSearch({ key: a })], ['/estate/records', false, true]);
});

test('of an address that says something else only what is understood is taken', () => {
  assert.deepEqual(searchOf(`?lock=short&key=${a}&from=yesterday&evil=1&until=2026-05-30`), { key: a });
});

test('takes any query, and asks the hub for nothing that it refuses', () => {
  fc.assert(fc.property(fc.string(), fc.constantFrom('lock', 'key', 'from', 'until'), (text, field) => {
    const query = queryOf(searchOf(`?${field}=${encodeURIComponent(text)}`), ZONE);
    assert.ok(recordsQuery.safeParse(query).success);
  }));
  assert.ok(recordsQuery.safeParse(queryOf({ from: '0001-01-01T00:00', until: '9999-12-31T23:59' }, ZONE)).success);
});

test('times are the site’s wall clock; until is the whole of its minute, and an hour that comes twice is both', () => {
  const asked = queryOf({ from: '2026-05-29T14:06', until: '2026-05-29T14:06' }, ZONE);
  assert.deepEqual([asked['from'], asked['until']], [Date.parse('2026-05-29T12:06:00Z'), Date.parse('2026-05-29T12:06:59.999Z')]);
  const autumn = queryOf({ from: '2026-10-25T02:30', until: '2026-10-25T02:30' }, ZONE);
  assert.deepEqual([autumn['from'], autumn['until']], [Date.parse('2026-10-25T00:30:00Z'), Date.parse('2026-10-25T01:30:59.999Z')]);
  assert.deepEqual([searchFault({ from: '2026-05-29T14:06', until: '2026-05-29T14:05' }), searchFault({ from: '2026-05-29T14:06' })], ['It ends before it begins.', undefined]);
});
