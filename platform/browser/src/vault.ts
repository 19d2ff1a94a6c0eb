// Secrets at rest: AES-256-GCM under a key that comes from a passkey's PRF output or lives, unextractable, in this browser.
// Form: version 01 ‖ kind (01 PRF, 02 browser key) ‖ IV (12) ‖ ciphertext ‖ tag (16). The additional data bind form, purpose
// and owner key, so that one wrap cannot be put in another's place.

import { concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { IV_BYTES, TAG_BYTES } from '@mortise/crypto/crypto.ts';
import { owned } from './owned-bytes.ts';

export type VaultKind = 'prf' | 'browserKey';
export type VaultKey = { readonly kind: VaultKind; readonly key: CryptoKey };

/** What a wrap is for: the use of the secret, and the owner public key (65 bytes) that it belongs to. */
export type Binding = { readonly purpose: string; readonly ownerKey: Bytes };

export type VaultError =
  /** Not a wrap, or cut short. */
  | { readonly code: 'vault-malformed' }
  /** Written by a newer Mortise. */
  | { readonly code: 'vault-version' }
  /** Another passkey or browser, another purpose or owner, or altered: GCM does not say which. */
  | { readonly code: 'vault-refused' };

const VERSION = 1;
const KINDS: readonly VaultKind[] = ['prf', 'browserKey'];
const HEADER_BYTES = 2;
const AES = { name: 'AES-GCM', length: 256 } as const;
const USES: KeyUsage[] = ['encrypt', 'decrypt'];

/** A vault key from a passkey's PRF output (32 bytes). */
export const vaultKeyFromPrf = async (prfOutput: Bytes): Promise<VaultKey> => {
  const { subtle } = globalThis.crypto;
  const material = await subtle.importKey('raw', owned(prfOutput), 'HKDF', false, ['deriveKey']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: owned(utf8('mortise-vault-key-1')) };
  return { kind: 'prf', key: await subtle.deriveKey(hkdf, material, AES, false, USES) };
};

/** A fresh vault key that cannot leave this browser; keep `key` in storage. */
export const generateVaultKey = async (): Promise<VaultKey> => vaultKeyOf(await globalThis.crypto.subtle.generateKey(AES, false, USES));

/** A browser's vault key as storage gave it back; undefined when it is anything else. */
export const asVaultKey = (value: unknown): VaultKey | undefined =>
  value instanceof CryptoKey && value.algorithm.name === AES.name ? vaultKeyOf(value) : undefined;

const vaultKeyOf = (key: CryptoKey): VaultKey => ({ kind: 'browserKey', key });

const additionalData = (header: Bytes, { purpose, ownerKey }: Binding): Uint8Array<ArrayBuffer> =>
  owned(encodeCbor(['mortise-vault', header, purpose, ownerKey]));

const gcm = (iv: Bytes, header: Bytes, binding: Binding): AesGcmParams => ({
  name: AES.name,
  iv: owned(iv),
  additionalData: additionalData(header, binding),
});

/** Wraps a secret of any length for `binding`. */
export const wrap = async (vault: VaultKey, secret: Secret, binding: Binding): Promise<Bytes> => {
  const header = Uint8Array.of(VERSION, KINDS.indexOf(vault.kind) + 1);
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await globalThis.crypto.subtle.encrypt(gcm(iv, header, binding), vault.key, owned(secret.reveal()));
  return concat(header, iv, new Uint8Array(sealed));
};

/** Which kind of vault key opens the wrap. Takes any bytes. */
export const wrapKind = (wrapped: Bytes): Result<VaultKind, VaultError> => {
  if (wrapped.length < HEADER_BYTES + IV_BYTES + TAG_BYTES) return err({ code: 'vault-malformed' });
  if (wrapped[0] !== VERSION) return err({ code: 'vault-version' });
  const kind = KINDS[(wrapped[1] ?? 0) - 1];
  return kind === undefined ? err({ code: 'vault-malformed' }) : ok(kind);
};

/** The secret, when `vault` and `binding` are those it was wrapped with. Takes any bytes. */
export const unwrap = async (vault: VaultKey, wrapped: Bytes, binding: Binding): Promise<Result<Secret, VaultError>> => {
  const kind = wrapKind(wrapped);
  if (!kind.ok) return kind;
  if (kind.value !== vault.kind) return err({ code: 'vault-refused' });
  const [header, iv] = [wrapped.subarray(0, HEADER_BYTES), wrapped.subarray(HEADER_BYTES, HEADER_BYTES + IV_BYTES)];
  const sealed = owned(wrapped.subarray(HEADER_BYTES + IV_BYTES));
  try {
    const plain = await globalThis.crypto.subtle.decrypt(gcm(iv, header, binding), vault.key, sealed);
    return ok(new Secret(new Uint8Array(plain)));
  } catch (error) {
    return refused(error);
  }
};

// WebCrypto reports a wrong tag as an OperationError that says nothing more.
const refused = (_error: unknown): Result<never, VaultError> => err({ code: 'vault-refused' });
