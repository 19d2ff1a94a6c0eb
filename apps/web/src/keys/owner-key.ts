// The owner key of who is signed in: wrapped in the hub's vault, unwrapped here for the moment of signing and dropped. With PRF the
// passkey opens it on any device; without, only the browser whose unextractable key wrapped it.

import { ROUTES } from '@mortise/api/routes.ts';
import type { VaultEntry } from '@mortise/api/owner.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { asVaultKey, generateVaultKey, unwrap, vaultKeyFromPrf, wrap, type Binding, type VaultKey } from '@mortise/browser/vault.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { call } from '../model/client.ts';
import { callOrLast } from '../model/last-answers.ts';
import { failureSentence } from '../words/failures.ts';
import { askPrf } from './passkey.ts';
import { readStored, storageSentence, writeStored } from './store.ts';

const VAULT_KEY = 'vault-key';
const binding = (ownerKey: Bytes): Binding => ({ purpose: 'owner-key', ownerKey });

const browserVault = async (): Promise<Result<VaultKey | undefined, string>> => {
  const stored = await readStored('keys', VAULT_KEY);
  return stored.ok ? ok(asVaultKey(stored.value)) : err(storageSentence(stored.error));
};

const makeBrowserVault = async (): Promise<Result<VaultKey, string>> => {
  const known = await browserVault();
  if (!known.ok) return known;
  if (known.value !== undefined) return ok(known.value);
  const made = await generateVaultKey();
  const kept = await writeStored([{ store: 'keys', name: VAULT_KEY, value: made.key }]);
  return kept.ok ? ok(made) : err(storageSentence(kept.error));
};

/** Wraps an owner key for a passkey: by its PRF output, or else by this browser's own key. */
export const wrapOwnerKey = async (owner: KeyPair, credentialId: string, prf: Bytes | undefined): Promise<Result<VaultEntry, string>> => {
  const vault = prf === undefined ? await makeBrowserVault() : ok(await vaultKeyFromPrf(prf));
  if (!vault.ok) return vault;
  const wrapped = await wrap(vault.value, owner.privateKey, binding(owner.publicKey));
  return ok({ credentialId, ownerKey: base64url(owner.publicKey), method: prf === undefined ? 'browser' : 'prf', wrapped: base64url(wrapped) });
};

const unwrapEntry = async (entry: VaultEntry, vault: VaultKey): Promise<KeyPair | undefined> => {
  const [ownerKey, wrapped] = [fromBase64url(entry.ownerKey), fromBase64url(entry.wrapped)];
  if (ownerKey === undefined || wrapped === undefined) return undefined;
  const secret = await unwrap(vault, wrapped, binding(ownerKey));
  if (!secret.ok) return undefined;
  // The hub keeps the public half beside the wrap; what counts is what the private half gives.
  return equalBytes(nobleCrypto.p256.publicKey(secret.value.reveal()), ownerKey) ? { privateKey: secret.value, publicKey: ownerKey } : undefined;
};

const firstOpened = async (entries: readonly VaultEntry[], vault: VaultKey): Promise<KeyPair | undefined> => {
  for (const entry of entries) {
    const opened = await unwrapEntry(entry, vault);
    if (opened !== undefined) return opened;
  }
  return undefined;
};

const NO_WAY = 'Neither a passkey nor this browser opens your owner key here. Use the recovery kit.';

/** Whether a passkey or this browser may open the owner key here: told before anything is asked. */
export const ownerWays = async (): Promise<Result<{ readonly passkey: boolean; readonly browser: boolean }, string>> => {
  const vault = await call(ROUTES.vault);
  if (!vault.ok) return err(failureSentence(vault.error));
  const here = await browserVault();
  if (!here.ok) return here;
  const hasKey = here.value !== undefined;
  return ok({ passkey: vault.value.vault.some(({ method }) => method === 'prf'), browser: hasKey && vault.value.vault.some(({ method }) => method === 'browser') });
};

/** The owner key, opened: by this browser's own key where that is how it was wrapped, else by a passkey, which asks the person. */
export const openOwnerKey = async (): Promise<Result<KeyPair, string>> => {
  const answer = await callOrLast(ROUTES.vault);
  if (!answer.ok) return err(failureSentence(answer.error));
  const of = (method: VaultEntry['method']): readonly VaultEntry[] => answer.value.vault.filter((entry) => entry.method === method);
  const here = await browserVault();
  const byBrowser = here.ok && here.value !== undefined ? await firstOpened(of('browser'), here.value) : undefined;
  if (byBrowser !== undefined) return ok(byBrowser);
  if (of('prf').length === 0) return here.ok ? err(NO_WAY) : here;
  const asked = await askPrf(of('prf').map(({ credentialId }) => credentialId));
  if (!asked.ok) return asked;
  if (asked.value.prf === undefined) return err('This passkey gave nothing to open the owner key with. Use the recovery kit.');
  const opened = await firstOpened(of('prf').filter(({ credentialId }) => credentialId === asked.value.credentialId), await vaultKeyFromPrf(asked.value.prf));
  return opened === undefined ? err(NO_WAY) : ok(opened);
};
