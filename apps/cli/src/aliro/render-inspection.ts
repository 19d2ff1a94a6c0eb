// An inspection for people: the tree with tags, names and meanings in columns, long bytes cut short, then the checks and what they come to.

import type { Check } from '@mortise/aliro/check.ts';
import type { Described } from '@mortise/aliro/described.ts';
import { printable } from '../terminal.ts';

export type Layout = { readonly width: number; readonly full: boolean };

const GAP = 2;
const LONGEST_TAG = 10;
const LONGEST_NAME = 30;
const MOST_OF_A_NAME = 60;
const SHOWN_DIGITS = 32;
const LEAST_VALUE = 20;

/** Lines of at most `width` characters; a word that is longer is cut at the width, as hex is. */
const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ').flatMap((long) => pieces(long, width))) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line.trimEnd());
      line = word;
    }
  }
  return [...lines, line.trimEnd()];
};

const pieces = (word: string, width: number): readonly string[] => word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [''];

const hexText = (digits: string, { full }: Layout): string => (full || digits.length <= SHOWN_DIGITS ? digits : `${digits.slice(0, SHOWN_DIGITS / 2)}…`);

const lengthText = (digits: string, { full }: Layout): string => (full || digits.length <= SHOWN_DIGITS ? '' : `(${digits.length / 2} bytes)`);

const valueOf = ({ hex, says }: Described, layout: Layout): string => {
  const bytes = hex === undefined || hex === '' ? '' : `${hexText(hex, layout)} ${lengthText(hex, layout)}`.trim();
  return [bytes === '' && hex !== undefined ? 'no bytes' : bytes, says ?? ''].filter((part) => part !== '').join('  ');
};

const widthOf = (texts: readonly string[], most: number): number => Math.min(most, Math.max(0, ...texts.map((text) => text.length)));

const blank = (count: number): string => ' '.repeat(count);

/** Names are ours, or what the input calls itself. */
const shortened = (text: string): string => {
  const shown = printable(text);
  return shown.length > MOST_OF_A_NAME ? `${shown.slice(0, MOST_OF_A_NAME - 1)}…` : shown;
};

const lineOf = (head: string, value: string, wanted: number, width: number): readonly string[] => {
  if (value === '') return [head.trimEnd()];
  const column = Math.max(wanted, head.length);
  const [first = '', ...rest] = wrap(value, Math.max(LEAST_VALUE, width - column));
  return [`${head.padEnd(column)}${first}`, ...rest.map((line) => `${blank(column)}${line}`)];
};

/** Siblings share their columns. */
const treeLines = (nodes: readonly Described[], layout: Layout, indent: number): readonly string[] => {
  const tagWidth = widthOf(nodes.map(({ tag = '' }) => tag), LONGEST_TAG);
  const nameAt = indent + (tagWidth === 0 ? 0 : tagWidth + GAP);
  const column = nameAt + widthOf(nodes.map(({ name }) => name), LONGEST_NAME) + GAP;
  return nodes.flatMap((node) => {
    const head = `${blank(indent)}${tagWidth === 0 ? '' : `${shortened(node.tag ?? '').padEnd(tagWidth)}  `}${shortened(node.name)}${blank(GAP)}`;
    return [...lineOf(head, valueOf(node, layout), column, layout.width), ...treeLines(node.parts ?? [], layout, nameAt === indent ? indent + GAP : nameAt)];
  });
};

export const renderTree = (nodes: readonly Described[], layout: Layout): string => treeLines(nodes, layout, 0).map((line) => `${line}\n`).join('');

// ---- checks ------------------------------------------------------------------------------------------------------------------------------

/** Where the names of checks begin. */
const CHECK_AT = 8;
const LONGEST_CHECK = 44;
const WORDS = { pass: 'ok', fail: 'FAIL', open: '-' } as const;

const titleOf = ({ name, step }: Check): string => (step === undefined ? name : `${name} (§9.${step})`);
const saidOf = ({ code, says }: Check): string => [code, says].filter((part) => part !== undefined).join(': ');

const counted = (count: number): string => `${count} ${count === 1 ? 'check' : 'checks'}`;

const summary = (checks: readonly Check[]): string => {
  const failed = checks.filter(({ result }) => result === 'fail');
  const left = checks.filter(({ result }) => result === 'open').length;
  const rest = left === 0 ? '' : ` ${left} could not be made.`;
  if (failed.length === 0) return `${counted(checks.length - left)} made, all hold.${rest}`;
  const made = checks.length - left;
  const subject = made === 1 ? 'The one check' : `${failed.length} of ${counted(made)}`;
  return `${subject} ${failed.length === 1 ? 'fails' : 'fail'}: ${[...new Set(failed.map(({ code = '' }) => code))].join(', ')}.${rest}`;
};

export const renderChecks = (checks: readonly Check[], { width }: Layout): string => {
  if (checks.length === 0) return '';
  const column = CHECK_AT + widthOf(checks.map(titleOf), LONGEST_CHECK) + GAP;
  const lines = checks.flatMap((check) => lineOf(`  ${WORDS[check.result].padEnd(CHECK_AT - GAP)}${shortened(titleOf(check))}${blank(GAP)}`, saidOf(check), column, width));
  return ['\nChecks\n', ...lines.map((line) => `${line}\n`), ...wrap(summary(checks), width).map((line, index) => `${index === 0 ? '\n' : ''}${line}\n`)].join('');
};
