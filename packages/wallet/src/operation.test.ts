import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { ExampleLock } from './lock.fixture.ts';
import { codeOf, ExampleSite } from './operation.fixture.ts';
import { stepOperation, type OperationEffect, type OperationInput } from './operation.ts';

const site = new ExampleSite(nodeCrypto);

test('unlock and lock: what the lock sensed is the outcome, in four round trips', () => {
  for (const verb of ['unlock', 'lock'] as const) {
    const lock = site.lock();
    const operation = site.run(lock, { verb });
    assert.ok(operation.outcome?.kind === 'sensed');
    assert.equal(operation.outcome.receipt.record.sensed.bolt, verb === 'lock' ? 'locked' : 'unlocked');
    assert.deepEqual(lock.moved.map((command) => command.verb), [verb]);
    assert.deepEqual(operation.phases, ['reaching', 'ready', 'asking', 'proving', 'moving']);
    const untilBolt = operation.frames.slice(0, -2).filter(({ to }) => to === 'lock').length;
    assert.equal(untilBolt, 4, 'open, SELECT, AUTH0 and AUTH1; the EXCHANGE answer and the receipt follow unasked');
    assert.equal(operation.sent, 5);
  }
});

test('who knows the lock by its id only still asks no other, and is told what it sensed; another signature is not found out', () => {
  const told = site.run(site.lock(), { byId: true });
  assert.equal(codeOf(required(told.outcome, 'an outcome')), codeOf(required(site.run(site.lock()).outcome, 'an outcome')));
  const other = site.run(site.lock({ certificate: null }), { byId: true });
  assert.equal(other.outcome?.kind, 'notDone', 'a lock without a certificate of this site gets no signature');
});

test('the same operation gives the same frames on both cryptographies', () => {
  assert.deepEqual(site.run(site.lock(), { crypto: nobleCrypto }).frames, site.run(site.lock()).frames);
});

test('before the ring is full only SELECT is answered, whatever comes', () => {
  const lock = site.lock();
  const operation = site.begin(lock);
  assert.deepEqual([operation.sent, operation.phases], [2, ['reaching', 'ready']]);
  operation.step({ kind: 'frame', bytes: required(operation.frames.at(-1), 'AUTH0').bytes });
  assert.equal(operation.sent, 2, 'a second command is not answered either');
  assert.equal(codeOf(operation.end()), 'notDone relay-malformed');
  assert.deepEqual([lock.moved.length, operation.step({ kind: 'ringFull' }).sent], [0, 2]);
});

test('from the full ring to the bolt it is three frames', () => {
  const operation = site.begin(site.lock());
  const before = operation.frames.length;
  operation.step({ kind: 'ringFull' });
  assert.deepEqual(operation.frames.slice(before, before + 3).map(({ to }) => to), ['lock', 'phone', 'lock']);
});

test('a ring that fills before the lock answers loses nothing; full twice is full once', () => {
  const waiting: Bytes[] = [];
  const lock = site.lock();
  const hold = (frame: Bytes, index: number): readonly Bytes[] => {
    if (index > 0) return [frame];
    waiting.push(frame);
    return [];
  };
  const operation = site.begin(lock, { hub: hold }).step({ kind: 'ringFull' }).step({ kind: 'ringFull' });
  assert.equal(operation.sent, 1);
  for (const answer of lock.receive(required(waiting[0], 'open'))) operation.step({ kind: 'frame', bytes: answer });
  assert.equal(operation.outcome?.kind, 'sensed');
});

test('a jam is what was sensed, not success; a refusal is a refusal, with and without its receipt', () => {
  const jam = site.run(site.lock({ record: { reason: 'bolt-jammed', allowed: false, sensed: { bolt: 'unknown', door: 'closed' } } })).outcome;
  assert.ok(jam?.kind === 'sensed');
  assert.deepEqual([jam.receipt.record.reason, jam.receipt.record.sensed.bolt], ['bolt-jammed', 'unknown']);
  const denied = site.run(site.lock({ record: { kind: 'decision', allowed: false, reason: 'remote-not-allowed' } })).outcome;
  assert.ok(denied?.kind === 'refused');
  assert.deepEqual([denied.readerStatus, denied.receipt?.record.reason], [0x0025, 'remote-not-allowed']);
  assert.deepEqual(site.run(site.lock({ trusted: [] })).end(), { kind: 'refused', readerStatus: 0x0001, receipt: undefined });
});

test('an end without receipt is told apart: not done before our signature left, not confirmed after', () => {
  // Frames: open, SELECT, answer, AUTH0, answer, AUTH1, answer with our signature (7th), 97, answer, receipt.
  for (let passed = 0; passed < 10; passed += 1) {
    const operation = site.run(site.lock(), { hub: (frame, index) => (index < passed ? [frame] : []) });
    const outcome = operation.end();
    const signatureLeft = operation.frames.length >= 7;
    assert.equal(codeOf(outcome), signatureLeft ? 'notConfirmed timed-out' : 'notDone timed-out', `${passed} frames pass`);
  }
});

test('the shell’s and the relay’s ends carry their reason; after the end nothing happens', () => {
  for (const code of ['link-lost', 'timed-out', 'released'] as const) {
    const operation = site.begin(site.lock()).step({ kind: 'ended', code });
    assert.equal(codeOf(operation.end()), `notDone ${code}`);
    assert.equal(operation.step({ kind: 'ringFull' }).sent, 2);
  }
  const closed = site.begin(site.lock()).step({ kind: 'frame', bytes: encodeRelayFrame({ kind: 'closed', code: 'lock-offline' }) });
  assert.deepEqual(closed.outcome, { kind: 'notDone', why: { code: 'relay-closed', said: 'lock-offline' } });
  const socket = site.begin(site.lock()).step({ kind: 'closed', said: 'lock-offline' });
  assert.deepEqual(socket.outcome, closed.outcome);
});

/** An operation whose signature is asked for, and how to go on. */
const signing = (lock: ExampleLock): ((input: OperationInput) => readonly OperationEffect[]) => {
  let { state } = site.begin(lock);
  const feed = (input: OperationInput): readonly OperationEffect[] => {
    const step = stepOperation(nodeCrypto, state, input);
    state = step.state;
    return step.effects;
  };
  const [answer] = feed({ kind: 'ringFull' }).filter((effect) => effect.kind === 'send');
  const [auth1] = lock.receive(required(answer, 'the answer to AUTH0').bytes);
  assert.deepEqual(feed({ kind: 'frame', bytes: required(auth1, 'AUTH1') }).map(({ kind }) => kind), ['progress', 'sign']);
  return feed;
};

test('before our signature has left, a signer that fails or a receipt that comes means: not done', () => {
  const unsigned = signing(site.lock())({ kind: 'signed', signature: new Uint8Array(63) });
  assert.deepEqual(unsigned.at(-1), { kind: 'done', outcome: { kind: 'notDone', why: { code: 'signer-failed' } } });
  const early = signing(site.lock())({ kind: 'frame', bytes: Uint8Array.of(3, 0) });
  assert.deepEqual(early, [{ kind: 'done', outcome: { kind: 'notDone', why: { code: 'relay-malformed' } } }]);
});

test('overdue: a relay that held the lock back until the finger is long gone gets no signature; in time it does', () => {
  for (const [isOverdue, moved] of [[true, 0], [false, 1]] as const) {
    const lock = site.lock();
    const held: Bytes[] = [];
    const operation = site.begin(lock, {
      hub: (frame, index) => {
        if (index !== 0) return [frame];
        held.push(frame);
        return [];
      },
    }).step({ kind: 'ringFull' });
    if (isOverdue) operation.step({ kind: 'overdue' });
    for (const answer of lock.receive(required(held[0], 'open'))) operation.step({ kind: 'frame', bytes: answer });
    assert.deepEqual([lock.moved.length, operation.end().kind], [moved, isOverdue ? 'notDone' : 'sensed']);
  }
});

test('overdue: once our signature has left, only the lock’s word ends it', () => {
  const feed = signing(site.lock());
  feed({ kind: 'signed', signature: new Uint8Array(64) });
  assert.deepEqual(feed({ kind: 'overdue' }), []);
});
