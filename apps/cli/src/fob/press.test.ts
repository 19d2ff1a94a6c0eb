// Which lock a press is for: of those that are heard, one of the key's own doors, and of several the loudest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldKeys } from '@mortise/api/keys.ts';
import { encodeServiceData, GROUP_PREFIX_BYTES, SUB_PREFIX_BYTES, TAG_BYTES } from '@mortise/aliro/advertisement.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, identifierOf, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import type { Heard } from '@mortise/bluetooth/central.ts';
import { generateP256KeyPair } from '@mortise/node/p256-keys.ts';
import type { Fob } from './fob-file.ts';
import { press } from './press.ts';

const siteId = identifierOf<SiteId>(new Uint8Array(16).fill(3));
const lockOf = (number: number): LockId => identifierOf<LockId>(new Uint8Array(16).fill(number));

const fobFor = (locks: readonly LockId[]): Fob => {
  const key = generateP256KeyPair();
  const text = base64url(key.publicKey);
  const doors = locks.map((lockId) => ({ id: lockId, name: 'Door', zone: 'UTC', lockId, identityKey: text, readerKey: text, sealKey: text, statement: '', roster: '', online: false }));
  const keys: unknown = { ownerSets: [], introduction: null, grants: [{ doors, document: '', stamp: null }] };
  const isKeys = (value: unknown): value is ReturnType<typeof heldKeys.parse> => typeof value === 'object';
  assert.ok(isKeys(keys));
  return { hub: 'http://localhost', siteId, key, keys };
};

const heard = (site: SiteId, lockId: LockId, rssiDbm: number): Heard => {
  const told: Bytes = encodeServiceData({
    state: 'none', flows: { ble: false, uwb: false }, txPowerDbm: 0, expires: undefined, tag: new Uint8Array(TAG_BYTES),
    group: identifierBytes(site).slice(0, GROUP_PREFIX_BYTES), sub: identifierBytes(lockId).slice(0, SUB_PREFIX_BYTES),
  });
  return { id: lockId, rssiDbm, services: [], data: () => told };
};

/** A radio that hears these again and again, and reaches nobody; whom it was to reach. */
const pressAmong = async (fob: Fob, air: readonly Heard[], down = false): Promise<{ readonly asked: readonly string[]; readonly code: string }> => {
  const asked: string[] = [];
  const pressed = await press(fob, {
    isDown: () => down,
    hear: async (wanted) => air.find((each) => wanted(each)),
    connect: async ({ id }) => {
      asked.push(id);
      return undefined;
    },
  });
  return { asked, code: pressed.ok ? 'ok' : pressed.error.code };
};

const elsewhere = identifierOf<SiteId>(new Uint8Array(16).fill(4));
const [own, second, others] = [lockOf(7), lockOf(8), lockOf(9)];

test('another lock of the site, heard first, is not asked in the place of the key’s own', async () => {
  assert.deepEqual((await pressAmong(fobFor([own]), [heard(siteId, others, -40), heard(siteId, own, -70)])).asked, [own]);
});

test('of two doors of the key the louder is asked', async () => {
  assert.deepEqual((await pressAmong(fobFor([own, second]), [heard(siteId, own, -80), heard(siteId, others, -30), heard(siteId, second, -50)])).asked, [second]);
});

test('why none is asked: none of the site, other doors only, nothing known yet, no radio', async () => {
  const strange = heard(elsewhere, own, -40);
  assert.deepEqual(await pressAmong(fobFor([own]), [strange]), { asked: [], code: 'no-lock' });
  assert.deepEqual(await pressAmong(fobFor([own]), [strange, heard(siteId, others, -40)]), { asked: [], code: 'no-door' });
  assert.deepEqual(await pressAmong({ ...fobFor([own]), keys: null }, [heard(siteId, own, -40)]), { asked: [], code: 'not-vouched' });
  assert.deepEqual(await pressAmong(fobFor([own]), [], true), { asked: [], code: 'no-adapter' });
});
