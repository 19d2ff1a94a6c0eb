// Who asks, behind proxies and without: a header that anybody wrote moves nobody into another's bucket, nor out of their own.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { assert as assertProperty, property, string } from 'fast-check';
import type { HubConfig } from '../config.ts';
import { ORIGIN, testHub } from '../testing/hub.fixture.ts';
import { clientAddressBehind } from './client-address.ts';
import { closeServer, createHttpServer, listen } from './server.ts';

const LOOPBACK = { address: '127.0.0.0', prefix: 8, family: 'ipv4' } as const;
const INNER = { address: '10.0.0.0', prefix: 8, family: 'ipv4' } as const;
const SIX = { address: '2001:db8::', prefix: 32, family: 'ipv6' } as const;

void test('the client is the right-most address that is no proxy’s; what stands left of it, and what no proxy wrote, counts for nothing', () => {
  const behind = clientAddressBehind([LOOPBACK, INNER, SIX]);
  const table: readonly (readonly [label: string, socket: string, forwarded: string | undefined, client: string])[] = [
    ['a proxy', '127.0.0.1', '198.51.100.7', '198.51.100.7'], ['two proxies', '127.0.0.1', '198.51.100.7, 10.0.0.2', '198.51.100.7'],
    ['a client who wrote one itself', '127.0.0.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'], ['a client who wrote a proxy', '127.0.0.1', '10.9.9.9, 198.51.100.7', '198.51.100.7'],
    ['no proxy’s socket', '198.51.100.7', '203.0.113.9', '198.51.100.7'], ['no header', '127.0.0.1', undefined, '127.0.0.1'], ['an empty one', '127.0.0.1', '', '127.0.0.1'],
    ['no address', '127.0.0.1', '203.0.113.9, unknown', '127.0.0.1'], ['no address before a proxy', '127.0.0.1', '203.0.113.9, _hidden, 10.0.0.2', '10.0.0.2'],
    ['proxies alone', '127.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'], ['with a port', '127.0.0.1', '198.51.100.7:5123', '198.51.100.7'],
    ['a mapped socket', '::ffff:127.0.0.1', '198.51.100.7', '198.51.100.7'], ['a mapped client', '127.0.0.1', '::FFFF:198.51.100.7', '198.51.100.7'],
    ['in brackets', '2001:db8::1', '[2001:DB9::7]:443', '2001:db9::7'], ['a zone', 'fe80::1%eth0', '203.0.113.9', 'fe80::1'], ['a zone behind', '127.0.0.1', 'fe80::1%eth0', 'fe80::1'],
    ['more hops than there are proxies', '127.0.0.1', `203.0.113.9${', 10.0.0.2'.repeat(40)}`, '10.0.0.2'],
  ];
  for (const [label, socket, forwarded, client] of table) assert.equal(behind(socket, forwarded), client, label);
  for (const [label, socket, forwarded] of table.slice(0, 4)) assert.equal(clientAddressBehind([])(socket, forwarded), socket, `without the setting: ${label}`);
  assert.equal(behind(undefined, '203.0.113.9'), 'here');
});

void test('any header is an address or nothing', () => {
  const behind = clientAddressBehind([LOOPBACK]);
  assertProperty(property(string(), string(), (one, other) => { assert.ok(behind('127.0.0.1', `${one},${other}`) !== ''); }));
});

/** A hub that listens, and what it answers to a challenge asked for by somebody behind `forwarded`. */
const listening = async (t: { readonly after: (end: () => Promise<void>) => void }, config: Partial<HubConfig>) => {
  const hub = await testHub(config);
  const server = createHttpServer(hub.app, undefined);
  const port = await listen(server, 0, '127.0.0.1');
  t.after(async () => {
    await closeServer(server);
    await hub.end();
  });
  return (forwarded: string): Promise<number | undefined> => new Promise((resolve, reject) => {
    const headers = { 'host': 'localhost:8400', 'origin': ORIGIN, 'content-type': 'application/json', 'x-forwarded-for': forwarded };
    request({ port, host: '127.0.0.1', method: 'POST', path: '/api/keys/challenge', headers }, (response) => { resolve(response.resume().statusCode); }).on('error', reject).end('{}');
  });
};

const MOST = 60;
const all = async (ask: (forwarded: string) => Promise<number | undefined>, forwarded: (index: number) => string): Promise<void> => {
  for (let index = 0; index < MOST; index += 1) assert.equal(await ask(forwarded(index)), 200);
};

void test('behind a trusted proxy one stranger shuts off nobody but themselves, whatever they write into the header', async (t) => {
  const ask = await listening(t, { trustedProxies: [LOOPBACK] });
  await all(ask, (index) => `203.0.113.${index}, 198.51.100.7`);
  assert.equal(await ask('203.0.113.99, 198.51.100.7'), 429, 'another header makes nobody new');
  assert.equal(await ask('198.51.100.8'), 200, 'the control: the next person');
});

void test('without the setting no header is believed: whoever changes it stays who they are', async (t) => {
  const ask = await listening(t, {});
  await all(ask, (index) => `203.0.113.${index}`);
  assert.equal(await ask('198.51.100.8'), 429);
});
