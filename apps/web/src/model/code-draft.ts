// An offline code as it is being made: how long, from which hour, once or as often as one likes; and the number that stands for it. A start is an hour of UTC, so that
// in zones that are off by half an hour codes begin on the half.

import type { Code } from '@mortise/api/entries.ts';
import { CODE_EPOCH, CODE_INDEXES, codeFrom, codeHourOf, codeNumber, codeUntil, HOUR_MS, type OfflineCode } from '@mortise/access/offline-code.ts';
import { instant } from '@mortise/base/instant.ts';
import { CODE_LENGTHS_H, type CodeKind } from '@mortise/documents/code-key-entry.ts';
import { instantOfWall, wallTime, type WallTime } from '@mortise/words/wall-clock.ts';

export type CodeDraft = { readonly kind: CodeKind; readonly length: number; readonly startH: number };

/** From this hour, for a day, as often as one likes. */
export const freshCodeDraft = (now: number): CodeDraft => ({ kind: 'window', length: CODE_LENGTHS_H.indexOf(24), startH: codeHourOf(instant(now)) });

/** "2 hours", "a day", "4 weeks". */
export const lengthWords = (length: number): string => {
  const hours = CODE_LENGTHS_H[length] ?? 0;
  if (hours < 24) return hours === 1 ? 'an hour' : `${hours} hours`;
  const days = hours / 24;
  if (days % 7 === 0) return days === 7 ? 'a week' : `${days / 7} weeks`;
  return days === 1 ? 'a day' : `${days} days`;
};

/** The hour that a wall clock's time falls into; undefined: there is no such time that day. */
export const startOf = (wall: WallTime, zone: string): number | undefined => {
  const at = instantOfWall(wall, zone);
  return at === undefined || at < CODE_EPOCH ? undefined : codeHourOf(instant(at));
};

export const wallOf = ({ startH }: Pick<CodeDraft, 'startH'>, zone: string): WallTime => wallTime(CODE_EPOCH + startH * HOUR_MS, zone);

const codeOf = ({ kind, length, startH }: CodeDraft, index: number): OfflineCode => ({ kind, length, startH, index });

export const spanOfCode = (draft: CodeDraft): { readonly from: number; readonly until: number } => ({ from: codeFrom(codeOf(draft, 0)), until: codeUntil(codeOf(draft, 0)) });

/** The code with an index that none of `made` (of the same key) has; undefined: all are given out. */
export const freeCode = (draft: CodeDraft, made: readonly Pick<Code, 'number'>[]): OfflineCode | undefined => {
  const taken = new Set(made.map(({ number }) => number));
  const index = Array.from({ length: CODE_INDEXES }, (_, each) => each).find((each) => !taken.has(codeNumber(codeOf(draft, each))));
  return index === undefined ? undefined : codeOf(draft, index);
};

/** What keeps it from being made, as a sentence; undefined: nothing. */
export const codeDraftFault = (draft: CodeDraft, now: number): string | undefined => (spanOfCode(draft).until <= now ? 'That is over already.' : undefined);
