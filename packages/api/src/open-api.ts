// The API as an OpenAPI 3.1 document, made from ROUTES, STREAMS and their zod schemas: what is checked is what is told. It holds
// nothing of a site. Some milliseconds of work: load and call it when it is asked for.

import { required } from '@mortise/base/assert.ts';
import { liveEvents } from './activity.ts';
import { CLOSE, ERROR_STATUS, type ErrorCode } from './error.ts';
import { COMPONENTS } from './open-api-components.ts';
import { GUIDE } from './open-api-guide.ts';
import { AREAS, ERROR_NOTES, ROUTE_NOTES, STREAM_NOTES, type RouteNote, type StreamNote } from './route-notes.ts';
import { ROUTES, STREAMS, type RouteName } from './routes.ts';
import { z } from './schema.ts';

export type Schema = z.core.JSONSchema.BaseSchema;
export type Content = Readonly<Record<string, { readonly schema: Schema }>>;
export type Parameter = { readonly name: string; readonly in: 'path' | 'query' | 'header'; readonly required: boolean; readonly schema: Schema; readonly description?: string };
export type Response = { readonly description: string; readonly content?: Content };
export type Operation = {
  readonly operationId: string; readonly tags: readonly string[]; readonly summary: string; readonly description?: string;
  /** Empty: no session is needed; several: any one of them. */
  readonly security: readonly Security[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
  /** The refusals that are this route's own. */
  readonly 'x-refusals': readonly ErrorCode[];
  /** Of a stream of server-sent events: the schema of each one's data. */
  readonly 'x-events'?: Readonly<Record<string, Schema>>;
  /** Of a WebSocket: its close codes. */
  readonly 'x-close-codes'?: typeof CLOSE;
  readonly 'x-close-reasons'?: readonly ErrorCode[];
};
/** The session of an owner, or of a lent key. */
export type Security = { readonly session: readonly [] } | { readonly key: readonly [] };
type Scheme = { readonly type: 'apiKey'; readonly in: 'cookie'; readonly name: string; readonly description: string };
export type OpenApi = {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string; readonly license: { readonly name: string; readonly identifier: string } };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: { readonly session: Scheme; readonly key: Scheme };
  };
};

/** `version` is the hub's. */
export const openApi = (version: string): OpenApi => {
  const names = schemaNames();
  const routes = Object.keys(ROUTES).filter(isRouteName).map((name) => operationOf(names, name, ROUTES[name]));
  const streams = Object.keys(STREAMS).filter(isStreamName).map((name) => streamOf(names, name, STREAMS[name]));
  return {
    openapi: '3.1.0',
    info: { title: 'Mortise hub', version, description: GUIDE.map(({ title, text }) => `## ${title}\n\n${text}\n`).join('\n'), license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: Object.values(AREAS).map((name) => ({ name })),
    paths: byPath([...routes, ...streams]),
    components: {
      schemas: componentsOf(names),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'mortise', description: 'An owner’s. Set by claim and sign-in. The name has more to it than this: see “Host, Origin, and sign-in”.' },
        key: { type: 'apiKey', in: 'cookie', name: 'mortise-key', description: 'Of a lent key. Set by its own sign-in; named as an owner’s is.' },
      },
    },
  };
};

type Route = { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'; readonly path: string; readonly open: boolean; readonly key?: true; readonly owners?: true; readonly body?: z.ZodType; readonly query?: z.ZodObject; readonly answer: z.ZodType };
type Placed = { readonly path: string; readonly method: string; readonly operation: Operation };
type Names = ReadonlyMap<z.ZodType, string>;

const isRouteName = (name: string): name is RouteName => Object.hasOwn(ROUTES, name);
const isStreamName = (name: string): name is keyof typeof STREAMS => Object.hasOwn(STREAMS, name);

const byPath = (placed: readonly Placed[]): OpenApi['paths'] => {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { path, method, operation } of placed) paths[path] = { ...paths[path], [method]: operation };
  return paths;
};

// ---- schemas ---------------------------------------------------------------------------------------------------------------

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const schemaNames = (): Names => {
  const names = new Map<z.ZodType, string>(Object.entries(COMPONENTS).map(([name, { schema }]) => [schema, name]));
  const add = (schema: z.ZodType | undefined, name: string): void => {
    if (schema !== undefined && !names.has(schema)) names.set(schema, name);
  };
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    add(route.body, `${pascal(name)}Body`);
    add(route.answer, `${pascal(name)}Answer`);
  }
  for (const [name, schema] of Object.entries<z.ZodType>(liveEvents)) add(schema, `${pascal(name)}Event`);
  return names;
};

const uriOf = (name: string): string => `#/components/schemas/${name}`;
const refTo = (names: Names, schema: z.ZodType): Schema => ({ $ref: uriOf(required(names.get(schema), 'schemaNames names each schema of a route')) });

// As what may be sent: an answer may gain fields, so a client must let through what it does not know.
const componentsOf = (names: Names): Record<string, Schema> => {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: uriOf, io: 'input' });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => {
    const description = COMPONENTS[name]?.description;
    return [name, { ...placed(schema), ...(description === undefined ? {} : { description }) }];
  }));
};

// A schema is found by its place in the document, and its dialect is the document's.
const placed = (schema: Schema): Schema => {
  const { $schema: _schema, $id: _id, ...rest } = schema;
  return rest;
};

// ---- routes ----------------------------------------------------------------------------------------------------------------

const json = (schema: Schema): Content => ({ 'application/json': { schema } });

const operationOf = (names: Names, name: RouteName, route: Route): Placed => {
  const { method, path, body, query, answer } = route;
  const note = ROUTE_NOTES[name];
  const changes = method !== 'GET';
  const operation: Operation = {
    ...headOf(name, note, securityOf(route)),
    parameters: [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query)), ...(changes ? [ORIGIN] : [])],
    ...(body === undefined ? {} : { requestBody: { required: !body.safeParse({}).success, content: json(refTo(names, body)) } }),
    responses: { 200: { description: 'Done.', content: json(refTo(names, answer)) }, ...refusalsOf({ ...route, changes, checks: changes || query !== undefined }, note) },
  };
  return { path: templated(path), method: method.toLowerCase(), operation };
};

const headOf = (name: string, note: RouteNote, security: readonly Security[]) => ({
  operationId: name, tags: [AREAS[note.area]], summary: note.summary, security, 'x-refusals': note.refusals ?? [],
});

const [OWNER, KEY]: readonly [Security, Security] = [{ session: [] }, { key: [] }];

const securityOf = ({ open, key, owners }: Pick<Route, 'open' | 'key' | 'owners'>): readonly Security[] => {
  if (open) return [];
  if (key !== true) return [OWNER];
  return owners === true ? [OWNER, KEY] : [KEY];
};

/** `/api/doors/:doorId` as OpenAPI writes it: `/api/doors/{doorId}`. */
export const templated = (path: string): string => path.replace(/:([a-zA-Z]+)/g, '{$1}');

const ORIGIN: Parameter = { name: 'Origin', in: 'header', required: true, schema: { type: 'string' }, description: 'The hub’s own origin, such as http://localhost:8400.' };

const pathParameters = (path: string): Parameter[] =>
  [...path.matchAll(/:([a-zA-Z]+)/g)].map(([, name = '']) => ({ name, in: 'path', required: true, schema: { $ref: uriOf('Identifier') } }));

const queryParameters = (query: z.ZodObject): Parameter[] =>
  Object.entries(query.shape).map(([name, schema]) => ({ name, in: 'query', required: false, schema: placed(z.toJSONSchema(schema, { io: 'input' })) }));

type Asks = { readonly path: string; readonly open: boolean; readonly changes: boolean; readonly checks: boolean };

/** By status. What follows from the table comes with what the note says. */
const refusalsOf = ({ path, open, changes, checks }: Asks, note: RouteNote): Record<string, Response> => {
  const codes = new Set<ErrorCode>([
    'host-refused', 'internal', ...(note.refusals ?? []),
    ...(open ? [] : ['sign-in-required' as const]), ...(open && changes ? ['too-many-requests' as const] : []),
    ...(checks ? ['input-invalid' as const] : []), ...(changes ? ['origin-refused' as const, 'too-large' as const] : []),
    ...(path.includes(':lockId') ? ['lock-unknown' as const] : []), ...(path.includes(':doorId') ? ['door-unknown' as const] : []),
  ]);
  const byStatus = Map.groupBy(codes, (code) => ERROR_STATUS[code]);
  return Object.fromEntries([...byStatus].map(([status, some]) => [String(status), {
    description: some.map((code) => `\`${code}\`: ${ERROR_NOTES[code]}`).join(' '), content: json({ $ref: uriOf('ApiError') }),
  }]));
};

// ---- streams ---------------------------------------------------------------------------------------------------------------

const streamOf = (names: Names, name: keyof typeof STREAMS, path: string): Placed => {
  const note = STREAM_NOTES[name];
  const socket = note.carries === 'websocket';
  const operation: Operation = {
    ...headOf(name, note, name === 'relay' ? [OWNER, KEY] : [OWNER]),
    description: socket ? `WebSocket. ${note.description}` : note.description,
    parameters: [...pathParameters(path), ...(note.carries === 'text/event-stream' ? resumeParameters : []), ...(socket ? [ORIGIN] : [])],
    responses: { ...answerOf(note), ...(socket ? socketRefusals(note) : refusalsOf({ path, open: false, changes: false, checks: false }, note)) },
    ...(note.carries === 'text/event-stream' ? { 'x-events': Object.fromEntries(Object.entries<z.ZodType>(liveEvents).map(([event, schema]) => [event, refTo(names, schema)])) } : {}),
    ...(socket ? { 'x-close-codes': CLOSE, 'x-close-reasons': note.closes ?? [] } : {}),
  };
  return { path: templated(path), method: 'get', operation };
};

const cursor: Schema = { type: 'integer', minimum: 0 };
const resumeParameters: readonly Parameter[] = [
  { name: 'Last-Event-ID', in: 'header', required: false, schema: cursor, description: 'The last record’s id: the records since come first.' },
  { name: 'after', in: 'query', required: false, schema: cursor, description: 'The same, for clients that cannot set the header.' },
];

const answerOf = ({ carries }: StreamNote): Record<string, Response> =>
  carries === 'websocket'
    ? { 101: { description: 'The socket is open.' } }
    : { 200: { description: 'A stream.', content: { [carries]: { schema: { type: 'string' } } } } };

const socketRefusals = (note: StreamNote): Record<string, Response> => ({
  // A lent key is refused by HTTP where no grant of it is about the lock.
  ...refusalsOf({ path: '/:lockId', open: false, changes: false, checks: false }, note),
  403: { description: `\`origin-refused\`: ${ERROR_NOTES['origin-refused']}`, content: json({ $ref: uriOf('ApiError') }) },
});
