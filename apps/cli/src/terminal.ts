// What a command writes to and reads from its surroundings, as one value, so that tests can stand in for the terminal.

import { isatty } from 'node:tty';

export type Terminal = {
  /** Results: tables, JSON. */
  readonly out: (text: string) => void;
  /** Errors and progress. */
  readonly err: (text: string) => void;
  /** Whether a line written by `err` can be written over. */
  readonly errIsTty: boolean;
  /** Milliseconds from some start, never jumping. */
  readonly now: () => number;
  /** What time it is: milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
};

export const processTerminal = (): Terminal => ({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  errIsTty: isatty(2),
  now: () => performance.now(),
  wallClock: () => Date.now(),
  env: process.env,
});

/** What a command answers to the shell. */
export const EXIT = {
  good: 0,
  /** The command ran, and something that it looked at is wrong. */
  wrong: 1,
  /** The command could not do what was asked: arguments, unreadable files. */
  refused: 2,
  /** Access is denied: the transaction of `mortise aliro device|reader` came to that end (SPEC §11.1), or `mortise would-open` says no. */
  denied: 3,
  /** `mortise verify`: what is there is right, and something is missing. */
  gap: 4,
  /** A defect of ours (EX_SOFTWARE of sysexits.h). */
  bug: 70,
} as const;

/** Text as tables and messages are laid out. */
export const COLUMNS = 80;

/** Without control characters: a name in a tampered file must not steer the terminal. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, '?');
