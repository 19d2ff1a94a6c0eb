// Small files that must be whole or absent: written beside their place, flushed, then renamed over it, and the directory
// flushed too, so that after a power cut either the old or the new content stands there.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';

/** `system` is node's code for it (EACCES, ENOSPC, …). */
export type FileError = { readonly code: 'file-missing' | 'file-unreadable' | 'file-unwritable' | 'file-too-large'; readonly system: string };

const MAX_FILE_BYTES = 1_048_576;
const OWNER_ONLY = 0o600;

/** Replaces the file's content durably. `mode` defaults to readable by its owner only. */
export const writeDurably = (path: string, content: Bytes, mode: number = OWNER_ONLY): Result<undefined, FileError> => {
  try {
    replace(path, content, mode);
    return ok(undefined);
  } catch (error) {
    return err({ code: 'file-unwritable', system: systemCode(error) });
  }
};

const replace = (path: string, content: Bytes, mode: number): void => {
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  const file = openSync(beside, 'wx', mode);
  try {
    writeAll(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  flushDirectory(dirname(path));
};

const writeAll = (file: number, content: Bytes): void => {
  for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
};

/** Removes the file durably; a missing one is fine. */
export const removeDurably = (path: string): Result<undefined, FileError> => {
  try {
    rmSync(path, { force: true });
    flushDirectory(dirname(path));
    return ok(undefined);
  } catch (error) {
    return err({ code: 'file-unwritable', system: systemCode(error) });
  }
};

const flushDirectory = (path: string): void => {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
};

/** Reads a file of at most 1 MiB. */
export const readBounded = (path: string): Result<Bytes, FileError> => {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return err({ code: 'file-too-large', system: 'EFBIG' });
    return ok(new Uint8Array(readFileSync(path)));
  } catch (error) {
    const system = systemCode(error);
    return err({ code: system === 'ENOENT' ? 'file-missing' : 'file-unreadable', system });
  }
};

const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
