import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Grant, InvitationState, LockStanding } from '@mortise/api/grants.ts';
import { coverage, canSendAnew, grantMark, grantSentence, invitationSentence, isAskedFor, outboxReason, sentTitle, standingMark, standingSentence, triedAgainSentence, uncovered } from './grant-state.ts';

const NOW = Date.parse('2026-05-29T12:31:00Z'); // Friday, 14:31 in Zurich
const ZONE = 'Europe/Zurich';
const times = { now: NOW, zone: ZONE };
const HOUR_MS = 3_600_000;

const lock = (over: Partial<LockStanding> = {}): LockStanding => ({ doorId: 'D', doorName: 'Back door', lockId: 'L', standing: 'onTheLock', heardAt: NOW - 1000, opensUntil: null, unbounded: false, ...over });
const invitation = (over: Partial<InvitationState> = {}): InvitationState => ({
  sending: 'sent', answer: null, to: 'ana@example.org', redeemBy: NOW + 72 * HOUR_MS, openedAt: null, redeemedAt: null, asking: null, triedAgain: 0, triedAgainAt: null, ...over,
});
const grant = (over: Partial<Grant> = {}): Pick<Grant, 'state' | 'invitation' | 'locks' | 'person' | 'terms'> => ({
  state: 'live', invitation: null, locks: [lock()], person: { id: 'P', name: 'Ana' },
  terms: { places: [], verbs: ['unlock'], from: NOW - HOUR_MS, until: NOW + HOUR_MS, hours: [], uses: null, minutesAfterFirstUse: null, freshForS: null, holidays: null, remote: false },
  ...over,
});

test('each state of a key has a word and a sentence', () => {
  const table: readonly (readonly [Partial<Grant>, string, string, RegExp])[] = [
    [{ state: 'invited', invitation: invitation() }, 'wait', 'Sent', /has not opened the link yet\. It works once, until Monday 14:31, Zurich time\.$/],
    [{ state: 'invited', invitation: invitation({ openedAt: NOW - 60_000 }) }, 'wait', 'Link opened', /opened at 14:30/],
    [{ state: 'invited', invitation: invitation({ sending: 'refused', answer: '550 no such user' }) }, 'alarm', 'Not delivered', /refused: 550 no such user$/],
    [{ state: 'invited', invitation: invitation({ sending: 'outbox' }) }, 'wait', 'In the outbox', /^No mail server is set: the message to ana@example\.org stands in the outbox/],
    [{ state: 'invited', invitation: invitation({ sending: 'outbox', to: '+41791234567' }) }, 'wait', 'In the outbox', /^No SMS gateway is set: the message to \+41791234567 stands in the outbox/],
    [{ state: 'asking' }, 'alarm', 'Asks you', /once you sign it/],
    [{ invitation: invitation() }, 'ok', 'On the lock', /^Ana has the key\.$/],
    [{}, 'ok', 'On the lock', /^Signed for Ana: their app fetches it/],
    [{ invitation: invitation(), locks: [lock(), lock({ standing: 'onItsWay' })] }, 'wait', 'On its way to 1 of 2', /has the key/],
    [{ invitation: invitation(), locks: [lock({ standing: 'cannotBeChecked' })] }, 'alarm', 'Cannot be checked', /has the key/],
    [{ state: 'paused' }, 'open', 'Paused', /keeps its terms\. The lock has heard\.$/],
    [{ state: 'takenBack', locks: [lock(), lock({ opensUntil: NOW + HOUR_MS })] }, 'wait', 'Being taken back', /^Taken back for good\. 1 lock has not heard yet\.$/],
    [{ state: 'takenBack', locks: [lock(), lock()] }, 'so', 'Taken back', /All 2 locks have heard/],
    [{ state: 'takenBack', locks: [lock({ standing: 'wanted' })] }, 'so', 'Taken back', /before anybody had it/],
    [{ state: 'ended', terms: { ...grant().terms, until: NOW - HOUR_MS } }, 'unknown', 'Ended', /^Its time ended at 13:31, Zurich time\.$/],
    [{ state: 'lapsed' }, 'unknown', 'Not fetched', /did not fetch it/],
  ];
  for (const [over, tone, word, sentence] of table) {
    assert.deepEqual(grantMark(grant(over), times), { tone, word });
    assert.match(grantSentence(grant(over), times), sentence);
  }
});

test('a key that has not begun says when it does', () => {
  assert.match(grantSentence(grant({ terms: { ...grant().terms, from: NOW + 20 * HOUR_MS } }), times), /opens from tomorrow 10:31 on, Zurich time/);
});

test('a lock that has not heard of a revocation says until when it could matter, one that has does not', () => {
  const friday = Date.parse('2026-05-29T15:00:00Z');
  const sunday = Date.parse('2026-05-31T15:00:00Z');
  assert.equal(coverage(lock({ opensUntil: sunday }), 'Ana', times).sentence, 'Back door has not heard yet. Until it has, Ana’s key could open it, at the latest until Sunday 17:00, Zurich time.');
  assert.match(coverage(lock({ opensUntil: friday }), 'Ana', times).sentence, /at the latest until 17:00, Zurich time\.$/);
  assert.deepEqual(coverage(lock(), 'Ana', times), { tone: 'ok', word: 'Has heard', sentence: 'Back door has heard. The key opens it no more.' });
  assert.equal(coverage(lock({ opensUntil: NOW - 1 }), 'Ana', times).word, 'Over');
  assert.match(coverage(lock({ opensUntil: 253_402_300_799_999, unbounded: true }), 'Ana', times).sentence, /goes by the clock of Ana’s key\. Until it has heard, the key could open it, however long that takes\.$/);
  assert.equal(uncovered([lock({ opensUntil: NOW - 1 }), lock(), lock({ opensUntil: sunday })], NOW).length, 1);
});

test('each standing has its mark; one of a silent lock says since when', () => {
  const words = (['wanted', 'onItsWay', 'onTheLock', 'notHeard', 'cannotBeChecked'] as const).map((standing) => standingMark(lock({ standing, heardAt: NOW - 26 * HOUR_MS }), times).word);
  assert.deepEqual(words, ['Wanted', 'On its way', 'On the lock', 'Not heard since yesterday at 12:31', 'Cannot be checked']);
  assert.equal(standingMark(lock({ standing: 'notHeard', heardAt: null }), times).word, 'Not heard since it was added');
  for (const standing of ['wanted', 'onItsWay', 'onTheLock', 'notHeard', 'cannotBeChecked'] as const) assert.match(standingSentence(standing), /\.$/);
});

test('that somebody else tried the link is told with when', () => {
  assert.equal(triedAgainSentence(invitation(), times), undefined);
  assert.equal(triedAgainSentence(invitation({ triedAgain: 1, triedAgainAt: NOW }), times), 'Somebody else tried the same link at 14:31, and got nothing.');
  assert.match(triedAgainSentence(invitation({ triedAgain: 3, triedAgainAt: NOW }), times) ?? '', /3 times/);
  assert.match(invitationSentence(invitation({ sending: 'handed', to: null }), 'Ana', times), /^You pass the link on yourself\. Ana has not opened/);
});

test('after lending, the title says no more than has come of it', () => {
  const table: readonly (readonly [Partial<Grant>, string, boolean])[] = [
    [{ state: 'invited', invitation: invitation() }, 'Ana is invited', true],
    [{ state: 'invited', invitation: invitation({ sending: 'refused' }) }, 'The message to Ana was refused', true],
    [{ state: 'invited', invitation: invitation({ sending: 'handed' }) }, 'The link for Ana is made', true],
    [{ state: 'lapsed', invitation: invitation() }, 'Ana did not fetch the key', true],
    [{ state: 'asking', invitation: invitation() }, 'Ana asks for the key', false],
    [{ state: 'live', invitation: invitation() }, 'Ana has the key', false],
    [{ state: 'live' }, 'The key for Ana is signed', false],
    [{ state: 'ended' }, 'Ana had the key', false],
  ];
  assert.deepEqual(table.map(([over]) => [sentTitle(grant(over)), canSendAnew(grant(over))]), table.map(([, title, anew]) => [title, anew]));
});

test('who is missing is named by the address, and by both where that is gone', () => {
  assert.deepEqual(['a@example.org', '+41791234567', null].map((to) => outboxReason({ to })), ['No mail server is set', 'No SMS gateway is set', 'No mail server or SMS gateway is set']);
});

test('an owner signs for who asks, where the link alone makes no key', () => {
  const link = invitation();
  assert.deepEqual([isAskedFor({ signedBy: 'owner', invitation: link }), isAskedFor({ signedBy: 'invitation', invitation: link }), isAskedFor({ signedBy: 'owner', invitation: null })], [true, false, false]);
});
