// The link's certificates (X.509, RFC 5280): the hub's link CA, the broker's server certificate, a lock's link certificate,
// and the certificate that a lock in factory state signs for itself. All keys are P-256. None of them ends (notAfter
// 9999-12-31, RFC 5280 §4.1.2.5): a lock may have lost its clock and must still reach its hub; the hub's list of adopted
// locks says which certificates count. The link is the second wall, never the first (DESIGN §3.5).

import { isIP } from 'node:net';
import { webcrypto } from 'node:crypto';
import type { ExtendedKeyUsage, Extension } from '@peculiar/x509';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { lockIdOf } from './lock-id-of-certificate.ts';
import { generateP256KeyPair, importSigningKey, importVerifyingKey, type P256KeyPair } from './p256-keys.ts';

// The library wants this polyfill before it loads; static imports would leave their order to whoever sorts them.
await import('reflect-metadata');
const x509 = await import('@peculiar/x509');

/** A certificate authority of the link: its certificate as PEM and the key pair that it signs with. */
export type CertificateAuthority = { readonly certificate: string; readonly keys: P256KeyPair };

const SHA256 = { name: 'ECDSA', hash: 'SHA-256' } as const;
const CA_NAME = 'Mortise link';
const BROKER_NAME = 'Mortise broker';
const NOT_BEFORE = new Date('2020-01-01T00:00:00Z');
const NO_END = new Date('9999-12-31T23:59:59Z');
const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1'] as const;

/** A new link CA. It may sign end certificates and no further authority. */
export const createCa = async (keys: P256KeyPair = generateP256KeyPair()): Promise<CertificateAuthority> => {
  const extensions = [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
  ];
  return { keys, certificate: await issue({ subject: CA_NAME, publicKey: keys.publicKey, issuer: CA_NAME, signer: keys, extensions }) };
};

/** The certificate (PEM) by which an adopted lock proves its link key; its common name is the lock id. */
export const issueLinkCertificate = (ca: CertificateAuthority, lockId: LockId, linkKey: Bytes): Promise<string> =>
  issue({ subject: lockId, publicKey: linkKey, issuer: CA_NAME, signer: ca.keys, extensions: endEntity(x509.ExtendedKeyUsage.clientAuth) });

/**
 * The broker's server certificate (PEM) for localhost, the loopback addresses and `names` (DNS names or IP addresses).
 * Locks pin the CA and check the name that they were told to dial.
 */
export const issueBrokerCertificate = (ca: CertificateAuthority, brokerKey: Bytes, names: readonly string[]): Promise<string> => {
  const all = [...new Set([...LOCAL_NAMES, ...names])];
  const alternative = new x509.SubjectAlternativeNameExtension(all.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })));
  const extensions = [...endEntity(x509.ExtendedKeyUsage.serverAuth), alternative];
  return issue({ subject: BROKER_NAME, publicKey: brokerKey, issuer: CA_NAME, signer: ca.keys, extensions });
};

/** The certificate (PEM) that a lock in factory state signs with its identity key; its common name is the lock id. */
export const factoryCertificate = (identity: P256KeyPair): Promise<string> => {
  const lockId = lockIdOf(identity.publicKey);
  return issue({ subject: lockId, publicKey: identity.publicKey, issuer: lockId, signer: identity, extensions: endEntity(x509.ExtendedKeyUsage.clientAuth) });
};

const endEntity = (usage: ExtendedKeyUsage): Extension[] => [
  new x509.BasicConstraintsExtension(false, undefined, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
  new x509.ExtendedKeyUsageExtension([usage]),
];

type Issue = {
  readonly subject: string; readonly publicKey: Bytes; readonly issuer: string;
  readonly signer: P256KeyPair; readonly extensions: readonly Extension[];
};

const issue = async ({ subject, publicKey, issuer, signer, extensions }: Issue): Promise<string> => {
  const [key, signerPublic] = await Promise.all([importVerifyingKey(publicKey), importVerifyingKey(signer.publicKey)]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [subject] }], issuer: [{ CN: [issuer] }], notBefore: NOT_BEFORE, notAfter: NO_END, publicKey: key,
    signingKey: await importSigningKey(signer), signingAlgorithm: SHA256,
    extensions: [
      ...extensions,
      await x509.SubjectKeyIdentifierExtension.create(key, false, webcrypto),
      await x509.AuthorityKeyIdentifierExtension.create(signerPublic, false, webcrypto),
    ],
  }, webcrypto);
  return `${certificate.toString('pem')}\n`;
};

/** The certificate's DER (RFC 7468 the other way). Throws on text that is not one certificate: only for our own PEM. */
export const derOfPem = (pem: string): Bytes => new Uint8Array(new x509.X509Certificate(pem).rawData);
