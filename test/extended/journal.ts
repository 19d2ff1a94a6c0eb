// Journal files with something changed: bytes, pieces, whole lines. Each is found, or says what it said before.

import { utf8 } from '@mortise/base/bytes.ts';
import { assert } from '@mortise/base/assert.ts';
import { exampleEntries, exampleLock } from '@mortise/journal/example-journal.ts';
import { journalFileLines, parseJournalLine, verifyJournalFile } from '@mortise/journal/journal-file.ts';
import { isGap } from '@mortise/journal/stored-journal.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { mutated, randomOf, type Part, type Random } from './part.ts';

const EDITS = 2000;
const ENTRIES = 24;

const linesOf = (name: string): readonly string[] => {
  const lock = exampleLock(crypto, name);
  const entries = [...exampleEntries(crypto, lock, ENTRIES, 8)];
  const statement = entries.at(-1)?.statement;
  return [...journalFileLines({ lockId: lock.lockId, identityKey: lock.identity.publicKey, ...(statement === undefined ? {} : { statement }) }, entries)];
};

const whole = linesOf('front door');
const other = linesOf('back door');

const editedLines = (random: Random): readonly string[] => {
  const [at, to] = [random.below(whole.length), random.below(whole.length)];
  const line = random.pick(whole);
  switch (random.below(4)) {
    case 0:
      return whole.toSpliced(at, 1);
    case 1:
      return whole.toSpliced(at, 0, line);
    case 2:
      return whole.with(at, random.pick(other));
    default:
      return whole.with(at, whole[to] ?? line).with(to, whole[at] ?? line);
  }
};

// Altered bytes need not be UTF-8 any more; a reader of the file sees the replacement character then.
const editedBytes = (random: Random): readonly string[] => {
  const at = random.below(whole.length);
  const bytes = mutated(random, utf8(whole[at] ?? ''), other.map(utf8));
  return whole.with(at, new TextDecoder().decode(bytes)).flatMap((text) => text.split('\n'));
};

/** What a file says: its entries without the statements that prove them. */
const saying = (lines: readonly string[]): string =>
  lines.map((line) => line.trim()).filter((line) => line !== '').slice(1).map((line) => {
    const entry = parseJournalLine(line);
    return entry === undefined || isGap(entry) ? line : JSON.stringify([entry.seq, entry.leaf.toHex(), entry.salt?.toHex(), entry.record?.toHex(), entry.head.toHex()]);
  }).join('\n');

const truth = saying(whole);

export const journalMutations: Part = {
  name: 'journal: altered files',
  share: 2,
  maxChunks: 100,
  chunk: (seed) => {
    assert(verifyJournalFile(crypto, whole).ok, 'control: the unaltered file verifies');
    const random = randomOf(seed);
    let [found, harmless] = [0, 0];
    for (let edit = 0; edit < EDITS; edit += 1) {
      const lines = random.below(2) === 0 ? editedLines(random) : editedBytes(random);
      const good = verifyJournalFile(crypto, lines).ok;
      assert(!good || saying(lines) === truth, `edit ${edit} changed what the file says and was not found`);
      if (good) harmless += 1;
      else found += 1;
    }
    return { edits: EDITS, found, 'without effect': harmless };
  },
};
