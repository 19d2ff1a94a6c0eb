// docs/API.md, made from the OpenAPI document: the guide, a table of routes for each area, and the types as TypeScript.
// Usage: node test/tidy/api-document.ts --write

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ERROR_CODES, ERROR_STATUS } from '@mortise/api/error.ts';
import { openApi, type Content, type OpenApi, type Operation, type Schema } from '@mortise/api/open-api.ts';
import { ERROR_NOTES } from '@mortise/api/route-notes.ts';

export const API_PAGE = 'docs/API.md';

export const apiPage = (document: OpenApi): string =>
  [
    '# The hub’s HTTP API',
    'Made from the schemas that the hub checks by (`node test/tidy/api-document.ts --write`): change them in `packages/api`, not here.',
    document.info.description.trim(),
    '## Routes',
    '“—” wants no session, “yes” an owner’s, “key” that of a lent key. “?” after a type: the body may be left out. Refusals are those beyond “Errors”.',
    ...document.tags.flatMap(({ name }) => areaOf(document, name)),
    '## Error codes',
    errorTable(),
    '## Types',
    `\`\`\`ts\n${typesOf(document)}\n\`\`\``,
  ].join('\n\n').concat('\n');

// ---- routes ----------------------------------------------------------------------------------------------------------------

type Row = { readonly method: string; readonly path: string; readonly operation: Operation };

const rowsOf = ({ paths }: OpenApi): readonly Row[] =>
  Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));

const isStream = ({ operation }: Row): boolean => operation.description !== undefined;

const areaOf = (document: OpenApi, area: string): string[] => {
  const rows = rowsOf(document).filter(({ operation }) => operation.tags.includes(area));
  const table = ['| route | session | body | answer | refusals | |', '|---|---|---|---|---|---|', ...rows.filter((row) => !isStream(row)).map(lineOf)];
  return [`### ${area}`, table.join('\n'), ...rows.filter(isStream).map(streamOf)];
};

const lineOf = ({ method, path, operation }: Row): string => {
  const { parameters, requestBody, responses, security, summary } = operation;
  const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  const body = requestBody === undefined ? '' : `${typeIn(requestBody.content)}${requestBody.required ? '' : '?'}`;
  const cells = [`\`${method} ${path}${query.length === 0 ? '' : `?${query.join('&')}`}\``, sessionOf(security), body, typeIn(responses['200']?.content), codes(operation['x-refusals']), summary];
  return `| ${cells.join(' | ')} |`;
};

const sessionOf = (security: Operation['security']): string =>
  security.length === 0 ? '—' : security.map((one) => ('key' in one ? 'key' : 'yes')).join(' or ');

const codes = (some: readonly string[]): string => some.map((code) => `\`${code}\``).join(', ');

const typeIn = (content: Content | undefined): string => {
  const schema = content?.['application/json']?.schema;
  return schema === undefined ? '' : typeOf(schema);
};

const streamOf = ({ path, operation }: Row): string => {
  const events = Object.entries(operation['x-events'] ?? {}).map(([event, schema]) => `\n- \`${event}\`: ${typeOf(schema)}`);
  const refusals = operation['x-refusals'].length === 0 ? '' : ` Refusals: ${codes(operation['x-refusals'])}.`;
  const closes = operation['x-close-reasons'] === undefined ? '' : ` Close reasons: ${codes(operation['x-close-reasons'])}.`;
  return `**\`GET ${path}\`** (session) — ${operation.summary} ${operation.description ?? ''}${refusals}${closes}${events.length === 0 ? '' : `\n${events.join('')}`}`;
};

const errorTable = (): string =>
  ['| code | status | what to do |', '|---|---|---|', ...ERROR_CODES.map((code) => `| \`${code}\` | ${ERROR_STATUS[code]} | ${ERROR_NOTES[code]} |`)].join('\n');

// ---- types -----------------------------------------------------------------------------------------------------------------

const WIDTH = 110;

const typesOf = (document: OpenApi): string =>
  Object.entries(document.components.schemas).map(([name, schema]) => `${commentOf(schema)}type ${name} = ${typeOf(schema)};`.replace('= \n', '=\n')).join('\n\n');

const commentOf = (schema: Schema): string => {
  const note = [schema.description, schema.contentEncoding === undefined ? boundsOf(schema) : ''].filter((one) => one !== undefined && one !== '').join(' ');
  if (note === '') return '';
  const lines = wrapped(note);
  return lines.length === 1 ? `/** ${note} */\n` : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`;
};

const wrapped = (text: string): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines.push(`${lines.pop() ?? ''} ${word}`);
    else lines.push(word);
  }
  return lines;
};

/** A schema as a TypeScript type; what the type cannot say is in a comment beside it. */
const typeOf = (schema: Schema): string => {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return unionOf(schema.enum.map((one) => JSON.stringify(one)));
  const members = schema.anyOf ?? schema.oneOf;
  if (members !== undefined) return membersOf(members.map(typeIfSchema));
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.type === 'array') return `readonly ${grouped(typeIfSchema(schema.items))}[]`;
  if (schema.type === 'object') return objectOf(schema);
  return schema.type === 'integer' ? 'number' : schema.type ?? 'unknown';
};

const unionOf = (members: readonly string[]): string => {
  const line = members.join(' | ');
  return line.length <= WIDTH ? line : members.map((one) => `\n  | ${one}`).join('');
};

/** Members that take several lines begin each on its own; one alone, such as what may be null, does not. */
const membersOf = (members: readonly string[]): string =>
  members.filter((one) => one.includes('\n')).length > 1 ? members.map((one) => `\n  | ${one.replaceAll('\n', '\n    ')}`).join('') : members.join(' | ');

type Inner = Schema['items'];
const typeIfSchema = (inner: Inner): string => (typeof inner === 'object' && !Array.isArray(inner) ? typeOf(inner) : 'unknown');
const grouped = (type: string): string => (/ [|] /.test(type) && !type.startsWith('{') ? `(${type})` : type);

const objectOf = ({ properties = {}, required = [], additionalProperties }: Schema): string => {
  const fields = Object.entries(properties).map(([name, inner]) => {
    const bounds = typeof inner === 'object' ? noteOf(inner) : '';
    const field = `${name}${required.includes(name) ? '' : '?'}: ${typeIfSchema(inner)};`.replace(': \n', ':\n');
    return bounds === '' ? field : `${field} // ${bounds}`;
  });
  const more = typeof additionalProperties === 'object' ? ['[more: string]: unknown;'] : [];
  const all = [...fields, ...more];
  const line = `{ ${all.join(' ').replace(/;$/, '')} }`;
  if (all.length === 0) return '{}';
  return line.length <= WIDTH - 30 && !line.includes('//') && !line.includes('\n') ? line : `{\n${all.map((field) => field.replace(/^/gm, '  ')).join('\n')}\n}`;
};

/** What stands beside a field: of bytes their number, else the bounds. */
const noteOf = (schema: Schema): string => {
  const inner = schema.anyOf?.find((one) => typeof one === 'object' && one.type === 'string') ?? schema;
  return typeof inner === 'object' && inner.contentEncoding !== undefined ? inner.description ?? '' : boundsOf(typeof inner === 'object' ? inner : schema);
};

const boundsOf = ({ type, minLength = 0, maxLength, minItems = 0, maxItems, enum: values }: Schema): string => {
  if (type === 'string' && maxLength !== undefined && values === undefined) return `${minLength > 0 ? `${minLength} to` : 'At most'} ${maxLength} characters.`;
  if (type === 'array' && maxItems !== undefined) return `${minItems > 0 ? `${minItems} to` : 'At most'} ${maxItems}.`;
  return '';
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href && process.argv.includes('--write')) writeFileSync(API_PAGE, apiPage(openApi('')));
