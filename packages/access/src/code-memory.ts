// Which offline codes that open once have opened. What is forgotten must not open again: an entry goes only when its code has ended, only
// for want of room, and the end is kept; a code that ends no later and is not remembered is then refused, should the clock ever be set
// back. Pure: the lock stores what comes out before the bolt moves.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { codeNumber, codeUntil, type OfflineCode } from './offline-code.ts';

export type CodeMemory = {
  /** By `<key id in hex>:<number>`, with the last instant of the code. At most `MAX_USED_CODES`, at most `MAX_USED_OF_KEY` of one key. */
  readonly used: ReadonlyMap<string, Instant>;
  /** The latest end of a code that was forgotten; 0: none was. */
  readonly forgotten: Instant;
};

export const MAX_USED_CODES = 1024;
export const MAX_USED_OF_KEY = 256;
export const NO_CODE_MEMORY: CodeMemory = { used: new Map(), forgotten: instant(0) };

const prefixOf = (keyId: Bytes): string => `${hex(keyId)}:`;
const nameOf = (keyId: Bytes, code: OfflineCode): string => `${prefixOf(keyId)}${codeNumber(code)}`;

/** Whether a code that opens once may open. `uses-spent`; `uses-unknown`: it may be one that was forgotten. */
export const usedRefusal = ({ used, forgotten }: CodeMemory, keyId: Bytes, code: OfflineCode): Reason | undefined => {
  if (used.has(nameOf(keyId, code))) return 'uses-spent';
  return codeUntil(code) <= forgotten ? 'uses-unknown' : undefined;
};

/** Remembers that the code opened, now. `memory-full`: there is no room, and nothing that has ended. */
export const recordCode = (memory: CodeMemory, keyId: Bytes, code: OfflineCode, now: Instant): Result<CodeMemory, Reason> => {
  const room = withRoom(memory, keyId, now);
  return room === undefined ? err('memory-full') : ok({ ...room, used: new Map([...room.used, [nameOf(keyId, code), codeUntil(code)]]) });
};

const withRoom = (memory: CodeMemory, keyId: Bytes, now: Instant): CodeMemory | undefined => {
  const own = [...memory.used.keys()].filter((name) => name.startsWith(prefixOf(keyId))).length;
  if (own >= MAX_USED_OF_KEY) return forgetOne(memory, now, prefixOf(keyId));
  return memory.used.size < MAX_USED_CODES ? memory : forgetOne(memory, now, '');
};

/** Forgets the code that ended first, of those whose name begins so. */
const forgetOne = ({ used, forgotten }: CodeMemory, now: Instant, prefix: string): CodeMemory | undefined => {
  const ended = [...used].filter(([name, until]) => name.startsWith(prefix) && until < now).toSorted(([, one], [, other]) => one - other);
  const [first] = ended;
  if (first === undefined) return undefined;
  const [name, until] = first;
  return { used: new Map([...used].filter(([other]) => other !== name)), forgotten: instant(Math.max(forgotten, until)) };
};
