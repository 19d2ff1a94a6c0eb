import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, EMPTY, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { asVaultKey, generateVaultKey, unwrap, vaultKeyFromPrf, wrap, wrapKind, type Binding, type VaultKey } from './vault.ts';

const PRF = new Uint8Array(32).fill(3);
const binding: Binding = { purpose: 'owner-key', ownerKey: new Uint8Array(65).fill(4) };
const secret = new Secret(new Uint8Array(32).fill(8));
const codeOf = async (vault: VaultKey, wrapped: Bytes, other: Binding = binding): Promise<string> => {
  const result = await unwrap(vault, wrapped, other);
  return result.ok ? 'opened' : result.error.code;
};
const eachVault = async (): Promise<readonly [VaultKey, VaultKey]> => [await vaultKeyFromPrf(PRF), await generateVaultKey()];

test('a wrap opens with its own key and binding, again and from storage', async () => {
  for (const vault of await eachVault()) {
    for (const bytes of [EMPTY, secret.reveal(), new Uint8Array(500)]) {
      const opened = await unwrap(vault, await wrap(vault, new Secret(bytes), binding), binding);
      assert.deepEqual(opened.ok && opened.value.reveal(), bytes);
    }
    assert.deepEqual(wrapKind(await wrap(vault, secret, binding)), { ok: true, value: vault.kind });
  }
  const [, browserKey] = await eachVault();
  const back = asVaultKey(structuredClone(browserKey?.key));
  assert.ok(back && browserKey);
  assert.equal(await codeOf(back, await wrap(browserKey, secret, binding)), 'opened');
});

test('the same PRF output opens on another device; a key cannot be exported', async () => {
  const wrapped = await wrap(await vaultKeyFromPrf(PRF), secret, binding);
  assert.equal(await codeOf(await vaultKeyFromPrf(PRF), wrapped), 'opened');
  for (const { key } of await eachVault()) await assert.rejects(globalThis.crypto.subtle.exportKey('raw', key));
});

test('the form is as written: HKDF and AES-256-GCM by another library give the same', async () => {
  const wrapped = await wrap(await vaultKeyFromPrf(PRF), secret, binding);
  const key = nobleCrypto.hkdfSha256(PRF, EMPTY, utf8('mortise-vault-key-1'), 32);
  const cbor = concat(Uint8Array.of(0x84, 0x6d), utf8('mortise-vault'), Uint8Array.of(0x42, 1, 1, 0x69), utf8('owner-key'), Uint8Array.of(0x58, 65), binding.ownerKey);
  assert.deepEqual(nobleCrypto.aesGcmOpen(key, wrapped.subarray(2, 14), wrapped.subarray(14), cbor), secret.reveal());
});

test('another key, purpose or owner, each altered byte and each cut are refused', async () => {
  for (const vault of await eachVault()) {
    const wrapped = await wrap(vault, secret, binding);
    assert.equal(await codeOf(vault, wrapped), 'opened');
    assert.equal(await codeOf(await vaultKeyFromPrf(new Uint8Array(32)), wrapped), 'vault-refused');
    assert.equal(await codeOf(await generateVaultKey(), wrapped), 'vault-refused');
    assert.equal(await codeOf(vault, wrapped, { ...binding, purpose: 'issuer-key' }), 'vault-refused');
    assert.equal(await codeOf(vault, wrapped, { ...binding, ownerKey: new Uint8Array(65) }), 'vault-refused');
    for (let at = 0; at < wrapped.length; at += 1) {
      assert.notEqual(await codeOf(vault, wrapped.with(at, (wrapped[at] ?? 0) ^ 1)), 'opened', `altered at ${at}`);
      assert.notEqual(await codeOf(vault, wrapped.subarray(0, at)), 'opened', `cut to ${at}`);
    }
  }
});

test('a wrap of a later version says so; any bytes are answered', async () => {
  const vault = await generateVaultKey();
  assert.equal(await codeOf(vault, (await wrap(vault, secret, binding)).with(0, 2)), 'vault-version');
  const answered = async (any: Bytes): Promise<void> => assert.notEqual(await codeOf(vault, any), 'opened');
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), answered), { numRuns: 50 });
});
