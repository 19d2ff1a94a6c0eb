// What a virtual finger sensor has learnt, which a real one keeps in itself: a finger's name by slot, in a file beside the body's. No lock and no hub reads it.

import { fromUtf8, utf8 } from '@mortise/base/bytes.ts';
import { readBounded, writeDurably } from '@mortise/node/durable-file.ts';

type Learnt = ReadonlyMap<number, string>;

/** What stands in the file; nothing learnt when there is none, or none of ours: then fingers are learnt anew. */
export const readFingers = (path: string): Learnt => {
  const file = readBounded(path);
  return file.ok ? new Map(pairsOf(file.value)) : new Map();
};

export const keepFingers = (path: string, fingers: Learnt): void => void writeDurably(path, utf8(`${JSON.stringify([...fingers])}\n`));

const pairsOf = (bytes: Uint8Array): readonly (readonly [number, string])[] => {
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes));
    return Array.isArray(value) ? value.filter(isPair) : [];
  } catch {
    return []; // whatever the parser says, the file is not ours
  }
};

const isPair = (value: unknown): value is readonly [number, string] =>
  Array.isArray(value) && value.length === 2 && Number.isSafeInteger(value[0]) && typeof value[1] === 'string';
