// A hub that listens: on localhost by itself, and by HTTPS under a name of its own.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
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

void test('the origin may change: the broker’s certificate follows, under the same authority', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const names: (string | undefined)[] = [];
  const authorities = new Set<string>();
  for (const origin of [[], ['https://lock.example.org'], ['https://192.0.2.7:8443', 'https://lock.example.org'], []]) {
    const hub = await startHub({ ...quiet, data, origins: origin });
    authorities.add(readFileSync(hub.brokerCaPath, 'utf8'));
    names.push(await brokerNames(hub.brokerPort, readFileSync(hub.brokerCaPath, 'utf8')));
    await hub.close();
  }
  assert.equal(authorities.size, 1);
  assert.doesNotMatch(names[0] ?? '', /example/);
  assert.match(names[1] ?? '', /DNS:lock\.example\.org/);
  assert.match(names[2] ?? '', /192\.0\.2\.7.*lock\.example\.org|lock\.example\.org.*192\.0\.2\.7/);
});

const brokerNames = (port: number, ca: string): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: 'localhost', ca }, () => {
      resolve(socket.getPeerCertificate().subjectaltname);
      socket.destroy();
    });
    socket.once('error', reject);
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

void test('a hub that cannot start leaves no port open', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const first = await startHub({ ...quiet, data, origins: [] });
  await first.close();
  rmSync(first.brokerCaPath);
  mkdirSync(first.brokerCaPath);
  const port = Number(new URL(first.url).port);
  await assert.rejects(startHub({ ...quiet, data, port, origins: [] }), { name: 'StartError', code: 'data-unwritable' });
  await assert.rejects(fetch(`${first.url}/api/health`), { name: 'TypeError' });
});

type Said = { readonly status: number | undefined; readonly transport: string | undefined; readonly cookie: string };

const ask = (options: RequestOptions): Promise<Said> =>
  new Promise((resolve, reject) => {
    request(options, (response) => {
      response.resume();
      resolve({ status: response.statusCode, transport: response.headers['strict-transport-security'], cookie: response.headers['set-cookie']?.[0] ?? '' });
    }).once('error', reject).end();
  });
