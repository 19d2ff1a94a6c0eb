// Steps 2 and 3 of SPEC §9: which trusted issuer stands behind a signature, and whether it is one. A key identifier must be that of a
// trusted issuer and its key is tried first; a certificate counts when a trusted issuer signed it (the named one, if one is named).

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { refuseDocument, type DocumentError } from '../documents/document-error.ts';
import { keyIdentifierOf, signedStructure, type IssuerAuth } from '../documents/issuer-auth.ts';
import { decodeIssuerCertificate, isInForce } from '../documents/issuer-certificate.ts';

/** `notBefore`, `notAfter`: of the certificate, when one was needed. `anchor`: the trusted key, 65 bytes. */
export type Signer = { readonly anchor: Bytes; readonly certified?: CertifiedFor };
export type CertifiedFor = { readonly notBefore: Instant; readonly notAfter: Instant };

export type Trust = { readonly issuers: readonly Bytes[]; readonly now?: Instant };

type SignedBy = (key: Bytes) => boolean;

const byCertificate = (crypto: Crypto, certificate: Bytes, { issuers, now }: Trust, signedBy: SignedBy): Result<Signer, DocumentError> => {
  const decoded = decodeIssuerCertificate(certificate);
  if (!decoded.ok) return decoded;
  const { tbs, signature, publicKey, notBefore, notAfter, maySign } = decoded.value;
  const anchor = issuers.find((key) => crypto.p256.verify(key, signature, tbs));
  if (anchor === undefined) return refuseDocument('certificate-signature');
  if (!maySign) return refuseDocument('certificate-usage');
  if (now !== undefined && !isInForce(decoded.value, now)) return refuseDocument('certificate-expired');
  return signedBy(publicKey) ? ok({ anchor, certified: { notBefore, notAfter } }) : refuseDocument('issuer-signature');
};

const byKeyIdentifier = (
  crypto: Crypto, keyIdentifier: Bytes, certificate: Bytes | undefined, trust: Trust, signedBy: SignedBy,
): Result<Signer, DocumentError> => {
  const anchor = trust.issuers.find((key) => equalBytes(keyIdentifierOf(crypto, key), keyIdentifier));
  if (anchor === undefined) return refuseDocument('issuer-unknown');
  if (signedBy(anchor)) return ok({ anchor });
  return certificate === undefined ? refuseDocument('issuer-signature') : byCertificate(crypto, certificate, { ...trust, issuers: [anchor] }, signedBy);
};

/**
 * In this order: `issuer-unnamed` (neither header 4 nor 33), `issuer-unknown` (header 4 of nobody), `certificate-malformed`, `certificate-signature` (no trusted issuer's),
 * `certificate-usage` (a critical extension that we do not know, or a usage other than signing), `certificate-expired` (with a clock
 * only), `issuer-signature`.
 */
export const verifySigner = (crypto: Crypto, auth: IssuerAuth, trust: Trust): Result<Signer, DocumentError> => {
  const structure = signedStructure(auth.payload);
  const signedBy: SignedBy = (key) => crypto.p256.verify(key, auth.signature, structure);
  const { keyIdentifier, certificate } = auth;
  if (keyIdentifier !== undefined) return byKeyIdentifier(crypto, keyIdentifier, certificate, trust, signedBy);
  return certificate === undefined ? refuseDocument('issuer-unnamed') : byCertificate(crypto, certificate, trust, signedBy);
};
