import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActivityItem } from '@mortise/api/activity.ts';
import { causeOf, gapLine, happenings, lineOf, passes, ruleWords } from './record.ts';

const AT = Date.parse('2026-05-29T12:06:00Z');
const mira = { personId: 'p1', name: 'Mira', keyLabel: 'Mira’s phone' };
const item = (over: Partial<ActivityItem>): ActivityItem => ({
  cursor: 1, lockId: 'L', door: { id: 'D', name: 'Front door' }, seq: 1, missing: 0, at: AT, clock: 'synced', receivedAt: AT, kind: 'operation', verb: 'unlock',
  interface: 0xf1, actor: null, credential: null, rule: null, reason: 'granted-trusted', allowed: null,
  sensed: { bolt: 'unlocked', door: 'closed', batteryMv: null }, requestId: null, ...over,
});
const decision = item({ seq: 7, kind: 'decision', allowed: true, actor: mira, credential: 'h', rule: 'trusted:3', requestId: 'r', sensed: { bolt: 'locked', door: 'closed', batteryMv: null } });
const operation = item({ seq: 8, requestId: 'r' });

test('a decision and its movement are one happening, told with the name of who asked', () => {
  const [only, ...rest] = happenings([operation, decision]);
  assert.ok(only !== undefined && rest.length === 0);
  assert.deepEqual(lineOf(only, true), { mark: 'open', bold: 'Mira unlocked Front door', rest: '', how: 'Mira’s phone, through the hub.' });
  assert.equal(causeOf(only, 'Europe/Zurich', undefined, only.item.sensed.bolt), 'By Mira at 14:06');
  assert.equal(causeOf(only, 'Europe/Zurich', 'p1', only.item.sensed.bolt), 'By you at 14:06');
});

test('a guest’s name is told once, for the key has the same', () => {
  const ana = { personId: 'p2', name: 'Ana Keller', keyLabel: 'Ana Keller' };
  const line = (by: number | null) => lineOf({ item: operation, decision: { ...decision, actor: ana, interface: by } }, true);
  assert.deepEqual(line(0xc3), { mark: 'open', bold: 'Ana Keller unlocked Front door', rest: '', how: 'At the door.' });
  assert.equal(line(0xf1).how, 'Through the hub.');
  assert.equal(lineOf({ item: item({ kind: 'decision', allowed: false, credential: 'h', actor: ana, interface: 0xc3, reason: 'revoked' }) }, false).how.endsWith(' At the door.'), true);
});

test('the first of two that then open together is no refusal; alone, late, or of another it is one', () => {
  const first = item({ seq: 5, kind: 'decision', allowed: false, actor: mira, verb: 'unlock', interface: null, reason: 'second-factor-missing', rule: 'card:3' });
  const second = { ...decision, rule: 'pin:3 always with card synced UTC' };
  const told = (...others: readonly ActivityItem[]): readonly unknown[] => {
    const happening = happenings([operation, ...others, first]).find((each) => each.item === first);
    assert.ok(happening !== undefined);
    return [lineOf(happening, true).mark, passes('refused', happening)];
  };
  assert.deepEqual(told(second), ['note', false]);
  for (const other of [{ ...second, at: AT + 30_001 }, { ...second, actor: null }, { ...second, lockId: 'M' }, { ...second, rule: 'pin:3 always' }, { ...second, seq: 4 }]) assert.deepEqual(told(other), ['refused', true]);
  assert.deepEqual(told(), ['refused', true]);
  const [, shown] = happenings([operation, second, first]);
  assert.ok(shown !== undefined);
  assert.deepEqual(lineOf(shown, true).bold + lineOf(shown, true).rest, 'Mira showed the first of two at Front door');
});

test('a fire release that came has not opened yet; what did not move all the way is told with where it was sensed', () => {
  const sensed = (bolt: ActivityItem['sensed']['bolt']) => ({ sensed: { bolt, door: 'closed' as const, batteryMv: null } });
  const fire = (['locked', 'moving', 'unlocked'] as const).map((bolt) => lineOf({ item: item({ kind: 'event', verb: null, reason: 'fire-release', ...sensed(bolt) }) }, false).rest.trim());
  assert.deepEqual(fire, ['The fire release came on.', 'The fire release came on.', 'The fire release opened it.']);
  const jammed = (['locked', 'unknown'] as const).map((bolt) => lineOf({ item: item({ reason: 'bolt-jammed', ...sensed(bolt) }) }, false).how);
  assert.deepEqual(jammed, ['It did not move all the way, and was sensed locked then.', 'The bolt stopped on its way. Neither locked nor unlocked.']);
});

test('a decision without its movement stays, and does not claim one', () => {
  const [only] = happenings([decision]);
  assert.ok(only !== undefined);
  assert.equal(lineOf(only, false).mark, 'note');
  assert.match(lineOf(only, false).rest, /not known yet/);
});

test('a phone that only carried is told as that, and as no opening', () => {
  const [only] = happenings([item({ kind: 'decision', verb: 'syncOnly', interface: 0xc3, allowed: true, actor: mira, credential: 'h' })]);
  assert.ok(only !== undefined);
  assert.deepEqual(lineOf(only, false), { mark: 'note', bold: 'Mira', rest: ' carried news in and records out; nothing was opened', how: 'Mira’s phone, at the door.' });
  assert.equal(passes('openings', only), false);
  assert.match(lineOf({ item: item({ kind: 'decision', verb: 'syncOnly', allowed: false, credential: 'h', reason: 'revoked' }) }, false).rest, /to carry for it/);
});

test('a bolt that was freed and not turned is not told as unlocked, and one turned back is told as locked', () => {
  const freed = lineOf({ item: { ...operation, reason: 'not-turned', sensed: { bolt: 'locked', door: 'closed', batteryMv: null } }, decision }, true);
  assert.deepEqual([freed.mark, freed.bold + freed.rest], ['note', 'Mira freed the bolt at Front door; nobody turned it']);
  const back = item({ ...operation, reason: 'bolt-returned', actor: mira, sensed: { bolt: 'locked', door: 'closed', batteryMv: null } });
  assert.equal(lineOf({ item: back }, true).bold + lineOf({ item: back }, true).rest, 'Front door locked again, after Mira');
  assert.equal(lineOf({ item: back }, false).bold, 'Locked again');
  assert.equal(lineOf({ item: operation, decision }, true).bold, 'Mira unlocked Front door', 'the control: a bolt that was turned');
});

test('a request of one lock never folds into an operation of another', () => {
  assert.equal(happenings([{ ...operation, lockId: 'other' }, decision]).length, 2);
});

test('what no key did is told without a name', () => {
  const relock = item({ verb: null, interface: null, reason: 'auto-relock', sensed: { bolt: 'locked', door: 'closed', batteryMv: null } });
  assert.equal(lineOf({ item: relock }, false).bold, 'Locked');
  assert.equal(lineOf({ item: relock }, true).bold, 'Front door locked');
  const turned = item({ kind: 'event', verb: null, interface: null, reason: 'manual', rule: 'thumb-turn' });
  assert.equal(causeOf({ item: turned }, 'Europe/Zurich', undefined, turned.sensed.bolt), 'From inside at 14:06');
  assert.equal(causeOf({ item: turned }, 'Europe/Zurich', undefined, 'locked'), undefined, 'the bolt is elsewhere by now: this is not why');
  assert.equal(lineOf({ item: turned }, false).mark, 'open');
  assert.equal(lineOf({ item: turned }, true).bold, 'Front door unlocked from inside');
  assert.equal(lineOf({ item: item({ reason: 'bolt-jammed' }) }, true).mark, 'alarm');
  const other = item({ kind: 'event', verb: null, interface: null, reason: 'moved-by-other' });
  assert.equal(causeOf({ item: other }, 'Europe/Zurich', undefined, other.sensed.bolt), 'By key or force at 14:06');
  assert.deepEqual(lineOf({ item: other }, true), {
    mark: 'open', bold: 'Front door unlocked, not by the motor', rest: '', how: 'Moved by neither motor nor thumb-turn: a mechanical key, or force.',
  });
  assert.ok(passes('openings', { item: other }));
});

test('a refusal says who and why, and an unknown key is not named', () => {
  const refused = item({ kind: 'decision', allowed: false, credential: 'h', reason: 'credential-unknown' });
  assert.deepEqual(lineOf({ item: refused }, true), {
    mark: 'refused', bold: 'Refused:', rest: ' an unknown key at Front door, who asked to unlock',
    how: 'This lock does not know the key. A key this hub does not know, through the hub.',
  });
  const counted = item({ kind: 'event', verb: null, interface: null, reason: 'refusals-suppressed', rule: 'count:80' });
  assert.match(lineOf({ item: counted }, true).rest, / 80 more refusals/);
  assert.ok(passes('refused', { item: counted }));
  const adoption = item({ kind: 'event', verb: null, interface: null, reason: 'adoption-refused' });
  assert.equal(lineOf({ item: adoption }, true).mark, 'refused');
  assert.ok(passes('refused', { item: adoption }), 'what is marked as refused is found among the refused');
  assert.equal(ruleWords('trusted:3'), 'An owner’s phone, named in roster version 3');
});

test('filters pass what they name', () => {
  const refused = { item: item({ kind: 'decision', allowed: false }) };
  const locked = { item: item({ sensed: { bolt: 'locked', door: 'closed', batteryMv: null } }) };
  const opened = { item: operation };
  assert.deepEqual([refused, locked, opened].map((h) => passes('openings', h)), [false, false, true]);
  assert.deepEqual([refused, locked, opened].map((h) => passes('refused', h)), [true, false, false]);
});

test('a hold that was let go is a note, not a refusal; a real abuse stays one', () => {
  const letGo = item({ kind: 'decision', allowed: false, verb: null, credential: null, reason: 'protocol-error', rule: 'closed:aborted' });
  assert.equal(lineOf({ item: letGo }, false).mark, 'note');
  assert.equal(passes('refused', { item: letGo }), false);
  assert.equal(lineOf({ item: { ...letGo, rule: 'closed:protocol-error' } }, false).mark, 'refused');
  assert.equal(lineOf({ item: { ...letGo, credential: 'h' } }, false).mark, 'refused');
});

test('what the lock does by itself is one happening too, and a later one is not taken for it', () => {
  const own = { verb: 'lock', interface: null, reason: 'auto-relock', rule: 'policy:3' } as const;
  const decided = item({ ...own, seq: 4, kind: 'decision', allowed: true });
  const locked = item({ ...own, seq: 5, allowed: true, sensed: { bolt: 'locked', door: 'closed', batteryMv: null } });
  assert.equal(happenings([locked, decided]).length, 1);
  assert.equal(happenings([{ ...locked, seq: 50 }, decided]).length, 2);
  assert.equal(ruleWords('policy:3'), 'By itself, as roster version 3 says');
});

test('records that the hub lacks are said where they are missing', () => {
  assert.equal(gapLine({ item: operation, decision }, true), undefined);
  const gap = gapLine({ item: operation, decision: { ...decision, seq: 151, missing: 50 } }, true);
  assert.deepEqual(gap && [gap.mark, gap.bold + gap.rest], ['alarm', 'Front door: 50 records are missing here']);
  assert.match(gap?.how ?? '', /^Records 101 to 150 are not on this hub/);
  assert.match(gapLine({ item: item({ seq: 2, missing: 1 }) }, false)?.how ?? '', /^Record 1 is not on this hub/);
});

test('a rule of a lent key says by whose signature, and which hours', () => {
  const place = 'd.aaaaaaaaaaaaaaaaaaaaaaaaaa';
  const table: readonly (readonly [string, string])[] = [
    [`owner:0123456789ab ${place} window 0 synced Europe/Zurich`, 'A lent key, signed by an owner, by the first of its hours'],
    [`invitation:0123456789ab ${place} always synced Europe/Zurich`, 'A lent key, signed by its own phone with the link of an owner’s invitation, at any hour'],
    [`delegate:0123456789ab ${place} revoked synced Europe/Zurich`, 'A lent key, signed by the hub within what the owners let it'],
    ['documents document-missing synced Europe/Zurich', 'None: the key showed no document that counts'],
    ['owners:2', 'Signed by the owners before it; it is number 2'],
  ];
  assert.deepEqual(table.map(([rule]) => ruleWords(rule)), table.map(([, words]) => words));
  assert.match(ruleWords('revocation:abc'), /may take keys back/);
});

test('what couriers brought is told: taken as a note, refused as a refusal', () => {
  const event = (reason: string): ActivityItem => item({ kind: 'event', verb: null, interface: null, reason, rule: 'x' });
  for (const reason of ['revocations-accepted', 'owners-accepted']) assert.equal(lineOf({ item: event(reason) }, true).mark, 'note');
  for (const reason of ['revocations-refused', 'owners-refused']) assert.equal(lineOf({ item: event(reason) }, true).mark, 'refused');
});
