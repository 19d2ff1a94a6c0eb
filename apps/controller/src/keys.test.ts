import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import test from 'node:test';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { createSecrets, readSecrets, writeSecrets, type LockSecrets } from './keys.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-keys-'));
const path = join(directory, 'keys.json');
test.after(() => rmSync(directory, { recursive: true }));

const plain = (secrets: LockSecrets) => ({
  lockId: secrets.lockId, setup: secrets.setupSecret?.reveal(),
  pairs: (['identity', 'reader', 'seal', 'link'] as const).map((name) => [secrets[name].privateKey.reveal(), secrets[name].publicKey]),
});

test('what was written is read, and only the owner may read it', () => {
  const secrets = createSecrets();
  assert.equal(writeSecrets(path, secrets).ok, true);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  chmodSync(path, 0o644);
  const read = readSecrets(path);
  assert.ok(read.ok);
  assert.deepEqual(plain(read.value), plain(secrets));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('the setup secret can be left out, and is then nowhere in the file', () => {
  const secrets = createSecrets();
  writeSecrets(path, secrets);
  const written = Buffer.from(secrets.setupSecret.reveal()).toString('base64url');
  assert.ok(readFileSync(path, 'utf8').includes(written), 'the control');
  assert.equal(writeSecrets(path, { ...secrets, setupSecret: undefined }).ok, true);
  assert.equal(readFileSync(path, 'utf8').includes(written), false);
  const read = readSecrets(path);
  assert.ok(read.ok);
  assert.deepEqual(plain(read.value), { ...plain(secrets), setup: undefined });
});

test('each birth is another lock, and each key pair belongs together', () => {
  const [one, two] = [createSecrets(), createSecrets()];
  assert.notEqual(one.lockId, two.lockId);
  assert.notDeepEqual(one.setupSecret.reveal(), two.setupSecret.reveal());
  for (const name of ['identity', 'reader', 'seal', 'link'] as const) {
    const { privateKey, publicKey } = one[name];
    assert.deepEqual(nodeCrypto.p256.publicKey(privateKey.reveal()), publicKey);
  }
});

test('secrets do not print', () => {
  const secrets = createSecrets();
  const text = JSON.stringify(secrets) + inspect(secrets) + String(secrets.setupSecret);
  assert.equal(text.includes(Buffer.from(secrets.setupSecret.reveal()).toString('base64url')), false);
  assert.match(text, /\[secret\]/);
});

test('a file that is not ours is refused and left alone', () => {
  const good: unknown = (() => {
    writeSecrets(path, createSecrets());
    return JSON.parse(readFileSync(path, 'utf8'));
  })();
  assert.ok(typeof good === 'object');
  const bad = ['', '[]', 'null', '{}', '{', ...[{ version: 2 }, { identity: 'AAAA' }, { seal: Buffer.alloc(32).toString('base64url') }, { link: 5 }, { setup: 'AA' }, { setup: null }, { setup: '' }]
    .map((change) => JSON.stringify({ ...good, ...change }))];
  for (const content of bad) {
    writeFileSync(path, content);
    assert.deepEqual(readSecrets(path), { ok: false, error: { code: 'keys-malformed' } }, content.slice(0, 20));
    assert.equal(readFileSync(path, 'utf8'), content);
  }
  console.log(`bad key files refused: ${bad.length}`);
});
