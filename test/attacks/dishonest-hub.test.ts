// What a hub can do to an opening from afar, played against controller processes and the real wallet: swap, delay, replay, answer
// itself, double, drop, lead astray. It gets nowhere; beside each attack stands the same opening without it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { encodeCommand } from '@mortise/aliro/vendor.ts';
import { encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { DishonestHub } from './dishonest-hub.ts';
import { forgedReceipt, impostors } from './impostor.ts';
import { credulousPhone, PlaintextVerbLock, SessionTokenLock } from './naive.ts';
import { codeOf, RealLock, RealSite, reasonsAfter, type Told, type Trick } from './real-lock.ts';

type Scene = { readonly hub: DishonestHub; readonly home: RealSite; readonly other: RealSite; readonly front: RealLock; readonly back: RealLock; readonly foreign: RealLock };

let scene: Scene | undefined;
const stage = (): Scene => required(scene, 'the locks run');

before(async () => {
  const hub = await DishonestHub.start();
  const [front, back, foreign] = [await RealLock.start(hub), await RealLock.start(hub), await RealLock.start(hub)];
  const [home, other] = [new RealSite(hub), new RealSite(hub)];
  scene = { hub, home, other, front, back, foreign };
  await home.adopt(front);
  await home.adopt(back);
  await other.adopt(foreign);
});

after(async () => {
  await RealLock.endAll();
  await scene?.hub.close();
});

/** The lock locked, and how many records its journal then has. */
const locked = async (site: RealSite, lock: RealLock): Promise<number> => {
  if ((await lock.view()).position !== 'thrown') await site.works(lock, 'lock');
  assert.equal((await lock.view()).position, 'thrown');
  return (await lock.hub.settle(lock.lockId)).length;
};

const lockedFront = (): Promise<number> => locked(stage().home, stage().front);

const stayedLocked = async (from: number, reasons: readonly string[]): Promise<void> => {
  const { hub, front } = stage();
  const records = await hub.settle(front.lockId);
  assert.equal((await front.view()).position, 'thrown', 'the bolt has not moved');
  assert.deepEqual(reasonsAfter(records, from), reasons);
};

const REQUEST_ID_BYTES = 16;
const [lockB2, unlockB2] = (['lock', 'unlock'] as const).map((verb) => encodeCommand({ verb, requestId: new Uint8Array(REQUEST_ID_BYTES), until: 0 }).toHex().slice(0, 10));

/** Rewrites the verb where it stands in the clear; answers how often it did. */
const swapVerb = (counter: { swapped: number }): Trick => (frame, way, pass) => {
  const text = frame.kind === 'apdu' ? frame.apdu.toHex() : '';
  const found = way.to === 'lock' && text.includes(required(lockB2, 'B2'));
  if (found) counter.swapped += 1;
  pass(found ? { kind: 'apdu', apdu: Uint8Array.fromHex(text.replace(required(lockB2, 'B2'), required(unlockB2, 'B2'))) } : frame);
};

test('swap: the hub rewrites lock as unlock in B2; the keys cover the verb, so the lock refuses and records it', async () => {
  const { home, front } = stage();
  const from = await lockedFront();
  const counter = { swapped: 0 };
  const told = await home.operate({ lock: front, verb: 'lock', trick: swapVerb(counter) });
  assert.equal(counter.swapped, 1, 'the verb was there to be rewritten');
  assert.equal(told.outcome.kind, 'notConfirmed');
  await stayedLocked(from, ['decision protocol-error']);
  await home.works(front);
});

test('swap: a naive lock, which takes the verb from beside the signature, opens for the same hub', () => {
  const phone = deriveKeyPair(crypto, freshEntropy(), 'phone');
  const naive = new PlaintextVerbLock(phone.publicKey, freshEntropy());
  const signature = crypto.p256.sign(phone.privateKey.reveal(), naive.challenge);
  naive.receive({ signature, verb: 'lock' });
  assert.equal(naive.position, 'thrown');
  naive.receive({ signature, verb: 'unlock' });
  assert.equal(naive.position, 'withdrawn', 'the phone asked to lock');
});

test('swap: the hub answers a session that shall lock with the frames of one that unlocked, and crosses two that run at once', async () => {
  const { home, front } = stage();
  const { said } = await home.works(front);
  const from = await lockedFront();
  for (const first of [3, 4]) {
    const mixed: Trick = (frame, way, pass) => { pass(way.to === 'lock' && way.number >= first ? (said[way.number - 1] ?? frame) : frame); };
    assert.notEqual((await home.operate({ lock: front, verb: 'lock', trick: mixed, patienceMs: 1500 })).outcome.kind, 'sensed');
  }
  const held: { unlock?: RelayFrame; lock?: RelayFrame } = {};
  const crossing = (mine: 'unlock' | 'lock', theirs: 'unlock' | 'lock'): Trick => (frame, way, pass) => {
    if (way.to === 'phone' || way.number !== 3) return pass(frame);
    held[mine] = frame;
    void untilHeld(held, theirs).then(pass);
  };
  const both = await Promise.all([
    home.operate({ lock: front, verb: 'unlock', trick: crossing('unlock', 'lock'), patienceMs: 3000 }),
    home.operate({ lock: front, verb: 'lock', trick: crossing('lock', 'unlock'), patienceMs: 3000 }),
  ]);
  assert.deepEqual(both.map(({ outcome }) => outcome.kind).filter((kind) => kind === 'sensed'), []);
  await stayedLocked(from, Array<string>(4).fill('decision protocol-error'));
  await home.works(front);
});

const untilHeld = async (held: { unlock?: RelayFrame; lock?: RelayFrame }, which: 'unlock' | 'lock'): Promise<RelayFrame> => {
  for (;;) {
    const frame = held[which];
    if (frame !== undefined) return frame;
    await new Promise((resolve) => { setTimeout(resolve, 2); });
  }
};

test('swap: the hub opens a session itself, with a key of its own: unknown, recorded, and it gets no receipt', async () => {
  const { home, front } = stage();
  const from = await lockedFront();
  const told = await home.operate({ lock: front, verb: 'unlock', phone: deriveKeyPair(crypto, freshEntropy(), 'hub') });
  assert.deepEqual([told.outcome.kind, told.heard.some(({ kind }) => kind === 'receipt')], ['refused', false]);
  await stayedLocked(from, ['decision credential-unknown']);
  await home.works(front);
});

/** Holds the n-th frame to `to` back. */
const delaying = (to: 'lock' | 'phone', number: number, delayMs: number): Trick => (frame, way, pass) => {
  if (way.to === to && way.number === number) setTimeout(() => { pass(frame); }, delayMs);
  else pass(frame);
};

const LATE_MS = 5200;
const IN_TIME_MS = 4000;

test('delay: an answer more than 5 s after AUTH0 is refused and recorded, AUTH0 held back leads nowhere; at 4 s the door opens', async () => {
  const { hub, home, other, front, back, foreign } = stage();
  const [from, fromForeign] = [await lockedFront(), await locked(other, foreign)];
  await locked(home, back);
  const [late, lateAuth0, inTime] = await Promise.all([
    home.operate({ lock: front, verb: 'unlock', trick: delaying('lock', 4, LATE_MS), patienceMs: 9000 }),
    other.operate({ lock: foreign, verb: 'unlock', trick: delaying('phone', 2, LATE_MS), patienceMs: 9000 }),
    home.operate({ lock: back, verb: 'unlock', trick: delaying('lock', 4, IN_TIME_MS), patienceMs: 9000 }),
  ]);
  await stayedLocked(from, ['decision transaction-too-late']);
  assert.deepEqual([late.outcome.kind, lateAuth0.outcome.kind], ['notConfirmed', 'notDone']);
  // There the phone had not asked for anything in time: that is no attempt, and nothing to record.
  assert.deepEqual(reasonsAfter(await hub.settle(foreign.lockId), fromForeign), []);
  assert.equal((await foreign.view()).position, 'thrown');
  assert.equal(inTime.outcome.kind, 'sensed', 'control: 4 s is in time');
  assert.equal((await back.view()).position, 'withdrawn');
});

/** Says recorded frames to the lock, one after the other, as a phone would. */
const replay = async (lock: RealLock, session: Bytes, frames: readonly RelayFrame[]): Promise<void> => {
  for (const frame of frames) {
    lock.hub.say(lock.lockId, 'relay', encodeRelayFrame(frame), session);
    await new Promise((resolve) => { setTimeout(resolve, 60); });
  }
};

test('replay: a whole session again, in its own session, in a new one and after a restart opens nothing (attacks row 5: D1000, DOI 10.1145/2897845.2897886; row 20: BLESA)', async () => {
  const { hub, home, front } = stage();
  await lockedFront();
  const opened = await home.works(front);
  const from = await lockedFront();
  await replay(front, opened.session, opened.said);
  await replay(front, hub.newSession(), opened.said);
  await front.restart();
  await replay(front, hub.newSession(), opened.said);
  const records = await hub.settle(front.lockId);
  assert.equal((await front.view()).position, 'thrown');
  assert.ok(records.slice(from).every(({ allowed }) => allowed !== true), 'no decision allowed anything');
  assert.ok(records.slice(from).some(({ reason }) => reason === 'protocol-error'), 'and the attempts are on record');
  await home.works(front);
});

test('replay: inside a live session each frame counts once; the lock acts once on frames that are doubled (attacks row 6: CVE-2022-46480)', async () => {
  const { hub, home, front } = stage();
  let doubled = 0;
  for (const [to, count] of [['lock', 5], ['phone', 6]] as const) {
    for (let number = 1; number <= count; number += 1) {
      const from = await lockedFront();
      const trick: Trick = (frame, way, pass) => {
        pass(frame);
        if (way.to === to && way.number === number) pass(frame);
      };
      const told = await home.operate({ lock: front, verb: 'unlock', trick, patienceMs: 2500 });
      const done = (await hub.settle(front.lockId)).slice(from).filter(({ kind }) => kind === 'operation');
      assert.ok(done.length <= 1, 'at most one operation');
      if (told.outcome.kind === 'sensed') assert.equal(done.length, 1, 'success is said only where the lock moved');
      doubled += 1;
    }
  }
  console.log(`dishonest hub: ${doubled} doubled frames, none moved the bolt twice`);
  const naive = new SessionTokenLock(Uint8Array.of(1));
  [1, 1].forEach((token) => { naive.receive(Uint8Array.of(token)); });
  assert.equal(naive.opened, 2, 'a naive lock with one token a session opens again');
  await lockedFront();
  await home.works(front);
});

test('reorder: frames before their turn open nothing; a receipt that overtakes the lock’s word is still the lock’s', async () => {
  const { hub, home, front } = stage();
  await lockedFront();
  const { said } = await home.works(front);
  const from = await lockedFront();
  for (const order of [[3], [0, 3], [0, 2, 1, 3], [0, 3, 2, 1], [0, 1, 3, 2]]) {
    await replay(front, hub.newSession(), order.flatMap((index) => said[index] ?? []));
  }
  assert.deepEqual((await hub.settle(front.lockId)).slice(from).filter(({ allowed }) => allowed === true), []);
  assert.equal((await front.view()).position, 'thrown');
  const held: RelayFrame[] = [];
  const overtaking: Trick = (frame, way, pass) => {
    if (way.to === 'phone' && way.number === 4) held.push(frame);
    else pass(frame);
  };
  const told = await home.operate({ lock: front, verb: 'unlock', trick: overtaking });
  assert.deepEqual([told.outcome.kind, held.length, (await front.view()).position], ['sensed', 1, 'withdrawn']);
  await lockedFront();
  await home.works(front);
});

test('replay: the lock’s frames of an old opening, played to the phone, are not believed', async () => {
  const { home, front } = stage();
  await lockedFront();
  const { heard } = await home.works(front);
  const from = await lockedFront();
  const player: Trick = (_frame, way) => {
    const old = heard[way.number - 1];
    if (way.to === 'lock' && old !== undefined) way.phone(old);
  };
  const told = await home.operate({ lock: front, verb: 'unlock', trick: player, patienceMs: 1500 });
  assert.equal(codeOf(told.outcome), 'notDone reader-signature-invalid');
  const receipt = required(heard.find(({ kind }) => kind === 'receipt'), 'a receipt');
  const oldReceipt: Trick = (frame, way, pass) => { pass(way.to === 'phone' && frame.kind === 'receipt' ? receipt : frame); };
  assert.equal(codeOf((await home.operate({ lock: front, verb: 'lock', trick: oldReceipt })).outcome), 'notConfirmed receipt-other-request');
  await stayedLocked(from, ['decision bolt-secured', 'operation bolt-secured']);
  await home.works(front);
});

test('self-answer: the hub plays the lock with its own reader key, its own certificate, the lock’s certificate, none; the phone asks it nothing', async () => {
  const { home, front } = stage();
  const from = await lockedFront();
  for (const { name, receive, expected } of impostors(home, front)) {
    const trick: Trick = (frame, way) => {
      if (way.to === 'lock') receive(frame).forEach(way.phone);
    };
    const told = await home.operate({ lock: front, verb: 'unlock', trick, patienceMs: 1500 });
    assert.equal(codeOf(told.outcome), expected, name);
    assert.ok(told.said.slice(3).every((frame) => frame.kind === 'apdu' && frame.apdu.length === 2), 'instead of its signature the phone says an error status');
  }
  await stayedLocked(from, []);
  await home.works(front);
});

test('self-answer: a receipt that the hub made is not confirmed, even of a lock that opened', async () => {
  const { home, front } = stage();
  await lockedFront();
  const forging: Trick = (frame, way, pass) => { pass(way.to === 'phone' && frame.kind === 'receipt' ? { kind: 'receipt', receipt: forgedReceipt(frame.receipt, front.lockId) } : frame); };
  assert.equal(codeOf((await home.operate({ lock: front, verb: 'unlock', trick: forging })).outcome), 'notConfirmed receipt-signature-invalid');
  await lockedFront();
  await home.works(front);
});

test('drop: without its receipt the phone says "not confirmed", whatever the hub says; the lock’s journal has the opening', async () => {
  const { hub, home, front } = stage();
  for (const said of [undefined, { kind: 'closed', code: 'done' }] as const) {
    const from = await lockedFront();
    const dropping: Trick = (frame, way, pass) => {
      if (way.to === 'lock' || frame.kind === 'apdu') pass(frame);
      else if (said !== undefined && frame.kind === 'receipt') pass(said);
    };
    const { outcome } = await home.operate({ lock: front, verb: 'unlock', trick: dropping, patienceMs: 3000 });
    assert.equal(codeOf(outcome), said === undefined ? 'notConfirmed timed-out' : 'notConfirmed relay-closed');
    if (said !== undefined) assert.equal(credulousPhone(said), 'opened', 'a naive phone believes the hub');
    assert.deepEqual(reasonsAfter(await hub.settle(front.lockId), from), ['decision granted-trusted', 'operation granted-trusted']);
  }
  await lockedFront();
  await home.works(front);
});

const alterations: readonly ((frame: Bytes) => Bytes)[] = [
  (bytes) => bytes.with(bytes.length - 3, (bytes.at(-3) ?? 0) ^ 1),
  (bytes) => bytes.subarray(0, bytes.length - 1),
  (bytes) => concat(bytes, Uint8Array.of(0)),
];

test('alter: what the phone says, flipped, cut or lengthened from AUTH0 on, opens nothing', async () => {
  const { home, front } = stage();
  const from = await lockedFront();
  let tried = 0;
  for (const number of [3, 4]) {
    for (const alter of alterations) {
      const trick: Trick = (frame, way, pass) => { pass(way.to === 'lock' && way.number === number && frame.kind === 'apdu' ? { kind: 'apdu', apdu: alter(frame.apdu) } : frame); };
      const { outcome } = await home.operate({ lock: front, verb: 'unlock', trick, patienceMs: 1500 });
      assert.notEqual(outcome.kind, 'sensed', `frame ${number}`);
      tried += 1;
    }
  }
  const records = await stage().hub.settle(front.lockId);
  assert.equal((await front.view()).position, 'thrown');
  assert.deepEqual(records.slice(from).filter(({ allowed }) => allowed === true), []);
  console.log(`dishonest hub: ${tried} altered answers, none opened`);
  await home.works(front);
});

test('astray: the phone is led to another lock of its site, and to a lock of another site; it notices, and neither opens', async () => {
  const { hub, home, other, front, back, foreign } = stage();
  const known = new Map([[back, await locked(home, back)], [foreign, await locked(other, foreign)]]);
  const codes: string[] = [];
  for (const via of [back, foreign]) {
    codes.push(codeOf((await home.operate({ lock: front, verb: 'unlock', via })).outcome));
    const records = await hub.settle(via.lockId);
    assert.equal((await via.view()).position, 'thrown');
    assert.ok(records.slice(known.get(via)).every(({ allowed }) => allowed !== true));
  }
  assert.deepEqual(codes, ['notDone certificate-subject', 'notDone group-unknown']);
  await lockedFront();
  await home.works(front);
  await home.works(back);
});

test('astray: what the phone signs for one lock is handed to another; each signature is bound to its door', async () => {
  const { hub, home, front, back } = stage();
  await lockedFront();
  const from = await locked(home, back);
  const session = hub.newSession();
  hub.listen(session, () => undefined);
  const forking: Trick = (frame, way, pass) => {
    if (way.to === 'lock') hub.say(back.lockId, 'relay', encodeRelayFrame(frame), session);
    pass(frame);
  };
  const told: Told = await home.operate({ lock: front, verb: 'unlock', trick: forking });
  assert.equal(told.outcome.kind, 'sensed', 'control: the lock that was meant opens');
  const records = await hub.settle(back.lockId);
  assert.equal((await back.view()).position, 'thrown');
  assert.deepEqual(reasonsAfter(records, from), ['decision protocol-error']);
});
