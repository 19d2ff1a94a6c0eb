// The site's reader issuer key certifies the reader key of every lock. It survives changes of owners, so each owner gets its
// private half sealed to their own key. Anyone can seal to a public key, and anyone can name an owner in a site of their own
// making: the owner's own signature inside the seal says which site and which issuer they meant, or else a hub could have a
// browser that remembers nothing adopt locks into a site that is the hub's.
// Sealed: CBOR [private key (32), COSE_Sign1 'mortise-issuer-key' over CBOR [siteId, issuer public key] by that owner].

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { PRIVATE_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { isScalar } from '@mortise/crypto/scalar.ts';
import { openSealed, sealTo } from '@mortise/crypto/seal.ts';
import { openSigned, toSign } from '@mortise/documents/cose.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { signedBy } from './owner-signature.ts';

/** As the hub keeps it (api: owner.ts); all three are public or sealed. */
export type IssuerWrap = {
  /** The owner key that opens it, 65 bytes. */
  readonly ownerKey: Bytes;
  /** The issuer's public key, 65 bytes. */
  readonly issuerKey: Bytes;
  readonly wrapped: Bytes;
};

export type IssuerError = {
  readonly code:
    /** Sealed to another owner or for another site, or altered. */
    | 'issuer-refused'
    /** It opened, but this owner did not vouch for the key inside as this site's. */
    | 'issuer-not-vouched';
};

const TYPE = 'mortise-issuer-key';
const FORMAT = 1;
const MAX_WRAPPED_BYTES = 1024;

/** Seals the issuer's private key to the owner key `recipient` (65 bytes), who takes it if `voucher` is their own key pair, or by `acceptIssuerWrap`. */
export const wrapIssuerKey = (
  crypto: Crypto,
  site: { readonly siteId: SiteId; readonly issuer: KeyPair; readonly voucher: KeyPair },
  recipient: Bytes,
  entropy: Bytes,
): IssuerWrap => {
  const issuerKey = site.issuer.publicKey;
  const voucher = toSign(TYPE, FORMAT, site.voucher.publicKey, vouched(site.siteId, issuerKey), crypto);
  const plaintext = encodeCbor([site.issuer.privateKey.reveal(), signedBy(crypto, site.voucher, voucher)]);
  const wrapped = sealTo(crypto, recipient, sealContext(site.siteId, issuerKey), plaintext, entropy);
  return { ownerKey: recipient, issuerKey, wrapped };
};

/** The issuer's key pair, when `wrap` is for `owner`, who vouched for it as the issuer of the site of `ownerSet`. Takes any bytes. */
export const openIssuerWrap = (crypto: Crypto, ownerSet: OwnerSet, owner: KeyPair, wrap: IssuerWrap): Result<KeyPair, IssuerError> => openWrap(crypto, ownerSet.siteId, owner, wrap, [owner.publicKey]);

const openWrap = (crypto: Crypto, siteId: SiteId, owner: KeyPair, wrap: IssuerWrap, vouchers: readonly Bytes[]): Result<KeyPair, IssuerError> => {
  if (wrap.wrapped.length > MAX_WRAPPED_BYTES) return err({ code: 'issuer-refused' });
  const context = sealContext(siteId, wrap.issuerKey);
  const plaintext = openSealed(crypto, owner.privateKey.reveal(), owner.publicKey, context, wrap.wrapped);
  const items = plaintext === undefined ? undefined : asArray(decodeCbor(plaintext, MAX_WRAPPED_BYTES), 2);
  const privateKey = asBytes(items?.[0], PRIVATE_KEY_BYTES);
  const voucher = asBytes(items?.[1]);
  if (items?.length !== 2 || privateKey === undefined || voucher === undefined) return err({ code: 'issuer-refused' });
  if (!isVouched(crypto, siteId, vouchers, wrap.issuerKey, voucher)) return err({ code: 'issuer-not-vouched' });
  // Only now: the owner vouched for the public key, so the private half beside it is a scalar of ours or somebody's mischief.
  const pair = keyPairOf(crypto, privateKey, wrap.issuerKey);
  return pair === undefined ? err({ code: 'issuer-not-vouched' }) : ok(pair);
};

/**
 * The same of a wrap that another owner of the set made and vouched for, as for one who has just come. Only for who knows from elsewhere that
 * `ownerSet` is their site's: a hub can make up a set that names this owner. Who takes it wraps it anew under their own word.
 */
export const acceptIssuerWrap = (crypto: Crypto, ownerSet: OwnerSet, owner: KeyPair, wrap: IssuerWrap): Result<KeyPair, IssuerError> => openWrap(crypto, ownerSet.siteId, owner, wrap, ownerSet.keys);

const vouched = (siteId: SiteId, issuerKey: Bytes): Bytes => encodeCbor([identifierBytes(siteId), issuerKey]);

const sealContext = (siteId: SiteId, issuerKey: Bytes): Bytes => encodeCbor([TYPE, FORMAT, identifierBytes(siteId), issuerKey]);

const isVouched = (crypto: Crypto, siteId: SiteId, vouchers: readonly Bytes[], issuerKey: Bytes, voucher: Bytes): boolean => {
  const opened = openSigned(crypto, voucher, TYPE, vouchers);
  return opened.ok && opened.value.version === FORMAT && equalBytes(opened.value.payload, vouched(siteId, issuerKey));
};

const keyPairOf = (crypto: Crypto, privateKey: Bytes, publicKey: Bytes): KeyPair | undefined => {
  if (!isScalar(privateKey)) return undefined;
  return equalBytes(crypto.p256.publicKey(privateKey), publicKey) ? { privateKey: new Secret(privateKey), publicKey } : undefined;
};
