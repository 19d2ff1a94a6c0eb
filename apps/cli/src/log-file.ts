// The log of a run: lines appended to DATA/mortise.log; at 5 MB it becomes mortise.log.1, in the place of the one before, so that two files
// are the bound. Hub and lock write no secret and no name into it (their own logs see to that).

import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '@mortise/node/directory.ts';

const MAX_BYTES = 5_000_000;

export type LogFile = { readonly path: string; readonly write: (line: string) => void };

/** Opens, or makes, the log in `directory`. A line that cannot be written (a full disk) goes to standard error instead. */
export const openLog = (directory: string, maxBytes: number = MAX_BYTES): LogFile => {
  const path = join(directory, 'mortise.log');
  makeDirectory(directory);
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const append = (text: string): void => {
    if (bytes >= maxBytes) {
      renameSync(path, `${path}.1`);
      bytes = 0;
    }
    appendFileSync(path, text, { mode: 0o600 });
    bytes += Buffer.byteLength(text);
  };
  return { path, write: (line) => { orSay(() => { append(`${line.trimEnd()}\n`); }, line); } };
};

const orSay = (write: () => void, line: string): void => {
  try {
    write();
  } catch (error) {
    process.stderr.write(`mortise: the log cannot be written (${error instanceof Error ? error.message : 'unknown'}): ${line}\n`);
  }
};
