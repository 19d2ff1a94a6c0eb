// What else ends or is made anew when an owner key goes: offline codes that were made with it, the papers of electronic keys. Nothing is said where
// there is none.

import { counted, listed, MAX_SENTENCE_NAMES } from '@mortise/words/lists.ts';

/** `count`: of codes that may open yet and were made with the keys that go. */
export const codesEnd = (count: number): string | undefined =>
  count === 0 ? undefined : `${counted(count, 'code that they made ends', 'codes that they made end')}, and they can make no more. Give whoever needs one another.`;

/** `count`: of the electronic keys that the site has. */
export const ekeysAnew = (count: number): string | undefined =>
  count === 0 ? undefined : 'What they signed for electronic keys is signed anew by you. Such a key opens at locks that have heard once it has been updated.';

/** `names`: of electronic keys that nobody could sign anew. */
export const ekeysUnsigned = (names: readonly string[]): string | undefined =>
  names.length === 0 ? undefined : `${listed(names, MAX_SENTENCE_NAMES)}: who signed for ${names.length === 1 ? 'it' : 'them'} was no owner any more, or it is over. Register ${names.length === 1 ? 'it' : 'them'} again at a station.`;
