// STUB: being filled. Types are final.
import type { Bytes } from '@mortise/base/bytes.ts';
import { EMPTY } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { err, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { aliroError, type AliroError } from './errors.ts';

export type CertificateFields = {
  readonly publicKey: Bytes;
  readonly serial?: Bytes;
  readonly issuer?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly subject?: string;
};
export type ReaderCertificate = Required<CertificateFields> & { readonly signature: Bytes };

export const certificateTbs = (_fields: CertificateFields, _issuerKey: Bytes, _crypto: Crypto): Bytes => EMPTY;
export const compressCertificate = (_fields: CertificateFields, _signature: Bytes): Bytes => EMPTY;
export const decodeCertificate = (_bytes: Bytes): Result<ReaderCertificate, AliroError> => err(aliroError('certificate-malformed'));
export const verifyCertificate = (
  _crypto: Crypto, _bytes: Bytes, _issuerKey: Bytes, _now?: Instant,
): Result<ReaderCertificate, AliroError> => err(aliroError('certificate-malformed'));
