// What a device's process is told at its start: arguments, else MORTISE_* variables. An error names what to change.

import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { makeDirectory } from '@mortise/node/directory.ts';

/** `option` is the argument to change; `message` says what to do. */
export type ConfigError = {
  readonly code: 'option-unknown' | 'option-missing' | 'option-invalid' | 'file-missing' | 'file-unreadable';
  readonly option: string;
  readonly message: string;
};

export type Environment = { readonly [name: string]: string | undefined };
export type Checked<T> = Result<T, ConfigError>;

/** The variable that stands in for an option, and what it is without either; a flag has no value and no variable. */
export type OptionTable = { readonly [option: string]: { readonly variable: string; readonly default?: string } | 'flag' };

export type Given<O extends OptionTable> = {
  /** The text of an option that must be there. */
  readonly text: (option: keyof O & string) => Checked<string>;
  /** The text of one that may be absent or empty. */
  readonly maybe: (option: keyof O & string) => string | undefined;
  readonly flag: (option: keyof O & string) => boolean;
  /** Whether it stands among the arguments. */
  readonly isGiven: (option: keyof O & string) => boolean;
};

const MAX_NAME = 60;

/** Reads `argv` (without node and script), then `environment`; an option that the table does not know is an error. */
export const readOptions = <O extends OptionTable>(table: O, argv: readonly string[], environment: Environment): Checked<Given<O>> => {
  const read = argumentsOf(table, argv);
  if (!read.ok) return read;
  const maybe = (option: string): string | undefined => {
    const row = table[option];
    const [value, spare] = [read.value.get(option), row === undefined || row === 'flag' ? undefined : (environment[row.variable] ?? row.default)];
    const text = typeof value === 'string' ? value : spare;
    return text === '' ? undefined : text;
  };
  const text = (option: string): Checked<string> => {
    const value = maybe(option);
    return value === undefined ? refuseOption('option-missing', option, `Give --${option} or set ${variableOf(table, option)}.`) : ok(value);
  };
  return ok({ maybe, text, flag: (option) => read.value.get(option) === true, isGiven: (option) => read.value.get(option) !== undefined });
};

const variableOf = (table: OptionTable, option: string): string => {
  const row = table[option];
  return row === undefined || row === 'flag' ? option : row.variable;
};

const argumentsOf = (table: OptionTable, argv: readonly string[]): Checked<ReadonlyMap<string, unknown>> => {
  try {
    const options = Object.fromEntries(Object.entries(table).map(([option, row]) => [option, { type: row === 'flag' ? 'boolean' as const : 'string' as const }]));
    return ok(new Map(Object.entries(parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values)));
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/\.?$/, '.') : 'The arguments cannot be read.';
    return refuseOption('option-unknown', 'arguments', `${said} Known: ${Object.keys(table).map((option) => `--${option}`).join(', ')}.`);
  }
};

export const refuseOption = (code: ConfigError['code'], option: string, message: string): Checked<never> => err({ code, option, message });

/** `next` of a value that is there. */
export const andThen = <A, B>(result: Checked<A>, next: (value: A) => Checked<B>): Checked<B> => (result.ok ? next(result.value) : result);

/** The data directory, made when it is missing; nothing in it is touched. */
export const dataDirectory = (text: string): Checked<string> => {
  const path = resolve(text);
  try {
    makeDirectory(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok(path);
  } catch (error) {
    const system = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return refuseOption('file-unreadable', 'data', `${path} is no directory that can be read and written (${system}). Give this user access to it, or give another --data.`);
  }
};

export const portNumber = (option: string) => (text: string): Checked<number> =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? ok(Number(text)) : refuseOption('option-invalid', option, 'A port is a number from 0 (any free one) to 65535.');

export const shortName = (text: string): Checked<string> =>
  text.length <= MAX_NAME && !/\p{Cc}/u.test(text) ? ok(text) : refuseOption('option-invalid', 'name', `A name has at most ${MAX_NAME} characters, on one line.`);
