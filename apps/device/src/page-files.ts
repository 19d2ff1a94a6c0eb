// The built page of a Workbench, from one directory: the page itself and the assets that it names. Nothing outside, no hidden file,
// no other page: the rest of the app belongs to the hub.

import { extname, join } from 'node:path';
import type { Bytes } from '@mortise/base/bytes.ts';
import { readBounded } from '@mortise/node/durable-file.ts';

export type PageFile = { readonly content: Bytes; readonly type: string };

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.webmanifest', 'application/manifest+json'],
]);
// Every part of the path begins with a letter, a digit, a dash or an underscore: neither `..` nor a hidden file can be said.
const PLAIN_PATH = /^(?:\/[\w-][\w.-]*){1,4}$/;

/** The file behind a URL's path, under `root`; `page` is the name of the page. Undefined: there is none, or it is not for here. */
export const pageFile = (root: string, page: string, path: string): PageFile | undefined => {
  if (path === '/' || path === `/${page}`) return read(join(root, page), 'text/html; charset=utf-8');
  const type = TYPES.get(extname(path));
  return type === undefined || !PLAIN_PATH.test(path) ? undefined : read(join(root, path), type);
};

const read = (path: string, type: string): PageFile | undefined => {
  const file = readBounded(path);
  return file.ok ? { content: file.value, type } : undefined;
};
