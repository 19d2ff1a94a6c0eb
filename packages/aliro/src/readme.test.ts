// The README's example is run as it stands there, and prints what it says.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const MANIFEST = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const ROOT = new URL('../../../', import.meta.url);

const FENCED = /^```(\w*)\n(.*?)^```$/gms;
const blocks = (language: string): readonly string[] => [...README.matchAll(FENCED)].flatMap(([, its, text = '']) => (its === language ? [text] : []));

test('a reader and a user device in twenty lines each', () => {
  const code = blocks('ts');
  assert.equal(code.length, 2);
  for (const one of code) assert.ok(one.trim().split('\n').length <= 20, 'short enough to be read');
  const ran = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', code.join('')], { cwd: ROOT, encoding: 'utf8' });
  assert.equal(ran.stderr, '');
  assert.equal(ran.stdout, blocks('').at(-1));
});

test('every module that the table names can be imported from outside', () => {
  const exported: unknown = JSON.parse(MANIFEST);
  assert.ok(typeof exported === 'object' && exported !== null && 'exports' in exported && typeof exported.exports === 'object' && exported.exports !== null);
  const named = [...README.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, modules = '']) => [...modules.matchAll(/`([a-z0-9-]+\.ts)`/g)].map(([, module = '']) => module));
  assert.ok(named.length > 10);
  const names = Object.keys(exported.exports);
  assert.deepEqual(named.filter((module) => !names.includes(`./${module}`)), []);
});
