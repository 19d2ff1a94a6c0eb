// A roster at a passive lock from whoever is there: it proves itself, so that its carrier need not. What else a carrier who has proven nothing may
// try with it: floods, old ones, other locks', other sites', and one in the middle of a transaction.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { decodeRosterAnswer } from '@mortise/courier/link-body.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { Contacts, said } from './contact.conformance.ts';
import { Guests } from './guests.conformance.ts';
import { MAX_CARRIED_UNPROVEN } from './near-carry.ts';
import type { NearLink } from './near-link.conformance.ts';
import { PASSIVE_NOISE_ENTRIES } from './profile.ts';
import { ownedLock } from './site.conformance.ts';

/** Adopted, and told of no door yet; out of every hub's reach. */
const freshLock = (): Contacts => {
  const contacts = new Contacts(new Guests(ownedLock({}, 'passive').site));
  contacts.world.run(11_000);
  contacts.world.input({ kind: 'linkDown' });
  return contacts;
};

const versionOf = ({ world: { state: { membership } } }: Contacts): number => (membership.kind === 'adopted' ? membership.roster.version : 0);

const answers = (via: NearLink): readonly unknown[] => via.bodies('roster-answer').map(decodeRosterAnswer);

/** Somebody who never shows a key touches, and carries these. */
const carryOnly = (contacts: Contacts, ...rosters: readonly Bytes[]): NearLink => {
  const via = contacts.touch({ silent: true });
  contacts.world.run(20);
  for (const roster of rosters) via.bring('roster', roster);
  contacts.world.run(100);
  return via;
};

const countingVerifications = ({ p256 }: Crypto, run: () => void): number => {
  const { verify } = p256;
  let count = 0;
  Object.assign(p256, { verify: (...given: Parameters<typeof verify>): boolean => {
    count += 1;
    return verify(...given);
  } });
  run();
  Object.assign(p256, { verify });
  return count;
};

test('a lock that was just adopted refuses a guest, is brought its roster by anybody, and then lets the guest in; a power cut later too', () => {
  const contacts = freshLock();
  const { guests, world } = contacts;
  assert.deepEqual([contacts.visit([guests.issue()]).run.receipt, world.drives], [undefined, []], 'control: it knows no door');
  const before = contacts.lastSeq();
  const via = carryOnly(contacts, guests.roster());
  assert.deepEqual([answers(via), said(contacts.recordsAfter(before))], [[{ version: 2, code: 'accepted' }], ['event roster-accepted locked']]);
  assert.deepEqual([...via.bodies('journal'), ...via.bodies('status'), ...via.bodies('statement'), ...via.bodies('revocation')], [], 'who carries only is told nothing else');
  contacts.lift();
  assert.equal(contacts.visit([guests.issue()]).run.receipt?.record.reason, 'granted-document');
});

test('in the middle of somebody’s transaction nobody who has proven nothing brings a roster', () => {
  const contacts = freshLock();
  const via = contacts.touch();
  contacts.world.run(20);
  via.say({ kind: 'open' });
  contacts.world.run(20);
  via.bring('roster', contacts.guests.roster());
  contacts.world.run(50);
  assert.deepEqual([via.isOpen, via.heard.at(-1), versionOf(contacts)], [false, { kind: 'closed', code: 'protocol-error' }, 1]);
});

test('old ones, forks, gaps, another lock’s, another site’s and noise change nothing, each refused with its reason and recorded', () => {
  const contacts = freshLock();
  const { guests, site } = contacts;
  const first = contacts.world.state.membership.kind === 'adopted' ? contacts.world.state.membership.rosterBytes : utf8('');
  const second = guests.roster();
  carryOnly(contacts, second);
  const stranger = deriveKeyPair(site.crypto, site.crypto.sha256(utf8('a stranger')), 'owner');
  const cases: readonly (readonly [string, Bytes])[] = [
    ['stale', first], ['fork', site.roster({ version: 2, previous: site.crypto.sha256(utf8('x')) }).bytes], ['gap', site.roster({ version: 9, previous: site.crypto.sha256(utf8('x')) }).bytes],
    ['signer-unknown', guests.roster({}, stranger)], ['malformed', utf8('noise')], ['too-long', new Uint8Array(30_000)],
    ['other-lock', site.roster({ version: 3, previous: site.crypto.sha256(utf8('x')), lockId: identifierOf<LockId>(guests.id('another lock')) }).bytes],
  ];
  for (const [code, bytes] of cases) {
    const before = contacts.lastSeq();
    const via = carryOnly(contacts, bytes);
    assert.deepEqual([answers(via), contacts.recordsAfter(before).map(({ reason, rule }) => `${reason} ${rule}`), versionOf(contacts)],
      [[{ version: 2, code }], [`roster-refused document:${code}`], 2], code);
  }
  const again = carryOnly(contacts, second);
  assert.deepEqual(answers(again), [{ version: 2, code: 'accepted' }], 'the one that it holds is answered and written nowhere');
});

test('a flood: few a touch, each at the cost of one signature, and a quarter of the ring at most, whatever number of touches', () => {
  const contacts = freshLock();
  const { world, guests } = contacts;
  // By the owner's name and not by the owner: nothing is refused sooner.
  const forged = guests.roster().map((byte, at, all) => (at === all.length - 1 ? byte ^ 1 : byte));
  const answered: (readonly unknown[])[] = [];
  const costOf = (...rosters: readonly Bytes[]): number => countingVerifications(world.crypto, () => answered.push(answers(carryOnly(contacts, ...rosters))));
  const [none, many] = [costOf(), costOf(...Array.from({ length: MAX_CARRIED_UNPROVEN + 3 }, () => forged))];
  assert.deepEqual([many - none, answered.at(-1)?.length], [MAX_CARRIED_UNPROVEN, MAX_CARRIED_UNPROVEN]);
  for (let touches = 0; touches < 90; touches += 1) carryOnly(contacts, forged, forged, forged, forged);
  assert.equal(world.state.journal.noise.length, PASSIVE_NOISE_ENTRIES);
  assert.ok(world.state.journal.missed > 0, 'the rest is counted');
  const through = carryOnly(contacts, guests.roster());
  assert.deepEqual(answers(through), [{ version: 2, code: 'accepted' }], 'and the true one still gets through');
  assert.equal(contacts.visit([guests.issue()]).run.receipt?.record.allowed, true);
});
