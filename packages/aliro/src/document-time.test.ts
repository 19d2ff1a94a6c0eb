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

test('from and to bytes', () => {
  assert.deepEqual(encodeDocumentTime(instant(Date.UTC(2026, 5, 1, 12, 0, 0, 999))), utf8('2026-06-01T12:00:00Z'));
  assert.equal(readDocumentTime(utf8('2026-06-01T12:00:00Z')), Date.UTC(2026, 5, 1, 12));
  assert.equal(readDocumentTime(new Uint8Array(20)), undefined);
  assert.equal(readDocumentTime(Uint8Array.of(0xff, 0xfe)), undefined);
});
