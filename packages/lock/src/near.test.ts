// At the door: a phone opens over a near link, under interface byte C3 and whatever the hub's link does; and strangers who come in
// numbers, say nonsense or nothing, or go away in the middle, keep nobody out. Beside each refusal stands the opening.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { hex, utf8 } from '@mortise/base/bytes.ts';
import { sitePrefixOf } from '@mortise/courier/near-frame.ts';
import { RIGHTS } from '@mortise/documents/trusted-entry.ts';
import { DAY_MS, welcomingLock } from './guests.conformance.ts';
import { MAX_LOOKS_PER_MINUTE } from './journal-keeper.ts';
import { MAX_NEAR_CONNECTIONS } from './near-connections.ts';
import { MAX_NEAR_TRANSACTIONS, NEAR_IDLE_MS } from './near-desk.ts';
import { ownedLock, Site, type PhoneRun } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const opened = ({ outcome, receipt, closed }: PhoneRun, what = 'control'): void => {
  assert.deepEqual([outcome, receipt?.record.sensed.bolt, receipt?.record.interface, closed], [{ kind: 'completed', readerStatus: 0x0181 }, 'unlocked', INTERFACES.ble, 'done'], what);
};

const shut = ({ world }: { readonly world: World }): void => {
  world.turn('thrown');
  world.run(100);
};

test('a phone of the roster opens and locks, with the link down as well; the records say that it was near', () => {
  const { world, site } = ownedLock();
  const via = site.connect();
  opened(site.askAndWait({ verb: 'unlock', via }));
  world.input({ kind: 'linkDown' });
  assert.equal(site.askAndWait({ verb: 'lock', via }).receipt?.record.sensed.bolt, 'locked');
  opened(site.askAndWait({ verb: 'unlock', via: site.connect() }), 'with the link down');
  assert.deepEqual(world.drives, ['withdraw', 'throw', 'withdraw']);
  assert.deepEqual(new Set(world.records().flatMap((record) => record.interface ?? [])), new Set([INTERFACES.ble]));
});

test('the lock says first which one it is, and whose', () => {
  const { world, site } = ownedLock();
  const via = site.connect();
  world.run(100);
  assert.deepEqual(via.heard, [{ kind: 'hello', lockId: world.state.lockId, sitePrefix: sitePrefixOf(site.ownerSet.siteId) }]);
  const fresh = new World();
  fresh.start();
  const nobody = new Site(fresh).connect();
  fresh.run(100);
  assert.deepEqual(nobody.heard, [{ kind: 'hello', lockId: fresh.state.lockId, sitePrefix: undefined }]);
  nobody.say({ kind: 'open' });
  fresh.run(100);
  assert.deepEqual([nobody.heard.at(-1), nobody.isOpen], [{ kind: 'closed', code: 'not-adopted' }, false]);
});

test('a right that is not remote, and a grant that is not, open near and not from afar', () => {
  const guests = welcomingLock();
  const { site } = guests;
  const document = guests.issue({ remote: false });
  assert.equal(guests.ask([document]).decision.reason, 'remote-not-allowed');
  const told = guests.ask([document], { via: site.connect() });
  assert.deepEqual([told.decision.reason, told.decision.interface, told.drives], ['granted-document', INTERFACES.ble, 1]);
  opened(told.run);
  shut(guests);
  const { membership } = guests.world.state;
  assert.ok(membership.kind === 'adopted');
  const { version, hash } = membership.roster;
  site.say('roster', site.roster({ version: version + 1, previous: hash }, [site.entry(site.phone, RIGHTS.unlock)]).bytes);
  guests.world.run(100);
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.reason, 'remote-not-allowed');
  opened(site.askAndWait({ verb: 'unlock', via: site.connect() }));
});

test('what a delegate or an invitation’s key signed opens near, with a stamp that the lock has never seen', () => {
  const guests = welcomingLock();
  const { site } = guests;
  const invited = guests.redeem(guests.guest);
  assert.equal(guests.ask([invited], { via: site.connect() }).decision.reason, 'freshness-lapsed');
  opened(guests.ask([invited, guests.stamp(invited)], { via: site.connect() }).run);
  shut(guests);
  opened(guests.ask([guests.issue({ remote: false, grantId: guests.grantId('by the hub') }, { by: guests.hub })], { via: site.connect() }).run);
  shut(guests);
  const second = guests.redeem(guests.second);
  assert.equal(guests.ask([second, guests.stamp(second)], { via: site.connect(), phone: guests.second }).decision.reason, 'invitation-used');
});

test('without B2 a near phone means the door’s default; stamps are then not asked for', () => {
  const { site } = ownedLock();
  assert.equal(site.askAndWait({ verb: 'unlock', command: null }).receiptError, 'other-request', 'over the relay it is refused');
  const near = site.askAndWait({ verb: 'unlock', command: null, via: site.connect() });
  assert.deepEqual(near.outcome, { kind: 'completed', readerStatus: 0x0181 });
  assert.equal(site.world.records().findLast(({ kind }) => kind === 'operation')?.verb, 'unlock');
  const garbled = site.askAndWait({ verb: 'unlock', command: utf8('not a command'), via: site.connect() });
  assert.deepEqual(garbled.outcome, { kind: 'completed', readerStatus: 0x0007 });
  assert.equal(site.world.records().findLast(({ kind }) => kind === 'decision')?.reason, 'verb-missing');
});

test('a transaction has two seconds from the lock’s AUTH0', () => {
  const { world, site } = ownedLock();
  const slow = (delayMs: number): PhoneRun => {
    let frames = 0;
    site.carry = (frame, to, pass) => {
      frames += to === 'lock' ? 1 : 0;
      if (frames === 4 && to === 'lock') world.later(delayMs, () => pass(frame));
      else pass(frame);
    };
    return site.askAndWait({ verb: 'unlock', via: site.connect() });
  };
  assert.equal(slow(2100).closed, 'too-late');
  assert.deepEqual([world.drives.length, world.records().at(-1)?.reason, world.records().at(-1)?.interface], [0, 'transaction-too-late', INTERFACES.ble]);
  opened(slow(1500));
});

test('the link that goes down ends nothing near, and a phone that goes away ends nothing over the relay', () => {
  const { world, site } = ownedLock();
  const near = site.ask({ verb: 'unlock', via: site.connect() });
  world.run(12);
  world.input({ kind: 'linkDown' });
  world.run(5000);
  opened(near);
  shut({ world });
  world.input({ kind: 'linkUp' });
  const relayed = site.ask({ verb: 'unlock' });
  const via = site.connect();
  site.ask({ verb: 'unlock', via });
  world.run(25);
  via.leave();
  world.run(5000);
  assert.equal(relayed.receipt?.record.sensed.bolt, 'unlocked');
});

test('a phone that goes away before it has proven itself leaves nothing; once it is decided, the bolt moves', () => {
  const { world, site } = ownedLock();
  const via = site.connect();
  site.ask({ verb: 'unlock', via });
  world.run(12);
  via.leave();
  world.run(5000);
  assert.deepEqual([world.drives, world.state.near.length, world.state.sessions.length, world.state.signatures.length], [[], 0, 0, 0]);
  const again = site.connect();
  world.watch = (state, event) => {
    if (event.kind !== 'stored' || !state.stores.some(({ id, after }) => id === event.id && after.kind === 'granted')) return;
    world.watch = () => undefined;
    again.leave();
  };
  site.ask({ verb: 'unlock', via: again });
  world.run(5000);
  assert.deepEqual([world.drives, world.state.near.length], [['withdraw'], 0]);
  assert.equal(world.records().findLast(({ kind }) => kind === 'operation')?.sensed.bolt, 'unlocked');
});

test('nonsense ends the connection: no frame, a hello, something to carry before anything is proven', () => {
  const { world, site } = ownedLock();
  const says: readonly ((via: ReturnType<Site['connect']>) => void)[] = [
    (via) => via.sayBytes(utf8('garbage')), (via) => via.sayBytes(new Uint8Array(0)), (via) => via.say({ kind: 'hello', lockId: world.state.lockId, sitePrefix: undefined }),
    (via) => via.bring('time-bound', site.timeBound(site.now())), (via) => via.bring('roster', utf8('x')),
  ];
  for (const say of says) {
    const via = site.connect();
    say(via);
    world.run(100);
    assert.deepEqual([via.isOpen, via.heard.at(-1)], [false, { kind: 'closed', code: 'protocol-error' }]);
  }
  assert.equal(world.state.near.length, 0);
  opened(site.askAndWait({ verb: 'unlock', via: site.connect() }));
});

test('a phone that is silent for a minute is gone; one that speaks is not', () => {
  const { world, site } = ownedLock();
  const [silent, speaking] = [site.connect(), site.connect()];
  for (let count = 0; count < 3; count += 1) {
    world.run(NEAR_IDLE_MS / 2);
    speaking.say({ kind: 'took', seq: 1 });
  }
  world.run(100);
  assert.deepEqual([silent.isOpen, silent.heard.at(-1), speaking.isOpen], [false, { kind: 'closed', code: 'too-late' }, true]);
});

test('more phones than there is room for: the one that came first gives way, and an owner always gets in', () => {
  const { world, site } = ownedLock();
  const crowd = Array.from({ length: MAX_NEAR_CONNECTIONS }, () => {
    const via = site.connect();
    world.run(10);
    return via;
  });
  const owner = site.connect();
  opened(site.askAndWait({ verb: 'unlock', via: owner }));
  assert.deepEqual(crowd.map(({ isOpen }) => isOpen), [false, true, true, true]);
  assert.deepEqual(crowd[0]?.heard.at(-1), { kind: 'closed', code: 'replaced' });
  for (let count = 0; count < 20; count += 1) site.connect();
  assert.equal(world.state.near.length, MAX_NEAR_CONNECTIONS);
  assert.equal(owner.isOpen, true, 'who has proven something goes last');
});

test('phones that only look do not take the place of one whose owner has begun', () => {
  const { world, site } = ownedLock();
  const begun = site.connect();
  begun.say({ kind: 'open' });
  world.run(10);
  for (let count = 0; count < 20; count += 1) {
    site.connect();
    world.run(10);
  }
  assert.equal(begun.isOpen, true, 'it came first, and is the only one that asks for something');
  const others = Array.from({ length: MAX_NEAR_CONNECTIONS }, () => {
    const via = site.connect();
    via.say({ kind: 'open' });
    world.run(10);
    return via;
  });
  assert.deepEqual([begun.isOpen, ...others.map(({ isOpen }) => isOpen)], [false, true, true, true, true], 'of those that have begun the one that came first');
});

test('strangers that keep talking hold no place: whoever has just come has a moment to begin (attacks row 17)', () => {
  const { world, site } = ownedLock();
  const talking = Array.from({ length: MAX_NEAR_CONNECTIONS }, () => site.connect());
  const talk = (): void => talking.forEach((via) => via.say({ kind: 'took', seq: 1 }));
  talk();
  const owner = site.connect();
  world.run(30);
  talk();
  site.connect();
  assert.deepEqual(talking.map(({ isOpen }) => isOpen), [false, false, true, true]);
  opened(site.askAndWait({ verb: 'unlock', via: owner }));
});

test('who waits for a movement is never replaced: then the newcomer is turned away', () => {
  const { world, site } = ownedLock();
  world.faults.travelMs = 2500;
  const runs = Array.from({ length: MAX_NEAR_CONNECTIONS }, () => site.ask({ verb: 'unlock', via: site.connect() }));
  world.run(1000);
  assert.ok(world.state.sessions.every(({ stage }) => stage === 'told'), 'all wait for the bolt');
  assert.equal(site.connect().isOpen, false);
  world.run(5000);
  for (const run of runs) opened(run);
  assert.equal(site.connect().isOpen, true);
});

test('strangers at the door take no place of the relay’s, and the relay’s none of theirs', () => {
  const { world, site } = ownedLock();
  for (let count = 0; count < 4; count += 1) site.ask({ verb: 'unlock', phone: site.issuer });
  const via = site.connect();
  opened(site.askAndWait({ verb: 'unlock', via }));
  shut({ world });
  for (let count = 0; count < MAX_NEAR_CONNECTIONS; count += 1) site.connect().say({ kind: 'open' });
  world.run(10);
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt, 'unlocked');
});

test('one connection has so many transactions, and no more', () => {
  const { world, site } = ownedLock();
  const via = site.connect();
  for (let count = 0; count < MAX_NEAR_TRANSACTIONS; count += 1) site.askAndWait({ verb: 'unlock', phone: site.issuer, via });
  assert.equal(via.isOpen, true);
  via.say({ kind: 'open' });
  world.run(100);
  assert.equal(via.isOpen, false);
  opened(site.askAndWait({ verb: 'unlock', via: site.connect() }));
});

test('strangers who prove nothing are recorded up to a bound, and past it keep guests waiting but no owner', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const before = world.records().length;
  const stranger = guests.issue({ until: guests.at(-DAY_MS + 1000) });
  for (let count = 0; count < MAX_LOOKS_PER_MINUTE + 5; count += 1) {
    site.ask({ verb: 'unlock', phone: guests.guest, documents: [stranger], via: site.connect() });
    world.run(200);
  }
  assert.equal(world.records().slice(before).filter(({ kind }) => kind === 'decision').length, 20);
  const guest = site.askAndWait({ verb: 'unlock', phone: guests.guest, documents: [guests.issue()], via: site.connect() });
  assert.deepEqual([guest.outcome, guest.closed, world.drives], [undefined, 'busy', []]);
  opened(site.askAndWait({ verb: 'unlock', via: site.connect() }), 'an owner');
  shut(guests);
  world.run(60_000);
  opened(guests.ask([guests.issue()], { via: site.connect() }).run, 'the guest, once the minute is over');
});

test('frames of one phone mean nothing on another’s connection, nor over the relay', () => {
  const { world, site } = ownedLock();
  const via = site.connect();
  const first = site.askAndWait({ verb: 'unlock', via });
  opened(first);
  shut({ world });
  const other = site.connect();
  for (const frame of first.said) other.say(frame);
  for (const frame of first.said) if (frame.kind !== 'open') site.connect().say(frame);
  world.run(5000);
  assert.deepEqual([world.drives, hex(Uint8Array.of(world.state.sessions.length))], [['withdraw'], '00']);
});
