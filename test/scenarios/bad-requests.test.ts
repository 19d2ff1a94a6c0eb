// What the hub's HTTP, its sockets and the claim link are sent that they should not be: each gets a clear error, and the door still
// opens afterwards.

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import type { Door } from '@mortise/api/locks.ts';
import { MAX_BODY_BYTES } from '@mortise/api/fields.ts';
import { CLOSE } from '@mortise/api/error.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { claimToken, claimHub, tryClaim, type Owner } from '../support/owner.ts';
import { ownedMortise, restartableMortise } from '../support/owned.ts';
import { refusedOf, Session } from '../support/session.ts';

const opensAndLocks = async (owner: Owner, door: Door): Promise<void> => {
  for (const verb of ['unlock', 'lock'] as const) assert.equal((await owner.operate(door, verb)).outcome.kind, 'sensed', `it still does: ${verb}`);
};

type Sent = { readonly status: number; readonly code: string; readonly message: string };

const said = async (response: Response): Promise<Sent> => {
  const text = await response.text();
  return response.headers.get('content-type')?.startsWith('application/json') === true ? refusedOf(response.status, JSON.parse(text)) : { status: response.status, code: 'no JSON', message: text.slice(0, 80) };
};

describe('bad requests', async () => {
  const world = await ownedMortise({ after });
  const { owner, door } = world;
  const { session } = owner;
  const { lockId } = door.lock;
  const phoneKey = required((await session.call(ROUTES.people)).people[0]?.phoneKeys[0], 'a phone key').credentialKey;
  // As browsers ask. A hub that was asked to close would, after it refused what is too large, while the rest was still being written.
  const send = (method: string, path: string, body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    session.request(method, path, { headers: { connection: 'keep-alive', ...headers }, ...(body === undefined ? {} : { body }), ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) });
  const json = (method: string, path: string, value: unknown): Promise<Response> => send(method, path, JSON.stringify(value));
  const endless = (): ReadableStream<Uint8Array> => {
    let left = MAX_BODY_BYTES + 65_536;
    return new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(16_384).fill(0x20));
        left -= 16_384;
        if (left < 0) controller.close();
      },
    });
  };

  test('each is refused with its code and a sentence', async (t) => {
    const key = { credentialKey: phoneKey, label: 'x' };
    const table: readonly (readonly [name: string, ask: () => Promise<Response>, status: number, code: string])[] = [
      ['no JSON', () => send('PUT', '/api/phone-keys', '{"credentialKey":'), 400, 'input-invalid'],
      ['not UTF-8', () => send('PUT', '/api/phone-keys', Uint8Array.of(0x22, 0xff, 0x22)), 400, 'input-invalid'],
      ['no body', () => send('PUT', '/api/phone-keys', ''), 400, 'input-invalid'],
      ['null', () => json('PUT', '/api/phone-keys', null), 400, 'input-invalid'],
      ['an array', () => json('PUT', '/api/phone-keys', [key]), 400, 'input-invalid'],
      ['a number for a key', () => json('PUT', '/api/phone-keys', { ...key, credentialKey: 7 }), 400, 'input-invalid'],
      ['an object for a name', () => json('PUT', '/api/phone-keys', { ...key, label: {} }), 400, 'input-invalid'],
      ['a key too short', () => json('PUT', '/api/phone-keys', { ...key, credentialKey: phoneKey.slice(0, -4) }), 400, 'input-invalid'],
      ['a key in another alphabet', () => json('PUT', '/api/phone-keys', { ...key, credentialKey: `+${phoneKey.slice(1)}` }), 400, 'input-invalid'],
      ['no point of the curve', () => json('PUT', '/api/phone-keys', { ...key, credentialKey: `BAAA${phoneKey.slice(4)}` }), 400, 'input-invalid'],
      ['an empty name', () => json('PUT', '/api/phone-keys', { ...key, label: '  ' }), 400, 'input-invalid'],
      ['a name too long', () => json('PUT', '/api/phone-keys', { ...key, label: 'x'.repeat(65) }), 400, 'input-invalid'],
      ['a name with control characters', () => json('PUT', '/api/phone-keys', { ...key, label: 'a\u0000b' }), 400, 'input-invalid'],
      ['a million brackets', () => send('PUT', '/api/phone-keys', '['.repeat(200_000)), 400, 'input-invalid'],
      ['__proto__', () => send('PUT', '/api/phone-keys', '{"__proto__":{"credentialKey":"x","label":"y"}}'), 400, 'input-invalid'],
      ['form data', () => send('PUT', '/api/phone-keys', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }), 400, 'input-invalid'],
      ['too large, as it says', () => send('PUT', '/api/phone-keys', ' '.repeat(MAX_BODY_BYTES + 1)), 413, 'too-large'],
      ['too large, and it does not say', () => send('PUT', '/api/phone-keys', endless()), 413, 'too-large'],
      ['a garbage roster', () => json('PUT', `/api/locks/${lockId}/roster`, { document: 'AAAA' }), 422, 'document-refused'],
      ['a roster for an unknown lock', () => json('PUT', '/api/locks/AAAAAAAAAAAAAAAAAAAAAA/roster', { document: 'AAAA' }), 404, 'lock-unknown'],
      ['an unknown door', () => send('GET', '/api/doors/AAAAAAAAAAAAAAAAAAAAAA'), 404, 'door-unknown'],
      ['a door that is no identifier', () => send('GET', '/api/doors/%00%ff..'), 404, 'door-unknown'],
      ['the journal of an unknown lock', () => send('GET', '/api/locks/nobody/journal'), 404, 'lock-unknown'],
      ['a page of no size', () => send('GET', '/api/activity?limit=0'), 400, 'input-invalid'],
      ['a page of too large a size', () => send('GET', '/api/activity?limit=100000'), 400, 'input-invalid'],
      ['a place that is no number', () => send('GET', '/api/activity?before=now'), 400, 'input-invalid'],
      ['an unknown route', () => send('GET', '/api/nothing'), 404, 'not-found'],
      ['another method', () => send('DELETE', '/api/doors'), 404, 'not-found'],
      ['a page of another site', () => send('PUT', '/api/phone-keys', '{}', { origin: 'https://evil.example' }), 403, 'origin-refused'],
      ['a page of another port', () => send('PUT', '/api/phone-keys', '{}', { origin: 'http://localhost:1' }), 403, 'origin-refused'],
      ['a cookie of nobody', () => send('GET', '/api/doors', undefined, { cookie: session.cookie().replace(/.{8}$/, 'AAAAAAAA') }), 401, 'sign-in-required'],
      ['a cookie of 4 kB', () => send('GET', '/api/doors', undefined, { cookie: `mortise=${'x'.repeat(4000)}` }), 401, 'sign-in-required'],
    ];
    const before = await owner.session.call(ROUTES.people);
    for (const [name, ask, status, code] of table) {
      const sent = await said(await ask());
      assert.deepEqual([sent.status, sent.code], [status, code], `${name}: ${sent.message}`);
      assert.match(sent.message, /\p{L}.*\.$/su, `${name}: a sentence that says what to do`);
    }
    assert.deepEqual(await owner.session.call(ROUTES.people), before, 'nothing was changed');
    t.diagnostic(`${table.length} bad requests refused`);
    await opensAndLocks(owner, door);
  });

  test('another Host is refused, and what is no HTTP does no harm', async () => {
    const url = new URL(session.origin);
    const misled = await new Promise<number | undefined>((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port: url.port, path: '/api/health', headers: { host: 'evil.example' } }, (response) => { resolve(response.resume().statusCode); }).on('error', reject).end();
    });
    assert.equal(misled, 421);
    const garbage = ['GARBAGE\r\n\r\n', '\u0000\u0001\u0002\r\n\r\n', `GET /${'x'.repeat(70_000)} HTTP/1.1\r\n\r\n`, 'POST /api/claim HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n', 'GET http://[ HTTP/1.1\r\nHost: [\r\n\r\n', 'GET /api/health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'];
    for (const text of garbage) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(Number(url.port), '127.0.0.1', () => { socket.write(text); });
        let heard = '';
        socket.on('data', (chunk) => {
          heard += chunk.toString('latin1');
          socket.destroy();
        });
        socket.on('close', () => { resolve(heard); });
        socket.on('error', () => { socket.destroy(); });
        socket.setTimeout(5000, () => { socket.destroy(); });
      });
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, JSON.stringify(text.slice(0, 40)));
    }
    await opensAndLocks(owner, door);
  });

  test('what is no frame ends its socket and no other', async (t) => {
    type Row = { readonly name: string; readonly data: string | Uint8Array; readonly code: number };
    const table: readonly Row[] = [
      { name: 'text', data: 'open', code: CLOSE.frameRefused },
      { name: 'a frame too large', data: new Uint8Array(70_000), code: 1009 },
    ];
    for (const { name, data, code } of table) {
      const socket = session.socket('relay', lockId);
      const closed = new Promise<number>((resolve) => { socket.on('close', resolve); });
      socket.on('error', () => undefined);
      socket.on('open', () => { socket.send(data); });
      assert.equal(await closed, code, name);
    }
    // Frames that the hub passes on as they are: the lock drops them, and the phone beside it is served.
    const noise = [new Uint8Array(0), Uint8Array.of(0), Uint8Array.of(9, 9, 9), Uint8Array.of(2), new Uint8Array(9000).fill(2), Uint8Array.of(4, 0xff), Uint8Array.of(3, 1, 2, 3), Uint8Array.of(1, 1)];
    const socket = session.socket('relay', lockId);
    socket.on('error', () => undefined);
    await new Promise((resolve) => { socket.on('open', resolve); });
    for (const frame of noise) socket.send(frame);
    await opensAndLocks(owner, door);
    socket.close();
    for (const path of ['/api/locks/nobody/relay', `/api/locks/${lockId}/other`, '/relay']) {
      const status = await upgradeStatus(session, path);
      assert.equal(status, 404, path);
    }
    const foreign = session.socket('relay', lockId, { origin: 'https://evil.example' });
    foreign.on('error', () => undefined);
    assert.equal(await new Promise((resolve) => { foreign.on('unexpected-response', (_request, response) => { resolve(response.statusCode); }); }), 403);
    t.diagnostic(`${table.length + noise.length + 4} bad frames and sockets refused or dropped`);
  });
});

const upgradeStatus = (session: Session, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const url = new URL(path, session.origin);
    const headers = { 'connection': 'Upgrade', 'upgrade': 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'origin': session.origin, 'cookie': session.cookie() };
    httpRequest(url, { headers }, (response) => { resolve(response.resume().statusCode); }).on('error', reject).on('upgrade', () => { resolve(101); }).end();
  });

describe('the claim link', async () => {
  const world = await restartableMortise({ after });
  const { url, claimUrl } = world.mortise();
  const token = claimToken(required(claimUrl, 'a claim link'));

  test('mistyped it claims nothing, then it works once', async () => {
    const swapped = `${token.slice(0, 5)}${token[5] === 'A' ? 'B' : 'A'}${token.slice(6)}`;
    for (const [name, typed, code] of [
      ['one character mistyped', swapped, 'claim-refused'], ['cut short', token.slice(0, -3), 'input-invalid'], ['empty', '', 'input-invalid'],
      ['too long', `${token}AAAA`, 'input-invalid'], ['not base64url', `${token.slice(0, -1)}!`, 'input-invalid'],
    ] as const) {
      const refused = await tryClaim(url, typed);
      assert.equal(refused.ok ? 'claimed' : refused.error.code, code, name);
      assert.deepEqual((await new Session(url).call(ROUTES.health)).claimed, false, name);
    }
    await world.stop();
    await world.start();
    const old = await tryClaim(world.mortise().url, token);
    assert.equal(old.ok ? 'claimed' : old.error.code, 'claim-refused', 'each start prints a new link; the old one is void');
    const owner = await claimHub(world.mortise().url, world.mortise().claimUrl);
    const again = await tryClaim(world.mortise().url, claimToken(required(world.mortise().claimUrl, 'a claim link')));
    assert.equal(again.ok ? 'claimed' : again.error.code, 'already-claimed', 'used');
    await opensAndLocks(owner, await owner.adopt(world.workbench()));
  });
});
