// `mortise would-open` and `mortise reasons`: the answer in words and in JSON, the codes for the shell, and each wrong input with what to do.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { keyDocuments, type KeyDocuments } from '@mortise/api/keys.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { isReason, REASONS } from '@mortise/base/reasons.ts';
import { instant } from '@mortise/base/instant.ts';
import { shownKey, shownLock, WEEKDAYS, type Showing } from '@mortise/wallet/shown-key.fixture.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { dispatch } from './dispatch.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-would-open-'));
test.after(() => rmSync(directory, { recursive: true }));

type Said = { readonly code: number; readonly out: string; readonly err: string };
const NOW = Date.parse('2026-06-02T10:00:00Z');

const mortise = async (...words: readonly string[]): Promise<Said> => {
  const said = { out: '', err: '' };
  const code = await dispatch(words, { out: (text) => { said.out += text; }, err: (text) => { said.err += text; }, errIsTty: false, now: () => 0, wallClock: () => NOW, env: {} });
  for (const line of said.out.split('\n')) if (!line.startsWith('{')) assert.ok(line.length <= 80, line);
  return { code, ...said };
};

const DOOR = 'BwcHBwcHBwcHBwcHBwcHBw';
const doorOf = (name: string, lock = shownLock()): KeyDocuments['doors'][number] => {
  const { lockId, identityKey, readerKey, sealKey, statement } = lock.claimed;
  return {
    id: DOOR, name, zone: 'UTC', lockId, identityKey: base64url(identityKey), readerKey: base64url(readerKey), sealKey: base64url(sealKey), statement: base64url(statement), roster: base64url(lock.roster),
  };
};

const fileOf = (showing: Showing = {}, changes: Partial<KeyDocuments> = {}): KeyDocuments => {
  const { siteId, ownerSets, credentialKey, documents: [document, stamp], revocations } = shownKey(showing);
  return keyDocuments.parse({
    kind: 'mortise-key-documents', siteId, siteName: 'Home', ownerSets: ownerSets.map(base64url), credentialKey: base64url(credentialKey), document: base64url(document ?? assert.fail()),
    stamp: stamp === undefined ? null : base64url(stamp), revocations: revocations.map(base64url), doors: [doorOf('Front door')], doorsLeftOut: 0, ...changes,
  });
};

let files = 0;
const written = (content: unknown): string => {
  files += 1;
  const path = join(directory, `key-${files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

const FRIDAY_17 = instant(Date.parse('2026-06-05T15:00:00Z'));
const HOURS: Showing = { terms: { hours: [WEEKDAYS], until: instant(Date.parse('2026-06-14T22:00:00Z')) } };

test('no comes with the lock’s reason in words, in the door’s zone, and its code; yes with the time', async () => {
  const cases: readonly (readonly [Showing, string, number, string])[] = [
    [{ terms: { until: FRIDAY_17 } }, '2026-06-05T17:01', 3, 'No. On Friday 5 June, 17:01, Zurich time, Front door would not open: This key ended at 17:00, Zurich time. Ask whoever lent it to you to renew it. Reason grant-expired (76)'],
    [{ terms: { until: FRIDAY_17 } }, '2026-06-05T17:00', 0, 'Yes. On Friday 5 June, 17:00, Zurich time, the lock would open. Reason granted-document (6)'],
    [HOURS, '2026-06-06T10:00', 3, 'This key opens on weekdays from 9:00 to 17:00, Zurich time. It opens again Monday 9:00, Zurich time. Reason outside-hours (79)'],
    [HOURS, '2026-06-08T09:00', 0, 'Yes. On Monday 8 June, 9:00'],
    [HOURS, '2026-05-30 12:00', 3, 'This key begins Monday 12:00, Zurich time.'],
    [{ revokedAt: instant(NOW) }, '2026-06-03T10:00', 3, 'This key was taken back. Reason revoked (77)'],
    [{ terms: { verbs: ['lock'] } }, '2026-06-03T10:00', 3, 'Reason right-missing (21)'],
  ];
  for (const [showing, at, code, says] of cases) {
    const said = await mortise('would-open', written(fileOf(showing)), '--at', at);
    assert.deepEqual([said.code, said.err], [code, ''], said.out + says);
    assert.ok(flat(said.out).includes(says), `${flat(said.out)}\n${says}`);
  }
});

test('a time with an offset is that instant; without one it is the lock’s wall clock, not what the hub calls its zone; without --at it is now', async () => {
  const path = written(fileOf(HOURS));
  const at = async (...words: readonly string[]): Promise<unknown> => {
    const { at: instantSaid }: { at?: unknown } = JSON.parse((await mortise('would-open', path, '--json', ...words)).out);
    return instantSaid;
  };
  assert.deepEqual(
    [await at('--at', '2026-06-05T17:00'), await at('--at', '2026-06-05T17:00:30'), await at('--at', '2026-06-05T17:00+02:00'), await at('--at', '2026-06-05T15:00Z'), await at()],
    ['2026-06-05T15:00:00Z', '2026-06-05T15:00:30Z', '2026-06-05T15:00:00Z', '2026-06-05T15:00:00Z', '2026-06-02T10:00:00Z'],
  );
});

test('a time that the door’s clock leaves out, or shows twice, is said to be so and not guessed at', async () => {
  const path = written(fileOf(HOURS));
  const cases: readonly (readonly [at: string, code: number, says: string])[] = [
    ['2026-03-29T02:30', 2, '"2026-03-29T02:30" does not exist on the door\'s clock (Europe/Zurich): it is put forward over it. The clock shows 2026-03-29T03:30 in its place'],
    ['2026-03-29T02:00:30', 2, 'does not exist'], ['2026-03-29T01:59', 3, ''], ['2026-03-29T03:00', 3, ''], ['2026-03-29T02:30Z', 3, ''],
    ['2026-10-25T02:30', 2, '"2026-10-25T02:30" comes twice on the door\'s clock (Europe/Zurich): it is put back over it. Write which one: 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00.'],
    ['2026-10-25 02:59:59', 2, 'Write which one: 2026-10-25 02:59:59+02:00 or 2026-10-25 02:59:59+01:00.'],
    ['2026-10-25T02:30+02:00', 3, ''], ['2026-10-25T02:30+01:00', 3, ''], ['2026-10-25T01:59', 3, ''], ['2026-10-25T03:00', 3, ''],
  ];
  for (const [at, code, says] of cases) {
    const said = await mortise('would-open', path, '--at', at);
    assert.deepEqual([said.code, says === '' ? said.err : flat(said.err).includes(says)], [code, says === '' ? '' : true], `${at}: ${said.err}`);
  }
});

test('--json is one object: the reason with its number, the words, the next opening, and what the answer goes by', async () => {
  const { code, out } = await mortise('would-open', written(fileOf(HOURS)), '--at', '2026-06-06T10:00', '--json');
  const lock = shownLock();
  assert.equal(code, 3);
  assert.deepEqual(JSON.parse(out), {
    opens: false, reason: 'outside-hours', number: 79, says: 'This key opens on weekdays from 9:00 to 17:00, Zurich time.', follows: 'It opens again Monday 9:00, Zurich time.',
    next: '2026-06-08T07:00:00Z', at: '2026-06-06T08:00:00Z', zone: 'Europe/Zurich', door: { id: DOOR, name: 'Front door', lockId: lock.claimed.lockId }, siteId: shownKey().siteId,
    rosterVersion: 1, fromAfar: false, confirmed: true,
  });
});

test('from afar, and without word from the hub, are other questions', async () => {
  const path = written(fileOf({ terms: { freshForS: 86_400 }, stampedAt: instant(NOW) }));
  const ask = async (...words: readonly string[]): Promise<string> => {
    const { reason }: { reason?: unknown } = JSON.parse((await mortise('would-open', path, '--json', ...words)).out);
    return String(reason);
  };
  assert.deepEqual([await ask(), await ask('--from-afar'), await ask('--offline'), await ask('--offline', '--at', '2026-06-04T10:00'), await ask('--at', '2026-06-04T10:00')],
    ['granted-document', 'remote-not-allowed', 'granted-document', 'freshness-lapsed', 'granted-document']);
  assert.match(flat((await mortise('would-open', path, '--offline')).out), /Goes by roster 1; the word from the hub in the file; a lock whose clock is set\./);
});

test('of several doors one is named, by its name or its ids', async () => {
  const cellar = doorOf('Cellar', shownLock({}, 'another'));
  const path = written(fileOf({}, { doors: [doorOf('Front door'), { ...cellar, id: 'CAgICAgICAgICAgICAgICA' }] }));
  assert.match((await mortise('would-open', path)).err, /^mortise: This key has several doors\. Say which with --door: Front door \(Bwc.*\), Cellar \(CAg.*\)\.\n$/);
  for (const name of ['Cellar', 'CAgICAgICAgICAgICAgICA', cellar.lockId]) assert.match((await mortise('would-open', path, '--door', name)).out, /Cellar \(lock/);
});

test('a file that does not prove itself has no answer: exit 1; one that cannot be read: exit 2; each says what to do', async () => {
  const good = fileOf();
  const front = doorOf('Front door');
  const stranger = doorOf('Front door', shownLock({}, 'another'));
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[written({ ...good, siteId: DOOR })], 1, /The owners in the file are no history of the site that it names \(other-site\).*Download the file again/],
    [[written({ ...good, doors: [{ ...front, roster: stranger.roster }] })], 1, /The lock of Front door and its roster are not what itself and an owner signed \(other-lock\)/],
    [[written({ ...good, doors: [{ ...front, sealKey: stranger.sealKey }] })], 1, /\(keys-differ\)/],
    [[], 2, /Give one FILE/],
    [[written(good), written(good)], 2, /Give one FILE/],
    [[join(directory, 'none.json')], 2, /There is no file .*none\.json\. Check the path/],
    [[written('{')], 2, /is not JSON/],
    [[written({ ...good, kind: 'other' })], 2, /does not hold a key's documents \("kind" is not in its form\)\. Download them in the app/],
    [[written({ ...good, document: '!' })], 2, /"document" is not in its form/],
    [[written([])], 2, /does not hold a key's documents\. Download/],
    [[written({ ...good, doorsLeftOut: 372 }), '--door', 'Attic'], 2, /and 372 more that the file has no room for/],
    [[written({ ...good, doors: [] })], 2, /names no door that is there any more/],
    [[written(good), '--door', 'Garage'], 2, /has no door "Garage"\. It has: Front door/],
    [[written(good), '--whence'], 2, /Unknown option '--whence'/],
    ...['yesterday', '2026-06-31T10:00', '2026-02-30T10:00Z', '2026-06-05', '2026-06-05T25:00', '2026-06-05T10:61', '2026-06-05T10:00:99', '2026-06-05T10:00+99:00', '1969-01-01T00:00', ''].map((time) =>
      [[written(good), '--at', time], 2, /is no time\. Write it like 2026-06-05T17:00/] as const),
  ];
  for (const [words, code, says] of cases) {
    const said = await mortise('would-open', ...words);
    assert.deepEqual([said.code, said.out], [code, ''], `${words.join(' ')} ${said.err}`);
    assert.match(said.err, says);
    const json = await mortise('would-open', ...words, '--json');
    assert.deepEqual([json.code, json.err], [code, '']);
    assert.match(json.out, /^\{"error":\{"code":"[a-z-]+","message":/);
  }
  assert.equal((await mortise('would-open', written(good), '--door', 'Front door', '--at', '2026-06-05T10:00')).code, 0, 'the control');
});

test('reasons are the whole closed table, in the app’s words; some of them by code or number', async () => {
  const { code, out } = await mortise('reasons');
  assert.equal(code, 0);
  for (const reason of Object.keys(REASONS).filter(isReason)) assert.ok(flat(out).includes(`${reason} ${REASONS[reason].number} ${reasonSentence(reason)}`), reason);
  assert.deepEqual(JSON.parse((await mortise('reasons', '77', 'manual', '--json')).out), {
    reasons: [
      { reason: 'revoked', number: 77, says: 'This key was taken back.', sentence: 'The grant was taken back.', tag97: '0003' },
      { reason: 'manual', number: 3, says: 'Turned by hand from inside.', sentence: 'Turned by hand from inside.', tag97: '0000' },
    ],
  });
  for (const name of ['nope', '9999', '-1', 'toString', '']) {
    const said = await mortise('reasons', '--', name);
    assert.deepEqual([said.code, said.err], [2, `mortise: There is no reason "${name}". \`mortise reasons\` lists them, by code and number.\n`]);
  }
});
