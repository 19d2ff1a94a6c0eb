import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_COUNT } from './count.ts';
import { draftFault, freshDraft, isConfirmed, moreOf, plainNumber, redeemByOf, SPANS, spanOf, termsOfDraft, type LendDraft } from './lend-draft.ts';

const ZONE = 'Europe/Zurich';
const NOW = Date.parse('2026-05-29T12:31:40Z'); // Friday, 14:31 in Zurich
const PLACE = 'd.AAAAAAAAAAAAAAAAAAAAAAAAAA';
const draft = (over: Partial<LendDraft> = {}): LendDraft => ({ ...freshDraft([PLACE], NOW, ZONE), who: { kind: 'new', name: 'Ana' }, address: 'ana@example.org', ...over });
const fault = (over: Partial<LendDraft>) => draftFault(draft(over), (name) => name !== '', NOW, ZONE);

test('the spans that people name, from now or from Saturday, to the end of the last day', () => {
  const words = SPANS.map((span) => {
    const { from, until } = spanOf(span, NOW, ZONE);
    return `${from.day} ${from.time} – ${until.day} ${until.time}`;
  });
  assert.deepEqual(words, [
    '2026-05-29 14:31 – 2026-05-29 23:59', '2026-05-30 00:00 – 2026-05-31 23:59', '2026-05-29 14:31 – 2026-06-05 23:59',
    '2026-05-29 14:31 – 2026-06-28 23:59', '2026-05-29 14:31 – 2027-05-29 23:59',
  ]);
  const sunday = Date.parse('2026-05-31T08:00:00Z');
  assert.deepEqual(spanOf('weekend', sunday, ZONE), { from: { day: '2026-05-31', time: '10:00' }, until: { day: '2026-05-31', time: '23:59' } });
});

test('terms hold to the end of the last minute, in the zone of the door', () => {
  const terms = termsOfDraft(draft({ from: { day: '2026-06-01', time: '00:00' }, until: { day: '2026-06-14', time: '23:59' }, uses: 20 }), NOW, ZONE);
  assert.ok(terms.ok);
  assert.deepEqual([terms.value.from, terms.value.until].map((at) => new Date(at).toISOString()), ['2026-05-31T22:00:00.000Z', '2026-06-14T22:00:00.000Z']);
  assert.deepEqual([terms.value.uses, terms.value.verbs, terms.value.freshForS, terms.value.remote], [20, ['unlock', 'lock'], 86_400, false]);
});

test('what it may besides opening and locking is off until it is said, and stands in the order of the format', () => {
  const verbs = (over: Partial<LendDraft>): readonly string[] => {
    const terms = termsOfDraft(draft(over), NOW, ZONE);
    return terms.ok ? terms.value.verbs : [];
  };
  assert.deepEqual([verbs({}), verbs({ more: ['hold', 'unlatch'] })], [['unlock', 'lock'], ['unlock', 'lock', 'unlatch', 'hold']]);
  assert.deepEqual(moreOf(['unlock', 'unlatch', 'hold']), ['unlatch', 'hold']);
});

test('what does not hold together is said at the step where it is mended', () => {
  assert.equal(fault({}), undefined, 'the control');
  const table: readonly (readonly [Partial<LendDraft>, string, RegExp])[] = [
    [{ who: { kind: 'new', name: '' } }, 'who', /who/],
    [{ places: [] }, 'doors', /door/],
    [{ places: Array.from({ length: 33 }, () => PLACE) }, 'doors', /32/],
    [{ until: { day: '2026-05-28', time: '10:00' } }, 'when', /before/],
    [{ from: { day: '2026-05-01', time: '10:00' }, until: { day: '2026-05-02', time: '10:00' } }, 'when', /over already/],
    [{ until: { day: '', time: '' } }, 'when', /which day/],
    [{ hours: [{ days: [], from: '09:00', until: '17:00' }] }, 'when', /which days/],
    [{ uses: NO_COUNT }, 'when', /how many/],
    [{ address: 'ana' }, 'send', /e-mail/],
    [{ way: 'sms', number: '079 123 45 67' }, 'send', /country/],
    [{ way: 'app' }, 'send', /holds a key/],
  ];
  for (const [over, step, says] of table) {
    assert.equal(fault(over)?.step, step);
    assert.match(fault(over)?.says ?? '', says);
  }
  assert.equal(fault({ way: 'sms', number: '0041 79 123 45 67' }), undefined);
  assert.equal(plainNumber('+41 (79) 123-45.67'), '+41791234567');
});

test('a key that opens from afar is signed by an owner, never made by a link alone', () => {
  assert.equal(isConfirmed(draft()), false);
  for (const over of [{ remote: true }, { confirm: true }, { way: 'app' }] as const) assert.equal(isConfirmed(draft(over)), true);
});

test('a link ends no later than its key, and a code on the screen soon', () => {
  const day = 86_400_000;
  assert.equal(redeemByOf('mail', { from: NOW, until: NOW + 30 * day }, NOW), NOW + 3 * day);
  assert.equal(redeemByOf('mail', { from: NOW + 9 * day, until: NOW + 30 * day }, NOW), NOW + 9 * day);
  assert.equal(redeemByOf('share', { from: NOW, until: NOW + day }, NOW), NOW + day);
  assert.equal(redeemByOf('qr', { from: NOW, until: NOW + day }, NOW), NOW + 900_000);
});
