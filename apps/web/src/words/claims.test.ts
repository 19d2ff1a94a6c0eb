import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headline, journalsOutcome } from './claims.ts';

test('the headline tells what was not checked from what fails; what fails comes first', () => {
  assert.equal(headline(['unchecked', 'holds', 'holds']), '2 hold, 1 not checked yet');
  assert.equal(headline(['holds', 'unchecked', 'fails']), '1 does not hold, 1 holds, 1 not checked yet');
  assert.equal(headline(['holds', 'holds', 'holds']), '3 hold');
  assert.equal(headline(['failed', 'late', 'checking']), '1 could not be checked, 1 on its way, 1 being checked');
  assert.equal(headline(['empty', 'unchecked', 'empty']), '1 not checked yet');
  assert.equal(headline(['empty', 'empty']), 'Nothing to check yet');
});

test('a journal with a gap is not told as whole, and not as tampered', () => {
  const whole = { entries: 10, missing: 0, unsigned: 0 };
  assert.deepEqual(journalsOutcome([whole, { ...whole, unsigned: 2 }]), { standing: 'holds', word: 'Holds', found: '20 records, no gap; the newest 2 are chained but not signed yet' });
  const gapped = journalsOutcome([whole, { entries: 90, missing: 50, unsigned: 0 }]);
  assert.deepEqual([gapped.standing, gapped.word], ['gaps', 'Holds, with a gap']);
  assert.match(gapped.found, /^100 records as the lock signed them\. 50 records are missing/);
  assert.equal(headline(['gaps', 'holds']), '1 with a gap, 1 holds');
});
