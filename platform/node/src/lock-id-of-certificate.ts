// Which lock a client certificate speaks for. A factory certificate is signed by the lock's own identity key and is believed
// because the lock id is the hash of that key; a link certificate is believed because the pinned link CA signed it. TLS has
// proved possession of the key before any of this is asked.

import { createHash, X509Certificate } from 'node:crypto';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { identifierOf, parseIdentifier, IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import { publicKeyBytes } from './p256-keys.ts';

/** What a certificate says; names are its single common names, absent when there is none or more than one attribute. */
export type CertificateDescription = {
  readonly commonName: string | undefined;
  readonly issuerName: string | undefined;
  /** 65 bytes, uncompressed P-256. */
  readonly publicKey65: Bytes;
  /** The signature is by the certificate's own key. */
  readonly selfSigned: boolean;
};

export type LinkIdentity =
  | { readonly kind: 'factory'; readonly lockId: LockId; readonly identityKey: Bytes }
  | { readonly kind: 'adopted'; readonly lockId: LockId; readonly linkKey: Bytes };

/**
 * - `certificate-malformed`: not a certificate, longer than 4096 bytes, or not a P-256 key
 * - `certificate-name`: the subject is not exactly one lock id as its common name
 * - `certificate-identity`: self-signed, but the lock id is not the hash of its key
 * - `certificate-issuer`: signed neither by itself nor by the link CA
 */
export type CertificateError = {
  readonly code: 'certificate-malformed' | 'certificate-name' | 'certificate-identity' | 'certificate-issuer';
};

const MAX_CERTIFICATE_BYTES = 4096;

/** lockId = first 16 bytes of SHA-256 of the identity key's 65 bytes (CONTRACTS: identifiers). */
export const lockIdOf = (identityKey: Bytes): LockId =>
  identifierOf<LockId>(Uint8Array.from(createHash('sha256').update(identityKey).digest()).slice(0, IDENTIFIER_BYTES));

/** Takes any DER bytes. Says nothing about whom to believe. */
export const describeCertificate = (der: Bytes): Result<CertificateDescription, CertificateError> => {
  const certificate = parse(der);
  const publicKey65 = certificate && publicKeyBytes(certificate.publicKey);
  if (certificate === undefined || publicKey65 === undefined) return err({ code: 'certificate-malformed' });
  return ok({
    commonName: onlyCommonName(certificate.subject), issuerName: onlyCommonName(certificate.issuer), publicKey65,
    selfSigned: certificate.verify(certificate.publicKey),
  });
};

/** Decides for which lock a client that proved this certificate's key may speak, and in which state. `caPem` is the link CA. */
export const lockIdOfCertificate = (der: Bytes, caPem: string): Result<LinkIdentity, CertificateError> => {
  const described = describeCertificate(der);
  if (!described.ok) return described;
  const lockId = parseIdentifier<LockId>(described.value.commonName);
  if (lockId === undefined) return err({ code: 'certificate-name' });
  const key = described.value.publicKey65;
  if (described.value.selfSigned) return lockIdOf(key) === lockId ? ok({ kind: 'factory', lockId, identityKey: key }) : err({ code: 'certificate-identity' });
  return issuedBy(der, caPem) ? ok({ kind: 'adopted', lockId, linkKey: key }) : err({ code: 'certificate-issuer' });
};

const issuedBy = (der: Bytes, caPem: string): boolean => {
  const authority = new X509Certificate(caPem);
  const certificate = new X509Certificate(der);
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey) && !certificate.ca;
};

const parse = (der: Bytes): X509Certificate | undefined => {
  if (der.length > MAX_CERTIFICATE_BYTES) return undefined;
  try {
    const certificate = new X509Certificate(der);
    // Node also takes PEM and ignores what follows; a certificate has one written form here.
    return certificate.raw.equals(der) && certificate.publicKey.type === 'public' ? certificate : undefined;
  } catch (error) {
    return refused(error);
  }
};

// OpenSSL reports every malformed certificate by throwing; there is nothing to tell apart.
const refused = (_error: unknown): undefined => undefined;

// Node prints one attribute a line and escapes what could be mistaken for the print's own form.
const onlyCommonName = (name: string | undefined): string | undefined => /^CN=([^\n\\+]*)$/.exec(name ?? '')?.[1];
