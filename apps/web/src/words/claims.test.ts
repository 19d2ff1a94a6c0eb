import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headline } from './claims.ts';

test('the headline tells what was not checked from what fails; what fails comes first', () => {
  assert.equal(headline(['unchecked', 'holds', 'holds']), '2 hold, 1 not checked yet');
  assert.equal(headline(['holds', 'unchecked', 'fails']), '1 does not hold, 1 holds, 1 not checked yet');
  assert.equal(headline(['holds', 'holds', 'holds']), '3 hold');
  assert.equal(headline(['failed', 'late', 'checking']), '1 could not be checked, 1 on its way, 1 being checked');
  assert.equal(headline(['empty', 'unchecked', 'empty']), '1 not checked yet');
  assert.equal(headline(['empty', 'empty']), 'Nothing to check yet');
});
