// A look at the link certificate that a lock was given, before it is used: one for another key or another lock would make the
// broker turn the lock away, and nobody would know why.

import { X509Certificate } from 'node:crypto';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { describeCertificate } from '@mortise/node/lock-id-of-certificate.ts';

/** What is wrong with the PEM certificate, as a code; undefined when it is for this lock and this link key (65 bytes). */
export const linkCertificateFault = (pem: Bytes, lockId: LockId, linkKey: Bytes): string | undefined => {
  const der = derOf(pem);
  const described = der && describeCertificate(der);
  if (described?.ok !== true) return 'certificate-malformed';
  if (described.value.commonName !== lockId) return 'certificate-name';
  return equalBytes(described.value.publicKey65, linkKey) ? undefined : 'certificate-key';
};

const derOf = (pem: Bytes): Bytes | undefined => {
  try {
    return Uint8Array.from(new X509Certificate(pem).raw);
  } catch (error) {
    return refused(error);
  }
};

// OpenSSL reports every malformed certificate by throwing.
const refused = (_error: unknown): undefined => undefined;
