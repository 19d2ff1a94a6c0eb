import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { exampleEntries, exampleLock, type ExampleLock } from '@mortise/journal/example-journal.ts';
import { encodeJournalHeader, encodeJournalLine, journalFileLines } from '@mortise/journal/journal-file.ts';
import type { StoredEntry } from '@mortise/journal/stored-journal.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { dispatch } from './dispatch.ts';
import type { Terminal } from './terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-verify-'));
test.after(() => rmSync(directory, { recursive: true }));

type Said = { readonly code: number; readonly out: string; readonly err: string };

const mortise = async (words: readonly string[], given: Partial<Terminal> = {}): Promise<Said> => {
  const said = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => { said.out += text; },
    err: (text) => { said.err += text; },
    errIsTty: false,
    now: () => 0,
    wallClock: () => 0,
    env: {},
    ...given,
  };
  const code = await dispatch(words, terminal);
  for (const line of [...said.out.split('\n'), ...said.err.split(/[\n\r]/)]) if (!line.startsWith('{') && !line.startsWith('mortise: ')) assert.ok(line.length <= 80, line);
  return { code, ...said };
};

const front = exampleLock(crypto, 'front door');
const back = exampleLock(crypto, 'back door');
const frontEntries = [...exampleEntries(crypto, front, 40)];
const headerOf = (lock: ExampleLock): string => encodeJournalHeader({ lockId: lock.lockId, identityKey: lock.identity.publicKey });
const frontLines = [headerOf(front), ...frontEntries.map(encodeJournalLine)];

let files = 0;
const written = (content: string | Uint8Array | readonly string[]): string => {
  files += 1;
  const path = join(directory, `journal-${files}.jsonl`);
  writeFileSync(path, typeof content === 'string' || content instanceof Uint8Array ? content : `${content.join('\n')}\n`);
  return path;
};

const LEAST_SCHEMA = `CREATE TABLE lock(id TEXT PRIMARY KEY, identity_key BLOB);
  CREATE TABLE journal(lock_id TEXT, seq INTEGER, leaf BLOB, salt BLOB, record BLOB, head BLOB, statement BLOB NULL, received_at INTEGER, PRIMARY KEY(lock_id, seq))`;
const FULL_SCHEMA = `CREATE TABLE door(id TEXT PRIMARY KEY, name TEXT);
  CREATE TABLE lock(id TEXT PRIMARY KEY, identity_key BLOB, door_id TEXT);
  CREATE TABLE journal(lock_id TEXT, seq INTEGER, leaf BLOB, salt BLOB, record BLOB, head BLOB, statement BLOB NULL, received_at INTEGER, PRIMARY KEY(lock_id, seq));
  CREATE TABLE journal_head(lock_id TEXT PRIMARY KEY, seq INTEGER, head BLOB)`;

const store = (database: DatabaseSync, lock: ExampleLock, entries: Iterable<StoredEntry>): void => {
  database.prepare('INSERT INTO lock (id, identity_key) VALUES (?, ?)').run(lock.lockId, lock.identity.publicKey);
  const insert = database.prepare('INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, 0)');
  for (const { seq, leaf, salt, record, head, statement } of entries) insert.run(lock.lockId, seq, leaf, salt ?? null, record ?? null, head, statement ?? null);
};

/** A hub's data directory that holds front door (40 records) and back door (3), after `tamper`. */
const hubData = (schema: string, tamper: (database: DatabaseSync) => void): string => {
  files += 1;
  const data = join(directory, `data-${files}`);
  mkdirSync(data);
  const database = new DatabaseSync(join(data, 'hub.sqlite'));
  database.exec(`PRAGMA journal_mode = WAL; ${schema}`);
  store(database, front, frontEntries);
  store(database, back, exampleEntries(crypto, back, 3));
  tamper(database);
  database.close();
  return data;
};
const untouched = (): void => undefined;

test('a good file: exit 0, a table, no faults', async () => {
  const { code, out, err } = await mortise(['verify', written(frontLines)]);
  assert.equal(code, 0);
  assert.match(out, /Journal +Records +Signed to +Erased +Last record \(UTC\) +Result\n/);
  assert.match(out, / 40 +40 +0 +2026-01-01 00:40 +good\n/);
  assert.match(out, /1 journal checked: all as the lock wrote it\.\n$/);
  assert.equal(err, '');
});

test('a tampered file: exit 1, lock, record, line and what', async () => {
  const path = written(frontLines.with(7, encodeJournalLine({ ...(frontEntries[6] ?? assert.fail()), record: new Uint8Array(20) })));
  const { code, out } = await mortise(['verify', path, written(frontLines)]);
  assert.equal(code, 1);
  assert.ok(out.replaceAll(/\s+/g, ' ').includes(`${path}, record 7, line 8: Record 7 was altered: it is not what the lock wrote down.`), out);
  assert.match(out, /1 of 2 journals is wrong/);
});

test('--json answers one object, for good, wrong and unreadable ones', async () => {
  const path = written(frontLines.with(7, 'garbage'));
  const { code, out } = await mortise(['verify', '--json', written(frontLines), path, join(directory, 'none')]);
  assert.equal(code, 1);
  const report: { ok: unknown; journals: readonly Record<string, unknown>[] } = JSON.parse(out);
  assert.equal(report.ok, false);
  const [good, wrong, none] = report.journals;
  assert.deepEqual([good?.['ok'], good?.['entries'], good?.['lockId'], good?.['last']], [true, 40, front.lockId, '2026-01-01T00:40:00Z']);
  assert.deepEqual(wrong?.['fault'], { record: 7, line: 8, code: 'malformed', says: 'The line where record 7 is due cannot be read.' });
  assert.equal(typeof none?.['error'], 'object');
});

test('records after the last signature are said to be not yet signed', async () => {
  const { code, out } = await mortise(['verify', written(frontLines.slice(0, 36))]);
  assert.equal(code, 0);
  assert.match(out, /records 33 to 35 are not yet signed/);
});

test('a file that is no journal is called so; one whose later lines are wrong is a journal that is wrong', async () => {
  const passwd = written('root:x:0:0:root:/root:/bin/bash\n');
  const none = await mortise(['verify', passwd]);
  assert.equal(none.code, 1);
  assert.match(none.out, / no journal\n/);
  assert.ok(none.out.replaceAll(/\s+/g, ' ').includes(`${passwd} is no journal: The first line is not the header of a mortise-journal-1 file. If it was one, it was altered there. 1 of 1 file is no journal.`), none.out);
  assert.doesNotMatch(none.out, /wrong|WRONG|Keep a copy/);
  const two = await mortise(['verify', written(''), written(frontLines.with(7, 'garbage')), written(frontLines), written(frontLines.with(0, 'x'))]);
  assert.match(two.out.replaceAll(/\s+/g, ' '), / is no journal: The file is empty\. .*1 of 4 journals is wrong\. Keep a copy before anything else is done\. 2 of 4 files are no journals\./);
  const json: { ok: unknown; journals: readonly Record<string, unknown>[] } = JSON.parse((await mortise(['verify', '--json', passwd])).out);
  assert.deepEqual([json.ok, json.journals[0]?.['fault']], [false, { record: 0, line: 1, code: 'not-a-journal', says: 'The first line is not the header of a mortise-journal-1 file.' }]);
});

test('garbage of every kind is a wrong journal or none, not a crash', async () => {
  const contents = [Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251), 'x'.repeat(1_000_000), '\n\n\n', '', `${headerOf(front)}\n${'{'.repeat(200_000)}`, '\u{1F511}\n'];
  for (const content of contents) {
    const { code, out } = await mortise(['verify', written(content)]);
    assert.equal(code, 1, out);
  }
});

test('what cannot be read: exit 2 and what to do', async () => {
  const data = hubData(LEAST_SCHEMA, untouched);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['verify', join(directory, 'none.jsonl')], /no file .*none\.jsonl\. Check the path/s],
    [['verify', data], /is a directory.*write --data/s],
    [['verify', join(data, 'hub.sqlite')], /is a database.*with --data/s],
    [['verify', '--data', join(directory, 'nowhere')], /no hub's database .*Give its directory with --data/s],
    [['verify', '--data', data, 'file'], /either FILEs or --data/],
    [['verify', '--dta', data], /Unknown option '--dta'\. `mortise help verify` lists the options/],
    [['verify', '--data'], /--data.*argument/],
    [['verify', '--lock', 'front'], /not a lock's ID: it has 22/],
    [['verify', '--data', data, '--lock', exampleLock(crypto, 'shed').lockId], /has no journal of lock .*It has: /],
    [['verfy'], /no command "verfy"\. The commands are: run, lock, ekey, station, fob, verify, would-open, reasons, simulate, aliro, help, version/],
    [['help', 'nothing'], /no command "nothing"/],
  ];
  for (const [words, expected] of cases) {
    const { code, out, err } = await mortise(words);
    assert.equal(code, 2, words.join(' '));
    assert.match((out + err).replaceAll(/\s+/g, ' '), expected);
  }
  const json = await mortise(['verify', '--json', '--dta', data]);
  assert.deepEqual([json.code, json.err], [2, '']);
  assert.match(json.out, /^\{"error":\{"code":"arguments-wrong","message":/);
});

test('the hub’s database verifies with the least tables and with all', async () => {
  for (const schema of [LEAST_SCHEMA, FULL_SCHEMA]) {
    const data = hubData(schema, untouched);
    const { code, out } = await mortise(['verify', '--data', data]);
    assert.equal(code, 0, out);
    assert.match(out, /2 journals checked: all as the locks wrote them/);
    const one = await mortise(['verify', '--lock', front.lockId], { env: { MORTISE_DATA: data } });
    assert.match(one.out, /1 journal checked/);
  }
});

test('what a killed hub had committed is read, and nothing is written', async () => {
  const data = hubData(LEAST_SCHEMA, untouched);
  const running = new DatabaseSync(join(data, 'hub.sqlite'));
  running.exec(`PRAGMA wal_autocheckpoint = 0; DELETE FROM journal WHERE seq = 40`);
  // What is on the disk now is what a hub leaves that is killed: the deletion stands in the write-ahead log only.
  cpSync(data, `${data}-killed`, { recursive: true });
  running.close();
  const before = readFileSync(join(`${data}-killed`, 'hub.sqlite'));
  const { code, out } = await mortise(['verify', '--data', `${data}-killed`]);
  assert.equal(code, 0, out);
  assert.match(out, / 39 +32 /);
  assert.ok(readFileSync(join(`${data}-killed`, 'hub.sqlite')).equals(before));
});

test('doors are called by their names, and names cannot steer the terminal', async () => {
  const data = hubData(FULL_SCHEMA, (database) => {
    database.prepare('INSERT INTO door VALUES (?, ?)').run('d', `Front\u001B[31m door${' of the house'.repeat(9)}`);
    database.exec(`UPDATE lock SET door_id = 'd' WHERE id = '${front.lockId}'; UPDATE journal SET record = x'00' WHERE seq = 5`);
  });
  const { code, out } = await mortise(['verify', '--data', data]);
  assert.equal(code, 1);
  assert.ok(!out.includes('\u001B') && out.includes('Front?[31m door'));
});

test('each way to tamper with the database is named', async (t) => {
  const frontIs = `lock_id = '${front.lockId}'`;
  const ways: readonly (readonly [string, RegExp])[] = [
    [`UPDATE journal SET record = x'00' WHERE seq = 9 AND ${frontIs}`, /record 9: Record 9 was altered/],
    [`UPDATE journal SET salt = NULL WHERE seq = 9 AND ${frontIs}`, /record 9: Record 9 was altered/],
    [`UPDATE journal SET record = 'text' WHERE seq = 9 AND ${frontIs}`, /record 9: Record 9 was altered/],
    [`UPDATE journal SET leaf = 7 WHERE seq = 9 AND ${frontIs}`, /record 9: The leaf of record 9/],
    [`UPDATE journal SET head = NULL WHERE seq = 9 AND ${frontIs}`, /record 9: Record 9 does not follow/],
    [`DELETE FROM journal WHERE seq = 9 AND ${frontIs}`, /record 9: Record 9 is missing: record 10/],
    [`DELETE FROM journal WHERE seq = 1 AND ${frontIs}`, /record 1: Record 1 is missing/],
    [`UPDATE journal SET seq = 9007199254740995 WHERE seq = 40 AND ${frontIs}`, /record 40: Record 40 is missing/],
    [`UPDATE journal SET statement = x'' WHERE seq = 32 AND ${frontIs}`, /record 32: The signed statement at record 32/],
    [`UPDATE journal SET lock_id = 'z' WHERE ${frontIs}`, /no lock with a key/],
    [`UPDATE lock SET identity_key = (SELECT identity_key FROM lock WHERE id = '${back.lockId}') WHERE id = '${front.lockId}'`, /identity key is not that of lock/],
    [`INSERT INTO journal_head VALUES ('${front.lockId}', 41, zeroblob(32))`, /record 41: The journal ends after record 40, but it had 41/],
    [`INSERT INTO journal_head VALUES ('${front.lockId}', 40, zeroblob(32))`, /record 40: Record 40 is not the one/],
  ];
  for (const [sql, expected] of ways) {
    const { code, out } = await mortise(['verify', '--data', hubData(FULL_SCHEMA, (database) => { database.exec(sql); })]);
    assert.equal(code, 1, sql);
    assert.match(out.replaceAll(/\s+/g, ' '), expected, sql);
  }
  const erased = await mortise(['verify', '--data', hubData(FULL_SCHEMA, (database) => { database.exec(`UPDATE journal SET salt = NULL, record = NULL WHERE seq = 9`); })]);
  assert.equal(erased.code, 0, 'the control: erasing is no tampering');
  t.diagnostic(`${ways.length} ways`);
});

const GAPS = 'CREATE TABLE journal_gap(lock_id TEXT, first_seq INTEGER, last_seq INTEGER, head BLOB, PRIMARY KEY(lock_id, first_seq))';
const frontIs = `lock_id = '${front.lockId}'`;
const gapped = (first: number, last: number): string =>
  hubData(FULL_SCHEMA, (database) => {
    database.exec(`${GAPS}; INSERT INTO journal_gap SELECT lock_id, ${first}, seq, head FROM journal WHERE seq = ${last} AND ${frontIs};
      DELETE FROM journal WHERE seq BETWEEN ${first} AND ${last} AND ${frontIs}`);
  });

test('a gap is told as a gap, with an exit code of its own; records taken out otherwise are not', async () => {
  const data = gapped(1, 12);
  const { code, out } = await mortise(['verify', '--data', data]);
  assert.equal(code, 4, out);
  assert.match(out, / 28 +40 +0 +2026-01-01 00:40 +GAP\n/);
  assert.match(out.replaceAll(/\s+/g, ' '), /records 1 to 12 are missing\. The hub lost them or never got them, or they were taken out/);
  assert.match(out, /1 of 2 journals has a gap/);
  const json: { ok: unknown; journals: readonly Record<string, unknown>[] } = JSON.parse((await mortise(['verify', '--json', '--lock', front.lockId, '--data', data])).out);
  assert.deepEqual([json.ok, json.journals[0]?.['ok'], json.journals[0]?.['missing'], json.journals[0]?.['gaps']], [false, false, 12, [{ first: 1, last: 12 }]]);
  for (const [first, last, expected] of [[5, 12, /record 5: Record 5 is missing, and the lock has not signed/], [33, 40, /record 41: Nothing that the lock signed follows/]] as const) {
    const taken = await mortise(['verify', '--data', gapped(first, last)]);
    assert.deepEqual([taken.code, expected.test(taken.out.replaceAll(/\s+/g, ' '))], [1, true], taken.out);
  }
});

test('a database that is none, or of something else, is said', async () => {
  for (const [content, expected] of [['not a database at all, '.repeat(50), /damaged or no database/], ['', /no such table/]] as const) {
    files += 1;
    const data = join(directory, `data-${files}`);
    mkdirSync(data);
    writeFileSync(join(data, 'hub.sqlite'), content);
    const { code, err } = await mortise(['verify', '--data', data]);
    assert.equal(code, 2);
    assert.match(err, expected);
  }
});

test('what takes longer than a second says how far it is', async () => {
  let now = 0;
  const clock = { now: () => { now += 600; return now; } };
  const long = written([...journalFileLines({ lockId: front.lockId, identityKey: front.identity.publicKey }, exampleEntries(crypto, front, 400))]);
  const tty = await mortise(['verify', long], { ...clock, errIsTty: true });
  assert.match(tty.err, /\rChecking …?\S+: \d+ records/);
  assert.ok(tty.err.endsWith('\r\u001B[K'), 'and takes the line away');
  assert.equal((await mortise(['verify', long])).err, '', 'the control: no clock, no progress');
});
