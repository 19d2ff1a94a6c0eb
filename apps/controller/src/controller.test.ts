// The whole process, as it runs in life, against a broker.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { required } from '@mortise/base/assert.ts';
import { startTestBroker, type TestBroker } from './broker.fixture.ts';
import { argumentsFor, startProcess, type ControllerProcess } from './process.fixture.ts';
import { TestSite } from './site.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'mortise-controller-'));
const broker: TestBroker = await startTestBroker();
const running = new Set<ControllerProcess>();
test.after(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await broker.close();
  rmSync(root, { recursive: true });
});

let directories = 0;
const freshData = (): string => join(root, `lock-${(directories += 1)}`);

type View = { readonly lockId: string; readonly bolt: string; readonly position: string; readonly adopted: boolean; readonly mode: string; readonly setup: { readonly text: string } | null; readonly link: { readonly up: boolean } };

const start = (argv: readonly string[]): ControllerProcess => {
  const one = startProcess(argv);
  running.add(one);
  void one.ended.then(() => running.delete(one));
  return one;
};
const up = async (data: string): Promise<{ readonly one: ControllerProcess; readonly lockId: LockId }> => {
  const one = start(argumentsFor(data, broker));
  const first = await one.first;
  assert.equal(first.ready, true, JSON.stringify(first));
  return { one, lockId: required(parseIdentifier<LockId>(first.lockId), 'a lock id') };
};
const isView = (value: unknown): value is View => typeof value === 'object' && value !== null && 'position' in value && 'setup' in value;
const view = async (one: ControllerProcess): Promise<View> => {
  const body = await one.body();
  assert.ok(isView(body));
  return body;
};
const stop = async (one: ControllerProcess): Promise<void> => {
  one.child.kill('SIGTERM');
  assert.deepEqual(await one.ended, { code: 0, signal: null });
};

test('adopted, opened by a phone, restarted: one lock, one journal; nothing secret is said', async () => {
  const data = freshData();
  const site = new TestSite(broker);
  const born = await up(data);
  await site.until('the link', () => site.statuses > 0);
  const setup = required((await view(born.one)).setup, 'a factory lock shows its code').text;
  assert.equal(await site.adopt(born.lockId, setup), 'adopted');
  await site.until('the link certificate', () => broker.heard.some(({ leaf, kind }) => leaf === 'link' && kind === 'adopted'));
  await site.until('the lock on its own link', () => site.status?.adopted === true);
  const opened = await site.operate('unlock');
  assert.equal(opened.kind, 'sensed', JSON.stringify(opened));
  assert.deepEqual({ ...(await view(born.one)), lockId: '' }.position, 'withdrawn');
  assert.equal((await view(born.one)).setup, null);
  await site.until('the journal', () => site.known().seq > 0 && site.known().seq === site.status?.seq);
  await stop(born.one);

  const again = await up(data);
  assert.equal(again.lockId, born.lockId);
  assert.equal((await site.nextStatus()).bolt, 'unlocked');
  assert.equal((await site.operate('lock')).kind, 'sensed');
  await stop(again.one);
  assert.deepEqual(site.violations, []);
  const said = [...born.one.output, ...again.one.output].join('\n');
  const keys: unknown = JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8'));
  assert.ok(typeof keys === 'object' && keys !== null);
  for (const secret of [...Object.values(keys).filter((value) => typeof value === 'string'), setup, 'Test door']) assert.equal(said.includes(secret), false);
  for (const name of readdirSync(data)) assert.equal(statSync(join(data, name)).mode & 0o077, 0, name);
});

const setupIn = (data: string): unknown => {
  const keys: unknown = JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8'));
  return typeof keys === 'object' && keys !== null && 'setup' in keys ? keys.setup : undefined;
};

test('adopted, the lock forgets its setup secret, also when a power cut came in between; a reset makes a new one', async () => {
  const data = freshData();
  const site = new TestSite(broker);
  const { one, lockId } = await up(data);
  await site.until('the link', () => site.statuses > 0);
  const [setup, factoryKeys] = [setupIn(data), readFileSync(join(data, 'keys.json'))];
  assert.ok(typeof setup === 'string' && setup !== '');
  assert.equal(await site.adopt(lockId, required((await view(one)).setup, 'a factory lock shows its code').text), 'adopted');
  await site.until('the lock on its own link', () => site.status?.adopted === true);
  const holds = (): readonly string[] =>
    readdirSync(data).filter((name) => [Buffer.from(setup), Buffer.from(setup, 'base64url')].some((secret) => readFileSync(join(data, name)).includes(secret)));
  assert.deepEqual(holds(), []);
  await stop(one);

  // As if the power had failed after the adoption was durable and before the secret was erased.
  writeFileSync(join(data, 'keys.json'), factoryKeys);
  assert.deepEqual(holds(), ['keys.json'], 'the control');
  const again = await up(data);
  assert.deepEqual([again.lockId, (await view(again.one)).adopted, holds()], [lockId, true, []]);
  await again.one.act({ action: 'thumb-turn', to: 'withdrawn' });
  await site.until('that it was turned', () => site.status?.bolt === 'unlocked' && site.known().seq === site.status.seq);
  const { seq } = site.known();
  assert.equal((await again.one.act({ action: 'reset' })).status, 200);
  assert.equal(site.known().seq, seq + 1, 'the hub has the last record of this lock');
  const renewed = setupIn(data);
  assert.ok(typeof renewed === 'string' && renewed !== setup);
  assert.notEqual((await view(again.one)).setup, null);
  await stop(again.one);
});

test('factory reset: only with the bolt withdrawn; another lock is born, the bolt stays', async () => {
  const data = freshData();
  const { one, lockId } = await up(data);
  const before = await view(one);
  const refused = await one.act({ action: 'reset' });
  assert.deepEqual([refused.status, (await view(one)).lockId], [409, lockId]);
  await one.act({ action: 'thumb-turn', to: 'withdrawn' });
  const [first, second] = await Promise.all([one.act({ action: 'reset' }), one.act({ action: 'reset' })]);
  assert.deepEqual([first.status, second.status], [200, 200]);
  const after = await view(one);
  assert.notEqual(after.lockId, lockId);
  assert.notEqual(after.setup?.text, before.setup?.text);
  assert.deepEqual([after.position, after.mode], ['withdrawn', 'running']);
  await stop(one);
  const again = await up(data);
  assert.equal(again.lockId, after.lockId);
  await stop(again.one);
});

test('a reset that a power cut broke off is finished at the next start', async () => {
  const data = freshData();
  const { one, lockId } = await up(data);
  await stop(one);
  writeFileSync(join(data, 'reset-begun'), '');
  const again = await up(data);
  assert.notEqual(again.lockId, lockId);
  assert.equal(readdirSync(data).includes('reset-begun'), false);
  await stop(again.one);
});

test('the link’s plug: off is off, on comes back', async () => {
  const { one } = await up(freshData());
  const linkIs = async (wanted: boolean): Promise<void> => {
    for (let i = 0; i < 200 && (await view(one)).link.up !== wanted; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal((await view(one)).link.up, wanted);
  };
  await linkIs(true);
  await one.act({ action: 'link', on: false });
  await linkIs(false);
  await one.act({ action: 'link', on: true });
  await linkIs(true);
  await stop(one);
});

test('ends when the process that started it is gone', async () => {
  const { one } = await up(freshData());
  one.child.stdin?.end();
  assert.deepEqual(await one.ended, { code: 0, signal: null });
});

const refusal = async (argv: readonly string[]): Promise<{ readonly code: string; readonly message: string }> => {
  const one = start(argv);
  const first = await one.first;
  assert.equal((await one.ended).code, 78);
  assert.equal(first.ready, false);
  return required(first.error, 'a refusal has an error');
};

test('a damaged store is found and told; the lock is there in its safe state, whose it was, and lives on once a whole copy is put back', async () => {
  const data = freshData();
  const site = new TestSite(broker);
  const { one, lockId } = await up(data);
  await site.until('the link', () => site.statuses > 0);
  assert.equal(await site.adopt(lockId, required((await view(one)).setup, 'a factory lock shows its code').text), 'adopted');
  await site.until('the lock on its own link', () => site.status?.adopted === true);
  await stop(one);

  const store = join(data, 'lock.sqlite');
  const whole = readFileSync(store);
  const damages: readonly (readonly [string, Buffer])[] = [
    ['cut short', whole.subarray(0, whole.length - 2000)], ['a page of zeros', Buffer.from(whole).fill(0, 4096, 8192)],
  ];
  for (const [what, damaged] of damages) {
    writeFileSync(store, damaged);
    const hurt = await up(data);
    const first = await hurt.one.first;
    assert.equal(first.lockId, lockId, what);
    assert.match(first.fault ?? '', /does not move its bolt/, what);
    await hurt.one.act({ action: 'thumb-turn', to: 'withdrawn' });
    const seen = await view(hurt.one);
    assert.deepEqual([seen.mode, seen.adopted, seen.setup, seen.bolt, seen.position, seen.link.up], ['safe', true, null, 'unknown', 'withdrawn', false], what);
    assert.equal((await site.operate('unlock', 500)).kind, 'notDone', 'it opens to nobody');
    assert.equal((await view(hurt.one)).position, 'withdrawn', 'a hand gets out all the same');
    assert.ok(hurt.one.output.some((line) => line.includes('"event":"store-damaged"')));
    assert.deepEqual(readFileSync(store), damaged, 'nothing was mended');
    await hurt.one.act({ action: 'thumb-turn', to: 'thrown' });
    await stop(hurt.one);
  }
  writeFileSync(store, whole);
  const last = await up(data);
  await site.nextStatus();
  assert.equal((await site.operate('unlock')).kind, 'sensed', 'the same owner opens it');
  await stop(last.one);
});

test('what it cannot believe or use, it refuses with what to do, and leaves as it was', async () => {
  const data = freshData();
  const { one } = await up(data);
  const other = await up(freshData());
  const busy = await refusal(argumentsFor(data, broker));
  assert.equal(busy.code, 'database-busy');
  const port = new URL((await one.first).workbench ?? '').port;
  assert.equal((await refusal(argumentsFor(freshData(), broker, { 'workbench-port': port }))).code, 'port-busy');
  await stop(one);
  await stop(other.one);

  const store = join(data, 'lock.sqlite');
  const whole = readFileSync(store);
  const keys = readFileSync(join(data, 'keys.json'), 'utf8');
  await (async () => {
    // The body's file is there once something moved.
    const { one: moved } = await up(data);
    await moved.act({ action: 'door', open: true });
    await stop(moved);
  })();
  for (const [name, content, code] of [['keys.json', '{}', 'keys-malformed'], ['body.json', '7', 'body-malformed']] as const) {
    const before = readFileSync(join(data, name), 'utf8');
    writeFileSync(join(data, name), content);
    assert.equal((await refusal(argumentsFor(data, broker))).code, code);
    assert.equal(readFileSync(join(data, name), 'utf8'), content);
    writeFileSync(join(data, name), before);
  }
  const { setup: _, ...erased }: Record<string, unknown> = JSON.parse(keys);
  writeFileSync(join(data, 'keys.json'), JSON.stringify(erased));
  assert.equal((await refusal(argumentsFor(data, broker))).code, 'store-missing', 'keys of a lock with an owner, a store that knows of none');
  rmSync(store);
  assert.equal((await refusal(argumentsFor(data, broker))).code, 'store-missing');
  assert.equal(readdirSync(data).includes('lock.sqlite'), false);
  writeFileSync(store, whole);
  rmSync(join(data, 'keys.json'));
  const missing = await refusal(argumentsFor(data, broker));
  assert.equal(missing.code, 'keys-missing');
  assert.match(missing.message, /Put the keys back/);
  writeFileSync(join(data, 'keys.json'), keys);
  assert.equal((await refusal(argumentsFor(data, broker, { broker: 'http://localhost' }))).code, 'option-invalid');
  const fine = await up(data);
  await stop(fine.one);
});
