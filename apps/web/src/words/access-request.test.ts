import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessRequest } from '@mortise/api/access-requests.ts';
import { ekeyDraft, requestDraft } from '../model/ekey-draft.ts';
import { termsOfDraft } from '../model/lend-draft.ts';
import { requestMark, requestSentence, wantedWords } from './access-request.ts';

const NOW = Date.parse('2026-05-29T12:00:00Z');
const HOUR = 3_600_000;
const ZONE = 'Europe/Zurich';
const times = { now: NOW, zone: ZONE };
const request = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  id: 'R', state: 'asked', person: { id: 'P', name: 'Bob' }, ekey: { id: 'K', name: 'K-0217' }, door: { id: 'D', name: 'Relay room', lockId: 'L' }, from: NOW - HOUR, until: NOW + 4 * HOUR, reason: 'Hot',
  askedAt: NOW, decidedAt: null, decidedBy: null, answer: '', grantId: null, ...over,
});
const decided = { decidedAt: NOW - HOUR, decidedBy: 'Ada', grantId: 'G' } as const;

test('a request is marked by what has come of it; one whose time is over waits for nobody', () => {
  const marks = (['asked', 'approved', 'onTheKey', 'refused', 'lapsed'] as const).map((state) => requestMark(request({ state }), times).word);
  assert.deepEqual(marks, ['Waits for you', 'On its way to the key', 'On the key', 'Refused', 'Over']);
  assert.equal(requestMark(request({ until: NOW - 1 }), times).word, 'Over');
  assert.equal(requestSentence(request(), times), 'Bob has asked, and waits for an answer.');
  assert.equal(requestSentence(request({ state: 'approved', ...decided }), times), 'Approved by Ada at 13:00. K-0217 gets it with its next update; Bob’s phone or any station brings that.');
  assert.equal(requestSentence(request({ state: 'onTheKey', ...decided }), times), 'Approved by Ada at 13:00. K-0217 has said that it holds the grant.');
  assert.equal(requestSentence(request({ state: 'refused', ...decided, grantId: null }), times), 'Refused by Ada at 13:00.');
  assert.match(requestSentence(request({ state: 'lapsed' }), times), /^Nobody answered in time/);
  assert.match(requestSentence(request({ state: 'lapsed', ...decided }), times), /^It was approved by Ada at 13:00, and is over\./);
  assert.equal(wantedWords(request(), times), 'on Friday 29 May from 13:00 to 18:00, Zurich time');
});

test('what is approved begins with what was asked for: this door, from now on, to the same end', () => {
  const terms = termsOfDraft(requestDraft(request(), 'd.place', NOW, ZONE), NOW, ZONE);
  assert.ok(terms.ok);
  assert.deepEqual([terms.value.places, terms.value.from, terms.value.until, terms.value.hours, terms.value.remote], [['d.place'], NOW, NOW + 4 * HOUR, [], false]);
  const ahead = termsOfDraft(requestDraft(request({ from: NOW + HOUR }), 'd.place', NOW, ZONE), NOW, ZONE);
  assert.equal(ahead.ok && ahead.value.from, NOW + HOUR);
});

test('a grant to a key is for whoever has it, and from nowhere yet', () => {
  const draft = ekeyDraft({ person: { id: 'P', name: 'Bob' }, credentialKey: 'C' }, NOW, ZONE);
  assert.deepEqual([draft.who, draft.places, draft.remote, draft.freshForS], [{ kind: 'known', id: 'P', name: 'Bob', credentialKey: 'C' }, [], false, 604_800]);
});
