// A JSON file within bounds, and what is wrong with it in words: the file, the place in it, what is expected there.

import { readFileSync, statSync } from 'node:fs';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { z } from 'zod';
import type { CommandError } from '../command.ts';
import { fileError } from '../journal-lines.ts';

export const MAX_FILE_BYTES = 8_388_608;
const MAX_COMPLAINTS = 5;
const STANDARD_INPUT = 0;

/** Codes of `fileError`, and `file-too-large`. */
export const readBounded = (path: string): Result<Buffer, CommandError> => {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return err({ code: 'file-too-large', message: `${path} is larger than ${MAX_FILE_BYTES} bytes. It is not what this command reads.` });
    return ok(readFileSync(path));
  } catch (error) {
    return err(fileError(path, error));
  }
};

/** The standard input, whole. The same codes. */
export const readStandardInput = (): Result<Buffer, CommandError> => {
  try {
    const read = readFileSync(STANDARD_INPUT);
    return read.length > MAX_FILE_BYTES ? err({ code: 'file-too-large', message: `The standard input has more than ${MAX_FILE_BYTES} bytes. It is not what this command reads.` }) : ok(read);
  } catch (error) {
    return err(fileError('the standard input', error));
  }
};

/** `file-not-json`. */
export const parseJson = (path: string, text: string): Result<unknown, CommandError> => {
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return err({ code: 'file-not-json', message: `${path} is not JSON: ${error.message}.` });
  }
};

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** `inputs.userDeviceSupportedVersions[0]`. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('') || 'the whole';

/** One sentence a wrong field, the first few of them. */
const complaintOf = (path: string, issues: readonly Issue[]): CommandError => {
  const said = issues.slice(0, MAX_COMPLAINTS).map((issue) => `${placeOf(issue.path)}: ${issue.message}`);
  const more = issues.length > MAX_COMPLAINTS ? `; and ${issues.length - MAX_COMPLAINTS} more` : '';
  return { code: 'config-wrong', message: `${path}: ${said.join('; ')}${more}.` };
};

/** `config-wrong`, naming each field that is not in its form and what is expected. */
export const parseWith = <T>(schema: z.ZodType<T>, path: string, value: unknown): Result<T, CommandError> => {
  const parsed = schema.safeParse(value);
  return parsed.success ? ok(parsed.data) : err(complaintOf(path, parsed.error.issues));
};
