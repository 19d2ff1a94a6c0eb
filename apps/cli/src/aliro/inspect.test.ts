// `mortise aliro inspect` as it is called: every kind of input by every way in, what is said, the exit code, and lines that fit.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dispatch } from '../dispatch.ts';
import type { Terminal } from '../terminal.ts';
import { VECTORS, bytesOf, readVector, vectorFile, vectorNames } from './tcp.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-inspect-'));
test.after(() => rmSync(directory, { recursive: true }));

let files = 0;
const written = (content: string | Uint8Array): string => {
  files += 1;
  const path = join(directory, `input-${files}`);
  writeFileSync(path, content);
  return path;
};

type Said = { readonly code: number; readonly out: string; readonly err: string };

const WIDTH = 100;

const inspect = async (...words: readonly string[]): Promise<Said> => {
  const said = { out: '', err: '' };
  const terminal: Terminal = { out: (text) => { said.out += text; }, err: (text) => { said.err += text; }, errIsTty: false, now: () => 0, wallClock: () => 0, env: {} };
  const code = await dispatch(['aliro', 'inspect', ...words], terminal);
  for (const line of said.out.split('\n')) if (!line.startsWith('{')) assert.ok(line.length <= WIDTH && line === line.trimEnd(), line);
  return { code, ...said };
};

type Json = { readonly ok?: boolean; readonly title?: string; readonly checks?: readonly { readonly result: string; readonly code?: string }[]; readonly error?: { readonly code: string } };
const inspectJson = async (...words: readonly string[]): Promise<Json> => JSON.parse((await inspect(...words, '--json')).out);

const inputsOf = (name: string): { readonly accessDocument: string; readonly publicKey: string } => {
  const { accessDocument, credentialIssuerKey: { publicKey } } = Object.assign({ accessDocument: '', credentialIssuerKey: { publicKey: '' } }, readVector(name).inputs);
  return { accessDocument, publicKey };
};

test('every recorded transaction: 0 when it was granted, 1 when a check fails, lines that fit, short and in full', async () => {
  for (const name of vectorNames) {
    const { code, out } = await inspect(vectorFile(name));
    assert.equal(code, name.startsWith('neg-') ? 1 : 0, name);
    assert.match(out, new RegExp(`^Recorded transaction: ${name}\n`));
    assert.match(out, code === 0 ? /\d+ checks made, all hold\./ : /\d of \d+ checks fail: /);
  }
  await inspect(vectorFile('stepup-access-document-schedules'), '--full');
});

test('what it says of a document that has expired', async () => {
  const { out } = await inspect(vectorFile('neg-ad-expired'));
  assert.match(out, /^ {2}FAIL {2}Access Document: dates \(§9\.8\) +expired: validUntil 2026-02-01T00:00:00Z is\n +before 2026-06-01T12:00:00Z$/m);
  assert.match(out, /^ {2}FAIL {2}outcome +denied: reader status 0002, failure: expired$/m);
  assert.match(out, /\n\n2 of 21 checks fail: expired, denied\.\n$/);
});

test('schedules, capabilities and signals are in words', async () => {
  const out = (await inspect(vectorFile('stepup-access-document-schedules'))).out.replaceAll(/\s+/g, ' ');
  for (const words of [/every week on Monday to Friday at 08:00 for 8 h, from/, /every day at 22:00 for 1 h/, /only in schedule 0 or 2, never in/, /Access Document to be had, mailbox readable/]) assert.match(out, words);
});

test('a document comes as bytes, as hex in a file, as hex here, and among others in JSON', async () => {
  const { accessDocument, publicKey } = inputsOf('stepup-access-document-schedules');
  const key = ['--key', `issuer=${publicKey}`, '--time', '2026-06-01T12:00:00Z'];
  const spaced = (accessDocument.match(/.{1,32}/g) ?? []).join('\n').toUpperCase();
  for (const input of [written(bytesOf(accessDocument)), written(spaced), accessDocument, `0x${accessDocument}`]) {
    const { code, out } = await inspect(input, ...key);
    assert.equal(code, 0);
    assert.match(out, /^Access Document, 507 bytes\n/);
    assert.match(out, /14 checks made, all hold\. 1 could not be made\.\n$/);
  }
  const { ok, title } = await inspectJson(`${VECTORS}revocation-sequence.json`);
  assert.deepEqual([ok, title], [true, 'Documents: revocation-sequence']);
});

test('the clock can be given, and be none', async () => {
  const { accessDocument } = inputsOf('neg-ad-expired');
  assert.deepEqual((await inspectJson(accessDocument, '--time', '2026-01-15')).ok, true);
  assert.deepEqual((await inspectJson(accessDocument, '--time', '2030-01-01T00:00:00Z')).checks?.filter(({ result }) => result === 'fail').map(({ code }) => code), ['expired']);
  assert.equal((await inspectJson(vectorFile('neg-ad-expired'), '--time', '2026-01-15')).checks?.some(({ code }) => code === 'expired'), false);
  assert.equal((await inspectJson(inputsOf('neg-ad-time-verification-required').accessDocument, '--time', 'none')).checks?.some(({ code }) => code === 'time-verification-required'), true);
});

test('an X.509 certificate comes as PEM', async () => {
  const { readerCertificateX509, readerGroupIdentifierKey } = Object.assign({ readerCertificateX509: '', readerGroupIdentifierKey: '' }, readVector('standard-loadcert-default').inputs);
  const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(readerCertificateX509, 'hex').toString('base64')}\n-----END CERTIFICATE-----\n`;
  const { code, out } = await inspect(written(pem), '--key', `issuer=${readerGroupIdentifierKey}`);
  assert.equal(code, 0);
  assert.match(out, /^X\.509 certificate, \d+ bytes\n[^]*common name “issuer”[^]*4 checks made, all hold\.\n$/);
});

test('session keys that are given open what the inputs do not', async () => {
  const { steps, derived } = Object.assign({ derived: { standardPhase: { keys: { ExpeditedSKReader: '', ExpeditedSKDevice: '' } } } }, readVector('standard'));
  const bare = written(JSON.stringify({ steps }));
  assert.match((await inspect(bare)).out, /^ {2}- +sealed messages +no session keys: give them with --key ExpeditedSKReader=HEX …$/m);
  const { ExpeditedSKReader, ExpeditedSKDevice } = derived.standardPhase.keys;
  const given = await inspect(bare, '--key', `ExpeditedSKReader=${ExpeditedSKReader}`, '--key', `ExpeditedSKDevice=${ExpeditedSKDevice}`);
  assert.match(given.out, /^ {2}ok +sealed messages +all 3 open$/m);
  assert.doesNotMatch(given.out, new RegExp(`${ExpeditedSKReader}|${ExpeditedSKDevice}`), 'keys are not printed');
  const recorded = await inspect(written(JSON.stringify({ steps, derived })));
  assert.match(recorded.out, /all 3 open/);
});

test('no private key of a recording is printed, in no form', async () => {
  for (const form of [[], ['--full'], ['--json']]) {
    const { out } = await inspect(vectorFile('fast'), ...form);
    for (const [name, key] of Object.entries(readVector('fast').inputs)) {
      const secret: unknown = typeof key === 'object' && key !== null && 'privateKey' in key ? key.privateKey : name === 'kpersistent' ? key : undefined;
      if (typeof secret === 'string') assert.ok(!out.includes(secret), name);
    }
  }
});

test('refusals', async () => {
  const refused = async (words: readonly string[], says: RegExp): Promise<void> => {
    const { code, out, err } = await inspect(...words);
    assert.match(err, says);
    assert.deepEqual([code, out], [2, '']);
  };
  await refused(['ffffffff'], /These 4 bytes \(ffffffff\) are no Aliro APDU, document/);
  await refused([join(directory, 'nowhere')], /There is no file/);
  await refused([directory], /is a directory/);
  await refused([written('')], /These 0 bytes/);
  await refused([written('hello, world')], /These 12 bytes \(68656c6c6f2c2077…\) are no Aliro APDU/);
  await refused([written('{"steps": 1')], /is not JSON/);
  await refused([written('{"steps": 1}')], /steps: expected an array of at most 4096 steps/);
  await refused([written('{}')], /neither "steps" with APDUs nor documents/);
  await refused([written('[]')], /expected an object with steps, inputs or both/);
  await refused(['6a82', '6a82'], /Give one input/);
  await refused(['6a82', '--key', 'master=00'], /NAME is one of issuer, credential/);
  await refused(['6a82', '--key', 'issuer=00'], /an uncompressed P-256 public key/);
  await refused(['6a82', '--key', 'Kpersistent=00'], /a key of 64 hex digits/);
  await refused(['6a82', ...['00', '11'].flatMap((byte) => ['--key', `Kpersistent=${byte.repeat(32)}`])], /is given too often/);
  await refused(['6a82', '--time', 'noon'], /is not a time/);
  assert.deepEqual((await inspectJson('ffffffff')).error?.code, 'input-unknown');
});

test('the standard input, named or not', () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  for (const words of [['-'], []]) {
    const { status, stdout } = spawnSync(process.execPath, [main, 'aliro', 'inspect', ...words], { input: '00 A4 04 00 09 A0 00 00 09 09 AC CE 55 01 00\n', encoding: 'utf8' });
    assert.equal(status, 0);
    assert.equal(stdout, 'SELECT command, 15 bytes\n\ncommand      00a40400  SELECT\napplication  a000000909acce5501  Aliro, expedited phase\n\nChecks\n  ok    form\n\n1 check made, all hold.\n');
  }
});
