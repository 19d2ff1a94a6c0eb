// A data directory that is not as it should be is told apart, and left as it was.

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { temporaryDirectory } from '../testing/hub.fixture.ts';
import { openStore } from './open-store.ts';

const codeAfter = async (sql: string): Promise<string> => {
  const data = temporaryDirectory();
  const path = join(data, 'hub.sqlite');
  try {
    const first = await openStore(data);
    assert.ok(first.ok);
    await first.value.close();
    const raw = new DatabaseSync(path);
    raw.exec(sql);
    raw.close();
    const before = readFileSync(path);
    const second = await openStore(data);
    if (second.ok) await second.value.close();
    else assert.ok(readFileSync(path).equals(before), 'nothing was written');
    return second.ok ? 'opened' : second.error.code;
  } finally {
    rmSync(data, { recursive: true });
  }
};

void test('a database of a later Mortise is told from one that cannot be brought up to date', async () => {
  assert.equal(await codeAfter(''), 'opened', 'the control');
  assert.equal(await codeAfter("INSERT INTO kysely_migration VALUES ('9999-later', '2027-01-01T00:00:00.000Z')"), 'schema-newer');
  assert.equal(await codeAfter("DELETE FROM kysely_migration WHERE name = '0002-adoption-drafts'"), 'schema-refused');
  assert.equal(await codeAfter('DELETE FROM kysely_migration'), 'schema-refused');
});
