// An owner goes, or a phone is lost: codes made with their key open nothing at a real lock once its roster holds the key no more; those of who stays do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeHourOf, encodeCode } from '@mortise/access/offline-code.ts';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import { codeKeyAt, entryId } from './entries.ts';
import { Home } from './home.conformance.ts';

const keyOf = ({ world }: Home, owner: KeyPair): CodeKeyEntry =>
  ({ ...codeKeyAt(world.crypto, owner, world.state.lockId, 1), rights: 3, kinds: ['window', 'once'], longest: 15, until: null, revoked: [] });

/** Adds the owner's key of codes; by what the hub would name it. */
const add = (home: Home, owner: KeyPair): Bytes => {
  home.change({ kind: 'addEntry', entry: { kind: 'codeKey', entry: keyOf(home, owner) } });
  return entryId(home.world.crypto, required(home.roster.entries.at(-1), 'an entry'));
};

/** Whether the lock takes a code of this owner that it has never seen; each other `index` is another. */
const takes = (home: Home, owner: KeyPair, index: number): string => {
  const { world } = home;
  const digits = encodeCode(keyOf(home, owner), world.state.lockId, { kind: 'window', startH: codeHourOf(home.second(0)), length: 0, index });
  if (world.position !== 'thrown') world.turn('thrown');
  world.input({ kind: 'typed', digits, verb: 'unlock' });
  world.run(1500);
  return required(world.records().findLast(({ kind }) => kind === 'decision'), 'a decision').reason;
};

test('codes of a key that goes end with the roster, also those made before; codes of who stays go on', () => {
  const home = new Home();
  home.welcome();
  const [stays, goes] = [home.founded.owner, deriveKeyPair(home.world.crypto, home.entropy(), 'another owner')];
  const [kept] = [add(home, stays), add(home, goes)];
  assert.deepEqual([takes(home, stays, 0), takes(home, goes, 0)], ['granted-code', 'granted-code'], 'the control');
  home.change({ kind: 'several', changes: [{ kind: 'resign', ownerKeys: [stays.publicKey] }, { kind: 'keepCodeKeys', ids: [kept] }] });
  assert.deepEqual([takes(home, goes, 0), takes(home, goes, 1), takes(home, stays, 0), takes(home, stays, 1)], ['code-unknown', 'code-unknown', 'granted-code', 'granted-code']);
});
