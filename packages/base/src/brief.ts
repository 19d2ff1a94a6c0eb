// Bytes of what is soon let go: messages, and what goes into a hash or a signature. An array of its own costs such a piece more than all that is
// written into it, so that they are cut one after another from pages. No byte is given out twice, and each is zero at first. A piece keeps its
// whole page from being freed: who keeps one for longer than a transaction copies it (`slice`), and no key that is secret is written on one.

import { filledWith, lengthOf, utf8, type Bytes } from './bytes.ts';

const PAGE_BYTES = 8192;
/** Longer pieces are worth arrays of their own. */
const MAX_BRIEF_BYTES = 2048;

let page = new ArrayBuffer(PAGE_BYTES);
let used = 0;

/** `length` zeroed bytes. */
export const brief = (length: number): Bytes => {
  if (length > MAX_BRIEF_BYTES) return new Uint8Array(length);
  if (used + length > PAGE_BYTES) [page, used] = [new ArrayBuffer(PAGE_BYTES), 0];
  used += length;
  return new Uint8Array(page, used - length, length);
};

/** Text in UTF-8; what is not ASCII has an array of its own. */
export const briefText = (text: string): Bytes => {
  const out = brief(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return utf8(text);
    out[at] = code;
  }
  return out;
};

/** The parts, one after another. */
export const briefly = (...parts: readonly Bytes[]): Bytes => filledWith(brief(lengthOf(parts)), parts);
