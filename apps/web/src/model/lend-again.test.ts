import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Grant, InvitationState } from '@mortise/api/grants.ts';
import { againDraft, formerLink } from './lend-again.ts';
import { termsOfDraft } from './lend-draft.ts';

const ZONE = 'Europe/Zurich';
const NOW = Date.parse('2026-05-29T12:31:00Z');
const HOUR_MS = 3_600_000;
const PLACE = 'd.AAAAAAAAAAAAAAAAAAAAAAAAAA';

const invitation = (over: Partial<InvitationState> = {}): InvitationState => ({
  sending: 'refused', answer: '550 no such user', to: 'rudi@exmaple.org', redeemBy: NOW + 72 * HOUR_MS, openedAt: null, redeemedAt: null, asking: null, triedAgain: 0, triedAgainAt: null, ...over,
});
const grant = (over: Partial<Grant> = {}): Grant => ({
  id: 'G', person: { id: 'P', name: 'Rudi Ohne' }, signedBy: 'invitation', state: 'invited', invitation: invitation(), credentialKey: null, ekeyId: null, accessId: 'G', document: null,
  word: 'Plants please', createdAt: NOW, changedAt: NOW, locks: [],
  terms: {
    places: [PLACE], verbs: ['unlock', 'lock'], from: NOW, until: Date.parse('2026-06-14T22:00:00Z'), hours: [{ days: [1, 2], from: '09:00', until: '17:00' }],
    uses: 3, minutesAfterFirstUse: 60, freshForS: 3600, holidays: 2, remote: false,
  }, ...over,
});

test('the fields are those of the former key, for the same person, with the address to be corrected', () => {
  const again = againDraft(grant(), NOW, ZONE);
  assert.ok(again !== undefined);
  assert.deepEqual([again.who, again.way, again.address, again.word, again.confirm, again.replaces], [{ kind: 'new', id: 'P', name: 'Rudi Ohne' }, 'mail', 'rudi@exmaple.org', 'Plants please', false, 'G']);
  assert.deepEqual(termsOfDraft(again, NOW, ZONE), { ok: true, value: grant().terms }, 'nothing of what the key may do is lost or widened');
});

test('each way of sending is the one that it was; an owner who wanted to sign does so again', () => {
  const way = (over: Partial<InvitationState>) => {
    const again = againDraft(grant({ invitation: invitation(over) }), NOW, ZONE);
    return [again?.way, again?.address, again?.number];
  };
  assert.deepEqual(way({ to: '+41791234567' }), ['sms', '', '+41791234567']);
  assert.deepEqual(way({ sending: 'handed', to: null }), ['share', '', '']);
  assert.deepEqual(way({ to: null }), ['mail', '', ''], 'the address of a link that lapsed is erased');
  assert.equal(againDraft(grant({ signedBy: 'owner' }), NOW, ZONE)?.confirm, true);
});

test('only a link that nobody used is sent anew, and one that is open is ended before', () => {
  const table: readonly (readonly [Partial<Grant>, boolean, ReturnType<typeof formerLink>])[] = [
    [{}, true, 'end'], [{ state: 'lapsed' }, true, 'over'], [{ state: 'takenBack' }, false, 'over'],
    [{ state: 'asking', credentialKey: 'K' }, false, 'used'], [{ state: 'live', credentialKey: 'K' }, false, 'used'], [{ state: 'takenBack', credentialKey: 'K' }, false, 'used'],
  ];
  assert.deepEqual(table.map(([over]) => [againDraft(grant(over), NOW, ZONE) !== undefined, formerLink(grant(over))]), table.map(([, isAgain, former]) => [isAgain, former]));
});
