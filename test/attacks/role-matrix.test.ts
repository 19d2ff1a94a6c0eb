// Every command by every role, at the pure lock in virtual time. The roles that there are: a phone in the roster with each sum of
// rights, a phone that was removed, a stranger. What may be asked is decided in the lock from its roster; no word from anywhere
// makes a role into another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { RIGHTS } from '@mortise/documents/trusted-entry.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { RECORD_VERBS } from '@mortise/journal/record.ts';
import { ownedLock } from '@mortise/lock/site.conformance.ts';

type Role = { readonly name: string; readonly phone: KeyPair; readonly rights: number };

const NEEDED: { readonly [V in Verb]?: number } = { unlock: RIGHTS.unlock | RIGHTS.remote, lock: RIGHTS.lock | RIGHTS.remote };

const mayDo = (rights: number, verb: Verb): boolean => {
  const needed = NEEDED[verb];
  return needed !== undefined && (rights & needed) === needed;
};

test('every command by every role: only what the roster gives, and each refusal on record (attacks row 16: August, DEF CON 24)', () => {
  const { world, site } = ownedLock();
  const phone = (label: string): KeyPair => deriveKeyPair(world.crypto, site.entropy(), label);
  const trusted: readonly Role[] = [1, 2, 3, 4, 5, 6, 7].map((rights) => ({ name: `rights ${rights}`, phone: phone(`rights ${rights}`), rights }));
  const removed: Role = { name: 'removed', phone: site.phone, rights: 0 };
  const roles = [...trusted, removed, { name: 'stranger', phone: phone('stranger'), rights: 0 }];
  assert.ok(world.state.membership.kind === 'adopted');
  site.say('roster', site.roster({ version: 2, previous: world.state.membership.roster.hash }, trusted.map((role) => site.entry(role.phone, role.rights))).bytes);
  world.run(100);
  let [allowed, refused] = [0, 0];
  for (const role of roles) {
    for (const verb of RECORD_VERBS) {
      world.turn(verb === 'lock' ? 'withdrawn' : 'thrown');
      const before = world.drives.length;
      site.ask({ verb, phone: role.phone });
      world.run(1500);
      const decision = world.records().findLast(({ kind }) => kind === 'decision');
      const what = `${role.name} asks to ${verb}`;
      assert.equal(decision?.allowed, mayDo(role.rights, verb), what);
      assert.equal(world.drives.length - before, mayDo(role.rights, verb) ? 1 : 0, what);
      if (mayDo(role.rights, verb)) allowed += 1;
      else refused += 1;
      // Strangers’ attempts are bounded by the minute; each of these shall be decided.
      world.run(7000);
    }
  }
  console.log(`role matrix: ${roles.length} roles × ${RECORD_VERBS.length} commands: ${allowed} allowed, ${refused} refused`);
  assert.equal(allowed, 4, 'control: rights 5, 6 and 7 (twice) open or lock from afar');
});

test('a naive lock, which believes the role that is said, lets a guest command as an owner', () => {
  const naive = (request: { readonly role: string; readonly verb: Verb }): boolean => request.role === 'owner' || request.verb === 'unlock';
  assert.deepEqual([naive({ role: 'guest', verb: 'lockdownOn' }), naive({ role: 'owner', verb: 'lockdownOn' })], [false, true]);
});
