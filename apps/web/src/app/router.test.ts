import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorPath, grantPath, isGuestPlace, placeOf } from './router.ts';

const id = 'AAAAAAAAAAAAAAAAAAAAAA';

test('a path names its place, and anything else is nowhere', () => {
  assert.deepEqual(placeOf(doorPath(id)), { kind: 'door', doorId: id });
  assert.deepEqual(['/', '/trust', '/claim', '/doors/', '/doors/short', '/doors/../../etc', '/toString', '/__proto__'].map((p) => placeOf(p).kind),
    ['doors', 'trust', 'claim', 'nowhere', 'nowhere', 'nowhere', 'nowhere', 'nowhere']);
});

test('keys are lent from a door, to a person, or from nowhere in particular', () => {
  assert.deepEqual([placeOf('/lend'), placeOf(`/lend/door/${id}`), placeOf(`/lend/person/${id}`), placeOf(grantPath(id)), placeOf('/lend/door/')],
    [{ kind: 'lend' }, { kind: 'lend', doorId: id }, { kind: 'lend', personId: id }, { kind: 'grant', grantId: id }, { kind: 'nowhere' }]);
  assert.deepEqual([placeOf(`/owners/new/${id}`), placeOf(`/owners/remove/${id}`)], [{ kind: 'new-owner', invitationId: id }, { kind: 'remove-owner', personId: id }]);
});

test('only the places of guests are reached without asking who somebody is', () => {
  assert.deepEqual(['/key', '/keys', '/join', '/', '/lent', '/claim'].map((p) => isGuestPlace(placeOf(p))), [true, true, true, false, false, false]);
  assert.deepEqual(['/keys/electronic', '/keys/electronic/update', '/keys/electronic/ask', '/estate/keys/update', '/estate/keys/new'].map((p) => isGuestPlace(placeOf(p))), [true, true, true, false, false]);
});
