// What a hub can do with what it carries: rosters in, journals out, adoptions, the lock's state. Controller processes and the real
// wallet; beside each lie stands the same thing told truly.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone, type OwnerKeyed } from '@mortise/documents/adoption.ts';
import type { SetupCode } from '@mortise/documents/setup-code.ts';
import { Secret } from '@mortise/base/secret.ts';
import { append, type Entry } from '@mortise/journal/chain.ts';
import { journalFileLines, verifyJournalFile } from '@mortise/journal/journal-file.ts';
import { statusToSign, unprovenStatus } from '@mortise/courier/status.ts';
import { decodeRecord, encodeRecord } from '@mortise/journal/record.ts';
import type { StoredEntry } from '@mortise/journal/stored-journal.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { createCa } from '@mortise/node/certificates.ts';
import { believed, hearStatus, MAX_STATUS_AGE_MS, NO_WORD, type LockWord } from '@mortise/wallet/lock-status.ts';
import { startTestBroker } from '../../apps/controller/src/broker.fixture.ts';
import { DishonestHub, waitFor } from './dishonest-hub.ts';
import { madeUpAnswer, withOtherKey } from './false-answers.ts';
import { headOfReceipt } from './impostor.ts';
import { unchained } from './naive.ts';
import { RealLock, RealSite, reasonsAfter, valueOf } from './real-lock.ts';

type Scene = { readonly hub: DishonestHub; readonly home: RealSite; readonly lock: RealLock };

let scene: Scene | undefined;
const stage = (): Scene => required(scene, 'the lock runs');

before(async () => {
  const hub = await DishonestHub.start();
  const [lock, home] = [await RealLock.start(hub), new RealSite(hub)];
  scene = { hub, home, lock };
  await home.adopt(lock);
});

after(async () => {
  await RealLock.endAll();
  await scene?.hub.close();
});

const sendRoster = async (document: Bytes): Promise<string> => {
  const { hub, lock } = stage();
  const answers = hub.of(lock.lockId).rosterAnswers;
  const earlier = answers.length;
  hub.say(lock.lockId, 'roster', document);
  await waitFor('the answer to the roster', () => answers.length > earlier);
  const answer = required(answers.at(-1), 'it came');
  return `${answer.version} ${answer.code}`;
};

const phoneOf = (label: string): KeyPair => deriveKeyPair(crypto, freshEntropy(), label);

test('rosters: the hub replays an old one and rolls back to it, also after a restart; a removed phone stays out (attacks row 13: CVE-2023-6960)', async () => {
  const { hub, home, lock } = stage();
  const lost = phoneOf('lost phone');
  const withLost = home.signRoster(lock, { kind: 'addPhone', phone: { credentialKey: lost.publicKey } });
  assert.equal(await sendRoster(withLost), '2 accepted');
  assert.equal((await home.operate({ lock, verb: 'unlock', phone: lost })).outcome.kind, 'sensed', 'control: while it is in the roster it opens');
  await home.works(lock, 'lock');
  const without = home.signRoster(lock, { kind: 'replacePhones', phones: [{ credentialKey: home.phone.publicKey }] });
  assert.equal(await sendRoster(without), '3 accepted');
  const [first] = home.rosters(lock);
  assert.equal(await sendRoster(withLost), '3 stale');
  assert.equal(await sendRoster(required(first, 'the first roster')), '3 stale');
  await lock.restart();
  assert.equal(await sendRoster(withLost), '3 stale');
  const from = (await hub.settle(lock.lockId)).length;
  assert.equal((await home.operate({ lock, verb: 'unlock', phone: lost })).outcome.kind, 'refused');
  assert.deepEqual(reasonsAfter(await hub.settle(lock.lockId), from), ['decision credential-unknown']);
  assert.equal((await lock.view()).position, 'thrown');
  await home.works(lock);
  await home.works(lock, 'lock');
});

test('rosters: one that the hub signed, one of another site, a changed one and garbage are refused', async () => {
  const { hub, home, lock } = stage();
  const other = new RealSite(hub);
  const second = await RealLock.start(hub);
  await other.adopt(second);
  const [foreign] = other.rosters(second);
  const newest = required(home.rosters(lock).at(-1), 'a roster');
  const version = String(home.rosters(lock).length);
  const forged = home.forgeRoster(lock, { kind: 'addPhone', phone: { credentialKey: phoneOf('hub').publicKey } }, phoneOf('no owner'));
  for (const document of [forged, required(foreign, 'a roster'), newest.with(newest.length - 70, (newest.at(-70) ?? 0) ^ 1), utf8('roster')]) {
    assert.match(await sendRoster(document), new RegExp(`^${version} (?!accepted)`));
  }
  const next = home.signRoster(lock, { kind: 'policy', policy: { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 2500 } });
  assert.equal(await sendRoster(next), `${Number(version) + 1} accepted`, 'control: the owner’s next one is taken');
  await second.end();
});

const setupOf = (secret: string): SetupCode => ({ lockIdPrefix: new Uint8Array(12), secret: new Secret(utf8(secret)) });

test('adoption: a lock that has an owner takes no other; the hub cannot start over', async () => {
  const { hub, home, lock } = stage();
  const from = (await hub.settle(lock.lockId)).length;
  const greeted = ownerHello(crypto, freshEntropy());
  const answer = await hub.ask(lock.lockId, hub.newSession(), 1, greeted.message);
  const read = ownerReadAnswer(crypto, greeted.state, setupOf('0123456789'), answer);
  assert.equal(read.ok ? 'keyed' : read.error.code, 'already-adopted');
  assert.deepEqual(reasonsAfter(await hub.settle(lock.lockId), from), ['event adoption-refused']);
  assert.equal((await lock.view()).setup, null, 'there is no code to guess');
  await home.works(lock);
  await home.works(lock, 'lock');
});

test('pairing in the middle: the hub answers with another identity, with changed keys, or offers without the code; nothing is adopted (attacks row 21: trust on first use)', async () => {
  const { hub } = stage();
  const [fresh, thief] = [await RealLock.start(hub), new RealSite(hub)];
  const code = await fresh.setupCode();
  const ask = (session: Bytes, message: Bytes): Promise<Bytes> => hub.ask(fresh.lockId, session, 1, message);
  const greeted = ownerHello(crypto, freshEntropy());
  const session = hub.newSession();
  const trueAnswer = await ask(session, greeted.message);
  const read = (answer: Bytes): string => {
    const keyed = ownerReadAnswer(crypto, greeted.state, code, answer);
    return keyed.ok ? 'keyed' : keyed.error.code;
  };
  const own = madeUpAnswer(greeted.message);
  assert.equal(read(own), 'identity-mismatch');
  assert.equal(read(withOtherKey(trueAnswer, 'linkKey')), 'signature-invalid');
  assert.equal(read(trueAnswer), 'keyed', 'control: the lock’s own answer');
  // The hub has a handshake of its own with the lock, and everything but the secret.
  const mine = ownerHello(crypto, freshEntropy());
  const guessing = { ...code, secret: new Secret(utf8('no idea..!')) };
  const keyed: OwnerKeyed = valueOf(ownerReadAnswer(crypto, mine.state, guessing, await ask(session, mine.message)));
  const offer = await thief.offer(keyed);
  const done = ownerReadDone(crypto, offer, await hub.ask(fresh.lockId, session, 3, offer.message));
  assert.equal(done.ok ? 'adopted' : done.error.code, 'setup-code-wrong');
  assert.equal((await fresh.view()).adopted, false);
  await new RealSite(hub).adopt(fresh);
  assert.equal((await fresh.view()).adopted, true, 'control: who knows the code adopts it');
  await fresh.end();
});

// ---- journals ----------------------------------------------------------------------------------------------------------------

const lines = (entries: readonly StoredEntry[], statement?: Bytes): readonly string[] => {
  const { home, lock } = stage();
  return [...journalFileLines({ lockId: lock.lockId, identityKey: home.identityKey(lock), ...(statement === undefined ? {} : { statement }) }, entries)];
};
const verdict = (entries: readonly StoredEntry[], statement?: Bytes): string => {
  const checked = verifyJournalFile(crypto, lines(entries, statement));
  return checked.ok ? 'good' : `${checked.error.code} ${checked.error.seq}`;
};

/** Everything that the hub keeps, with the signed statements of its batches. */
const kept = (): readonly StoredEntry[] => {
  const { hub, lock } = stage();
  const { entries, batches } = hub.of(lock.lockId);
  return entries.map((entry) => ({ ...entry, statement: batches.find(({ to }) => to.seq === entry.seq)?.statement }));
};

test('journals: the hub rewrites, forges, deletes, cuts and forks; each is found and named (attacks rows 2 and 30: DOI 10.1145/2897845.2897886, a server that rewrites)', async () => {
  const { hub, home, lock } = stage();
  const told = await home.works(lock);
  await home.works(lock, 'lock');
  await hub.settle(lock.lockId);
  const all = kept();
  const [last, second] = [required(all.at(-1), 'the last'), required(all[1], 'the second')];
  const newest = required(last.statement, 'a signed head');
  assert.equal(verdict(all, newest), 'good', 'control: as the lock told it');
  const altered = encodeRecord({ ...required(decodeRecord(required(second.record, 'a record')), 'a record'), reason: 'manual' });
  assert.equal(verdict(all.with(1, { ...second, record: altered }), newest), 'record-altered 2', 'rewritten');
  assert.equal(verdict(all.toSpliced(1, 1), newest), 'record-missing 2', 'deleted');
  assert.equal(verdict(all.toSpliced(1, 0, second), newest), 'record-repeated 3', 'doubled');
  assert.equal(verdict(all.slice(0, -1), newest), `truncated ${last.seq}`, 'cut, where the newest statement is known');
  assert.match(verdict(rechained(all), newest), /^statement-mismatch/, 'rewritten and chained anew');
  const receipt = required(told.heard.find((frame) => frame.kind === 'receipt'), 'a receipt');
  const witnessed = headOfReceipt(receipt.receipt);
  const earlier = all.slice(0, all.findIndex(({ seq }) => seq === (told.outcome.kind === 'sensed' ? told.outcome.receipt.seq : 0)));
  assert.match(verdict(earlier, witnessed), /^truncated/, 'cut before an operation whose receipt a phone holds');
  assert.equal(verdict(earlier), 'good', 'without any newer statement nobody can tell a shorter journal');
  assert.ok(unchained(all.toSpliced(1, 1).map(({ seq }) => ({ seq, text: 'record' }))), 'a naive journal does not notice the deletion');
});

// From the second entry on a history of the hub's own, in a right chain.
const rechained = (all: readonly StoredEntry[]): readonly StoredEntry[] => {
  const { lock } = stage();
  const [first, ...rest] = all;
  let point: Pick<Entry, 'seq' | 'head'> = required(first, 'a first entry');
  return [required(first, 'a first entry'), ...rest.map(({ statement, record }): StoredEntry => {
    const bytes = required(record, 'a record');
    const entry = append(crypto, { ...point, lockId: lock.lockId }, bytes, freshEntropy(), required(decodeRecord(bytes), 'a record').kind);
    point = entry;
    return { ...entry, statement };
  })];
};

test('journals: the hub acknowledges what it throws away; what it keeps still verifies, and the hole shows as a hole (attacks row 2: evidence suppressed)', async () => {
  const { hub, home, lock } = stage();
  await hub.settle(lock.lockId);
  const { known, batches, faults } = hub.of(lock.lockId);
  const honest = kept();
  let thrownAway = 0;
  hub.keeps = ({ to }) => {
    thrownAway = to.seq;
    return false;
  };
  const told = await home.works(lock);
  assert.ok(told.outcome.kind === 'sensed');
  const { seq } = told.outcome.receipt;
  await waitFor('the lock to hand over the operation', () => thrownAway >= seq);
  hub.keeps = () => true;
  await home.works(lock, 'lock');
  await waitFor('the next batch', () => faults.length > 0);
  assert.deepEqual([...new Set(faults)], [`gap from ${known.seq + 1}`], 'what comes next does not follow');
  const later = required(batches.at(-1), 'a batch that verified by itself');
  assert.ok(later.from.seq > known.seq);
  const joined = [...honest, ...later.entries.map((entry) => ({ ...entry, statement: entry.seq === later.to.seq ? later.statement : undefined }))];
  assert.equal(verdict(joined, later.statement), `record-missing ${known.seq + 1}`);
  assert.equal(verdict(honest, honest.at(-1)?.statement), 'good', 'control: what was kept before is whole');
  assert.ok(seq > known.seq, 'and the phone’s receipt proves what was thrown away');
  faults.length = 0;
});

// ---- what is sensed ---------------------------------------------------------------------------------------------------------------

test('false state: a bolt that is held is told as unknown, never as locked or unlocked (attacks row 31)', async () => {
  const { hub } = stage();
  const [lock, site] = [await RealLock.start(hub), new RealSite(hub)];
  await site.adopt(lock, { jamTimeoutMs: 1500 });
  await lock.act({ action: 'jam', on: true });
  const { outcome } = await site.operate({ lock, verb: 'unlock' });
  assert.ok(outcome.kind === 'sensed');
  assert.deepEqual([outcome.receipt.record.sensed.bolt, outcome.receipt.record.reason], ['unknown', 'bolt-jammed']);
  await lock.act({ action: 'jam', on: false });
  await lock.act({ action: 'thumb-turn', to: 'thrown' });
  await site.works(lock);
  await lock.end();
});

test('false state: the hub shows an old status, a forged one and another lock’s; none is believed (attacks row 31)', async () => {
  const { hub } = stage();
  const [lock, other, home, elsewhere] = [await RealLock.start(hub), await RealLock.start(hub), new RealSite(hub), new RealSite(hub)];
  await home.adopt(lock);
  await elsewhere.adopt(other);
  const statementsOf = (from: RealLock): readonly Bytes[] => hub.of(from.lockId).statements;
  const latest = async (from: RealLock): Promise<Bytes> => {
    await hub.settle(from.lockId);
    return required(statementsOf(from).at(-1), 'the lock says how it is');
  };
  await home.operate({ lock, verb: 'lock' });
  const locked = await latest(lock);
  await home.operate({ lock, verb: 'unlock' });
  const unlocked = await latest(lock);
  const others = await latest(other);

  const named = { lockId: lock.lockId, identityKey: required(hub.identityKeys.get(lock.lockId), 'it was adopted') };
  const hear = (word: LockWord, statement: Bytes): LockWord => hearStatus(crypto, named, word, statement);
  const shown = (word: LockWord, nowMs = Date.now()): string => {
    const belief = believed(word, nowMs, 'signed');
    return belief.ok ? belief.value.bolt : belief.error.code;
  };
  const honest = hear(hear(NO_WORD, locked), unlocked);
  assert.deepEqual([shown(hear(NO_WORD, locked)), shown(honest)], ['locked', 'unlocked'], 'control: told as it was, when it was');
  assert.equal(shown(hear(honest, locked)), 'unlocked', 'the old word again');
  assert.equal(shown(hear(NO_WORD, locked), Date.now() + MAX_STATUS_AGE_MS + 5000), 'too-old', 'the old word, to a page that saw no other');
  assert.equal(shown(hear(honest, others)), 'not-signed', 'another lock’s word');
  const said = required(unprovenStatus(unlocked), 'a status');
  const forged = statusToSign(crypto, named.identityKey, { ...said, bolt: 'locked', count: said.count + 1 });
  const hubKey = hub.timeKey.privateKey.reveal();
  assert.equal(shown(hear(honest, forged.assemble(crypto.p256.sign(hubKey, forged.message)))), 'not-signed', 'one by a key of the hub’s own');
  await Promise.all([lock.end(), other.end()]);
});

test('reconnect spoofing: another hub takes the broker’s place with an authority of its own; the lock does not speak to it (attacks row 20: BLESA, KNOB)', async () => {
  const first = await DishonestHub.start();
  const [lock, site] = [await RealLock.start(first), new RealSite(first)];
  await site.adopt(lock);
  const { port, ca } = first.broker;
  await first.close();
  const spoofed = await startTestBroker({ port, ca: await createCa() });
  await waitFor('the lock to try', () => (lock.log().match(/unable-to-verify/g)?.length ?? 0) >= 3);
  assert.deepEqual([spoofed.heard.length, (await lock.view()).link.up], [0, false]);
  await spoofed.close();
  const back = await startTestBroker({ port, ca });
  const returned = Promise.withResolvers<undefined>();
  back.joined = () => { returned.resolve(undefined); };
  await returned.promise;
  assert.ok((await lock.view()).adopted, 'control: its own authority’s broker is taken again');
  await lock.end();
  await back.close();
});
