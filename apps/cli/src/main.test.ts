import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { exampleEntries, exampleLock } from '@mortise/journal/example-journal.ts';
import { journalFileLines } from '@mortise/journal/journal-file.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { COMMANDS } from './commands.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
const mortise = (words: readonly string[], input = ''): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], { input, encoding: 'utf8', env: { ...process.env, MORTISE_DATA: '/nowhere' } });
  return { code: status, out: stdout, err: stderr };
};

const lock = exampleLock(crypto, 'front door');
const file = [...journalFileLines({ lockId: lock.lockId, identityKey: lock.identity.publicKey }, exampleEntries(crypto, lock, 5))].join('\n');

test('exit codes reach the shell', () => {
  assert.equal(mortise(['verify', '-'], file).code, 0);
  assert.equal(mortise(['verify', '-'], file.replace('"seq":3', '"seq":4')).code, 1);
  const missing = mortise(['verify']);
  assert.equal(missing.code, 2);
  assert.match(missing.err, /^mortise: There is no hub's database \/nowhere\/hub\.sqlite\./);
});

test('help is where people look for it, and fits', () => {
  const overview = mortise([]).out;
  assert.deepEqual(mortise(['--help']).out, overview);
  assert.deepEqual(mortise(['help']).out, overview);
  for (const name of Object.keys(COMMANDS)) assert.ok(overview.includes(`  ${name} `));
  assert.equal(mortise(['verify', '--help']).out, mortise(['help', 'verify']).out);
  for (const { help, summary } of Object.values(COMMANDS)) {
    for (const line of [...help.split('\n'), summary.padStart(summary.length + 14)]) assert.ok(line.length <= 80, line);
  }
});

test('what a lock can be told stands in its help, its radio in that of `run` too', () => {
  const { err } = mortise(['lock', '--bluetooth']);
  const [, known] = /Known: (.*)\.\s*$/.exec(err) ?? [];
  const help = mortise(['help', 'lock']).out;
  for (const option of (known ?? assert.fail(err)).split(', ')) assert.ok(help.includes(`  ${option} `), option);
  assert.ok(mortise(['help', 'run']).out.includes('MORTISE_LOCK_BLUETOOTH'));
});

test('the version is the project’s', () => {
  assert.match(mortise(['--version']).out, /^mortise \d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+\)\n$/);
  const { mortise: ours }: Record<string, unknown> = JSON.parse(mortise(['version', '--json']).out);
  assert.equal(typeof ours, 'string');
});
