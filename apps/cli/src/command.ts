// The frame of a command: its arguments, its errors. An error says what to do and, with --json, is an object.

import { parseArgs, type ParseArgsConfig } from 'node:util';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { EXIT, printable, type Terminal } from './terminal.ts';

export type Command = {
  /** One line. */
  readonly summary: string;
  /** What `mortise help COMMAND` prints; at most 80 columns. */
  readonly help: string;
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<number>;
};

/** By name, in the order in which help lists them. */
export type Commands = Readonly<Record<string, Command>>;

/** `code` is kebab case; `message` says what is wrong and what to do. */
export type CommandError = { readonly code: string; readonly message: string };

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>>;

/** node:util's parseArgs, with its complaints as values. `command` is named in them. */
export const readArguments = <O extends Options>(command: string, args: readonly string[], options: O): Result<Parsed<O>, CommandError> => {
  try {
    return ok(parseArgs({ args: [...args], options, allowPositionals: true, strict: true }));
  } catch (error) {
    if (!isArgumentError(error)) throw error;
    const [complaint = ''] = error.message.split(/\. (?=[A-Z])|\n/);
    return err({ code: 'arguments-wrong', message: `${complaint.replace(/\.$/, '')}. \`mortise help ${command}\` lists the options.` });
  }
};

/** Prints why a command did nothing, as a line for people or as JSON; answers the exit code. */
export const refuse = (terminal: Terminal, error: CommandError, json: boolean): number => {
  if (json) terminal.out(`${JSON.stringify({ error })}\n`);
  else terminal.err(`mortise: ${printable(error.message)}\n`);
  return EXIT.refused;
};

export const unknownCommand = (name: string, commands: Commands): CommandError => ({
  code: 'command-unknown',
  message: `There is no command "${name}". The commands are: ${Object.keys(commands).join(', ')}. \`mortise help\` says what they do.`,
});

const isArgumentError = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_PARSE_ARGS');
