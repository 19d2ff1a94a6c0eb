// `mortise help` and `mortise version`.

import manifest from '../package.json' with { type: 'json' };
import { readArguments, refuse, unknownCommand, type Commands } from './command.ts';
import { EXIT, type Terminal } from './terminal.ts';

const JSON_FLAG = { json: { type: 'boolean' } } as const;

/** Prints the list of commands, or the help of one. */
export const help = (args: readonly string[], terminal: Terminal, commands: Commands): number => {
  const read = readArguments('help', args, JSON_FLAG);
  if (!read.ok) return refuse(terminal, read.error, false);
  const json = read.value.values.json === true;
  const [name] = read.value.positionals;
  if (name === undefined) return print(terminal, json ? { commands: summaries(commands) } : overview(commands));
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return refuse(terminal, unknownCommand(name, commands), json);
  return print(terminal, json ? { command: name, summary: command.summary, help: command.help } : command.help);
};

/** Prints our version and Node's. */
export const version = (args: readonly string[], terminal: Terminal): number => {
  const read = readArguments('version', args, JSON_FLAG);
  if (!read.ok) return refuse(terminal, read.error, false);
  const versions = { mortise: manifest.version, node: process.versions.node };
  return print(terminal, read.value.values.json === true ? versions : `mortise ${versions.mortise} (Node ${versions.node})\n`);
};

const print = (terminal: Terminal, content: string | object): number => {
  terminal.out(typeof content === 'string' ? content : `${JSON.stringify(content)}\n`);
  return EXIT.good;
};

const summaries = (commands: Commands): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(commands).map(([name, { summary }]) => [name, summary]));

/** The longest name, and a gap. */
const NAME_WIDTH = 12;

const overview = (commands: Commands): string => {
  const lines = Object.entries(summaries(commands)).map(([name, summary]) => `  ${name.padEnd(NAME_WIDTH)}${summary}`);
  return ['Mortise, an open smart-lock system.', '', 'Usage: mortise COMMAND [options]', '', ...lines, '', '`mortise help COMMAND` says what it takes.', ''].join('\n');
};
