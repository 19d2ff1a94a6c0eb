// The key by contact, against a scripted passive lock: the time before all else, the turn, the bolt's return, and every way in which a contact can end
// before that.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { encodeNearFrame } from '@mortise/courier/near-frame.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { MAX_POSTS } from './bag.ts';
import { TIME_FIRST_MS } from './contact-desk.ts';
import { ContactLock } from './contact-lock.fixture.ts';
import { siteNamed } from './key-hub.conformance.ts';
import { updated, type Fixture } from './update.fixture.ts';

type Contact = Fixture & { readonly lock: ContactLock; readonly pump: (ms?: number) => void; readonly touch: () => void };

const contact = (all: Fixture = updated(), site = all.hub.site): Contact => {
  const { world, run } = all;
  const lock = new ContactLock(world.crypto, site, world.credential.publicKey, world.crypto.sha256(utf8('a passive lock')));
  const toLock: Bytes[] = [];
  world.hearTouch = (frame) => toLock.push(frame);
  const pump = (ms = 200): void => {
    for (let turn = 0; turn < ms; turn += 1) {
      run(1);
      for (const frame of toLock.splice(0)) lock.hear(frame);
      for (const bytes of lock.out.splice(0)) world.input({ kind: 'frame', bytes });
    }
  };
  const touch = (): void => {
    world.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
    lock.wake();
    pump();
  };
  return { ...all, lock, pump, touch };
};

const tail = ({ world }: Fixture, count: number): readonly string[] => world.told().slice(-count);

test('time first, then the transaction; turn now; opened and closed are both told', () => {
  const all = contact();
  const { world, lock, pump } = all;
  all.touch();
  assert.deepEqual([lock.order.slice(0, 2), lock.time?.by.kind, world.signal.name], [['carry', 'open'], 'ekey', 'turn-now']);
  lock.turned('unlocked');
  pump();
  assert.equal(world.signal.name, 'granted');
  lock.turned('locked');
  pump();
  assert.equal(world.signal.name, 'closed');
  world.input({ kind: 'lifted' });
  assert.deepEqual(tail(all, 2), ['contact-opened lock:granted-trusted', 'contact-closed lock:granted-trusted']);
  const [opened, closed] = world.records().slice(-2);
  assert.deepEqual([opened?.lock, opened?.interface, opened?.sensed.bolt, closed?.lock, closed?.sensed.bolt], [lock.lockId, 0xf0, 'unlocked', lock.lockId, 'locked']);
  assert.ok(!world.stored.values.has('contact'));
});

test('a lock that does not ask is not waited for long; a key without a valid clock answers nobody, shows no grant, and the lock refuses', () => {
  const first = contact();
  first.lock.asksTime = false;
  first.world.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
  first.lock.wake();
  first.pump(TIME_FIRST_MS / 2);
  assert.deepEqual(first.lock.order, []);
  first.pump(TIME_FIRST_MS);
  assert.equal(first.lock.order[0], 'open');
  const second = contact(updated({ revalidateBy: undefined }));
  second.world.faults.hasRtc = false;
  second.touch();
  assert.deepEqual([second.lock.time, tail(second, 1)], [undefined, ['contact-refused lock:0007']]);
  const third = contact();
  third.world.faults.hasRtc = false;
  third.touch();
  assert.deepEqual([third.lock.order, tail(third, 1), third.world.signal.name], [[], ['key-clock-invalid'], 'clock-invalid'], 'with a deadline it does not even begin');
});

test('lifted at any frame: what was proven and not told is told as broken off, and the next contact opens', () => {
  for (let frames = 0; frames < 40; frames += 1) {
    const all = contact();
    const { world, pump } = all;
    let heard = 0;
    const { hearTouch } = world;
    world.hearTouch = (frame) => {
      heard += 1;
      if (heard <= frames) return hearTouch(frame);
      if (world.state.contact !== undefined) world.input({ kind: 'lifted' });
    };
    all.touch();
    if (heard <= frames) break;
    pump();
    assert.equal(world.state.contact, undefined);
    assert.match(tail(all, 1)[0] ?? '', /^contact-broke-off (un)?proven:link-lost|^orders-accepted/);
    assert.ok(!world.stored.values.has('contact'), `${frames}: nothing is left unfinished`);
    world.hearTouch = hearTouch;
    const next = contact(all);
    next.touch();
    next.lock.turned('unlocked');
    next.pump();
    assert.equal(tail(next, 1)[0], 'contact-opened lock:granted-trusted', `after a lift at frame ${frames}`);
  }
});

test('lifted after it opened and before the bolt came back, the key says so', () => {
  const all = contact();
  all.touch();
  all.lock.turned('unlocked');
  all.pump();
  all.world.input({ kind: 'lifted' });
  all.pump();
  assert.deepEqual([tail(all, 2), all.world.signal.name], [['contact-opened lock:granted-trusted', 'contact-broke-off contact:opened'], 'broke-off']);
});

test('the key’s power goes in the middle: the next start tells of the contact', () => {
  const all = contact();
  all.touch();
  all.world.restart();
  all.run(20);
  assert.deepEqual(tail(all, 2), ['started', 'contact-broke-off contact:power']);
  assert.equal(all.world.records().at(-1)?.lock, all.lock.lockId);
});

test('a receipt of another request, a strange lock, another site, garbage: refused, recorded, and no signature leaves', () => {
  const all = contact();
  all.touch();
  all.lock.turned('unlocked');
  all.pump();
  all.lock.turned('locked', new Uint8Array(16));
  all.pump();
  assert.equal(all.world.signal.name !== 'closed', true, 'an old receipt closes nothing');
  all.lock.turned('locked');
  all.pump();
  assert.equal(all.world.signal.name, 'closed', 'the control');

  const strange = contact();
  strange.lock.issuer = deriveKeyPair(strange.world.crypto, strange.world.crypto.sha256(utf8('nobody')), 'issuer');
  strange.touch();
  assert.match(tail(strange, 1)[0] ?? '', /^contact-failed unproven:/);
  const other = updated();
  const elsewhere = contact(other, siteNamed(other.world.crypto, 'another site'));
  elsewhere.touch();
  assert.deepEqual([tail(elsewhere, 1), elsewhere.world.signal.name, elsewhere.lock.order], [['contact-failed contact:other-site'], 'not-ours', []]);
  const noise = contact();
  noise.world.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
  noise.world.input({ kind: 'frame', bytes: utf8('garbage') });
  noise.pump();
  assert.deepEqual([tail(noise, 1), noise.lock.order], [['contact-failed contact:protocol'], []]);
});

test('frames out of turn end a contact, and nothing that came without a proof is kept', () => {
  const frames = [{ kind: 'open' }, { kind: 'took', seq: 1 }, { kind: 'apdu', apdu: utf8('x') }, { kind: 'receipt', receipt: utf8('x') }, { kind: 'closed', code: 'busy' }] as const;
  for (const frame of frames) {
    const all = contact();
    all.world.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
    all.world.input({ kind: 'frame', bytes: encodeNearFrame(frame) });
    all.pump();
    assert.equal(tail(all, 1)[0], 'contact-failed contact:protocol', frame.kind);
  }
  const all = contact();
  all.world.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
  all.lock.wake();
  all.lock.carry('journal', utf8('a batch'));
  all.pump();
  assert.equal(all.world.state.bag.fromLocks.length, 0);
});

test('a lock’s revocations are learnt and go on to the next; its journal is taken once it is durable, and not when the bag is full', () => {
  const all = contact();
  const { hub, world, lock, pump } = all;
  const taken = hub.revoke([new Uint8Array(16).fill(3)]);
  const stranger = deriveKeyPair(world.crypto, world.crypto.sha256(utf8('nobody')), 'issuer');
  all.touch();
  lock.turned('unlocked');
  pump();
  lock.carry('revocation', hub.revoke([new Uint8Array(16).fill(4)], hub.at(0), stranger));
  lock.carry('revocation', taken);
  lock.carry('journal', utf8('a batch'));
  pump();
  assert.deepEqual([world.state.revocations.map(({ bytes }) => bytes), world.state.bag.fromLocks.length, lock.order.filter((kind) => kind === 'took').length], [[taken], 1, 1]);
  world.input({ kind: 'lifted' });
  const next = contact(all);
  next.touch();
  next.lock.turned('unlocked');
  next.pump();
  next.lock.carry('status', utf8('a status'));
  next.pump();
  assert.deepEqual(next.lock.given.filter(({ type }) => type === 'revocation').map(({ body }) => body), [taken]);
  const [post] = world.state.bag.fromLocks;
  assert.ok(post !== undefined);
  world.state = { ...world.state, bag: { ...world.state.bag, fromLocks: Array.from({ length: MAX_POSTS }, (_, index) => ({ ...post, lockId: world.state.keyId, number: 1000 + index })) } };
  next.lock.carry('journal', utf8('another batch'));
  next.pump();
  assert.equal(next.lock.order.filter((kind) => kind === 'took').length, 0, 'the lock keeps it');
});

test('what was asked for one contact has no effect on the next', () => {
  const all = contact();
  const { world, lock, pump } = all;
  world.faults.signDelayMs = undefined;
  all.touch();
  world.faults.signDelayMs = 1;
  const asked = world.state.signatures.map(({ id }) => id);
  assert.ok(asked.length > 0);
  all.touch();
  for (const id of asked) world.input({ kind: 'signed', id, signature: new Uint8Array(64) });
  pump();
  lock.turned('unlocked');
  pump();
  assert.equal(tail(all, 1)[0], 'contact-opened lock:granted-trusted');
});

test('hellos of nobody fill no journal', () => {
  const all = contact();
  const before = all.world.state.journal.last.seq;
  for (let turn = 0; turn < 100; turn += 1) {
    all.world.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
    all.lock.wake();
    for (const bytes of all.lock.out.splice(0)) all.world.input({ kind: 'frame', bytes });
    all.run(400);
    all.world.input({ kind: 'lifted' });
  }
  all.run(20);
  assert.ok(all.world.state.journal.last.seq - before <= 25, String(all.world.state.journal.last.seq - before));
  assert.ok(!all.world.stored.values.has('contact'));
});
