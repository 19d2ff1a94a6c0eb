import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleLock, exampleSite } from '@mortise/documents/example-site.ts';
import { openResetOrder, RESET_ORDER_MS } from '@mortise/documents/reset-order.ts';
import { signResetOrder } from './reset-order.ts';

test('an owner’s order is for this lock and has an end; where owners must agree, none is made', () => {
  const [{ owner, ownerSet }, { lockId }] = [exampleSite(), exampleLock()];
  const order = signResetOrder(crypto, owner, ownerSet, lockId, instant(1000));
  assert.ok(order.ok);
  assert.deepEqual(openResetOrder(crypto, order.value, { lockId, ownerSet }), { ok: true, value: { siteId: ownerSet.siteId, lockId, issued: 1000, until: 1000 + RESET_ORDER_MS } });
  assert.deepEqual(signResetOrder(crypto, owner, { ...ownerSet, threshold: 2 }, lockId, instant(1000)), { ok: false, error: { code: 'needs-others' } });
});
