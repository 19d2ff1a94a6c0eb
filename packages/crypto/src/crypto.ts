// The few cryptographic operations that the packages use, as one synchronous interface with two adapters: noble.ts here and
// node:crypto in platform/node. crypto.conformance.ts is the suite that both must pass. Lengths that our own code chooses
// (keys, nonces, seeds) are asserted; what comes from outside (points, signatures, sealed bytes) is answered or refused.

import type { Bytes } from '@mortise/base/bytes.ts';

export const TAG_BYTES = 16;
export const IV_BYTES = 12;
export const BLOCK_BYTES = 16;
export const PUBLIC_KEY_BYTES = 65;
export const PRIVATE_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const SEED_BYTES = 48;

export type Crypto = {
  readonly sha256: (data: Bytes) => Bytes;
  /** For Aliro's key identifiers only (SPEC §6); never where a collision would matter. */
  readonly sha1: (data: Bytes) => Bytes;
  readonly hmacSha256: (key: Bytes, data: Bytes) => Bytes;
  /** RFC 5869; `length` 1 to 8160. */
  readonly hkdfSha256: (ikm: Bytes, salt: Bytes, info: Bytes, length: number) => Bytes;
  /** NIST SP 800-38D with a key of 16 or 32 bytes and an IV of 12; answers ciphertext ‖ tag(16). */
  readonly aesGcmSeal: (key: Bytes, iv: Bytes, plaintext: Bytes, additional?: Bytes) => Bytes;
  /** Undefined when the tag is wrong or `sealed` is shorter than a tag. */
  readonly aesGcmOpen: (key: Bytes, iv: Bytes, sealed: Bytes, additional?: Bytes) => Bytes | undefined;
  /** CBC of NIST SP 800-38A §6.2 without padding, for cards: key and IV of 16 bytes, a plaintext of whole blocks. It hides and proves nothing. */
  readonly aesCbcEncrypt: (key: Bytes, iv: Bytes, plaintext: Bytes) => Bytes;
  /** Undefined when the ciphertext is not of whole blocks. */
  readonly aesCbcDecrypt: (key: Bytes, iv: Bytes, ciphertext: Bytes) => Bytes | undefined;
  /** CMAC of NIST SP 800-38B (RFC 4493) with a key of 16 bytes; 16 bytes. */
  readonly aesCmac: (key: Bytes, data: Bytes) => Bytes;
  readonly p256: P256;
};

export type P256 = {
  /** A scalar in [1, n-1] from 48 uniform bytes: FIPS 186-5 A.2.1 (extra random bits). */
  readonly privateKeyFromSeed: (seed: Bytes) => Bytes;
  /** The uncompressed point (65 bytes) of a private key of 32 bytes in [1, n-1]. */
  readonly publicKey: (privateKey: Bytes) => Bytes;
  /** Whether `key` is 04 ‖ x ‖ y with x, y < p and on the curve. Takes any bytes. */
  readonly isPublicKey: (key: Bytes) => boolean;
  /** ECDH's x coordinate, 32 bytes; undefined when `publicKey` is not a point of the curve. */
  readonly sharedX: (privateKey: Bytes, publicKey: Bytes) => Bytes | undefined;
  /** ECDSA over SHA-256 by RFC 6979; r ‖ s, s as it falls (no low-S). For software keys only. */
  readonly sign: (privateKey: Bytes, message: Bytes) => Bytes;
  /** r ‖ s of 64 bytes over SHA-256; either half of s counts. Takes any bytes. */
  readonly verify: (publicKey: Bytes, signature: Bytes, message: Bytes) => boolean;
};
