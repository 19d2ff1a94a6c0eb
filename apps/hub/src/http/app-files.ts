// The built app: files of one directory, and its index.html for the app's own routes. Only names that a build makes are looked up, so
// no path leads out of the directory.

import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Context } from 'hono';
import { refused, type App, type Env } from './mount.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.ico': 'image/x-icon', '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.woff2': 'font/woff2',
  '.map': 'application/json', '.txt': 'text/plain; charset=utf-8', '.wasm': 'application/wasm',
};
const FILE = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,6}$/;
// Vite puts a hash of the content into the names under assets/.
const HASHED = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

export const mountAppFiles = (app: App, directory: string): void => {
  app.get('*', async (context) => {
    const { path } = context.req;
    if (path.startsWith('/api/')) return refused(context, { code: 'not-found', message: 'There is no such route. /api/openapi.json lists them.' });
    const type = TYPES[extname(path)];
    if (type === undefined) return index(context, directory);
    const file = FILE.test(path) ? await read(join(directory, path)) : undefined;
    if (file === undefined) return refused(context, { code: 'not-found', message: 'There is no such file.' });
    return context.body(file, 200, { 'Content-Type': type, 'Cache-Control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache' });
  });
};

const index = async (context: Context<Env>, directory: string): Promise<Response> => {
  const page = await read(join(directory, 'index.html'));
  if (page === undefined) return refused(context, { code: 'app-missing', message: 'The app is not built. Run `npm start` in the checkout: it builds what is missing.' });
  return context.body(page, 200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' });
};

const read = async (path: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    return missing(error);
  }
};

// Missing, a directory, unreadable: in each case there is nothing to serve.
const missing = (_error: unknown): undefined => undefined;
