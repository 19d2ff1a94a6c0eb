// A credential that is not in the roster opens by its access document, over the relay, from hub to bolt. Each refusal stands beside
// the control: the same without what is wrong opens the door.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '@mortise/base/bytes.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { DAY_MS, welcomingLock, type Guests, type Told } from './guests.conformance.ts';

const opened = (told: Told, what = 'control'): void => {
  assert.deepEqual([told.decision.reason, told.decision.allowed, told.drives], ['granted-document', true, 1], what);
  assert.deepEqual(told.run.outcome, { kind: 'completed', readerStatus: 0x0181 }, what);
  assert.equal(told.run.receipt?.record.sensed.bolt, 'unlocked', what);
};

/** Refused, nothing moved; `grant`: whether the phone showed a grant that was truly issued to it, and got a receipt. */
const refused = (told: Told, reason: string, grant = true): void => {
  assert.deepEqual([told.decision.reason, told.decision.allowed, told.drives], [reason, false, 0]);
  assert.deepEqual([told.run.receipt?.record.reason, told.decision.grant !== undefined], grant ? [reason, true] : [undefined, false], reason);
  assert.equal(told.run.outcome?.kind, 'completed', 'the credential is told');
};

const locked = (guests: Guests): void => {
  guests.world.turn('thrown');
  guests.world.run(100);
};

test('a document that an owner signed opens, and is recorded with its grant and its rule before the bolt moves', () => {
  const guests = welcomingLock();
  const document = guests.issue();
  const told = guests.ask([document]);
  opened(told);
  const { decision, run } = told;
  assert.match(decision.rule ?? '', /^owner:[0-9a-f]{12} d\.[a-z2-7]{26} always synced UTC$/i);
  assert.deepEqual([hex(decision.grant ?? new Uint8Array(0)), decision.pseudonym, decision.verb, decision.interface], [hex(guests.id('grant')), undefined, 'unlock', INTERFACES.relay]);
  const [last, before] = guests.world.records().toReversed();
  assert.deepEqual([before, last?.kind, last?.rule, last?.grant], [decision, 'operation', decision.rule, decision.grant], 'the operation says the same');
  assert.equal(run.closed, 'done');
  assert.deepEqual(guests.world.drives, ['withdraw']);
  const lockUp = guests.ask([document], { verb: 'lock' });
  assert.deepEqual([lockUp.decision.reason, guests.world.drives], ['secured-document', ['withdraw', 'throw']]);
  refused(guests.ask([document], { verb: 'unlatch' }), 'verb-not-supported', false);
});

test('a use that was spent stays spent: after a restart, and after a power cut between the store and the drive', () => {
  const guests = welcomingLock();
  const document = guests.issue({ uses: 2 });
  opened(guests.ask([document]));
  locked(guests);
  guests.sleep(1000);
  // The write is durable, and the power fails before the lock hears of it.
  const { world, site } = guests;
  let cut = false;
  world.watch = (state, event) => {
    cut ||= event.kind === 'stored' && state.stores.some(({ id, after }) => id === event.id && after.kind === 'granted');
    if (cut) throw new Error('the power is cut');
  };
  site.ask({ verb: 'unlock', phone: guests.guest, documents: [document] });
  assert.throws(() => world.run(5000), /the power is cut/);
  world.watch = () => undefined;
  world.restart();
  world.run(500);
  assert.deepEqual(world.drives, ['withdraw'], 'it did not move the second time');
  refused(guests.ask([document]), 'uses-spent');
  opened(guests.ask([guests.issue({ uses: 3 })]), 'control: one more use would be left');
  guests.sleep(DAY_MS);
  locked(guests);
  refused(guests.ask([guests.issue({ uses: 3 })]), 'uses-spent');
});
