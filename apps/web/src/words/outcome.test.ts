import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import type { Receipt } from '@mortise/journal/receipt.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { outcomeCode } from './outcome.ts';

const receipt = (over: Partial<Receipt['record']>): Receipt => ({
  seq: 3,
  record: { instant: instant(1), clock: 'synced', kind: 'operation', reason: 'granted-trusted', sensed: { bolt: 'unlocked', door: 'closed' }, ...over },
});
const codeOf = (outcome: OperationOutcome): string => {
  const result = outcomeCode('unlock', outcome);
  return result.ok ? 'ok' : result.error;
};

test('only a signed receipt with the bolt where it was wanted is success', () => {
  const table: readonly (readonly [OperationOutcome, string])[] = [
    [{ kind: 'sensed', receipt: receipt({}) }, 'ok'],
    [{ kind: 'sensed', receipt: receipt({ sensed: { bolt: 'unknown', door: 'closed' }, reason: 'bolt-jammed' }) }, 'bolt-jammed'],
    [{ kind: 'sensed', receipt: receipt({ sensed: { bolt: 'locked', door: 'closed' } }) }, 'bolt-jammed'],
    [{ kind: 'refused', readerStatus: 0x25, receipt: receipt({ reason: 'right-missing', allowed: false, kind: 'decision' }) }, 'right-missing'],
    [{ kind: 'refused', readerStatus: 0x0001, receipt: undefined }, 'credential-unknown'],
    [{ kind: 'refused', readerStatus: 0x0007, receipt: undefined }, 'refused-by-lock'],
    [{ kind: 'notDone', why: { code: 'relay-closed', said: 'lock-offline' } }, 'lock-offline'],
    [{ kind: 'notDone', why: { code: 'certificate-subject' } }, 'other-lock'],
    [{ kind: 'notDone', why: { code: 'timed-out' } }, 'timed-out'],
    [{ kind: 'notConfirmed', why: { code: 'timed-out' } }, 'not-confirmed'],
    [{ kind: 'notConfirmed', why: { code: 'receipt-signature-invalid' } }, 'receipt-refused'],
  ];
  assert.deepEqual(table.map(([outcome]) => codeOf(outcome)), table.map(([, code]) => code));
  for (const [, code] of table) if (code !== 'ok') assert.doesNotMatch(reasonSentence(code), /\(/, `${code} has a sentence of its own`);
});

test('what is not known is never told as "nothing was opened"', () => {
  for (const code of ['not-confirmed', 'receipt-refused']) assert.doesNotMatch(reasonSentence(code), /nothing was/i);
});
