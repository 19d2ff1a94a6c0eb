// What `mortise verify` says: a table and sentences for people, one JSON object for programs.

import { isoSeconds } from '@mortise/base/written-time.ts';
import type { JournalFault, JournalSummary } from '@mortise/journal/stored-journal.ts';
import type { CommandError } from './command.ts';
import { formatTable, wrapped, type Column } from './table.ts';
import { EXIT } from './terminal.ts';

/** One journal: `name` is its file or door. */
export type Checked = { readonly name: string; readonly lockId?: string } & (
  | { readonly kind: 'good'; readonly summary: JournalSummary }
  | { readonly kind: 'wrong'; readonly fault: JournalFault & { readonly line?: number } }
  /** A file that begins as no journal does. */
  | { readonly kind: 'none'; readonly fault: JournalFault & { readonly line: number } }
  | { readonly kind: 'unreadable'; readonly error: CommandError }
);

/** A wrong journal weighs more than an unreadable one, and that more than a gap. What is no journal may have been one before its first line was altered. */
export const exitCodeOf = (all: readonly Checked[]): number => {
  if (all.some(({ kind }) => kind === 'wrong' || kind === 'none')) return EXIT.wrong;
  if (all.some(({ kind }) => kind === 'unreadable')) return EXIT.refused;
  return all.some(hasGap) ? EXIT.gap : EXIT.good;
};

const hasGap = (checked: Checked): boolean => checked.kind === 'good' && checked.summary.missing > 0;

export const jsonReport = (all: readonly Checked[]): string =>
  `${JSON.stringify({ ok: exitCodeOf(all) === EXIT.good, journals: all.map(jsonOf) })}\n`;

export const textReport = (all: readonly Checked[]): string =>
  all.length === 0 ? 'No lock has a journal here yet.\n' : [formatTable(COLUMNS, all.map(rowOf)), ...all.map(remarks), `\n${wrapped(verdict(all), 0)}`].join('');

const COLUMNS: readonly Column[] = [
  { title: 'Journal', align: 'left' },
  { title: 'Records', align: 'right' },
  { title: 'Signed to', align: 'right' },
  { title: 'Erased', align: 'right' },
  { title: 'Last record (UTC)', align: 'left' },
  { title: 'Result', align: 'left' },
];

const NONE = '–';

const RESULTS = { wrong: 'WRONG', none: 'no journal', unreadable: 'not read' } as const;

const rowOf = (checked: Checked): readonly string[] => {
  if (checked.kind !== 'good') return [checked.name, NONE, NONE, NONE, NONE, RESULTS[checked.kind]];
  const { entries, signed, erased, last } = checked.summary;
  const lastText = last === undefined ? NONE : isoSeconds(last).slice(0, 16).replace('T', ' ');
  return [checked.name, counted(entries), counted(signed), counted(erased), lastText, hasGap(checked) ? 'GAP' : 'good'];
};

const remarks = (checked: Checked): string => {
  switch (checked.kind) {
    case 'wrong':
      return `\n${wrapped(`${titled(checked)}${placeOf(checked.fault)}: ${checked.fault.says}`, 2)}`;
    case 'none':
      return `\n${wrapped(`${checked.name} is no journal: ${checked.fault.says} If it was one, it was altered there.`, 2)}`;
    case 'unreadable':
      return `\n${wrapped(`${checked.name}: ${checked.error.message}`, 2)}`;
    case 'good':
      return gapRemark(checked.name, checked.summary) + unsignedRemark(checked.name, checked.summary);
    default:
      return '';
  }
};

const gapRemark = (name: string, { missing, gaps }: JournalSummary): string => {
  if (missing === 0) return '';
  const named = gaps.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const ranges = gaps.map(({ first, last }) => (first === last ? counted(first) : `${counted(first)} to ${counted(last)}`));
  const list = `${ranges.join(', ')}${named < missing ? ` and ${counted(missing - named)} more` : ''}`;
  return `\n${wrapped(`${name}: ${missing === 1 ? 'record' : 'records'} ${list} ${missing === 1 ? 'is' : 'are'} missing. The hub lost them or never got them, or they were taken out and noted as missing; this check cannot tell which. What the lock signed before and after is as it wrote it.`, 2)}`;
};

const unsignedRemark = (name: string, { end, unsigned }: JournalSummary): string =>
  unsigned === 0 ? '' : `\n${wrapped(`${name}: ${rangeOf(end - unsigned + 1, end)} not yet signed: chained, but only the lock's next signature will prove it.`, 2)}`;

const rangeOf = (first: number, last: number): string =>
  first === last ? `record ${counted(first)} is` : `records ${counted(first)} to ${counted(last)} are`;

const titled = ({ name, lockId }: Checked): string => (lockId === undefined || lockId === name ? name : `${name} (lock ${lockId})`);

const placeOf = ({ seq, line }: JournalFault & { readonly line?: number }): string =>
  (seq === 0 ? '' : `, record ${counted(seq)}`) + (line === undefined || line === 0 ? '' : `, line ${counted(line)}`);

const verdict = (all: readonly Checked[]): string => {
  const many = (kind: Checked['kind']): number => all.filter((checked) => checked.kind === kind).length;
  const [wrong, none, unread] = [many('wrong'), many('none'), many('unreadable')];
  const gapped = all.filter(hasGap).length;
  const sentences = [
    wrong === 0 ? '' : `${counted(wrong)} of ${journals(all.length)} ${wrong === 1 ? 'is' : 'are'} wrong. Keep a copy before anything else is done.`,
    none === 0 ? '' : `${counted(none)} of ${counted(all.length)} ${all.length === 1 ? 'file' : 'files'} ${none === 1 ? 'is no journal' : 'are no journals'}.`,
    gapped === 0 ? '' : `${counted(gapped)} of ${journals(all.length)} ${gapped === 1 ? 'has' : 'have'} a gap: not whole, and what is there is as the lock wrote it.`,
    unread === 0 ? '' : `${counted(unread)} of ${journals(all.length)} could not be read.`,
  ];
  const said = sentences.filter((sentence) => sentence !== '').join(' ');
  return said === '' ? `${journals(all.length)} checked: all as the ${all.length === 1 ? 'lock' : 'locks'} wrote ${all.length === 1 ? 'it' : 'them'}.` : said;
};

const journals = (count: number): string => `${counted(count)} ${count === 1 ? 'journal' : 'journals'}`;

const counted = (count: number): string => count.toLocaleString('en-US');

const jsonOf = (checked: Checked): object => {
  const head = { journal: checked.name, lockId: checked.lockId ?? null, ok: checked.kind === 'good' && !hasGap(checked) };
  switch (checked.kind) {
    case 'good':
      return { ...head, ...checked.summary, last: checked.summary.last === undefined ? null : isoSeconds(checked.summary.last) };
    case 'wrong':
    case 'none': {
      const { seq, line, code, says } = checked.fault;
      return { ...head, fault: { record: seq, line: line ?? null, code, says } };
    }
    case 'unreadable':
      return { ...head, error: checked.error };
    default:
      return head;
  }
};
