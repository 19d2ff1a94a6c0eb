// Adoption under attack. The relay between owner and lock is the adversary: each attack stands beside the control that the
// same messages, left alone, lead to an adopted lock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { required } from '@mortise/base/assert.ts';
import { concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import {
  lockAnswerToSign,
  lockDone,
  lockReadOffer,
  ownerHello,
  ownerOffer,
  ownerReadAnswer,
  ownerReadDone,
  type LockKeyed,
  type LockOpened,
  type OwnerOffered,
} from './adoption.ts';
import { adoptionKeys, answerToSign, sealForDirection } from './adoption-channel.ts';
import { decodeAnswerBody, encodeAnswer, encodeAnswerBody, encodeRefusal, encodeSealed, type AnswerBody } from './adoption-message.ts';
import { checkOffer, encodeOffer, type Offer } from './adoption-offer.ts';
import { adoptionStatementToSign, type AdoptionStatement } from './adoption-statement.ts';
import {
  exampleEntropy,
  exampleKey,
  exampleLock,
  exampleOffer,
  exampleSite,
  exampleTrusted,
  rosterFields,
  signRoster,
  signWith,
  type ExampleLock,
} from './example-site.ts';
import { encodeSetupCode, parseSetupCode, type SetupCode } from './setup-code.ts';

const site = exampleSite();
const lock = exampleLock();
const elsewhere = exampleSite('elsewhere');
const mallory = exampleLock('mallory');

const codeOf = (result: { readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } }): string =>
  result.ok ? 'ok' : result.error.code;
const valueOf = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly code: string } }): T => {
  assert.ok(result.ok, codeOf(result));
  return result.value;
};
const setupCode = ({ lockId, setupSecret }: ExampleLock): SetupCode =>
  valueOf(parseSetupCode(crypto, encodeSetupCode(crypto, { lockId, secret: setupSecret })));

const answerOf = (device: ExampleLock, hello: Bytes, entropy: string): { readonly answer: Bytes; readonly keyed: LockKeyed } => {
  const answering = valueOf(lockAnswerToSign(crypto, device.introduction, hello, exampleEntropy(entropy)));
  const answer = answering.assemble(crypto.p256.sign(device.identity.privateKey.reveal(), answering.message));
  return { answer, keyed: answering.keyed };
};
const statementOf = (device: ExampleLock, opened: LockOpened, changes: Partial<AdoptionStatement> = {}): Bytes => {
  const { ownerSet, roster } = valueOf(checkOffer(crypto, device, opened.offer));
  const statement = { lockId: device.lockId, siteId: ownerSet.siteId, ownerSetHash: ownerSet.hash, rosterHash: roster.hash,
    readerKey: device.introduction.readerKey, sealKey: device.introduction.sealKey, profile: device.introduction.profile, ...changes };
  return signWith(device.identity, adoptionStatementToSign(crypto, device.identity.publicKey, statement));
};

type Run = {
  readonly hello: Bytes;
  readonly answer: Bytes;
  readonly lockKeyed: LockKeyed;
  readonly offered: OwnerOffered;
  readonly opened: LockOpened;
  readonly done: Bytes;
};
/** One honest run; `name` seeds its randomness. */
const run = (name: string, offer: Offer = exampleOffer(site, lock)): Run => {
  const { message: hello, state } = ownerHello(crypto, exampleEntropy(`${name} owner`));
  const { answer, keyed: lockKeyed } = answerOf(lock, hello, `${name} lock`);
  const offered = valueOf(ownerOffer(crypto, valueOf(ownerReadAnswer(crypto, state, setupCode(lock), answer)), offer));
  const opened = valueOf(lockReadOffer(crypto, lockKeyed, lock.setupSecret, offered.message));
  const done = lockDone(crypto, opened, { kind: 'accepted', statement: statementOf(lock, opened) });
  return { hello, answer, lockKeyed, offered, opened, done };
};
const honest = run('honest');
const bodyOf = (answer: Bytes): AnswerBody => {
  const items = decodeCbor(answer);
  const body = Array.isArray(items) && items[1] instanceof Uint8Array ? decodeAnswerBody(crypto, items[1]) : undefined;
  return required(body, 'an answer');
};
const readHello = (bytes: Bytes): string => codeOf(lockAnswerToSign(crypto, lock.introduction, bytes, exampleEntropy('x')));
/** The same sealed content under another step. */
const retagged = (message: Bytes, step: 3 | 4): Bytes => {
  const items = decodeCbor(message);
  return encodeSealed(step, Array.isArray(items) && items[1] instanceof Uint8Array ? items[1] : new Uint8Array(0));
};

test('left alone, the lock is adopted and both hold the same documents', () => {
  const adopted = valueOf(ownerReadDone(crypto, honest.offered, honest.done));
  assert.deepEqual(honest.opened.offer, exampleOffer(site, lock));
  assert.deepEqual(valueOf(checkOffer(crypto, lock, honest.opened.offer)).trusted, [exampleTrusted()]);
  assert.deepEqual(adopted.statement, {
    lockId: lock.lockId,
    siteId: site.ownerSet.siteId,
    ownerSetHash: site.ownerSet.hash,
    rosterHash: honest.offered.documents.roster.hash,
    readerKey: lock.introduction.readerKey,
    sealKey: lock.introduction.sealKey,
    profile: 'powered',
  });
});

test('another lock, or somebody who answers in its place, is not the lock of the code', () => {
  const { message, state } = ownerHello(crypto, exampleEntropy('owner'));
  const read = (answer: Bytes): string => codeOf(ownerReadAnswer(crypto, state, setupCode(lock), answer));
  assert.equal(read(answerOf(lock, message, 'lock').answer), 'ok', 'the control');
  assert.equal(read(answerOf(mallory, message, 'lock').answer), 'identity-mismatch');
});

test('no field of the answer can be swapped', () => {
  const { message: hello, state } = ownerHello(crypto, exampleEntropy('owner'));
  const { answer } = answerOf(lock, hello, 'lock');
  const theirs = bodyOf(answerOf(mallory, hello, 'mallory').answer);
  const swaps: readonly Partial<AnswerBody>[] = [
    { ephemeral: theirs.ephemeral }, { readerKey: theirs.readerKey }, { sealKey: theirs.sealKey }, { linkKey: theirs.linkKey },
    { model: 'another' }, { firmware: '9.9.9' },
  ];
  const swapped = (changes: Partial<AnswerBody>, signature: Bytes): string => {
    const body = encodeAnswerBody(crypto, { ...bodyOf(answer), ...changes });
    return codeOf(ownerReadAnswer(crypto, state, setupCode(lock), encodeAnswer(body, signature)));
  };
  const items = decodeCbor(answer);
  const right = Array.isArray(items) && items[2] instanceof Uint8Array ? items[2] : new Uint8Array(64);
  assert.equal(swapped({}, right), 'ok', 'the control');
  for (const changes of swaps) {
    const body = encodeAnswerBody(crypto, { ...bodyOf(answer), ...changes });
    const byMallory = crypto.p256.sign(mallory.identity.privateKey.reveal(), answerToSign(hello, body));
    assert.equal(swapped(changes, right), 'signature-invalid', `${Object.keys(changes).join()} under the old signature`);
    assert.equal(swapped(changes, byMallory), 'signature-invalid', `${Object.keys(changes).join()} under another's`);
    assert.equal(swapped({ ...changes, identityKey: theirs.identityKey }, byMallory), 'identity-mismatch');
  }
});

test('an old answer does not answer a new hello, nor one that was swapped on its way', () => {
  const fresh = ownerHello(crypto, exampleEntropy('fresh'));
  const theirs = ownerHello(crypto, exampleEntropy('mallory'));
  const read = (answer: Bytes): string => codeOf(ownerReadAnswer(crypto, fresh.state, setupCode(lock), answer));
  assert.equal(read(answerOf(lock, fresh.message, 'lock').answer), 'ok', 'the control');
  assert.equal(read(honest.answer), 'signature-invalid', 'the answer of an earlier run');
  assert.equal(read(answerOf(lock, theirs.message, 'lock').answer), 'signature-invalid', 'the lock answered the hello of the one in between');
});

test('without the secret nobody adopts, and a guess is told from a right code', () => {
  const evil = ownerHello(crypto, exampleEntropy('mallory'));
  const { answer, keyed } = answerOf(lock, evil.message, 'lock');
  const offerWith = (secret: Secret): Bytes => {
    const guess = { ...setupCode(lock), secret };
    const owner = valueOf(ownerReadAnswer(crypto, evil.state, guess, answer));
    return valueOf(ownerOffer(crypto, owner, exampleOffer(elsewhere, lock))).message;
  };
  const tryWith = (secret: Secret, actual = lock.setupSecret): string => codeOf(lockReadOffer(crypto, keyed, actual, offerWith(secret)));
  const renewed = new Secret(exampleEntropy('renewed').subarray(0, 10));
  assert.equal(tryWith(lock.setupSecret), 'ok', 'the control: whoever reads the label is the owner');
  assert.equal(tryWith(new Secret(new Uint8Array(10))), 'setup-code-wrong');
  assert.equal(tryWith(lock.setupSecret, renewed), 'setup-code-wrong', 'the old code, after a reset that kept the identity');
  assert.equal(tryWith(renewed, renewed), 'ok', 'the new one');
});

test('one offer tries one secret: a ciphertext made for two keys does not open under the second', () => {
  const { transcript, sharedX } = honest.lockKeyed;
  const [one, two] = [exampleEntropy('one'), exampleEntropy('two')].map((bytes) => new Secret(bytes.subarray(0, 10)));
  assert.ok(one && two);
  const context = concat(Uint8Array.of(3), transcript);
  const plaintext = required(encodeOffer(crypto, exampleOffer(site, lock)), 'the example offer is bounded');
  const toTwo = adoptionKeys(crypto, sharedX, two, transcript).toLock;
  const underTwo = sealForDirection(crypto, toTwo, context, plaintext);
  const underOne = adoptionKeys(crypto, sharedX, one, transcript).toLock.commitment;
  const read = (sealed: Bytes): string => codeOf(lockReadOffer(crypto, honest.lockKeyed, two, encodeSealed(3, sealed)));
  assert.equal(read(underTwo), 'ok', 'the control');
  // What opens under `two` but commits to `one`, as a ciphertext made to open under both would.
  assert.equal(read(concat(underOne, underTwo.subarray(32))), 'setup-code-wrong');
});

test('an offer opens in its own handshake and at its own lock only', () => {
  const next = run('next');
  const twin: ExampleLock = { ...mallory, setupSecret: lock.setupSecret };
  const atTwin = answerOf(twin, honest.hello, 'honest lock');
  const read = (keyed: LockKeyed, message: Bytes): string => codeOf(lockReadOffer(crypto, keyed, lock.setupSecret, message));
  assert.equal(read(honest.lockKeyed, honest.offered.message), 'ok', 'the control');
  assert.equal(read(next.lockKeyed, honest.offered.message), 'setup-code-wrong', 'replayed in a later handshake');
  assert.equal(read(answerOf(lock, honest.hello, 'again').keyed, honest.offered.message), 'setup-code-wrong', 'hello and offer replayed');
  assert.equal(read(atTwin.keyed, honest.offered.message), 'setup-code-wrong', 'at another lock of the same secret and ephemeral key');
});

test('documents for another lock or of two sites are refused, by the honest owner and by the lock', () => {
  const sealedTo = (device: ExampleLock): Offer => ({
    ...exampleOffer(site, lock),
    roster: signRoster(site.owner, { ...rosterFields(site, device), lockId: lock.lockId }),
  });
  const offers: readonly (readonly [string, Offer])[] = [
    ['a roster for another lock', { ...exampleOffer(site, lock), roster: exampleOffer(site, mallory).roster }],
    ['a roster of another site', { ...exampleOffer(site, lock), roster: exampleOffer(elsewhere, lock).roster }],
    ['a roster by a stranger', { ...exampleOffer(site, lock), roster: signRoster(elsewhere.owner, rosterFields(site, lock)) }],
    ['a later roster', { ...exampleOffer(site, lock), roster: signRoster(site.owner, rosterFields(site, lock, { version: 2, previous: site.ownerSet.hash })) }],
    ['another site’s owner set', { ...exampleOffer(site, lock), ownerSets: [elsewhere.document] }],
    ['an owner set that does not follow', { ...exampleOffer(site, lock), ownerSets: [site.document, elsewhere.document] }],
  ];
  assert.equal(codeOf(checkOffer(crypto, lock, exampleOffer(site, lock))), 'ok', 'the control');
  for (const [name, offer] of offers) {
    assert.equal(codeOf(ownerOffer(crypto, honest.offered.keyed, offer)), 'document-refused', name);
    assert.equal(codeOf(checkOffer(crypto, lock, offer)), 'document-refused', name);
  }
  assert.equal(codeOf(checkOffer(crypto, lock, sealedTo(mallory))), 'document-refused', 'entries sealed to another lock');
  assert.equal(codeOf(checkOffer(crypto, lock, sealedTo(lock))), 'ok', 'its control');
});

test('no message passes for another when it is sent back', () => {
  const { message, state } = ownerHello(crypto, exampleEntropy('honest owner'));
  const readAnswer = (bytes: Bytes): string => codeOf(ownerReadAnswer(crypto, state, setupCode(lock), bytes));
  const readOffer = (bytes: Bytes): string => codeOf(lockReadOffer(crypto, honest.lockKeyed, lock.setupSecret, bytes));
  const readDone = (bytes: Bytes): string => codeOf(ownerReadDone(crypto, honest.offered, bytes));
  const messages: readonly Bytes[] = [message, honest.answer, honest.offered.message, honest.done];
  const readers = [readHello, readAnswer, readOffer, readDone];
  readers.forEach((read, expected) => messages.forEach((bytes, at) => assert.equal(read(bytes), at === expected ? 'ok' : 'malformed')));
  assert.equal(readDone(retagged(honest.offered.message, 4)), 'malformed', 'the owner’s own offer as the lock’s done');
  assert.equal(readOffer(retagged(honest.done, 3)), 'setup-code-wrong', 'the lock’s own done as an offer');
});

test('the lock’s last word belongs to this offer, is by this lock, and states what was offered', () => {
  const other = run('other');
  const again = valueOf(ownerOffer(crypto, honest.offered.keyed, { ...exampleOffer(site, lock), brokerCa: utf8('another authority') }));
  const accept = (statement: Bytes): Bytes => lockDone(crypto, honest.opened, { kind: 'accepted', statement });
  const read = (done: Bytes, offered = honest.offered): string => codeOf(ownerReadDone(crypto, offered, done));
  const hash = exampleEntropy('another document');
  const byMallory = signWith(mallory.identity, adoptionStatementToSign(crypto, mallory.identity.publicKey,
    { ...valueOf(ownerReadDone(crypto, honest.offered, honest.done)).statement, lockId: mallory.lockId }));
  const changes: readonly Partial<AdoptionStatement>[] = [{ siteId: elsewhere.ownerSet.siteId }, { ownerSetHash: hash }, { rosterHash: hash },
    { readerKey: mallory.introduction.readerKey }, { sealKey: mallory.introduction.sealKey }, { lockId: mallory.lockId }];
  assert.equal(read(honest.done), 'ok', 'the control');
  assert.equal(read(other.done), 'malformed', 'the done of another run');
  assert.equal(read(honest.done, again), 'malformed', 'the done of another offer in the same run');
  assert.equal(read(accept(byMallory)), 'signature-invalid', 'stated by another lock');
  for (const change of changes) assert.equal(read(accept(statementOf(lock, honest.opened, change))), 'signature-invalid', Object.keys(change).join());
});

test('refusals arrive, under seal once the offer opened and in plain before', () => {
  const sealed = lockDone(crypto, honest.opened, { kind: 'refused', code: 'document-refused' });
  assert.equal(codeOf(ownerReadDone(crypto, honest.offered, sealed)), 'document-refused');
  const plain = encodeRefusal(4, { code: 'too-many-tries', retryAfterMs: 60_000 });
  assert.deepEqual(ownerReadDone(crypto, honest.offered, plain), { ok: false, error: { code: 'too-many-tries', retryAfterMs: 60_000 } });
  const { state } = ownerHello(crypto, exampleEntropy('owner'));
  const atHello = ownerReadAnswer(crypto, state, setupCode(lock), encodeRefusal(2, { code: 'already-adopted' }));
  assert.deepEqual(atHello, { ok: false, error: { code: 'already-adopted' } });
  const invented = encodeCbor([4, 'adopted', 0]);
  assert.equal(codeOf(ownerReadDone(crypto, honest.offered, invented)), 'malformed');
});

test('the relay learns nothing of the offer, with the code in hand later too', () => {
  const wire = [honest.hello, honest.answer, honest.offered.message, honest.done].map((bytes) => bytes.toHex()).join('');
  const offer = exampleOffer(site, lock);
  const values = [...offer.ownerSets, offer.readerIssuerKey, offer.roster, offer.linkCertificate, offer.brokerCa, site.owner.publicKey,
    exampleTrusted().credentialKey, lock.setupSecret.reveal(), honest.offered.keyed.keys.toLock.key.reveal()];
  for (const value of values) assert.ok(!wire.includes(value.toHex()));
  assert.ok(wire.includes(lock.introduction.readerKey.toHex()), 'the control: the lock’s public keys are there to be found');
  // With the secret but neither ephemeral private key, the best is a shared secret of one's own.
  const transcript = honest.lockKeyed.transcript;
  const mine = new Secret(required(crypto.p256.sharedX(exampleKey('mallory').privateKey.reveal(), bodyOf(honest.answer).ephemeral), 'a point'));
  const guess = codeOf(lockReadOffer(crypto, { transcript, sharedX: mine }, lock.setupSecret, honest.offered.message));
  assert.equal(guess, 'setup-code-wrong');
});

test('a second offer in one run is sealed under another nonce', () => {
  const again = valueOf(ownerOffer(crypto, honest.offered.keyed, { ...exampleOffer(site, lock), brokerCa: utf8('broker authoritx') }));
  const nonceOf = (message: Bytes): string => message.subarray(-encodedLength).subarray(32, 44).toHex();
  const encodedLength = required(encodeOffer(crypto, exampleOffer(site, lock)), 'the example offer is bounded').length + 32 + 12 + 16;
  assert.equal(again.message.length, honest.offered.message.length);
  assert.notEqual(nonceOf(again.message), nonceOf(honest.offered.message));
});

test('every changed bit and every cut is refused, in each message', () => {
  const { state } = ownerHello(crypto, exampleEntropy('honest owner'));
  const readers: readonly (readonly [string, Bytes, (bytes: Bytes) => string])[] = [
    ['answer', honest.answer, (bytes) => codeOf(ownerReadAnswer(crypto, state, setupCode(lock), bytes))],
    ['offer', honest.offered.message, (bytes) => codeOf(lockReadOffer(crypto, honest.lockKeyed, lock.setupSecret, bytes))],
    ['done', honest.done, (bytes) => codeOf(ownerReadDone(crypto, honest.offered, bytes))],
  ];
  for (const [name, message, read] of readers) {
    assert.equal(read(message), 'ok', name);
    for (let at = 0; at < message.length; at += 1) {
      const changed = Uint8Array.from(message);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      assert.notEqual(read(changed), 'ok', `${name}: bit changed in byte ${at}`);
    }
    for (let at = 0; at < message.length; at += 7) assert.equal(read(message.subarray(0, at)), 'malformed', `${name} cut at ${at}`);
  }
  console.log(`adoption: ${readers.map(([name, { length }]) => `${name} ${length}`).join(', ')} bytes, each with a bit changed, refused`);
});

test('a hello whose bit is changed on its way leads nowhere', () => {
  const { message: hello, state } = ownerHello(crypto, exampleEntropy('owner'));
  let answered = 0;
  for (let at = 0; at < hello.length; at += 1) {
    const changed = Uint8Array.from(hello);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const answering = lockAnswerToSign(crypto, lock.introduction, changed, exampleEntropy('lock'));
    if (!answering.ok) continue;
    answered += 1;
    const answer = answering.value.assemble(crypto.p256.sign(lock.identity.privateKey.reveal(), answering.value.message));
    assert.equal(codeOf(ownerReadAnswer(crypto, state, setupCode(lock), answer)), 'signature-invalid');
  }
  assert.equal(answered, 0, 'a changed point is off the curve');
});

test('any bytes are answered', () => {
  const { state } = ownerHello(crypto, exampleEntropy('owner'));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.notEqual(codeOf(ownerReadAnswer(crypto, state, setupCode(lock), bytes)), 'ok');
      assert.notEqual(codeOf(lockAnswerToSign(crypto, lock.introduction, bytes, exampleEntropy('x'))), 'ok');
      assert.notEqual(codeOf(lockReadOffer(crypto, honest.lockKeyed, lock.setupSecret, bytes)), 'ok');
      assert.notEqual(codeOf(ownerReadDone(crypto, honest.offered, bytes)), 'ok');
    }),
  );
  assert.equal(codeOf(lockReadOffer(crypto, honest.lockKeyed, lock.setupSecret, new Uint8Array(61_441))), 'malformed');
});
