// Who attacks a passive lock has it in his hands: he brings the power, says what he likes, and lifts when he likes. Each attempt is refused with
// its reason, recorded, and costs the lock nothing that it held; beside each stands the rightful key.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { encodeNearFrame } from '@mortise/courier/near-frame.ts';
import { encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { pointOf, verifyEntries } from '@mortise/journal/chain.ts';
import { required } from '@mortise/base/assert.ts';
import { passiveLock, type Contacts } from './contact.conformance.ts';
import { DAY_MS, Guests } from './guests.conformance.ts';
import { MAX_NEAR_NOISE } from './near-connections.ts';
import { PASSIVE_NOISE_ENTRIES } from './profile.ts';
import { Site } from './site.conformance.ts';

const shut = (contacts: Contacts): void => {
  contacts.lift();
  contacts.world.position = 'thrown';
};

const control = (contacts: Contacts): void => {
  shut(contacts);
  assert.equal(contacts.visit([contacts.guests.issue()]).run.receipt?.record.sensed.bolt, 'unlocked', 'control');
  shut(contacts);
  const [anchor, ...rest] = contacts.world.stored.entries;
  assert.ok(verifyEntries(contacts.site.crypto, contacts.world.state.lockId, pointOf(required(anchor, 'an anchor')), rest).ok, 'nothing is lost');
};

/** What a refused touch left: reasons, and that nothing was freed. */
const refusedBy = (contacts: Contacts, act: () => void): readonly string[] => {
  const [before, drives] = [contacts.lastSeq(), contacts.world.drives.length];
  act();
  contacts.lift();
  assert.equal(contacts.world.drives.length, drives, 'nothing was freed');
  return contacts.recordsAfter(before).map(({ reason }) => reason);
};

test('a cloned key: the documents of another without the private half', () => {
  const contacts = passiveLock();
  const { guests } = contacts;
  const stolen = guests.issue();
  assert.deepEqual(refusedBy(contacts, () => void contacts.visit([stolen], { phone: guests.second })), ['other-credential']);
  let frames = 0;
  contacts.site.carry = (frame, to, pass) => {
    // The answer to AUTH1, in which the key signs.
    frames += to === 'lock' && frame.kind === 'apdu' ? 1 : 0;
    if (to === 'lock' && frame.kind === 'apdu' && frames === 3) pass({ ...frame, apdu: frame.apdu.with(20, (frame.apdu[20] ?? 0) ^ 1) });
    else pass(frame);
  };
  assert.deepEqual(refusedBy(contacts, () => void contacts.visit([stolen])), ['protocol-error'], 'an answer that somebody changed');
  contacts.site.carry = (frame, _to, pass) => pass(frame);
  control(contacts);
});

test('garbage beneath the frames: pins bounce, and what is more than that ends the contact and is recorded once, within strangers’ share', () => {
  const contacts = passiveLock();
  const { world } = contacts;
  const spoil = (times: number): readonly string[] =>
    refusedBy(contacts, () => {
      const { connection, isOpen } = contacts.touch();
      world.run(20);
      for (let count = 0; count < times; count += 1) world.input({ kind: 'nearNoise', connection });
      world.run(20);
      assert.ok(isOpen);
    });
  assert.deepEqual([spoil(MAX_NEAR_NOISE), spoil(MAX_NEAR_NOISE + 1), spoil(1000)], [[], ['protocol-error'], ['protocol-error']]);
  for (let touches = 0; touches < PASSIVE_NOISE_ENTRIES; touches += 1) spoil(MAX_NEAR_NOISE + 1);
  assert.equal(world.state.journal.noise.length, PASSIVE_NOISE_ENTRIES);
  control(contacts);
});

test('a recorded contact, played again whole or in part, opens nothing', () => {
  const contacts = passiveLock();
  const { world, guests } = contacts;
  const { run, via } = contacts.visit([guests.issue()]);
  const told = via.bodies('time-ask')[0];
  shut(contacts);
  contacts.touch();
  world.run(50);
  contacts.lift();
  const play = (frames: readonly RelayFrame[]) => (): void => {
    const again = contacts.touch({ silent: true });
    world.run(20);
    again.bring('certified-time', contacts.tell((told ?? new Uint8Array(17)).slice(1)));
    for (const frame of frames) {
      again.say(frame);
      world.run(20);
    }
    world.run(3000);
  };
  const reasons = refusedBy(contacts, play(run.said));
  assert.ok(reasons.includes('time-refused') && reasons.some((reason) => reason === 'protocol-error' || reason === 'signature-invalid'), reasons.join(' '));
  for (let from = 0; from < run.said.length; from += 1) assert.ok(!refusedBy(contacts, play(run.said.slice(from))).includes('granted-document'));
  control(contacts);
});

test('a key of another estate: its own owners, its own clock, its own revocations', () => {
  const contacts = passiveLock();
  const { world, guests } = contacts;
  const estate = new Site(world, 'another estate', false);
  const others = new Guests(estate);
  const theirs = { by: contacts.clock, certificate: estate.certify(contacts.clock) };
  const reasons = refusedBy(contacts, () => void contacts.visit([others.issue(), others.revoke(guests.id('grant'))], {}, theirs));
  assert.deepEqual(reasons, ['time-refused', 'issuer-unknown']);
  assert.deepEqual(refusedBy(contacts, () => void contacts.visit([], { phone: estate.phone })), ['credential-unknown'], 'their owner');
  control(contacts);
});

test('a key whose clock was wound back opens nothing by a grant that is over', () => {
  const contacts = passiveLock();
  const { world, site, guests } = contacts;
  const over = guests.issue({ until: guests.at(DAY_MS) });
  world.nowMs += 10 * DAY_MS;
  const via = contacts.touch();
  world.run(20);
  site.askAndWait({ verb: 'syncOnly', phone: site.phone, via });
  via.bring('time-bound', site.timeBound(site.now()));
  world.run(100);
  const back = { instant: instant(site.now() - 10 * DAY_MS), lastSync: instant(site.now() - 10 * DAY_MS) };
  assert.deepEqual(refusedBy(contacts, () => void contacts.visit([over], {}, { fields: back })), ['time-refused', 'clock-lost']);
  assert.deepEqual(refusedBy(contacts, () => void contacts.visit([over])), ['grant-expired'], 'by an honest clock');
  control(contacts);
});

test('an old revocation document gives nothing back', () => {
  const contacts = passiveLock();
  const { guests } = contacts;
  const old = guests.revoke(guests.id('another'));
  contacts.visit([guests.issue({ grantId: guests.grantId('whoever') }), guests.revoke(guests.id('taken back'))]);
  shut(contacts);
  const held = guests.issue({ grantId: guests.grantId('taken back') });
  assert.deepEqual(refusedBy(contacts, () => void contacts.visit([held, old])).filter((reason) => reason !== 'revocations-accepted'), ['found-otherwise', 'revoked']);
  assert.deepEqual(refusedBy(contacts, () => void contacts.visit([held])), ['revoked']);
  control(contacts);
});

test('garbage on the contact at any moment: refused, recorded up to a bound, and the next key is let in', () => {
  const contacts = passiveLock();
  const { world, guests, site } = contacts;
  let [tried, recorded] = [0, 0];
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint8Array({ minLength: 1, maxLength: 60 }).map((apdu) => encodeRelayFrame({ kind: 'apdu', apdu })),
    fc.uint8Array({ minLength: 1, maxLength: 60 }).map((message) => encodeNearFrame({ kind: 'carry', message })),
    fc.constant(encodeRelayFrame({ kind: 'open' })),
    fc.nat(9).map((seq) => encodeNearFrame({ kind: 'took', seq })),
  );
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 8 }), fc.nat(4), (garbage: readonly Bytes[], after) => {
      const before = contacts.lastSeq();
      const drives = world.drives.length;
      const via = contacts.touch();
      world.run(20);
      if (after > 0) site.ask({ verb: 'unlock', phone: guests.second, via });
      world.run(after * 10);
      for (const bytes of garbage) via.sayBytes(bytes);
      world.run(3000);
      tried += 1;
      recorded += contacts.lastSeq() - before;
      assert.equal(world.drives.length, drives);
      assert.ok(contacts.recordsAfter(before).every(({ allowed }) => allowed !== true));
      contacts.lift();
    }),
    { numRuns: 200 },
  );
  assert.ok(recorded > 0);
  control(contacts);
  console.log(`passive attacks: ${tried} contacts of garbage, ${recorded} records of them`);
});

test('who touches without end and says nothing leaves nothing', () => {
  const contacts = passiveLock();
  assert.deepEqual(refusedBy(contacts, () => {
    for (let count = 0; count < 50; count += 1) contacts.touch({ silent: true });
  }), []);
  const { via } = contacts.visit([], { phone: contacts.guests.second });
  assert.ok(!via.carried.some(({ type }) => type === 'journal' || type === 'status'));
  control(contacts);
});
