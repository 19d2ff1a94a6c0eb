import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesEnd, ekeysAnew, ekeysUnsigned } from './owner-gone.ts';

test('codes that end are counted; where there are none nothing is said', () => {
  assert.equal(codesEnd(0), undefined);
  assert.match(codesEnd(1) ?? '', /^1 code that they made ends,/);
  assert.match(codesEnd(3) ?? '', /^3 codes that they made end,/);
});

test('electronic keys are told of where there are any, and by name those that nobody could sign anew', () => {
  assert.deepEqual([ekeysAnew(0), ekeysUnsigned([])], [undefined, undefined]);
  assert.match(ekeysAnew(2) ?? '', /once it has been updated/);
  assert.match(ekeysUnsigned(['Key 1']) ?? '', /^Key 1: .*Register it again/);
  assert.match(ekeysUnsigned(['1', '2', '3', '4', '5']) ?? '', /^1, 2, 3 and 2 more: .*Register them again/);
});
