// The lines of a journal file, read in bounded memory: a chunk and one line at a time. Bytes become characters one by one:
// a journal has only ASCII, and whatever else is in a file the verifier refuses.

import { closeSync, openSync, readSync } from 'node:fs';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { MAX_LINE_LENGTH } from '@mortise/journal/journal-file.ts';
import type { CommandError } from './command.ts';

const CHUNK_BYTES = 65_536;
const STANDARD_INPUT = 0;
const SQLITE_MAGIC = 'SQLite format 3\0';

export type JournalLines = { readonly lines: Iterable<string>; readonly close: () => void };

/** Opens `path` (`-`: the standard input). A line past its bound is cut there, and is the last. */
export const openJournalLines = (path: string): Result<JournalLines, CommandError> => {
  try {
    const descriptor = path === '-' ? STANDARD_INPUT : openSync(path, 'r');
    const first = readChunk(descriptor);
    const close = (): void => {
      if (descriptor !== STANDARD_INPUT) closeSync(descriptor);
    };
    if (!first.startsWith(SQLITE_MAGIC)) return ok({ lines: readLines(descriptor, first), close });
    close();
    return err({ code: 'file-is-database', message: `${path} is a database, not an exported journal. Give its directory with --data instead.` });
  } catch (error) {
    return err(fileError(path, error));
  }
};

/** The words for a file that cannot be read; what is no error of the file system is thrown on. */
export const fileError = (path: string, error: unknown): CommandError => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  switch (error.code) {
    case 'ENOENT':
      return { code: 'file-missing', message: `There is no file ${path}. Check the path.` };
    case 'EISDIR':
      return { code: 'file-is-directory', message: `${path} is a directory. If it is a hub's data, write --data ${path}.` };
    case 'EACCES':
    case 'EPERM':
      return { code: 'file-forbidden', message: `You may not read ${path}. Ask its owner, or run as them.` };
    default:
      return { code: 'file-unreadable', message: `${path} cannot be read (${error.code}).` };
  }
};

function* readLines(descriptor: number, first: string): Generator<string> {
  let pending = first;
  for (let chunk = first; chunk !== ''; chunk = readChunk(descriptor), pending += chunk) {
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    yield* lines;
    if (pending.length > MAX_LINE_LENGTH) break;
  }
  if (pending !== '') yield pending.slice(0, MAX_LINE_LENGTH + 1);
}

const readChunk = (descriptor: number): string => {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, CHUNK_BYTES, null));
};
