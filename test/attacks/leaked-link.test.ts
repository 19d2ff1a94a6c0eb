// A link that leaked (attacks row 29): somebody else reads the mail, before or after the guest. Through the hub the second redemption fails
// and both sides are told; past the hub, with the link's own secret, the lock asks for a stamp that only the first redeemer's document gets.
// A naive lock that believed the link's signature alone would have opened, as the last test shows by a stamp given to anybody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiError } from '@mortise/api/error.ts';
import { equalBytes } from '@mortise/base/bytes.ts';
import { grantNow, guestOf, guestsDocument, held, invite, redeem, signInByKey } from '../../apps/hub/src/testing/lending.fixture.ts';
import { bytes, house, opensToGuest, stand, stored } from './lent-house.ts';

test('a link that leaked makes no second key: the other is refused by the hub, owner and first guest are told (attacks row 29: leaked invitation)', async (t) => {
  const h = await house(t, null);
  const invited = await invite(h.lender);
  const [bob, mallory] = [guestOf({ test: h.hub }, 'Bob'), guestOf({ test: h.hub }, 'Mallory')];
  assert.equal((await redeem(invited, bob)).status, 200, 'control: the first');
  const second = await redeem(invited, mallory);
  assert.deepEqual([second.status, apiError.parse(second.json).error.code], [409, 'invitation-used']);
  assert.equal((await signInByKey(mallory)).status, 403, 'nor does that key sign in');
  const grant = await grantNow(h.lender, invited.id);
  assert.equal(grant.invitation?.triedAgain, 1, 'the owner sees it');
  assert.equal((await signInByKey(bob)).status, 200);
  assert.equal((await held(bob)).grants[0]?.triedAgain, 1, 'and so does the guest whose key it is');
  await opensToGuest(h, bob);
});

test('with the link’s secret and past the hub, a second phone signs a document that no lock opens to (attacks row 29: leaked invitation)', async (t) => {
  const h = await house(t, null);
  const invited = await invite(h.lender);
  const [bob, mallory] = [guestOf({ test: h.hub }, 'Bob'), guestOf({ test: h.hub }, 'Mallory')];
  assert.equal((await redeem(invited, bob)).status, 200);
  assert.equal((await signInByKey(bob)).status, 200);
  const hers = stored(guestsDocument(invited, mallory));
  assert.deepEqual(stand(h, mallory.key, [hers]), ['freshness-lapsed', 0], 'before the guest was ever at this lock');
  const stamp = (await held(bob)).grants.map(({ stamp: one }) => stored(bytes(one)));
  assert.deepEqual(stand(h, mallory.key, [hers, ...stamp]), ['freshness-lapsed', 0], 'the guest’s stamp speaks of the guest’s document');
  await opensToGuest(h, bob);
  assert.deepEqual(stand(h, mallory.key, [hers, ...stamp]), ['freshness-lapsed', 0], 'and after');
});

test('what the stamp keeps out: a hub that stamped whoever asks would make a key for the thief at each lock that has seen none (attacks row 29: leaked invitation)', async (t) => {
  const h = await house(t, null);
  const invited = await invite(h.lender);
  const [bob, mallory] = [guestOf({ test: h.hub }, 'Bob'), guestOf({ test: h.hub }, 'Mallory')];
  const hers = guestsDocument(invited, mallory);
  const naive = h.guests.stamp(stored(hers));
  assert.ok(!equalBytes(naive.bytes, hers));
  assert.deepEqual(stand(h, mallory.key, [stored(hers), naive]), ['granted-document', 1], 'the naive hub');
  const his = stored(guestsDocument(invited, bob));
  assert.deepEqual(stand(h, bob.key, [his, h.guests.stamp(his)]), ['invitation-used', 0], 'even then one key at each lock, no more');
});
