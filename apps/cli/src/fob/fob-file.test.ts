// What the file of a fob may be, and what is said where it is something else.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { base64url } from '@mortise/base/bytes.ts';
import { generateP256KeyPair } from '@mortise/node/p256-keys.ts';
import { readFob, writeFob, type Fob } from './fob-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-fob-'));
after(() => rmSync(directory, { recursive: true }));
const at = (name: string): string => join(directory, name);

const fob: Fob = { hub: 'https://home.example', siteId: base64url(new Uint8Array(16).fill(3)), key: generateP256KeyPair(), keys: null };

test('what was written is read again, and is for its owner’s eyes', () => {
  assert.ok(writeFob(at('fob.json'), fob).ok);
  const read = readFob(at('fob.json'));
  assert.ok(read.ok);
  assert.deepEqual({ ...read.value, key: read.value.key.publicKey }, { ...fob, key: fob.key.publicKey });
  assert.equal(statSync(at('fob.json')).mode & 0o777, 0o600);
});

test('whatever else is there is no fob, and nobody is told to write over it', () => {
  writeFileSync(at('text'), 'hello');
  writeFileSync(at('other.json'), '{"kind":"mortise-fob"}');
  const said = (path: string): readonly string[] => {
    const read = readFob(path);
    return read.ok ? [] : [read.error.code, read.error.message];
  };
  const notFob = (path: string): readonly string[] => ['file-not-fob', `${path} is no fob. Give the --file that \`mortise fob LINK\` made.`];
  assert.deepEqual(said(at('other.json')), notFob(at('other.json')));
  assert.deepEqual(said(directory), notFob(directory));
  assert.equal(said(at('text'))[0], 'file-not-json');
  assert.deepEqual(said(at('none')), ['file-missing', `There is no file ${at('none')}. \`mortise fob LINK\` makes one of a link that you were sent.`]);
});
