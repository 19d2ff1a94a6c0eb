// A hub that listens: on localhost by itself, and by HTTPS under a name of its own.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromUtf8 } from '@mortise/base/bytes.ts';
import { createCa, issueBrokerCertificate } from '@mortise/node/certificates.ts';
import { generateP256KeyPair, privateKeyPem } from '@mortise/node/p256-keys.ts';
import { startHub } from './main.ts';
import { temporaryDirectory } from './testing/hub.fixture.ts';

const quiet = { port: 0, brokerPort: 0, log: () => undefined };

void test('on localhost it answers to that name and to no other', async (t) => {
  const data = temporaryDirectory();
  const hub = await startHub({ ...quiet, data, origins: [] });
  t.after(async () => {
    await hub.close();
    rmSync(data, { recursive: true, force: true });
  });
  const health = await fetch(`${hub.url}/api/health`);
  assert.deepEqual([health.status, await health.json()], [200, { version: '0.1.0', claimed: false }]);
  assert.equal((await fetch(`${hub.url.replace('localhost', '127.0.0.1')}/api/health`)).status, 421);
});

void test('by HTTPS it shows the certificate that was given, asks for strict transport, and holds its cookie to the host', async (t) => {
  const data = temporaryDirectory();
  const [ca, keys] = [await createCa(), generateP256KeyPair()];
  const [certPath, keyPath] = [join(data, 'cert.pem'), join(data, 'key.pem')];
  writeFileSync(certPath, await issueBrokerCertificate(ca, keys.publicKey, []));
  writeFileSync(keyPath, fromUtf8(privateKeyPem(keys).reveal()));
  const hub = await startHub({ ...quiet, data, origins: [], tls: { certPath, keyPath } });
  t.after(async () => {
    await hub.close();
    rmSync(data, { recursive: true, force: true });
  });
  const options = { host: 'localhost', port: Number(new URL(hub.url).port), ca: ca.certificate };
  const good = await ask({ ...options, path: '/api/health' });
  assert.deepEqual([good.status, good.transport], [200, 'max-age=31536000']);
  const out = await ask({ ...options, path: '/api/sign-out', method: 'POST', headers: { origin: hub.url } });
  assert.match(out.cookie, /^__Host-mortise-\d+=; .*HttpOnly; Secure; SameSite=Strict$/);
  await assert.rejects(ask({ ...options, ca: (await createCa()).certificate, path: '/api/health' }));
});

type Said = { readonly status: number | undefined; readonly transport: string | undefined; readonly cookie: string };

const ask = (options: RequestOptions): Promise<Said> =>
  new Promise((resolve, reject) => {
    request(options, (response) => {
      response.resume();
      resolve({ status: response.statusCode, transport: response.headers['strict-transport-security'], cookie: response.headers['set-cookie']?.[0] ?? '' });
    }).once('error', reject).end();
  });
