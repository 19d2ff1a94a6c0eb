import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askingOf, askSpan, ASK_SPANS, foundDoors, freshAsk, MAX_FOUND, spanIn, type AskableDoor, type AskDraft } from './ask-draft.ts';

const ZONE = 'Europe/Zurich';
const NOW = Date.parse('2026-11-26T13:30:20Z');
const good: AskDraft = { ...freshAsk('key', NOW, ZONE), doorId: 'door', reason: ' Transformer 2 is hot ' };

const codeOf = (changes: Partial<AskDraft>): string => {
  const asking = askingOf({ ...good, ...changes }, NOW, ZONE);
  return asking.ok ? 'asked' : `${asking.error.field}${asking.error.silent ? ', not yet' : ''}`;
};

test('spans are times on the site’s wall clock, and are known again', () => {
  assert.deepEqual(askSpan('now', NOW, ZONE), { from: { day: '2026-11-26', time: '14:30' }, until: { day: '2026-11-26', time: '18:30' } });
  assert.deepEqual(askSpan('tomorrow', NOW, ZONE), { from: { day: '2026-11-27', time: '00:00' }, until: { day: '2026-11-27', time: '23:59' } });
  assert.deepEqual(ASK_SPANS.map((span) => spanIn(askSpan(span, NOW, ZONE), NOW, ZONE)), [...ASK_SPANS]);
  assert.equal(spanIn({ ...good, until: { day: '2027-01-01', time: '12:00' } }, NOW, ZONE), undefined);
});

test('what does not hold together is said by its field; what is not filled in is no fault', () => {
  assert.deepEqual(askingOf(good, NOW, ZONE), { ok: true, value: { ekeyId: 'key', doorId: 'door', from: Date.parse('2026-11-26T13:30:00Z'), until: Date.parse('2026-11-26T17:30:00Z'), reason: 'Transformer 2 is hot' } });
  const table: readonly (readonly [string, Partial<AskDraft>])[] = [
    ['asked', {}], ['ekey, not yet', { ekeyId: undefined }], ['door, not yet', { doorId: undefined }], ['reason, not yet', { reason: '  ' }], ['reason', { reason: 'x'.repeat(281) }],
    ['when', { until: { day: '', time: '12:00' } }], ['when', { until: { day: '2026-11-26', time: '14:29' } }], ['when', { until: { day: '2027-12-26', time: '12:00' } }],
    ['when', { from: { day: '2026-11-25', time: '12:00' }, until: { day: '2026-11-25', time: '13:00' } }],
  ];
  for (const [code, changes] of table) assert.equal(codeOf(changes), code, JSON.stringify(changes));
});

test('a door is found by words of its name and location, in any order, without accents, or by its lock’s number', () => {
  const door = (name: string, at: string | null, lockId = 'AAAAAAAAAAAAAAAAAAAAAA'): AskableDoor => ({ id: name, name, lockId, location: at === null ? null : { id: at, name: at } });
  const doors = [door('Tür 10', 'Münzlishausen'), door('Tür 2', 'Münzlishausen'), door('Gate', null, 'q9ZxAAAAAAAAAAAAAAAAAA')];
  const names = (text: string): readonly string[] => foundDoors(doors, text).doors.map(({ name }) => name);
  assert.deepEqual([names(''), names('munz tur'), names('tur 10'), names('GATE'), names('q9Zx'), names('q9Z'), names('cellar')], [['Gate', 'Tür 2', 'Tür 10'], ['Tür 2', 'Tür 10'], ['Tür 10'], ['Gate'], ['Gate'], [], []]);
  const many = foundDoors(Array.from({ length: MAX_FOUND + 3 }, (_, at) => door(`Door ${at}`, null)), 'door');
  assert.deepEqual([many.doors.length, many.more], [MAX_FOUND, 3]);
});
