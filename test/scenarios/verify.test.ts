// `mortise verify` on the real data of a hub: content with what the lock wrote, and each tampering named by its first bad record.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { z } from '@mortise/api/schema.ts';
import { required } from '@mortise/base/assert.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { append, GENESIS, type ChainPoint } from '@mortise/journal/chain.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { until } from '../support/owner.ts';
import { command, ownedMortise } from '../support/owned.ts';
import { temporaryDirectory } from '../support/processes.ts';

const report = z.object({
  ok: z.boolean(),
  journals: z.array(z.object({
    ok: z.boolean(), lockId: z.string().nullable(), entries: z.number().optional(), signed: z.number().optional(), unsigned: z.number().optional(),
    fault: z.object({ record: z.number(), line: z.number().nullable(), code: z.string(), says: z.string() }).optional(),
  })),
});

const verify = async (words: readonly string[]) => {
  const { code, output } = await command(['verify', ...words, '--json']);
  return { code, report: report.parse(JSON.parse(output)) };
};

type Row = { readonly seq: number; readonly leaf: Bytes; readonly salt: Bytes; readonly record: Bytes; readonly head: Bytes; readonly statement: Bytes | null };

const rowSchema = z.object({
  seq: z.number(), leaf: z.instanceof(Uint8Array), salt: z.instanceof(Uint8Array), record: z.instanceof(Uint8Array), head: z.instanceof(Uint8Array), statement: z.instanceof(Uint8Array).nullable(),
});

const rowsOf = (database: DatabaseSync): Row[] =>
  database.prepare('SELECT seq, leaf, salt, record, head, statement FROM journal ORDER BY seq').all().map((row) => rowSchema.parse(row));

const put = (database: DatabaseSync, at: number, { leaf, salt, record, head, statement }: Omit<Row, 'seq'>): void => {
  database.prepare('UPDATE journal SET leaf = ?, salt = ?, record = ?, head = ?, statement = ? WHERE seq = ?').run(leaf, salt, record, head, statement, at);
};

const flipped = (bytes: Bytes): Bytes => bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1);

type Column = 'leaf' | 'salt' | 'record' | 'head' | 'statement';
const alter = (column: Column) => (database: DatabaseSync, at: number): void => {
  const row = required(rowsOf(database).find(({ seq }) => seq === at), 'the row is there');
  put(database, at, { ...row, [column]: flipped(required(row[column], `record ${at} has a ${column}`)) });
};

const swap = (database: DatabaseSync, at: number): void => {
  const rows = rowsOf(database);
  const [first, second] = [required(rows[at - 1], 'a row'), required(rows[at], 'a row after it')];
  put(database, at, second);
  put(database, at + 1, first);
};

// All of the hub's keys in hand: everything from the altered record on is chained anew, as the lock would have.
const chainAnew = (lockId: LockId) => (database: DatabaseSync, at: number): void => {
  const rows = rowsOf(database);
  let point: ChainPoint = at === 1 ? GENESIS : { seq: at - 1, head: required(rows[at - 2], 'the row before').head };
  for (const { seq, record, salt, statement } of rows.slice(at - 1)) {
    const { kind } = required(decodeRecord(record), 'the lock’s records read');
    const entry = append(nodeCrypto, { lockId, ...point }, seq === at ? flipped(record) : record, salt, kind);
    put(database, seq, { ...entry, statement });
    point = { seq, head: entry.head };
  }
  database.prepare('UPDATE journal_head SET head = ?').run(point.head);
};

describe('verify on a hub’s data', async () => {
  const world = await ownedMortise({ after });
  const { owner, door } = world;
  for (const verb of ['unlock', 'lock', 'unlock', 'lock'] as const) assert.equal((await owner.operate(door, verb)).outcome.kind, 'sensed');
  const items = await until('ten records', async () => {
    const all = await owner.activity();
    return all.length >= 10 ? all : undefined;
  });
  const place = await temporaryDirectory();
  after(() => place.remove());
  const { data } = world.mortise();
  const lockId = required(parseIdentifier<LockId>(door.lock.lockId), 'a lock id');
  const last = items.length;

  const copyTo = async (name: string): Promise<string> => {
    const directory = join(place.path, name);
    await mkdir(directory);
    const database = new DatabaseSync(join(data, 'hub.sqlite'), { readOnly: true });
    database.prepare('VACUUM INTO ?').run(join(directory, 'hub.sqlite'));
    database.close();
    return directory;
  };

  test('all good on the real data, while the hub runs, and on the exported file', async () => {
    const inPlace = await verify(['--data', data]);
    assert.deepEqual([inPlace.code, inPlace.report.ok, inPlace.report.journals.map(({ entries, signed, unsigned, lockId: id }) => [entries, signed, unsigned, id])], [0, true, [[last, last, 0, lockId]]]);
    const file = join(place.path, 'exported.jsonl');
    await writeFile(file, await owner.journal(lockId));
    const exported = await verify([file]);
    assert.deepEqual([exported.code, exported.report.journals.map(({ entries, signed }) => [entries, signed])], [0, [[last, last]]]);
    const untouched = await verify(['--data', await copyTo('untouched')]);
    assert.deepEqual([untouched.code, untouched.report.journals.map(({ entries }) => entries)], [0, [last]]);
  });

  const rows = (): Row[] => {
    const database = new DatabaseSync(join(data, 'hub.sqlite'), { readOnly: true });
    const read = rowsOf(database);
    database.close();
    return read;
  };

  test('names the first bad record of each tampered copy', async (t) => {
    const signedAt = rows().filter(({ statement }) => statement !== null).map(({ seq }) => seq);
    const [firstSigned, secondSigned] = [required(signedAt[0], 'a statement'), required(signedAt[1], 'two statements')];
    const firstOfBatch = (seq: number): number => Math.max(0, ...signedAt.filter((each) => each < seq)) + 1;
    type Tampering = { readonly name: string; readonly at: number; readonly tamper: (database: DatabaseSync, at: number) => void; readonly code: string; readonly record?: number };
    const run = (sql: string) => (database: DatabaseSync, at: number): void => { database.prepare(sql).run(...(sql.includes('?') ? [at] : [])); };
    const table: readonly Tampering[] = [
      { name: 'record altered', at: 4, tamper: alter('record'), code: 'record-altered' },
      { name: 'first record altered', at: 1, tamper: alter('record'), code: 'record-altered' },
      { name: 'last record altered', at: last, tamper: alter('record'), code: 'record-altered' },
      { name: 'salt altered', at: 5, tamper: alter('salt'), code: 'record-altered' },
      { name: 'leaf altered', at: 5, tamper: alter('leaf'), code: 'leaf-altered' },
      { name: 'head replaced', at: 6, tamper: alter('head'), code: 'leaf-altered' },
      { name: 'row deleted', at: 5, tamper: run('DELETE FROM journal WHERE seq = ?'), code: 'record-missing' },
      { name: 'first row deleted', at: 1, tamper: run('DELETE FROM journal WHERE seq = ?'), code: 'record-missing' },
      { name: 'last row deleted', at: last, tamper: run('DELETE FROM journal WHERE seq = ?'), code: 'truncated' },
      { name: 'all rows deleted', at: 1, tamper: run('DELETE FROM journal'), code: 'truncated' },
      { name: 'two rows swapped', at: 3, tamper: swap, code: 'leaf-altered' },
      { name: 'last two rows swapped', at: last - 1, tamper: swap, code: 'leaf-altered' },
      { name: 'end replaced', at: last, tamper: (database) => { database.prepare('UPDATE journal_head SET head = ?').run(new Uint8Array(32)); }, code: 'leaf-altered' },
      { name: 'statement altered', at: firstSigned, tamper: alter('statement'), code: 'statement-forged' },
      { name: 'statement of another record', at: secondSigned, tamper: (database, at) => { database.prepare('UPDATE journal SET statement = (SELECT statement FROM journal WHERE seq = ?) WHERE seq = ?').run(firstSigned, at); }, code: 'statement-mismatch' },
      { name: 'chained anew after an altered record', at: 4, tamper: chainAnew(lockId), code: 'statement-mismatch', record: firstOfBatch(4) },
      { name: 'the lock’s key replaced', at: 0, tamper: (database) => { database.prepare('UPDATE lock SET identity_key = reader_key').run(); }, code: 'other-lock' },
      { name: 'the lock forgotten', at: 0, tamper: (database) => { database.exec('PRAGMA foreign_keys = OFF; DELETE FROM lock'); }, code: 'not-a-journal' },
    ];
    for (const [index, { name, at, tamper, code, record = at }] of table.entries()) {
      const directory = await copyTo(`copy-${index}`);
      const database = new DatabaseSync(join(directory, 'hub.sqlite'));
      tamper(database, at);
      database.close();
      const { code: exit, report: { journals } } = await verify(['--data', directory]);
      const fault = journals[0]?.fault;
      assert.deepEqual([exit, fault?.code, fault?.record], [1, code, record], `${name}: ${JSON.stringify(journals)}`);
    }
    t.diagnostic(`${table.length} tamperings of a hub's database, each named by its first bad record`);
  });

  test('names the first bad line of each tampered file', async (t) => {
    const lines = (await owner.journal(lockId)).trimEnd().split('\n');
    const changed = (at: number, field: string) => lines.map((line, index) => {
      if (index !== at) return line;
      const entry: Record<string, unknown> = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
      const bytes = required(fromBase64url(String(entry[field])), `${field} is base64url`);
      return JSON.stringify({ ...entry, [field]: flipped(bytes).toBase64({ alphabet: 'base64url', omitPadding: true }) });
    });
    const table = [
      { name: 'record altered', lines: changed(4, 'record'), code: 'record-altered', record: 4 },
      { name: 'head replaced', lines: changed(6, 'head'), code: 'leaf-altered', record: 6 },
      { name: 'line deleted', lines: lines.toSpliced(5, 1), code: 'record-missing', record: 5 },
      { name: 'lines swapped', lines: lines.toSpliced(3, 2, lines[4] ?? '', lines[3] ?? ''), code: 'record-missing', record: 3 },
      { name: 'line doubled', lines: lines.toSpliced(3, 0, lines[3] ?? ''), code: 'record-repeated', record: 4 },
      { name: 'end cut off', lines: lines.slice(0, -1), code: 'truncated', record: last },
      { name: 'no JSON', lines: lines.with(2, '{"seq":2'), code: 'malformed', record: 2 },
      { name: 'identity key replaced', lines: changed(0, 'identityKey'), code: 'other-lock', record: 0 },
    ];
    for (const [index, { name, lines: tampered, code, record }] of table.entries()) {
      const file = join(place.path, `tampered-${index}.jsonl`);
      await writeFile(file, `${tampered.join('\n')}\n`);
      const { code: exit, report: { journals } } = await verify([file]);
      const fault = journals[0]?.fault;
      assert.deepEqual([exit, fault?.code, fault?.record], [1, code, record], `${name}: ${JSON.stringify(journals)}`);
    }
    t.diagnostic(`${table.length} tamperings of an exported journal, each named`);
  });
});
