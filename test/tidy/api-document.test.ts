// docs/API.md says what the schemas say, its types are TypeScript, and each of them is there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';
import { grantWay } from '@mortise/api/grants.ts';
import { openApi } from '@mortise/api/open-api.ts';
import { API_PAGE, apiPage } from './api-document.ts';

const page = readFileSync(API_PAGE, 'utf8');
const withoutComments = (text: string): string => text.replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
const document = openApi('');

test('docs/API.md is what the schemas say', () => {
  assert.equal(page, apiPage(document), 'run `node test/tidy/api-document.ts --write`');
});

test('the check itself sees another field, another bound and another route', () => {
  const { components, paths } = document;
  const door = { ...components.schemas['Door'], properties: { ...components.schemas['Door']?.properties, colour: { type: 'string' as const } } };
  const name = { ...components.schemas['Name'], maxLength: 65 };
  const { '/api/health': _health, ...fewer } = paths;
  const changed = [
    { ...document, components: { ...components, schemas: { ...components.schemas, Door: door } } },
    { ...document, components: { ...components, schemas: { ...components.schemas, Name: name } } },
    { ...document, paths: fewer },
  ];
  for (const other of changed) assert.notEqual(apiPage(other), page);
});

test('the page says each type in full: no field’s type is unknown, and a union has all its members', () => {
  const unsaid = (text: string) => text.match(/^.*(?<!")\bunknown\b(?!").*;$/gm)?.filter((line) => !line.includes('[more: string]')) ?? [];
  assert.deepEqual(unsaid(page), []);
  const [, way = ''] = /^type GrantWay =\n([\s\S]*?);\n\n/m.exec(page) ?? [];
  assert.deepEqual([...way.matchAll(/kind: "(\w+)"/g)].map(([, kind]) => kind), grantWay.options.map(({ shape }) => shape.kind.value));
  const unreadable = { ...document.components.schemas['AddGrantBody'], properties: { way: { not: {} } } };
  const schemas = { ...document.components.schemas, AddGrantBody: unreadable };
  assert.equal(unsaid(apiPage({ ...document, components: { ...document.components, schemas } })).length, 1, 'the control: what the page cannot say is seen');
});

test('the types of the page are TypeScript, and each that is named is there', (t) => {
  const [, types = ''] = /```ts\n([\s\S]*?)\n```/.exec(page) ?? [];
  assert.equal(withoutComments(stripTypeScriptTypes(types)).replaceAll(/[\s;]/g, ''), '', 'types and nothing else');
  assert.throws(() => stripTypeScriptTypes(`${types}\ntype Planted = { a: ;`), 'the control: a type that is none');
  const declared = new Set([...types.matchAll(/^type (\w+) =/gm)].map(([, name]) => name));
  const used = [...withoutComments(types).replaceAll(/"[^"]*"/g, '').matchAll(/\b[A-Z]\w+/g)].map(([name]) => name);
  assert.deepEqual(used.filter((name) => !declared.has(name)), []);
  t.diagnostic(`${declared.size} types`);
});
