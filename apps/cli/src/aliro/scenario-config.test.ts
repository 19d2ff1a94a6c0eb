// Wrong arguments and wrong files: exit 2, nothing on standard output, and words that name the place and what is expected there.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { CONFIG } from './config-schema.ts';
import { readVector, run, vectorFile } from './tcp.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-aliro-'));
test.after(() => rmSync(directory, { recursive: true }));

const path = join(directory, 'config.json');
const written = (content: unknown): string => {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const refused = async (words: readonly string[], says: RegExp): Promise<void> => {
  const { code, out, err } = await run(['aliro', ...words]);
  assert.match(err, says);
  assert.deepEqual([code, out], [2, '']);
};

const STANDARD = vectorFile('standard');

test('wrong arguments', async () => {
  await refused([], /Say which: mortise aliro device, mortise aliro reader/);
  await refused(['phone'], /There is no "aliro phone"/);
  await refused(['device', '--config', STANDARD], /--tcp-listen PORT/);
  await refused(['device', '--tcp-listen', '0'], /--config FILE/);
  await refused(['device', '--tcp-listen', '65536', '--config', STANDARD], /"65536" is not a port/);
  await refused(['device', '--tcp-listen', 'x', '--config', STANDARD], /"x" is not a port/);
  await refused(['device', '--tcp-listen', '0', '--tcp', '127.0.0.1:1', '--config', STANDARD], /--tcp is for the other side/);
  await refused(['device', '--tcp-listen', '0', '--config', STANDARD, 'more'], /"more" is one argument too many/);
  await refused(['reader', '--config', STANDARD], /--tcp HOST:PORT/);
  for (const address of ['127.0.0.1', '127.0.0.1:0', '127.0.0.1:99999', ':1', 'a b:1', '[::1]']) await refused(['reader', '--tcp', address, '--config', STANDARD], /is not an address/);
  for (const timeout of ['0', '-1', 'soon', '601', '1e3']) await refused(['reader', '--tcp', '127.0.0.1:1', '--config', STANDARD, `--timeout=${timeout}`], /is not a number of seconds/);
  await refused(['reader', '--speed', '9'], /Unknown option '--speed'/);
});

test('files that cannot be read', async () => {
  const reader = (file: string): readonly string[] => ['reader', '--tcp', '127.0.0.1:1', '--config', file];
  await refused(reader(join(directory, 'nowhere.json')), /There is no file/);
  await refused(reader(directory), /is a directory/);
  await refused(reader(written('{"inputs": ')), /config\.json is not JSON: /);
  await refused(reader(written('[]')), /the whole: expected an object with inputs/);
  await refused(reader(written({})), /inputs: expected an object/);
});

type Wrong = readonly [inputs: object, says: RegExp];

const WRONG: readonly Wrong[] = [
  [{ interface: 'uwb' }, /inputs\.interface: expected one of nfc, ble, contact, relay/],
  [{ readerKey: 'x' }, /inputs\.readerKey: expected an object with privateKey, publicKey or both/],
  [{ readerKey: {} }, /inputs\.readerKey: expected privateKey, publicKey or both/],
  [{ readerKey: { privateKey: '00'.repeat(32) } }, /inputs\.readerKey\.privateKey: expected a P-256 private key, from 1 to n-1: 64 hex digits/],
  [{ readerKey: { publicKey: `04${'00'.repeat(64)}` } }, /inputs\.readerKey\.publicKey: expected an uncompressed P-256 public key, 04 x y: 130 hex digits/],
  [{ transactionIdentifier: 'abc' }, /inputs\.transactionIdentifier: expected an identifier: 32 hex digits/],
  [{ readerGroupIdentifier: 12 }, /inputs\.readerGroupIdentifier: expected an identifier/],
  [{ authenticationPolicy: 4 }, /inputs\.authenticationPolicy: expected a whole number from 0 to 3/],
  [{ protocolVersion: '1.0' }, /inputs\.protocolVersion: expected a protocol version: 4 hex digits/],
  [{ userDeviceSupportedVersions: [] }, /inputs\.userDeviceSupportedVersions: expected 1 to 16 protocol versions/],
  [{ userDeviceSupportedVersions: ['0100', '1'] }, /inputs\.userDeviceSupportedVersions\[1\]: expected a protocol version/],
  [{ mailboxSize: 1.5 }, /inputs\.mailboxSize: expected a whole number from 1 to 16384/],
  [{ verifyTime: 'noon' }, /inputs\.verifyTime: expected a time such as 2026-06-01T12:00:00Z, or null/],
  [{ readerHasTime: 'no' }, /inputs\.readerHasTime: expected true or false/],
  [{ scenario: 'slow' }, /inputs\.scenario: expected one of standard, keySlot, fast/],
  [{ accessDocument: '' }, /inputs\.accessDocument: expected a Document/],
  [{ element: '' }, /inputs\.element: expected an element identifier of 1 to 64 characters/],
];

for (const [inputs, says] of WRONG) test(`a wrong field: ${JSON.stringify(inputs).slice(0, 60)}`, () => refused(['device', '--tcp-listen', '0', '--config', written({ inputs })], says));

test('what a side cannot do without', async () => {
  const { publicKey } = Object.assign({ publicKey: '' }, Object.values(readVector('standard').inputs).find((value) => typeof value === 'object'));
  const reader = (inputs: object): readonly string[] => ['reader', '--tcp', '127.0.0.1:1', '--config', written({ inputs })];
  const device = (inputs: object): readonly string[] => ['device', '--tcp-listen', '0', '--config', written({ inputs })];
  await refused(reader({ scenario: 'fast' }), /inputs\.kpersistent is missing: scenario fast begins with it/);
  await refused(reader({ scenario: 'loadCert' }), /inputs\.readerCertificateCompressed is missing: scenario loadCert sends it \(or readerSystemIssuerKey\.privateKey, to make one\)/);
  await refused(reader({ scenario: 'mailbox' }), /inputs\.mailboxSize is missing/);
  await refused(device({ scenario: 'mailbox' }), /inputs\.mailboxSize is missing/);
  await refused(reader({ scenario: 'stepUp' }), /inputs\.credentialIssuerKey is missing/);
  await refused(reader({ readerKey: { publicKey } }), /inputs\.readerKey\.privateKey is missing: the reader signs with it/);
  await refused(device({ accessCredentialKey: { publicKey } }), /inputs\.accessCredentialKey\.privateKey is missing: the user device signs with it/);
  await refused(reader({ readerKey: { publicKey, privateKey: '01'.repeat(32) } }), /inputs\.readerKey: expected privateKey, publicKey or both; both of one pair/);
});

test('several wrong fields are told at once; the first five of many', async () => {
  const inputs = { interface: 1, mailboxSize: 0, scenario: 1, readerHasTime: 1, verifyTime: 1, element: 1, authenticationPolicy: -1 };
  await refused(['device', '--tcp-listen', '0', '--config', written({ inputs })], /(?:inputs\.\w+: expected [^;]+; ){5}and 2 more\./);
});

test('a port that is taken', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  await refused(['device', '--tcp-listen', String(address.port), '--config', STANDARD], /Port \d+ is taken/);
  server.close();
});

test('any JSON is read or refused', () => {
  const keys = fc.constantFrom('inputs', 'steps', 'derived', 'readerKey', 'privateKey', 'interface', 'verifyTime', 'scenario', 'apdu', 'from', 'secureMessages', 'element');
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.constant(null), fc.boolean(), fc.integer(), fc.constantFrom('nfc', 'reader', '00', ''), fc.string(), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(keys, tie('value'), { maxKeys: 4 })),
  })).value;
  fc.assert(fc.property(json, (value) => { CONFIG.safeParse(value); }), { numRuns: 300 });
});
