import assert from 'node:assert/strict';
import test from 'node:test';
import { InvariantError } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok } from '@mortise/base/result.ts';
import type { LockEffect, LockEvent, StoreWrite } from '@mortise/lock/events.ts';
import { NEW_BODY } from './physical.ts';
import { Shell, type ShellPorts } from './shell.ts';
import { VirtualBody } from './virtual-body.ts';

/** A lock that only remembers what it was told, and answers as the test says. */
type Memory = { readonly told: readonly LockEvent[]; readonly nextWakeMs: number | undefined };
type Answer = (event: LockEvent, told: readonly LockEvent[]) => readonly LockEffect[];

type Rig = { readonly shell: Shell<Memory>; readonly body: VirtualBody; readonly done: string[]; readonly commits: (readonly StoreWrite[])[]; readonly failures: string[] };

const rig = (answer: Answer, changes: Partial<ShellPorts<Memory>> = {}, wake: (event: LockEvent) => number | undefined = () => undefined): Rig => {
  const body = new VirtualBody(NEW_BODY, () => undefined, { travelMs: 5, stallMs: 20 });
  const done: string[] = [];
  const commits: (readonly StoreWrite[])[] = [];
  const failures: string[] = [];
  const shell = new Shell<Memory>({ told: [], nextWakeMs: undefined }, {
    step: (state, { event }) => {
      const told = [...state.told, event];
      return { state: { told, nextWakeMs: wake(event) }, effects: answer(event, told) };
    },
    body,
    pad: { fingerSlots: () => undefined, enrolFinger: (slot) => done.push(`enrol ${slot}`), forgetFinger: (slot) => done.push(`forget ${slot}`), sendToCard: (apdu) => done.push(`card ${apdu.length}`), listen: () => () => undefined },
    commit: (writes) => {
      commits.push(writes);
      return ok(undefined);
    },
    sign: (key: string, message: Bytes) => Promise.resolve(utf8(`${key} ${message.length}`)),
    send: (message) => done.push(`send ${message.type}`),
    near: { send: (connection, frame) => done.push(`near ${connection} ${frame.length}`), close: (connection) => done.push(`close ${connection}`) },
    network: () => done.push('network'),
    erase: () => done.push('erase'), linkCredentials: () => done.push('credentials'),
    now: () => ({ monotonicMs: Math.floor(performance.now()), rtcMs: 0 }),
    entropy: () => new Uint8Array(32), changed: () => undefined,
    failed: (code) => failures.push(code),
    ...changes,
  });
  return { shell, body, done, commits, failures };
};

const kinds = (shell: Shell<Memory>): string[] => shell.state().told.map(({ kind }) => kind);
// On a busy machine timers may come before what was set in line; that is done then, too.
const later = (ms = 30): Promise<void> => new Promise((resolve) => setTimeout(() => setImmediate(resolve), ms));
const store = (id: number, write: StoreWrite = {}): LockEffect => ({ kind: 'store', id, write });
const status: LockEffect = { kind: 'send', message: { type: 'status', session: new Uint8Array(8), seq: 0, expires: 0, body: new Uint8Array(0) } };

test('tells what is sensed before it tells that it started, then what changes', async () => {
  const { shell, body } = rig(() => []);
  shell.start();
  body.turnThumb('withdrawn');
  assert.deepEqual(kinds(shell), ['bolt', 'door', 'battery', 'battery', 'battery', 'temperature', 'started', 'thumbTurn', 'bolt']);
  shell.halt();
});

test('writes that queue share one commit, and each is answered in its order, after it', async () => {
  const { shell, commits } = rig((event) => (event.kind === 'started' ? [store(1, { configuration: utf8('a') }), store(2, { acknowledged: 5 })] : event.kind === 'tick' ? [store(3)] : []));
  shell.start();
  shell.input({ kind: 'tick' });
  assert.deepEqual(commits, []);
  await later();
  assert.deepEqual(commits, [[{ configuration: utf8('a') }, { acknowledged: 5 }, {}]]);
  assert.deepEqual(shell.state().told.slice(-3), [{ kind: 'stored', id: 1 }, { kind: 'stored', id: 2 }, { kind: 'stored', id: 3 }]);
});

test('effects are carried out in their order, inputs that they cause wait in line', async () => {
  const effects: readonly LockEffect[] = [status, { kind: 'nearSend', connection: 4, frame: new Uint8Array(9) }, { kind: 'nearClose', connection: 4 }, { kind: 'drive', direction: 'withdraw' }, { kind: 'signal', what: 'granted' }, { kind: 'linkCredentials', certificate: utf8(''), ca: utf8('') }];
  const { shell, done, body } = rig((event) => (event.kind === 'linkUp' ? effects : []));
  shell.start();
  shell.input({ kind: 'linkUp' });
  assert.deepEqual(done, ['send status', 'near 4 9', 'close 4', 'credentials']);
  assert.equal(body.state().signal?.what, 'granted');
  await later();
  assert.deepEqual(shell.state().told.slice(-3), [{ kind: 'linkUp' }, { kind: 'bolt', position: 'between' }, { kind: 'bolt', position: 'withdrawn' }]);
});

test('signatures come back with their ids', async () => {
  const { shell } = rig((event) => (event.kind === 'linkUp' ? [{ kind: 'sign', id: 7, key: 'reader', message: new Uint8Array(3) }] : []));
  shell.input({ kind: 'linkUp' });
  await later();
  assert.deepEqual(shell.state().told, [{ kind: 'linkUp' }, { kind: 'signed', id: 7, signature: utf8('reader 3') }]);
});

test('wakes the lock when it wants to be woken', async () => {
  const { shell } = rig(() => [], {}, (event) => (event.kind === 'linkUp' ? performance.now() + 10 : undefined));
  shell.input({ kind: 'linkUp' });
  shell.input({ kind: 'linkUp' });
  await later(60);
  assert.deepEqual(kinds(shell), ['linkUp', 'linkUp', 'tick']);
});

const drivesWhenStored: Answer = (event) => (event.kind === 'linkUp' ? [store(1)] : event.kind === 'stored' ? [{ kind: 'drive', direction: 'withdraw' }] : []);

test('control: a lock that drives once its record is durable does drive', async () => {
  const { shell, body } = rig(drivesWhenStored);
  shell.start();
  shell.input({ kind: 'linkUp' });
  await later();
  assert.equal(body.sense().position, 'withdrawn');
});

test('safe state: whatever breaks, nothing moves any more and it is told once', async () => {
  const bug: Answer = () => {
    throw new InvariantError('planted');
  };
  const cases: readonly (readonly [string, Answer, Partial<ShellPorts<Memory>>])[] = [
    ['invariant-broken', (event, told) => (event.kind === 'linkUp' ? bug(event, told) : []), {}],
    ['disk-full', drivesWhenStored, { commit: () => err({ code: 'disk-full' }) }],
    ['store-broken', drivesWhenStored, { commit: () => bug({ kind: 'tick' }, []) && ok(undefined) }],
    ['signing-failed', (event) => (event.kind === 'linkUp' ? [{ kind: 'sign', id: 1, key: 'identity', message: utf8('') }] : []), { sign: () => Promise.reject(new InvariantError('planted')) }],
    ['invariant-broken', (event) => (event.kind === 'linkUp' ? [status, { kind: 'drive', direction: 'withdraw' }] : []), { send: () => bug({ kind: 'tick' }, []) }],
  ];
  for (const [code, answer, changes] of cases) {
    const { shell, body, failures } = rig(answer, changes);
    shell.start();
    shell.input({ kind: 'linkUp' });
    await later();
    shell.input({ kind: 'linkUp' });
    shell.input({ kind: 'stored', id: 1 });
    body.moveDoor(true);
    await later();
    assert.deepEqual([failures, body.sense().position, body.state().motor], [[code], 'thrown', 'still'], code);
  }
  console.log(`ways to the safe state: ${cases.length}`);
});

test('halting cuts a motor that runs', async () => {
  const { shell, body } = rig((event) => (event.kind === 'linkUp' ? [{ kind: 'drive', direction: 'withdraw' }] : []));
  shell.start();
  shell.input({ kind: 'linkUp' });
  shell.halt();
  await later();
  assert.deepEqual([body.sense().position, body.state().motor], ['between', 'still']);
});
