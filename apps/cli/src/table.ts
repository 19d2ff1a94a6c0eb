// Plain tables and paragraphs that fit the width of a terminal.

import { COLUMNS, printable } from './terminal.ts';

export type Column = { readonly title: string; readonly align: 'left' | 'right' };

const GAP = '  ';
const LEAST_FIRST = 8;

/** Rows under their titles. When they are wider than `width`, the first column's text is cut. */
export const formatTable = (columns: readonly Column[], rows: readonly (readonly string[])[], width: number = COLUMNS): string => {
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const over = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1) - width;
  const fitted = widths.map((each, index) => (index === 0 && over > 0 ? Math.max(LEAST_FIRST, each - over) : each));
  const line = (cells: readonly string[]): string =>
    columns.map(({ align }, index) => cell(cells[index] ?? '', fitted[index] ?? 0, align)).join(GAP).trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].map((text) => `${text}\n`).join('');
};

/** A paragraph, each line but the first indented by `indent` blanks. */
export const wrapped = (text: string, indent: number, width: number = COLUMNS): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line === '') line = longer;
    else {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    }
  }
  return [...lines, line].map((each) => `${each}\n`).join('');
};

const cell = (text: string, width: number, align: Column['align']): string => {
  const shown = printable(text);
  const cut = shown.length > width ? `${shown.slice(0, width - 1)}…` : shown;
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width);
};
