// Records that a keeper of a journal does not have (ADR 20): it lost them, never got them, or somebody took them out. A gap is kept
// beside the entries as what it is, with the head after its last record, so that the chain can be followed from there. It proves
// nothing by itself: only the lock's next signature ties that head to the lock.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { OpenedBatch } from './batch.ts';

/** Records `first` to `last` are not here; `head` is the head after `last`. */
export type Gap = { readonly first: number; readonly last: number; readonly head: Bytes };

type Points = Pick<OpenedBatch, 'from' | 'to' | 'entries'>;

/** What a batch leaves of a gap: all of it, one or two smaller ones, or nothing. */
export const leftOf = (gap: Gap, { from, to }: Points): readonly Gap[] => {
  if (to.seq < gap.first || from.seq >= gap.last) return [gap];
  const before = { first: gap.first, last: from.seq, head: from.head };
  const after = { ...gap, first: to.seq + 1 };
  return [before, after].filter(({ first, last }) => first <= last);
};

/** Whether a batch tells another history than the one that goes on behind the gap. */
export const contradicts = (gap: Gap, { from, entries }: Points): boolean =>
  [from, ...entries].some(({ seq, head }) => seq === gap.last && !equalBytes(head, gap.head));
