// Becoming the owner of a new site: a random owner key, the recovery kit as a second one, the first owner set of both
// (threshold 1), and the reader issuer key sealed to each. Everything that leaves the browser is public, signed or sealed.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { assembleOwnerSet, openOwnerSet, ownerSetPayload, ownerSetToSign, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { wrapIssuerKey, type IssuerWrap } from './issuer-key.ts';
import { signedBy } from './owner-signature.ts';
import { encodeKit, KIT_SEED_BYTES, kitKey } from './recovery-kit.ts';

export type FoundedSite = {
  readonly ownerSet: OwnerSet;
  /** The signed document of `ownerSet`. */
  readonly document: Bytes;
  /** To be wrapped for the passkey (platform/browser: vault.ts) and then dropped. */
  readonly owner: KeyPair;
  /** The printed code; a secret, shown once. */
  readonly kitCode: string;
  readonly issuer: KeyPair;
  /** One for the owner key, one for the kit's. */
  readonly issuerWraps: readonly IssuerWrap[];
};

const SALT_BYTES = 16;

/** Founds a site from 32 fresh bytes of entropy. */
export const foundSite = (crypto: Crypto, entropy: Bytes): FoundedSite => {
  const owner = deriveKeyPair(crypto, entropy, 'own-owner-key');
  const issuer = deriveKeyPair(crypto, entropy, 'own-issuer-key');
  const seed = new Secret(derive(crypto, entropy, 'own-kit-seed', KIT_SEED_BYTES));
  const kit = kitKey(crypto, seed);
  const { document, ownerSet } = firstOwnerSet(crypto, owner, kit, derive(crypto, entropy, 'own-salt', SALT_BYTES));
  const { siteId } = ownerSet;
  const issuerWraps = [owner, kit].map((each) => wrapIssuerKey(crypto, { siteId, issuer, voucher: each }, each.publicKey, derive(crypto, entropy, 'own-wraps', 32)));
  return { ownerSet, document, owner, kitCode: encodeKit(crypto, seed), issuer, issuerWraps };
};

const firstOwnerSet = (
  crypto: Crypto,
  owner: KeyPair,
  kit: KeyPair,
  salt: Bytes,
): { readonly document: Bytes; readonly ownerSet: OwnerSet } => {
  const keys = [owner.publicKey, kit.publicKey];
  const payload = ownerSetPayload(crypto, { keys, threshold: 1, sequence: 1, previous: null, salt });
  const document = assembleOwnerSet([signedBy(crypto, owner, ownerSetToSign(crypto, owner.publicKey, payload))]);
  const opened = openOwnerSet(crypto, document);
  assert(opened.ok, 'the owner set that we signed opens');
  return { document, ownerSet: opened.value };
};
