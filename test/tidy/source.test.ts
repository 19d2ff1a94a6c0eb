// What no file may hold: clocks and chance in packages/, barrels, suppressions, unfinished work, names of this workplace.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isTest, sources } from './source.ts';

type Ban = { readonly name: string; readonly pattern: RegExp; readonly where: (path: string) => boolean; readonly planted: string };

const inPackages = (path: string): boolean => path.startsWith('packages/') && !isTest(path);
const anywhere = (path: string): boolean => !path.startsWith('test/tidy/');

const BANS: readonly Ban[] = [
  { name: 'a clock', pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bTemporal\.Now\b/, where: inPackages, planted: 'Date.now()' },
  { name: 'chance', pattern: /\bMath\.random\b|\bgetRandomValues\b|\brandomBytes\b|\brandomUUID\b/, where: inPackages, planted: 'Math.random()' },
  { name: 'an ambient service', pattern: /\bfetch\(|\bsetTimeout\(|\bsetInterval\(|\bconsole\.|\bprocess\./, where: inPackages, planted: 'fetch(url)' },
  { name: 'a barrel', pattern: /^export \* from/m, where: anywhere, planted: "export * from './x.ts'" },
  { name: 'a bare Error', pattern: /\bthrow new Error\(/, where: (path) => inPackages(path), planted: "throw new Error('x')" },
  { name: 'an empty catch', pattern: /catch\s*(\([^)]*\))?\s*\{\s*\}/, where: anywhere, planted: 'try { x() } catch {}' },
  { name: 'a suppression', pattern: /@ts-(ignore|expect-error|nocheck)|(eslint|oxlint|biome)-(disable|ignore)/, where: anywhere, planted: '// @ts-ignore' },
  { name: 'any', pattern: /(:|as|<)\s*any\b(?!\w)/, where: (path) => anywhere(path), planted: 'x as any' },
  { name: 'unfinished work', pattern: /\b(TODO|FIXME|XXX)\b/, where: anywhere, planted: 'TODO' },
  { name: 'a test that is off', pattern: /\b(test|it|describe)\.(only|todo)\b/, where: anywhere, planted: 'test.only' },
];

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
const commentsMatter = new Set(['a suppression', 'unfinished work']);

for (const { name, pattern, where, planted } of BANS) {
  test(`no file holds ${name}`, () => {
    const found = sources.filter(({ path, text }) => where(path) && pattern.test(commentsMatter.has(name) ? text : withoutComments(text))).map(({ path }) => path);
    assert.deepEqual(found, []);
    assert.match(planted, pattern, 'the pattern sees a planted case');
  });
}

test('every module opens with a comment that says what it is for', () => {
  const silent = sources.filter(({ path, text }) => !isTest(path) && !/^(#!.*\n)?\/\//.test(text)).map(({ path }) => path);
  assert.deepEqual(silent, []);
});

test('no file is longer than 400 lines', () => {
  assert.deepEqual(sources.filter(({ text }) => text.split('\n').length > 400).map(({ path }) => path), []);
});

test('file names are kebab-case nouns', () => {
  assert.deepEqual(sources.map(({ path }) => path).filter((path) => !/^[a-z0-9/.-]+$/.test(path)), []);
});

test('nothing committed names a place outside the project', () => {
  const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter((file) => /\.(ts|tsx|mjs|json|md|css|html|sh)$|^\.ci\/run$/.test(file) && file !== 'package-lock.json');
  const place = /\.\.\/share[d]|\/wor[k]\/|\/tm[p]\/mortise/;
  assert.deepEqual(tracked.filter((file) => place.test(readFileSync(file, 'utf8'))), []);
});
