// A hub, or whoever sits on the way, plays tricks on an operation. The control of each is in operation.test.ts or beside it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { required } from '@mortise/base/assert.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { readerCertificate } from './adopt.ts';
import type { ExampleLock } from './lock.fixture.ts';
import { codeOf, ExampleSite, seedOf, type Hub, type RunOptions } from './operation.fixture.ts';
import { MAX_FRAMES } from './operation.ts';
import type { OperationOutcome } from './operation-outcome.ts';

const site = new ExampleSite(crypto);
const flip = (bytes: Bytes, at: number): Bytes => bytes.with(at, (bytes[at] ?? 0) ^ 1);

/** Whatever the hub did: nothing moved but what was asked, at most once, and the phone believes nothing false. */
const holdsTrue = (lock: ExampleLock, outcome: OperationOutcome, what: string): void => {
  assert.ok(lock.moved.length <= 1 && lock.moved.every(({ verb }) => verb === 'unlock'), what);
  if (outcome.kind === 'sensed') assert.equal(lock.moved.length, 1, what);
  if (outcome.kind === 'notDone' || outcome.kind === 'refused') assert.equal(lock.moved.length, 0, what);
};

test('who is not this lock is refused before our signature: another lock of the site, a foreign issuer, no certificate', () => {
  const target = site.lock();
  const impostor = (certificate?: Bytes | null): ExampleLock => site.lock({ seed: seedOf(6), ...(certificate !== undefined && { certificate }) });
  const hubIssuer = deriveKeyPair(crypto, seedOf(9), 'hub');
  const copied = readerCertificate(crypto, site.issuer, target.lockId, target.reader.publicKey);
  const forged = readerCertificate(crypto, hubIssuer, target.lockId, impostor().reader.publicKey);
  const cases: readonly (readonly [ExampleLock, string])[] = [
    [impostor(), 'notDone certificate-subject'],
    [impostor(forged), 'notDone certificate-signature'],
    [impostor(copied), 'notDone reader-signature-invalid'],
    [impostor(null), 'notDone certificate-missing'],
    [impostor(Uint8Array.of(1, 2, 3)), 'notDone certificate-malformed'],
  ];
  for (const [lock, expected] of cases) {
    assert.equal(codeOf(site.run(Object.assign(lock, { identity: target.identity })).end()), expected);
    assert.equal(lock.moved.length, 0, expected);
  }
});

const receiptOf = (lock: ExampleLock, options: RunOptions = {}): Bytes => required(site.run(lock, options).frames.at(-1), 'a receipt').bytes;
const withReceipt = (receipt: Bytes): string => codeOf(site.run(site.lock(), { hub: (frame) => (frame[0] === 3 ? [receipt] : [frame]) }).end());

test('a receipt of another lock, of an old operation, or of none is not confirmed', () => {
  assert.equal(withReceipt(receiptOf(site.lock())), 'sensed', 'the control: its own receipt');
  assert.equal(withReceipt(receiptOf(site.lock(), { entropy: seedOf(8) })), 'notConfirmed receipt-other-request');
  assert.equal(withReceipt(receiptOf(site.lock({ seed: seedOf(5) }))), 'notConfirmed receipt-signature-invalid');
  assert.equal(withReceipt(Uint8Array.of(3, 0)), 'notConfirmed receipt-malformed');
});

test('a true receipt of another operation than was asked is not confirmed', () => {
  const cases = [
    [{ verb: 'lock' }, 'notConfirmed receipt-other-operation'],
    [{ kind: 'decision' }, 'notConfirmed receipt-other-operation'],
    [{ interface: 0x5e }, 'notConfirmed receipt-other-operation'],
    [{ credential: seedOf(1) }, 'notConfirmed receipt-other-request'],
  ] as const;
  for (const [record, expected] of cases) assert.equal(codeOf(site.run(site.lock({ record })).end()), expected);
});

test('a receipt before our signature is no receipt', () => {
  const early = site.begin(site.lock()).step({ kind: 'frame', bytes: receiptOf(site.lock()) });
  assert.equal(codeOf(early.end()), 'notDone relay-malformed');
});

// Two places carry nothing: the length hint at the end of a command, and the answer to EXCHANGE, after which the lock awaits nothing.
const EXCHANGE_ANSWER = 8;
const LENGTH_HINT_BYTES = 2;
const STRIDE = 3;

test('the hub alters a byte of any frame: no other action, no false word, no success', () => {
  const tally = { altered: 0, refused: 0 };
  for (const [index, { bytes, to }] of site.run(site.lock()).frames.entries()) {
    for (let at = bytes.length - 1; at >= 0; at -= at > bytes.length - 4 ? 1 : STRIDE) {
      const lock = site.lock();
      const outcome = site.run(lock, { hub: (frame, seen) => [seen === index ? flip(frame, at) : frame] }).end();
      const what = `frame ${index}, byte ${at} of ${bytes.length}: ${codeOf(outcome)}`;
      holdsTrue(lock, outcome, what);
      const isIdle = index === EXCHANGE_ANSWER || (to === 'phone' && at >= bytes.length - LENGTH_HINT_BYTES);
      assert.ok(isIdle || outcome.kind !== 'sensed', what);
      tally.altered += 1;
      tally.refused += outcome.kind === 'sensed' ? 0 : 1;
    }
  }
  console.log(`hub in the middle: ${tally.altered} altered bytes, ${tally.refused} refused, the others carry nothing`);
});

test('the hub cuts, drops, doubles, lengthens or swaps a frame: nothing moves unasked, nothing false is believed', () => {
  const recorded = site.run(site.lock()).frames.map(({ bytes }) => bytes);
  const tricks: readonly ((frame: Bytes, index: number) => readonly Bytes[])[] = [
    (frame) => [frame.subarray(0, frame.length - 1)],
    () => [],
    (frame) => [frame, frame],
    (frame) => [concat(frame, Uint8Array.of(0))],
    (_, index) => [required(recorded[(index + 2) % recorded.length], 'a frame')],
    (_, index) => [required(recorded[index], 'a frame')],
  ];
  const tried = recorded.flatMap((_, index) =>
    tricks.map((trick, number) => {
      const lock = site.lock();
      const hub: Hub = (frame, seen) => (seen === index ? trick(frame, index) : [frame]);
      holdsTrue(lock, site.run(lock, { hub, entropy: seedOf(11) }).end(), `frame ${index}, trick ${number}`);
    }),
  );
  console.log(`hub in the middle: ${tried.length} cut, dropped, doubled, lengthened, swapped or replayed frames`);
});

test('the hub swaps the verb inside B2: the lock moves nothing', () => {
  let swapped = 0;
  const swap: Hub = (frame) => {
    const at = frame.toHex().indexOf('4d4f520101') / 2;
    if (at < 0) return [frame];
    swapped += 1;
    return [frame.with(at + 4, 2)];
  };
  const lock = site.lock();
  assert.equal(site.run(lock, { hub: swap }).end().kind, 'notConfirmed');
  assert.deepEqual([lock.moved.length, swapped], [0, 1]);
});

test('the hub plays a recorded session again: the lock moves once', () => {
  const lock = site.lock();
  const recorded = site.run(lock).frames.filter(({ to }) => to === 'lock');
  assert.equal(lock.moved.length, 1);
  for (const { bytes } of recorded) lock.receive(bytes);
  assert.deepEqual([lock.moved.length, lock.opened], [1, 2]);
});

test('any frames are answered or refused', () => {
  const body = fc.uint8Array({ minLength: 1, maxLength: 60 });
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), body.map((apdu) => concat(Uint8Array.of(2), apdu)), body.map((receipt) => concat(Uint8Array.of(3), receipt)));
  const input = fc.oneof(bytes.map((frame) => ({ kind: 'frame', bytes: frame }) as const), fc.constant({ kind: 'ringFull' } as const));
  fc.assert(
    fc.property(fc.array(input, { maxLength: 12 }), (inputs) => {
      const operation = site.begin(site.lock(), { hub: (frame, index) => (index < 3 ? [frame] : []) });
      for (const each of inputs) operation.step(each);
      assert.equal(operation.end().kind, 'notDone');
    }),
    { numRuns: 60 },
  );
});

test('a relay that never comes to the point is left', () => {
  const select = required(site.run(site.lock()).frames[1], 'SELECT').bytes;
  const operation = site.begin(site.lock(), { hub: () => [] });
  for (let frame = 0; frame < MAX_FRAMES + 5; frame += 1) operation.step({ kind: 'frame', bytes: select });
  assert.ok(operation.sent <= MAX_FRAMES + 1);
  assert.equal(codeOf(operation.end()), 'notDone relay-malformed');
});
