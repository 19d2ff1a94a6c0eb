// The moment of pairing, by Bluetooth, with somebody in the middle: the owner's phone chose the wrong radio, and every message of the adoption passes through
// a stranger who has all but the code on the lock's label. The lock is a process of its own with bleno, the phones are noble. Beside each lie stands the truth.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { required } from '@mortise/base/assert.ts';
import { concat, fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { NearVisit } from '@mortise/controller/near-visit.fixture.ts';
import { TestRadio } from '@mortise/controller/radio.fixture.ts';
import { ownerHello } from '@mortise/documents/adoption.ts';
import { ADOPTION_STEP } from '@mortise/documents/adoption-message.ts';
import { encodeSetupCode } from '@mortise/documents/setup-code.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { startTestBroker } from '../../apps/controller/src/broker.fixture.ts';
import { startProcess } from '../../apps/controller/src/process.fixture.ts';
import { TestSite } from '../../apps/controller/src/site.fixture.ts';
import { madeUpAnswer, withOtherKey } from './false-answers.ts';
import { Middle, type Trick } from './middle.ts';
import { firstKeyPhone } from './naive.ts';

const [WIFI, PASSPHRASE] = ['Upstairs', 'a passphrase for the lock alone'];
const root = mkdtempSync(join(tmpdir(), 'mortise-pairing-'));
const [broker, air] = [await startTestBroker(), new TestRadio()];
await air.serve();
const lock = startProcess(['--data', join(root, 'lock'), '--workbench-port', '0', '--bluetooth', air.name]);
after(async () => {
  lock.child.kill('SIGKILL');
  await broker.close();
  air.close();
  rmSync(root, { recursive: true });
});

type View = { readonly adopted: boolean; readonly setup: { readonly text: string } | null };
const isView = (value: unknown): value is View => typeof value === 'object' && value !== null && 'adopted' in value && 'setup' in value;
const view = async (): Promise<View> => {
  const body: unknown = await lock.body();
  assert.ok(isView(body));
  return body;
};

const lockId = required(parseIdentifier<LockId>((await lock.first).lockId ?? ''), 'a lock id');
const label = required((await view()).setup?.text, 'a label');
const network = { version: 1, hub: { host: 'localhost', port: broker.port }, brokerCa: broker.ca.certificate, wifi: { ssid: WIFI, passphrase: new Secret(utf8(PASSPHRASE)) } };
const [owner, victim, middle] = [new TestSite(broker), await air.phone(), await Middle.between(air)];
after(() => middle.close());

const NOTHING = 'nothing came';
/** The owner's phone adopts by the radio that it chose. */
const pairThrough = async (trick: Trick, code = label): Promise<string> => {
  middle.trick = trick;
  middle.passed.length = 0;
  const visit = new NearVisit(await middle.chosenBy(victim), crypto);
  await owner.until('the hello, as by every phone', () => visit.lockId !== undefined);
  const said = await Promise.race([owner.adoptNear(visit, lockId, code, network), sleep(1500).then(() => NOTHING)]);
  visit.close();
  await sleep(50);
  return said;
};

const offers = (): number => middle.passed.filter(({ way, step }) => way === 'toLock' && step === ADOPTION_STEP.offer).length;
const flipped = (bytes: Bytes): Bytes => bytes.with(bytes.length - 20, (bytes.at(-20) ?? 0) ^ 1);

const answering = (make: (answer: Bytes) => Bytes): Trick => (way, { bytes }) => (way === 'toPhone' ? make(bytes) : bytes);

const BEFORE_THE_OFFER: readonly (readonly [string, Trick, string])[] = [
  ['it answers as a lock of its own', (_way, { bytes }, answer) => { answer(madeUpAnswer(bytes)); return undefined; }, 'identity-mismatch'],
  ['it puts its seal key into the lock’s answer', answering((bytes) => withOtherKey(bytes, 'sealKey')), 'signature-invalid'],
  ['it puts its reader key into the lock’s answer', answering((bytes) => withOtherKey(bytes, 'readerKey')), 'signature-invalid'],
  ['it greets the lock itself, and hands that answer on', (way, { step, bytes }) => (way === 'toLock' && step === ADOPTION_STEP.hello ? ownerHello(crypto, freshEntropy()).message : bytes), 'signature-invalid'],
  ['it breaks the answer', answering((bytes) => bytes.slice(0, -1)), 'malformed'],
];

test('pairing by Bluetooth with a man in the middle: whatever he answers in the lock’s place, the phone sees the mismatch and offers nothing (attacks row 21: trust on first use)', async () => {
  for (const [what, trick, seen] of BEFORE_THE_OFFER) {
    assert.equal(await pairThrough(trick), seen, what);
    assert.equal(offers(), 0, `${what}: no offer left the phone`);
    assert.equal((await view()).adopted, false, what);
  }
  const [own, theirs] = [utf8('the lock’s key'), utf8('the middle’s key')];
  assert.equal(firstKeyPhone([theirs, own]), theirs, 'a phone that trusts the first key seals its secrets to the man in the middle');
});

test('with the offer in his hands he changes nothing that the lock takes, and adopts by no guess (attacks row 21: trust on first use)', async () => {
  assert.notEqual(await pairThrough((way, { step, bytes }) => (way === 'toLock' && step === ADOPTION_STEP.offer ? flipped(bytes) : bytes)), 'adopted');
  assert.equal(offers(), 1);
  assert.equal((await view()).adopted, false, 'a changed offer is none');
  const [thief, guess] = [new TestSite(broker), encodeSetupCode(crypto, { lockId, secret: new Secret(utf8('no idea..!')) })];
  const visit = new NearVisit(await middle.toLock(), crypto);
  assert.equal(await thief.adoptNear(visit, lockId, guess), 'setup-code-wrong');
  visit.close();
  assert.equal((await view()).adopted, false);
});

test('who only passes on learns nothing and gains nothing; the owner has the lock, and it opens (attacks row 21: trust on first use)', async () => {
  middle.recorded.length = 0;
  assert.equal(await pairThrough((_way, { bytes }) => bytes), 'adopted', 'the control: left alone it is adopted');
  assert.equal((await view()).adopted, true);
  const all = fromUtf8(concat(...middle.passed.map(({ bytes }) => bytes)).map((byte) => (byte < 128 ? byte : 63)));
  for (const secret of [WIFI, PASSPHRASE]) assert.equal(all.includes(secret), false, 'what he carried he cannot read');

  const [thief, again] = [new TestSite(broker), new NearVisit(await middle.toLock(), crypto)];
  assert.equal(await thief.adoptNear(again, lockId, label), 'already-adopted', 'the code serves once, also to who has it');
  again.close();
  await middle.replay();
  middle.close();
  const direct = new NearVisit(required(await victim.central.connect(await victim.find()), 'a lock is reached'), crypto);
  const outcome = await owner.operateNear(direct, 'unlock');
  assert.equal(outcome.kind === 'sensed' ? outcome.receipt.record.sensed.bolt : outcome.kind, 'unlocked', 'the control: the owner opens');
  direct.close();
});
