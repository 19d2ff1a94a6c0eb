// The pages tell of files that exist.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const PAGES = globSync(['*.md', 'docs/**/*.md', '{packages,vectors}/**/README.md'], { exclude: ['**/node_modules/**'] }).toSorted();

const linked = (page: string, text: string): string[] =>
  [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)|src="([^":]+)"/g)].map((match) => join(dirname(page), match[1] ?? match[2] ?? ''));

const named = (text: string): string[] =>
  [...text.matchAll(/`((?:packages|platform|apps|test|bench|vectors|docs)\/[\w./-]+)`/g)].map((match) => match[1] ?? '');

test('every file that a page links to or names exists', (t) => {
  const missing: string[] = [];
  let count = 0;
  for (const page of PAGES) {
    const text = readFileSync(page, 'utf8');
    for (const path of [...linked(page, text), ...named(text)]) {
      count += 1;
      if (!existsSync(path)) missing.push(`${page}: ${path}`);
    }
  }
  t.diagnostic(`${count} files named on ${PAGES.length} pages`);
  assert.deepEqual(missing, []);
});
