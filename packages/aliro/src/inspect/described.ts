// What an inspection says, as a tree for people and programs: each object with its tag or key as written, its name in words, its bytes where they
// say something, and what they mean. How it is laid out is for whoever shows it.

import { hex, type Bytes } from '@mortise/base/bytes.ts';

export type Described = {
  /** As written: `87`, `"3"`, `-2`; absent: the name stands for itself. */
  readonly tag?: string;
  readonly name: string;
  /** The value's bytes, in hex. */
  readonly hex?: string;
  /** What the value means. */
  readonly says?: string;
  readonly parts?: readonly Described[];
};

/** What a value is, without its name. */
export type Meaning = Pick<Described, 'hex' | 'says' | 'parts'>;

export const plain = (value: Bytes): Meaning => ({ hex: hex(value) });

/** A number in words, after its bytes. */
export const told = (value: Bytes, says: string | undefined): Meaning => ({ hex: hex(value), says: says ?? 'unknown' });

export const byteCount = (count: number): string => `${count} ${count === 1 ? 'byte' : 'bytes'}`;

/** What is left over where nothing more can be read. */
export const unreadable = (rest: Bytes, says: string): Described => ({ name: 'not readable', hex: hex(rest), says });

/** "a, b and c". */
export const listed = (words: readonly string[], none = 'none'): string => {
  if (words.length === 0) return none;
  return words.length === 1 ? (words[0] ?? none) : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
};

/** The words of the bits that are set; bits without a word by their number. */
export const bitWords = (bitmap: number, words: Readonly<Record<string, number>>, width = 16): string => {
  const names = new Map(Object.entries(words).map(([word, bit]) => [bit, word]));
  const set = Array.from({ length: width }, (_, bit) => bit).filter((bit) => ((bitmap >> bit) & 1) === 1);
  return listed(set.map((bit) => names.get(bit) ?? `bit ${bit}`));
};
