// Test files that share a process: what each of them imports is loaded once. Only for tests that leave nothing behind in their process; of one room, a handful at a time.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A failing import takes its neighbours with it, so not all of them. */
const MOST_TOGETHER = 12;

const roomOf = (file: string): string => file.split('/').slice(0, 2).join('-');

const handfuls = <T>(list: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / MOST_TOGETHER) }, (_, index) => list.slice(index * MOST_TOGETHER, (index + 1) * MOST_TOGETHER));

/** Writes, into `folder`, files that import `files` (paths from here), and gives their paths. */
export const together = (files: readonly string[], folder: string): readonly string[] => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const rooms = Map.groupBy(files, roomOf);
  return [...rooms].flatMap(([room, inRoom]) => handfuls(inRoom).map((some, index) => {
    const path = join(folder, `${room}-${index + 1}.mjs`);
    writeFileSync(path, some.map((file) => `await import(${JSON.stringify(pathToFileURL(resolve(file)).href)});\n`).join(''));
    return path;
  }));
};
