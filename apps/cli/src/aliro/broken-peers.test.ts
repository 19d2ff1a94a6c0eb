// Peers that hang up, fall silent, send garbage, oversize lengths or pieces without end: each ends in one line, in bounded time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, uint } from '@mortise/base/bytes.ts';
import { apduLink } from './apdu-link.ts';
import { ask, callDevice, framed, readVector, run, runReader, servePeer, startDevice, vectorFile, WAIT_MS, type Ended } from './tcp.fixture.ts';

const CONFIG = vectorFile('standard');
const { steps } = readVector('standard');
const SELECT = steps[0]?.apdu ?? '';
const SELECT_ANSWER = steps[1]?.apdu ?? '';
const AUTH0_ANSWER = steps[3]?.apdu ?? '';

/** For those that wait for it; the others must not depend on how busy the machine is. */
const SHORT = ['--timeout', '0.25'] as const;

const broken = (reason: string, phase: string): object => ({ access: 'denied', readerStatus: null, reason, phase });

// ---- the device ------------------------------------------------------------------------------------------------------------------

type Bad = { readonly name: string; readonly before?: readonly string[]; readonly bytes: Uint8Array | string; readonly ends: boolean; readonly reason: string; readonly phase: string };

const BAD_READERS: readonly Bad[] = [
  { name: 'hangs up at once', bytes: '', ends: true, reason: 'connection-closed', phase: 'select' },
  { name: 'hangs up after SELECT', before: [SELECT], bytes: '', ends: true, reason: 'connection-closed', phase: 'select' },
  { name: 'cuts a length', bytes: '00', ends: true, reason: 'connection-closed', phase: 'select' },
  { name: 'cuts an APDU', bytes: framed(SELECT).subarray(0, 9), ends: true, reason: 'connection-closed', phase: 'select' },
  { name: 'says nothing', bytes: '', ends: false, reason: 'timeout', phase: 'select' },
  { name: 'stops in an APDU', before: [SELECT], bytes: framed(SELECT).subarray(0, 9), ends: false, reason: 'timeout', phase: 'select' },
  { name: 'sends a length of nothing', bytes: '0000', ends: false, reason: 'length-out-of-bounds', phase: 'select' },
  { name: 'sends a length beyond bounds', bytes: `ffff${'00'.repeat(64)}`, ends: false, reason: 'length-out-of-bounds', phase: 'select' },
];

const bytes = (given: Uint8Array | string): Uint8Array => (typeof given === 'string' ? Buffer.from(given, 'hex') : given);

for (const { name, before = [], bytes: last, ends, reason, phase } of BAD_READERS) {
  test(`device: a reader that ${name}`, async () => {
    const started = startDevice(CONFIG, ...(reason === 'timeout' ? SHORT : []));
    const socket = await callDevice(await started.port);
    const link = apduLink(socket, WAIT_MS);
    for (const apdu of before) assert.notEqual(await ask(link, apdu), '');
    socket.write(bytes(last));
    if (ends) socket.end();
    const ended = await started.ended;
    assert.deepEqual([ended.code, ended.line], [1, broken(reason, phase)]);
    await link.close();
  });
}

test('device: nobody calls', async () => {
  const ended = await startDevice(CONFIG, '--timeout', '0.02').ended;
  assert.deepEqual([ended.code, ended.line], [1, broken('timeout', 'select')]);
});

test('device: a whole APDU of garbage is refused by its status word, and access with it', async () => {
  const started = startDevice(CONFIG);
  const link = apduLink(await callDevice(await started.port), WAIT_MS);
  assert.equal(await ask(link, 'aabbccdd'), '6800');
  await link.close();
  const ended = await started.ended;
  assert.deepEqual([ended.code, ended.line], [3, broken('class-unsupported', 'select')]);
});

test('device: pieces without end', async () => {
  const started = startDevice(CONFIG);
  const link = apduLink(await callDevice(await started.port), WAIT_MS);
  let answer = await ask(link, SELECT);
  for (let sent = 0; sent < 1000 && answer.endsWith('9000'); sent += 1) answer = await ask(link, '908000000100');
  assert.equal(answer, '6701');
  await link.close();
  assert.deepEqual((await started.ended).line, broken('apdu-too-long', 'auth0'));
});

test('device: SELECT without end', async () => {
  const started = startDevice(CONFIG);
  const socket = await callDevice(await started.port);
  socket.on('error', () => { socket.destroy(); });
  socket.resume();
  for (let sent = 0; sent < 3000; sent += 1) socket.write(framed(SELECT));
  const ended = await started.ended;
  assert.deepEqual([ended.code, ended.line], [1, broken('too-many-apdus', 'select')]);
  socket.destroy();
});

test('device: it serves one transaction, to the first who calls', async () => {
  const started = startDevice(CONFIG, '--timeout', '0.3');
  const port = await started.port;
  const first = await callDevice(port);
  await assert.rejects(async () => { await apduOf(port); });
  first.destroy();
  assert.equal((await started.ended).code, 1);
});

/** What a second caller gets: it is not let in, or hung up on. */
const apduOf = async (port: number): Promise<void> => {
  const link = apduLink(await callDevice(port), WAIT_MS);
  const answer = await ask(link, SELECT);
  assert.equal(answer, SELECT_ANSWER);
};

// ---- the reader ------------------------------------------------------------------------------------------------------------------

type BadDevice = { readonly name: string; readonly answers: readonly string[]; readonly last: Uint8Array | string; readonly ends: boolean; readonly reason: string; readonly phase: string };

const BAD_DEVICES: readonly BadDevice[] = [
  { name: 'hangs up at once', answers: [], last: '', ends: true, reason: 'connection-closed', phase: 'select' },
  { name: 'hangs up after SELECT', answers: [SELECT_ANSWER], last: '', ends: true, reason: 'connection-closed', phase: 'auth0' },
  { name: 'cuts an answer', answers: [SELECT_ANSWER], last: framed(AUTH0_ANSWER).subarray(0, 40), ends: true, reason: 'connection-closed', phase: 'auth0' },
  { name: 'says nothing', answers: [SELECT_ANSWER, AUTH0_ANSWER], last: '', ends: false, reason: 'timeout', phase: 'auth1' },
  { name: 'sends a length beyond bounds', answers: [], last: 'ffffff', ends: false, reason: 'length-out-of-bounds', phase: 'select' },
];

for (const { name, answers, last, ends, reason, phase } of BAD_DEVICES) {
  test(`reader: a user device that ${name}`, async () => {
    const peer = await servePeer(async (link, socket) => {
      for (const answer of answers) {
        await link.receive();
        socket.write(framed(answer));
      }
      await link.receive();
      socket.write(bytes(last));
      if (ends) socket.end();
      await link.receive();
      await link.close();
      return [];
    });
    const ended = await runReader(CONFIG, peer.port, ...(reason === 'timeout' ? SHORT : []));
    assert.deepEqual([ended.code, ended.line], [1, broken(reason, phase)]);
    await peer.commands;
  });
}

/** What the reader says to a device that answers `answer` to its second command, whatever that is. */
const afterAnswers = async (...answers: readonly string[]): Promise<{ readonly ended: Ended; readonly heard: readonly string[] }> => {
  const peer = await servePeer(async (link) => {
    const heard: string[] = [];
    for (const answer of [...answers, undefined]) {
      const received = await link.receive();
      heard.push(received.kind === 'apdu' ? hex(received.apdu) : received.code);
      if (answer !== undefined) link.send(Buffer.from(answer, 'hex'));
    }
    await link.close();
    return heard;
  });
  const ended = await runReader(CONFIG, peer.port);
  return { ended, heard: await peer.commands };
};

test('reader: garbage ends in a coded refusal, which the device is told by CONTROL FLOW', async () => {
  for (const [answer, reason] of [['00', 'apdu-malformed'], ['deadbeef', 'status-unexpected'], ['87009000', 'field-missing'], [`8641${'00'.repeat(65)}9000`, 'point-invalid']] as const) {
    const { ended, heard } = await afterAnswers(SELECT_ANSWER, answer);
    assert.deepEqual([ended.code, ended.line], [3, broken(reason, 'auth0')]);
    assert.equal(heard.at(-1), '803c000006410100420100');
  }
});

test('reader: a refused SELECT is told to nobody', async () => {
  const { ended, heard } = await afterAnswers('6a82');
  assert.deepEqual([ended.code, ended.line], [3, broken('status-unexpected', 'select')]);
  assert.equal(heard.at(-1), 'connection-closed');
});

test('reader: parts without end, and parts of nothing', async () => {
  const flood = await servePeer(async (link) => {
    for (let sent = 0; sent < 1000; sent += 1) {
      if ((await link.receive()).kind === 'broken') break;
      link.send(Buffer.from('aa61ff', 'hex'));
    }
    await link.close();
    return [];
  });
  const ended = await runReader(CONFIG, flood.port);
  assert.deepEqual([ended.code, ended.line], [3, broken('apdu-too-long', 'select')]);
  assert.deepEqual((await afterAnswers('61ff')).ended.line, broken('chain-broken', 'select'));
});

test('reader: nobody listens', async () => {
  const peer = await servePeer(async (link) => { await link.close(); return []; });
  (await callDevice(peer.port)).destroy();
  await peer.commands;
  const ended = await run(['aliro', 'reader', '--tcp', `127.0.0.1:${peer.port}`, '--config', CONFIG]);
  assert.deepEqual([ended.code, ended.line], [1, broken('connection-refused', 'select')]);
  assert.match(ended.err, /^mortise: no user device answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\n$/);
});

test('a length is two bytes, big-endian', () => {
  assert.equal(hex(framed('9000')), `${hex(uint(2, 2))}9000`);
});
