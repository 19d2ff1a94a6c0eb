// What the documents say about the code is held to it: the table of reasons, and each test that a claim of the threat model names.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isReason, REASONS, type Reason } from '@mortise/base/reasons.ts';

const text = (file: string): string => readFileSync(file, 'utf8');

// ---- docs/REASONS.md -------------------------------------------------------------------------------------------------------

const rowOf = (reason: Reason): string => {
  const { number, readerStatus, sentence } = REASONS[reason];
  return `| \`${reason}\` | ${number} | ${readerStatus.toString(16).toUpperCase().padStart(4, '0')} | ${sentence} |`;
};

const ROW = /^\| `([a-z-]+)` \|.*$/gm;

test('docs/REASONS.md has each reason of the code, with its number, its tag 97, its sentence, and when it occurs', () => {
  const rows = new Map([...text('docs/REASONS.md').matchAll(ROW)].map(([row, code = '']) => [code, row]));
  for (const reason of Object.keys(REASONS).filter(isReason)) {
    const row = rows.get(reason) ?? '';
    assert.ok(row.startsWith(rowOf(reason)), `docs/REASONS.md should have: ${rowOf(reason)} when it occurs |`);
    assert.match(row.slice(rowOf(reason).length), /^ \S.{10,} \|$/, `${reason}: when does it occur?`);
  }
  assert.deepEqual([...rows.keys()].filter((code) => !isReason(code)), [], 'no row is of a reason that is gone');
});

// ---- docs/THREAT-MODEL.md --------------------------------------------------------------------------------------------------

type Claim = { readonly file: string; readonly title: string };

const CLAIM = /`([\w./-]+\.test\.tsx?)`: “([^”]+)”/g;

const claimsIn = (document: string): readonly Claim[] => [...document.matchAll(CLAIM)].map(([, file = '', title = '']) => ({ file, title }));

/** A test of this title, or of one that begins so. */
const isThere = ({ file, title }: Claim): boolean => existsSync(file) && [`test('${title}`, `test("${title}`, `test(\`${title}`].some((call) => text(file).includes(call));

test('each test that docs/THREAT-MODEL.md names exists', (t) => {
  const document = text('docs/THREAT-MODEL.md');
  const claims = claimsIn(document);
  assert.deepEqual(claims.filter((claim) => !isThere(claim)), []);
  assert.equal(document.match(/\.test\.tsx?`/g)?.length, claims.length + 1, 'each named file is named with a title, but for this test itself');
  t.diagnostic(`${claims.length} claims, each with its test`);
});

test('the check itself sees a test that is not there', () => {
  const [planted] = claimsIn('`test/tidy/docs.test.ts`: “a title that no test has”');
  assert.ok(planted !== undefined && !isThere(planted));
  assert.ok(isThere({ file: 'test/tidy/docs.test.ts', title: 'the check itself sees' }));
});
