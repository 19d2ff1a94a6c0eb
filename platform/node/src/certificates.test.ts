import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import test from 'node:test';
import * as fc from 'fast-check';
import { fromUtf8 } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { createCa, derOfPem, factoryCertificate, issueBrokerCertificate, issueLinkCertificate } from './certificates.ts';
import { describeCertificate, lockIdOf, lockIdOfCertificate } from './lock-id-of-certificate.ts';
import { generateP256KeyPair, privateKeyPem, publicKeyObject, type P256KeyPair } from './p256-keys.ts';

const ca = await createCa();
const lock = generateP256KeyPair();
const link = generateP256KeyPair();
const lockId = lockIdOf(lock.publicKey);
const factory = await factoryCertificate(lock);
const adopted = await issueLinkCertificate(ca, lockId, link.publicKey);

test('a factory certificate speaks for the lock whose identity key it carries', () => {
  assert.deepEqual(lockIdOfCertificate(derOfPem(factory), ca.certificate), { ok: true, value: { kind: 'factory', lockId, identityKey: lock.publicKey } });
});

test('a link certificate speaks for the lock that the CA named', () => {
  assert.deepEqual(lockIdOfCertificate(derOfPem(adopted), ca.certificate), { ok: true, value: { kind: 'adopted', lockId, linkKey: link.publicKey } });
});

test('describes names and key', () => {
  const described = describeCertificate(derOfPem(adopted));
  assert.deepEqual(described, { ok: true, value: { commonName: lockId, issuerName: 'Mortise link', publicKey65: link.publicKey, selfSigned: false } });
});

test('attacks on the certificate are refused by name', async () => {
  const stranger = await createCa();
  const otherId = identifierOf<LockId>(new Uint8Array(16));
  const borrowed = await issueLinkCertificate({ certificate: '', keys: link }, otherId, link.publicKey);
  const cases = [
    ['link certificate of another CA of the same name', await issueLinkCertificate(stranger, lockId, link.publicKey), 'certificate-issuer'],
    ['the CA certificate itself', ca.certificate, 'certificate-name'],
    ['another lock id, self-signed', borrowed, 'certificate-identity'],
    ['broker certificate', await issueBrokerCertificate(ca, link.publicKey, []), 'certificate-name'],
  ] as const;
  for (const [name, pem, code] of cases) {
    assert.deepEqual(lockIdOfCertificate(derOfPem(pem), ca.certificate), { ok: false, error: { code } }, name);
  }
});

test('every truncation and every changed byte is refused or says the same', () => {
  const der = derOfPem(adopted);
  for (let length = 0; length < der.length; length += 1) assert.equal(lockIdOfCertificate(der.slice(0, length), ca.certificate).ok, false);
  fc.assert(fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
    const changed = der.slice();
    changed[at] = (changed[at] ?? 0) ^ mask;
    assert.equal(lockIdOfCertificate(changed, ca.certificate).ok, false);
  }));
  console.log(`truncations refused: ${der.length}`);
});

test('any bytes are answered', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !describeCertificate(bytes).ok));
});

test('the broker certificate names the loopback and what was asked for', async () => {
  const pem = await issueBrokerCertificate(ca, link.publicKey, ['mortise.test', '192.0.2.7']);
  const certificate = new X509Certificate(pem);
  assert.equal(certificate.checkHost('localhost'), 'localhost');
  assert.equal(certificate.checkHost('mortise.test'), 'mortise.test');
  assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(certificate.checkIP('192.0.2.7'), '192.0.2.7');
  assert.equal(certificate.checkHost('elsewhere.test'), undefined);
  assert.equal(certificate.validTo, 'Dec 31 23:59:59 9999 GMT');
});

const pemText = (keys: P256KeyPair): string => fromUtf8(privateKeyPem(keys).reveal());

const handshake = async (clientPem: string, clientKeys: P256KeyPair): Promise<{ protocol: string | null; raw: Uint8Array }> => {
  const broker = generateP256KeyPair();
  const server = createServer({
    key: pemText(broker), cert: await issueBrokerCertificate(ca, broker.publicKey, []), requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3',
  });
  const accepted = new Promise<TLSSocket>((resolve) => server.once('secureConnection', resolve));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const client = connect({ port: address.port, host: '127.0.0.1', servername: 'localhost', ca: ca.certificate, cert: clientPem, key: pemText(clientKeys) });
  await once(client, 'secureConnect');
  const socket = await accepted;
  const answer = { protocol: socket.getProtocol(), raw: new Uint8Array(socket.getPeerCertificate().raw) };
  client.destroy();
  server.close();
  return answer;
};

test('both kinds of lock certificate work as TLS 1.3 client certificates against the broker certificate', async () => {
  for (const [pem, keys] of [[factory, lock], [adopted, link]] as const) {
    const { protocol, raw } = await handshake(pem, keys);
    assert.equal(protocol, 'TLSv1.3');
    assert.equal(lockIdOfCertificate(raw, ca.certificate).ok, true);
  }
});

test('a point off the curve is no public key', () => {
  const off = link.publicKey.slice();
  off[64] = (off[64] ?? 0) ^ 1;
  assert.equal(publicKeyObject(off), undefined);
  assert.notEqual(publicKeyObject(link.publicKey), undefined);
});
