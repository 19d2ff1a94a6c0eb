import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { documentTime, encodeDocumentTime, readDocumentTime } from './document-time.ts';

test('what is a time and what is none', () => {
  assert.equal(documentTime('1970-01-01T00:00:00Z'), 0);
  assert.equal(documentTime('2026-06-01T12:00:00Z'), Date.UTC(2026, 5, 1, 12));
  assert.equal(documentTime('9999-12-31T23:59:59Z'), Date.UTC(9999, 11, 31, 23, 59, 59));
  for (const text of [
    '1969-12-31T23:59:59Z', '2026-02-30T12:00:00Z', '2026-13-01T12:00:00Z', '2026-06-01T24:00:00Z', '2026-06-01T12:00:60Z', '2026-06-01T12:00:00',
    '2026-06-01T12:00:00.0Z', ' 2026-06-01T12:00:00Z', '2026-06-01T12:00:00Z ', '2026-06-01 12:00:00Z', '2026-06-01T12:00:00+00:00', '', '+02026-06-01T12:00:00Z',
  ]) assert.equal(documentTime(text), undefined, text);
});

test('every day and hour that can be written is one that exists, or none', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  for (const year of [1970, 2027, 2028, 2100, 9999]) {
    for (let month = 0; month < 100; month += 1) {
      for (let day = 0; day < 100; day += 1) {
        const hour = (month + day) % 26;
        const text = `${year}-${two(month)}-${two(day)}T${two(hour)}:59:59Z`;
        const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
        const exists = month >= 1 && month <= 12 && day >= 1 && day <= lastDay && hour < 24;
        assert.equal(documentTime(text), exists ? Date.UTC(year, month - 1, day, hour, 59, 59) : undefined, text);
      }
    }
  }
  assert.deepEqual(['2028-02-29T24:00:00Z', '2028-12-31T24:00:00Z'].map(documentTime), [undefined, undefined]);
});

test('from and to bytes', () => {
  assert.deepEqual(encodeDocumentTime(instant(Date.UTC(2026, 5, 1, 12, 0, 0, 999))), utf8('2026-06-01T12:00:00Z'));
  assert.equal(readDocumentTime(utf8('2026-06-01T12:00:00Z')), Date.UTC(2026, 5, 1, 12));
  assert.equal(readDocumentTime(new Uint8Array(20)), undefined);
  assert.equal(readDocumentTime(Uint8Array.of(0xff, 0xfe)), undefined);
});
