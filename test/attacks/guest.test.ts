// What a guest can do who was lent a key, at the pure lock in virtual time: keep it when it was taken back, be the lock's only link, play
// old sessions, tell the time, ask for more than was lent. The guest is also the hub here: all that the lock says and hears passes
// through hands that are not honest. Beside each attack stands the same thing done rightly.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCommand } from '@mortise/aliro/vendor.ts';
import type { GrantVerb } from '@mortise/access/grant.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import { GENESIS, verifyEntries } from '@mortise/journal/chain.ts';
import { decodeRecord, RECORD_VERBS } from '@mortise/journal/record.ts';
import { DAY_MS, HOUR_MS, welcomingLock, type Guests, type Told } from '@mortise/lock/guests.conformance.ts';

const said = ({ decision, drives }: Told): string => `${decision.reason} ${drives}`;
const OPENED = 'granted-document 1';

const lockUp = (guests: Guests): void => {
  guests.world.turn('thrown');
  guests.world.run(100);
};

test('a guest whose phone is the lock’s only link opens nothing after the key’s end, nor once its stamp lapsed; any honest phone brings the revocation (attacks row 1: Ho et al. 2016; Master Lock D1000)', () => {
  const guests = welcomingLock();
  const [short, stamped, long] = [guests.issue({ until: guests.at(DAY_MS) }), guests.issue({ freshForS: 86_400 }), guests.issue()];
  const stamp = guests.stamp(stamped);
  for (const shown of [[short], [stamped, stamp], [long]]) {
    assert.equal(said(guests.ask(shown)), OPENED, 'control: while they hold');
    lockUp(guests);
  }
  guests.sleep(2 * DAY_MS);
  assert.equal(said(guests.ask([short])), 'grant-expired 0');
  assert.equal(said(guests.ask([stamped, stamp])), 'freshness-lapsed 0');
  assert.equal(said(guests.ask([long])), OPENED, 'control: no revocation has come, and this one needs no stamp');
  lockUp(guests);
  const honest = guests.issue({ grantId: guests.grantId('honest') }, { to: guests.second });
  assert.equal(said(guests.ask([honest, guests.revoke(guests.id('grant'))], { phone: guests.second })), OPENED);
  lockUp(guests);
  assert.equal(said(guests.ask([long])), 'revoked 0');
});

test('a guest who lets nothing of an opening out cannot keep it off the record: it is there before the bolt moves, and a journal without it does not verify (attacks row 2: Ho et al. 2016; Master Lock D1000)', () => {
  const guests = welcomingLock();
  const { site, world } = guests;
  const document = guests.issue();
  site.acknowledges = false;
  let proven = 0;
  site.carry = (frame, to, pass) => {
    proven += to === 'lock' && frame.kind === 'apdu' ? 1 : 0;
    if (proven <= 4 && !(proven === 4 && to === 'phone')) pass(frame);
  };
  guests.ask([document]);
  world.input({ kind: 'linkDown' });
  assert.deepEqual(world.drives, ['withdraw'], 'the lock heard the documents, and nobody hears of it any more');
  guests.sleep(HOUR_MS);
  site.acknowledges = true;
  world.run(70_000);
  const openings = site.ingested.filter(({ record }) => hex(decodeRecord(record)?.grant ?? new Uint8Array(0)) === hex(guests.id('grant')));
  assert.deepEqual(openings.map(({ record }) => decodeRecord(record)?.kind), ['decision', 'operation']);
  const without = site.ingested.filter((entry) => !openings.includes(entry));
  assert.ok(!verifyEntries(site.crypto, world.state.lockId, GENESIS, without).ok);
  assert.ok(verifyEntries(site.crypto, world.state.lockId, GENESIS, site.ingested).ok, 'control');
});

test('a whole session of a guest, recorded and played again, in its own and in a new session, opens nothing (attacks row 5: Master Lock D1000)', () => {
  const guests = welcomingLock();
  const { site, world } = guests;
  const first = guests.ask([guests.issue()]);
  assert.equal(said(first), OPENED, 'control');
  lockUp(guests);
  for (const restart of [false, true]) {
    if (restart) guests.sleep(1000);
    for (const session of [first.run.session, site.session()]) {
      for (const frame of first.run.said) {
        site.say('relay', encodeRelayFrame(frame), session);
        world.run(60);
      }
      world.run(6000);
    }
  }
  assert.deepEqual(world.drives, ['withdraw']);
  assert.equal(said(guests.ask([guests.issue()])), OPENED, 'control: a new one does');
});

test('each answer of a guest’s live session counts once: played twice it opens once and spends one use (attacks row 6: CVE-2022-46480)', () => {
  for (let twice = 1; twice <= 5; twice += 1) {
    const guests = welcomingLock();
    const { site, world } = guests;
    const document = guests.issue({ uses: 2 });
    let count = 0;
    site.carry = (frame, to, pass) => {
      const isAnswer = to === 'lock' && frame.kind === 'apdu';
      count += isAnswer ? 1 : 0;
      pass(frame);
      if (isAnswer && count === twice) pass(frame);
    };
    guests.ask([document]);
    assert.ok(world.drives.length <= 1, `answer ${twice}`);
    const opened = world.drives.length;
    site.carry = (frame, _to, pass) => pass(frame);
    for (let use = opened; use < 2; use += 1) {
      lockUp(guests);
      assert.equal(said(guests.ask([document])), OPENED, `control: use ${use + 1} is left`);
    }
    lockUp(guests);
    assert.equal(said(guests.ask([document])), 'uses-spent 0');
  }
});

test('a guest who tells the lock the time, or plays it an old answer, gets no ended key to open; nor one who winds its clock back (attacks row 7: Master Lock D1000)', () => {
  const guests = welcomingLock();
  const { site, world } = guests;
  const document = guests.issue({ until: guests.at(HOUR_MS) });
  assert.equal(said(guests.ask([document])), OPENED, 'control');
  lockUp(guests);
  guests.sleep(2 * HOUR_MS);
  site.tellsTime = false;
  const old = instant(site.now() - 1.5 * HOUR_MS);
  const ask = (): Bytes => {
    world.input({ kind: 'linkDown' });
    world.input({ kind: 'linkUp' });
    return decodeTimeAsk(world.sent.findLast(({ type }) => type === 'time-ask')?.body ?? new Uint8Array(0)) ?? assert.fail('the lock asks');
  };
  const answer = (key = guests.guest, nonce = ask(), at = old): Bytes =>
    site.sign(key, timeAnswerToSign(site.crypto, key.publicKey, timeAnswerPayload({ lockId: world.state.lockId, nonce, instant: at, errorMs: 100, lastSync: at })));
  const lies: readonly (readonly [string, () => Bytes])[] = [
    ['by the guest', () => answer()], ['by the owner, who is no time key', () => answer(site.owner)],
    ['true, and for another question', () => answer(site.timeKey, new Uint8Array(ask().length))], ['true, and from before what the lock knows to be past', () => answer(site.timeKey)],
  ];
  for (const [what, lie] of lies) {
    site.say('time-answer', lie());
    world.run(100);
    assert.equal(said(guests.ask([document])), 'grant-expired 0', what);
  }
  // The real-time clock ran back while the power was off: what is attested is a floor, and below it the clock is lost.
  guests.sleep(-1.5 * HOUR_MS);
  assert.equal(said(guests.ask([document])), 'clock-lost 0');
  world.nowMs += 1.5 * HOUR_MS;
  site.say('time-answer', answer(site.timeKey, ask(), site.now()));
  world.run(100);
  assert.equal(said(guests.ask([guests.issue()])), OPENED, 'control: the hub’s true answer');
});

test('whoever has stolen the hub’s time key winds no running clock back: neither by a true answer of long ago nor by the same one again and again (attacks row 7: Master Lock D1000)', () => {
  const guests = welcomingLock();
  const { site, world } = guests;
  const document = guests.issue({ until: guests.at(HOUR_MS) });
  const began = site.now();
  site.tellsTime = false;
  const answer = (at: Instant): void => {
    world.input({ kind: 'linkDown' });
    world.input({ kind: 'linkUp' });
    const nonce = decodeTimeAsk(world.sent.findLast(({ type }) => type === 'time-ask')?.body ?? new Uint8Array(0)) ?? assert.fail('the lock asks');
    site.say('time-answer', site.sign(site.timeKey, timeAnswerToSign(site.crypto, site.timeKey.publicKey, timeAnswerPayload({ lockId: world.state.lockId, nonce, instant: at, errorMs: 100, lastSync: at }))));
    world.run(100);
  };
  answer(began);
  assert.equal(said(guests.ask([document])), OPENED, 'control: it is true');
  lockUp(guests);
  for (let hour = 0; hour < 30; hour += 1) {
    world.run(HOUR_MS);
    answer(began);
  }
  assert.equal(said(guests.ask([document])), 'grant-expired 0', 'the same again for thirty hours');
  world.run(72 * HOUR_MS);
  answer(began);
  assert.equal(said(guests.ask([document])), 'grant-expired 0', 'once more after three days without a word');
  answer(site.now());
  assert.equal(said(guests.ask([guests.issue()])), OPENED, 'control: the true time is taken');
});

test('a key that was taken back and comes again from a backup of the phone, documents, stamps and all, opens nothing (attacks row 13: CVE-2023-6960)', () => {
  const guests = welcomingLock();
  const document = guests.issue({ freshForS: 86_400 });
  const backup = [document, guests.stamp(document)];
  assert.equal(said(guests.ask(backup)), OPENED, 'control');
  lockUp(guests);
  guests.ask([document, guests.revoke(guests.id('grant'), guests.hub)]);
  for (const later of [0, 1000, 10 * HOUR_MS]) {
    if (later > 0) guests.sleep(later);
    assert.equal(said(guests.ask(backup)), 'revoked 0');
    assert.equal(said(guests.ask([guests.issue()])), 'revoked 0', 'the grant is gone, in whatever document');
  }
  assert.equal(said(guests.ask([guests.issue({ grantId: guests.grantId('new') })])), OPENED, 'control: a new grant');
});

test('every command by every guest: only what was lent, whatever word the guest or the hub puts in (attacks row 16: August, DEF CON 24)', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const lent: readonly (readonly GrantVerb[])[] = [['unlock'], ['lock'], ['unlock', 'lock'], ['unlatch', 'hold'], ['unlock', 'lock', 'unlatch', 'hold']];
  let [allowed, refused] = [0, 0];
  for (const verbs of lent) {
    const document = guests.issue({ verbs });
    for (const verb of RECORD_VERBS) {
      world.turn(verb === 'lock' ? 'withdrawn' : 'thrown');
      const { decision, drives } = guests.ask([document], { verb });
      // Who may hold it open may end a hold; a hold without an end is none.
      const moves = (verb === 'unlock' || verb === 'lock') && verbs.includes(verb);
      const may = moves || (verb === 'endHold' && verbs.includes('hold'));
      assert.deepEqual([decision.allowed, drives], [may, moves ? 1 : 0], `lent ${verbs.join(' and ')}, asks to ${verb}`);
      if (may) allowed += 1;
      else refused += 1;
    }
  }
  assert.deepEqual([allowed, refused], [8, 42]);
  // The hub makes “unlock” of the guest’s “lock”: the keys cover the word.
  const requestId = new Uint8Array(16).fill(5);
  const [lock, unlock] = (['lock', 'unlock'] as const).map((verb) => hex(encodeCommand({ verb, requestId, until: 0 })));
  lockUp(guests);
  site.carry = (frame, to, pass) =>
    pass(to === 'lock' && frame.kind === 'apdu' ? { kind: 'apdu', apdu: Uint8Array.fromHex(hex(frame.apdu).replace(lock ?? '-', unlock ?? '-')) } : frame);
  const swapped = guests.ask([guests.issue()], { verb: 'lock', requestId });
  assert.deepEqual([swapped.decision.allowed, swapped.drives], [false, 0]);
});
