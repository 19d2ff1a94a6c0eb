// Both commands against the published transactions, byte for byte over TCP, and against each other.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { endingsOf, exitCodeOf } from './endings.fixture.ts';
import { readVector, replayDevice, replayReader, runReader, startDevice, vectorFile, vectorNames, type Step } from './tcp.fixture.ts';

/** Answers whose bytes were chosen or damaged by hand while recording, which no input says: by index of the step. */
const ANSWERS_BY_HAND: ReadonlyMap<string, readonly [step: number, why: string]> = new Map([
  ['fast-fallback-to-standard', [3, 'the decoy cryptogram was the peer’s random choice']],
  ['neg-user-device-signature', [5, 'the signature was damaged before it was sealed']],
  ['neg-unknown-reader-group', [3, 'the recorded device had been given another group']],
]);

/** Commands likewise; the answers to them are the recorded ones all the same. */
const COMMANDS_BY_HAND: ReadonlyMap<string, readonly [step: number, why: string]> = new Map([
  ['neg-reader-signature', [4, 'the signature was damaged after it was made']],
  ['neg-exchange-bad-tag', [6, 'the tag was damaged on its way, here and in the close']],
]);

const from = (steps: readonly Step[], side: Step['from']): readonly (readonly [index: number, apdu: string])[] =>
  steps.map(({ apdu }, index) => [index, apdu] as const).filter((_, index) => steps[index]?.from === side);

const compare = (ours: readonly string[], recorded: readonly (readonly [number, string])[], byHand: (index: number) => boolean): number => {
  assert.equal(ours.length, recorded.length);
  const compared = recorded.map(([index, apdu], at) => [index, apdu, ours[at]] as const).filter(([index]) => !byHand(index));
  for (const [index, apdu, mine] of compared) assert.equal(mine, apdu, `step ${index}`);
  return compared.length;
};

test('the set is whole', () => { assert.equal(vectorNames.length, 42); });

for (const name of vectorNames) {
  const { steps } = readVector(name);
  const { reader, device } = endingsOf(name);

  test(`device: ${name}`, async (t) => {
    const started = startDevice(vectorFile(name));
    const answers = await replayReader(await started.port, steps);
    const ended = await started.ended;
    const [handmade, why] = ANSWERS_BY_HAND.get(name) ?? [];
    const count = compare(answers, from(steps, 'userDevice'), (index) => index === handmade);
    assert.deepEqual(ended.line, device);
    assert.equal(ended.code, exitCodeOf(device));
    t.diagnostic(`${count} answers byte for byte${why === undefined ? '' : `, one not: ${why}`}`);
  });

  test(`reader: ${name}`, async (t) => {
    const peer = await replayDevice(steps);
    const ended = await runReader(vectorFile(name), peer.port);
    const [handmade, why] = COMMANDS_BY_HAND.get(name) ?? [];
    const closes = name === 'neg-exchange-bad-tag' ? steps.length - 1 : handmade;
    const count = compare(await peer.commands, from(steps, 'reader'), (index) => index === handmade || index === closes);
    assert.deepEqual(ended.line, reader);
    assert.equal(ended.code, exitCodeOf(reader));
    t.diagnostic(`${count} commands byte for byte${why === undefined ? '' : `, one not: ${why}`}`);
  });
}

test('what was damaged by hand differs there only', async () => {
  const { steps } = readVector('fast-fallback-to-standard');
  const started = startDevice(vectorFile('fast-fallback-to-standard'));
  const [, auth0] = await replayReader(await started.port, steps);
  await started.ended;
  assert.equal(auth0?.slice(0, 138), steps[3]?.apdu.slice(0, 138), 'all but the 64 bytes of the cryptogram');
  assert.equal(auth0?.length, steps[3]?.apdu.length);
});

// ---- the real command line -------------------------------------------------------------------------------------------------------

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

type Process = { readonly code: number | null; readonly out: string };

const npx = (words: readonly string[], onErr: (text: string) => void = () => undefined): Promise<Process> =>
  new Promise((resolve) => {
    const child = spawn('npx', ['mortise', 'aliro', ...words], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { onErr(chunk.toString()); });
    child.on('close', (code) => { resolve({ code, out }); });
  });

const npxDevice = (name: string): { readonly port: Promise<number>; readonly ended: Promise<Process> } => {
  const { promise: port, resolve } = Promise.withResolvers<number>();
  const ended = npx(['device', '--tcp-listen', '0', '--config', vectorFile(name)], (text) => {
    const [, digits] = /listening on 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    if (digits !== undefined) resolve(Number(digits));
  });
  return { port, ended };
};

const npxReader = (name: string, port: number): Promise<Process> => npx(['reader', '--tcp', `127.0.0.1:${port}`, '--config', vectorFile(name)]);

test('npx mortise aliro device and reader, both sides in processes of their own', async () => {
  const name = 'neg-ad-expired';
  const device = npxDevice(name);
  const { reader: reading, device: answering } = endingsOf(name);
  assert.deepEqual(await npxReader(name, await device.port), { code: 3, out: `${JSON.stringify(reading)}\n` });
  assert.deepEqual(await device.ended, { code: 3, out: `${JSON.stringify(answering)}\n` });
});

test('npx mortise aliro device answers a recording', async () => {
  const { steps } = readVector('standard');
  const device = npxDevice('standard');
  compare(await replayReader(await device.port, steps), from(steps, 'userDevice'), () => false);
  assert.deepEqual(await device.ended, { code: 0, out: `${JSON.stringify(endingsOf('standard').device)}\n` });
});

test('npx mortise aliro reader asks as recorded', async () => {
  const { steps } = readVector('fast');
  const peer = await replayDevice(steps);
  assert.deepEqual(await npxReader('fast', peer.port), { code: 0, out: `${JSON.stringify(endingsOf('fast').reader)}\n` });
  compare(await peer.commands, from(steps, 'reader'), () => false);
});
