// The order of the house: who may import whom, and through which door.

import assert from 'node:assert/strict';
import { readFileSync, existsSync } from 'node:fs';
import { test } from 'node:test';
import { isTest, PACKAGE_ORDER, resolved, roomOf, sources, type Source } from './source.ts';

type Manifest = { readonly exports?: Record<string, string>; readonly dependencies?: Record<string, string>; readonly optionalDependencies?: Record<string, string> };
const manifestOf = (room: string): Manifest => {
  const manifest: Manifest = JSON.parse(readFileSync(`${room}/package.json`, 'utf8'));
  return manifest;
};

const isDeclared = ({ dependencies = {}, optionalDependencies = {} }: Manifest, name: string): boolean => Object.hasOwn(dependencies, name) || Object.hasOwn(optionalDependencies, name);

const ROOMS = new Map(['packages', 'platform', 'apps', 'sim'].flatMap((layer) => [...new Set(sources.filter(({ path }) => path.startsWith(`${layer}/`)).map(({ path }) => roomOf(path)))]).map((room) => [`@mortise/${room.split('/')[1]}`, room]));
const rank = (room: string): number => PACKAGE_ORDER.findIndex((name) => `packages/${name}` === room);

const complaintsOf = (source: Source, specifier: string): string[] => {
  const says = (what: string): string[] => [`${source.path} imports ${specifier}: ${what}`];
  const room = roomOf(source.path);
  const inRoom = /^(packages|platform|apps|sim)\//.test(source.path);
  if (specifier.startsWith('.')) return inRoom && roomOf(resolved(source.path, specifier)) !== room ? says('leaves its room by a relative path') : [];
  if (specifier.startsWith('node:')) return source.path.startsWith('packages/') && !isTest(source.path) ? says('packages/ have no Node') : [];
  if (!specifier.startsWith('@mortise/')) {
    const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
    return inRoom && !isTest(source.path) && !isDeclared(manifestOf(room), name) && !specifier.endsWith('.css') ? says(`is not declared in ${room}/package.json`) : [];
  }
  const [scope, name, ...rest] = specifier.split('/');
  const target = ROOMS.get(`${scope}/${name}`);
  if (target === undefined) return says('there is no such room');
  const module = `./${rest.join('/')}`;
  if (!Object.hasOwn(manifestOf(target).exports ?? {}, module)) return says(`is not among the exports of ${target}`);
  if (!inRoom || isTest(source.path)) return [];
  if (!Object.hasOwn(manifestOf(room).dependencies ?? {}, `@mortise/${name}`) && target !== room) return says(`is not declared in ${room}/package.json`);
  if (room.startsWith('packages/') && !(rank(target) >= 0 && rank(target) < rank(room))) return says('is not above it in the order');
  if (room.startsWith('platform/') && !target.startsWith('packages/')) return says('platform/ imports packages/ only');
  return [];
};

test('every import goes inward, is declared, and enters by an export', (t) => {
  const complaints = sources.flatMap((source) => source.imports.flatMap((specifier) => complaintsOf(source, specifier)));
  t.diagnostic(`${sources.reduce((sum, { imports }) => sum + imports.length, 0)} imports of ${sources.length} files checked`);
  assert.deepEqual(complaints, []);
});

test('the check itself sees a wrong import', () => {
  const wrong: Source = { path: 'packages/base/src/planted.ts', text: '', imports: [] };
  for (const specifier of ['@mortise/lock/step.ts', 'node:fs', '../../crypto/src/crypto.ts', 'left-pad', '@mortise/nowhere/x.ts']) {
    assert.equal(complaintsOf(wrong, specifier).length, 1, specifier);
  }
  assert.deepEqual(complaintsOf(wrong, './result.ts'), []);
});

test('exports name modules that exist', () => {
  const missing = [...ROOMS.values()].flatMap((room) => Object.values(manifestOf(room).exports ?? {}).map((file) => `${room}/${file.slice(2)}`)).filter((file) => !existsSync(file));
  assert.deepEqual(missing, []);
});

test('there are no cycles among modules', () => {
  const files = new Map(sources.map((source) => [source.path, source]));
  const targets = ({ path, imports }: Source): Source[] => imports.filter((specifier) => specifier.startsWith('.')).map((specifier) => files.get(resolved(path, specifier))).filter((found) => found !== undefined);
  const done = new Set<string>();
  const cycleFrom = (source: Source, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(source.path)) return [...trail.slice(trail.indexOf(source.path)), source.path];
    if (done.has(source.path)) return undefined;
    for (const target of targets(source)) {
      const cycle = cycleFrom(target, [...trail, source.path]);
      if (cycle) return cycle;
    }
    done.add(source.path);
    return undefined;
  };
  assert.deepEqual(sources.map((source) => cycleFrom(source, [])).filter((cycle) => cycle !== undefined), []);
});
