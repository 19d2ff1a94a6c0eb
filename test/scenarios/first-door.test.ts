// The first door, whole: own, adopt, open, lock, see; and what must not happen on the way. Real processes, real sockets.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, describe, test } from 'node:test';
import { pathOf, ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { concat, fromBase64url, uint, utf8 } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { encodeSetupCode, parseSetupCode, SETUP_SECRET_BYTES } from '@mortise/documents/setup-code.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { claimToken, tryClaim, until, type Owner } from '../support/owner.ts';
import { ownedMortise, restartableMortise } from '../support/owned.ts';
import { restoreWithKit } from '../support/restore.ts';
import { refusedOf, Session } from '../support/session.ts';
import type { Operated } from '../support/operation.ts';

const outcomeOf = ({ outcome }: Operated): string => {
  switch (outcome.kind) {
    case 'sensed':
      return `sensed ${outcome.receipt.record.sensed.bolt} (${outcome.receipt.record.reason})`;
    case 'refused':
      return `refused ${outcome.readerStatus ?? 'unsaid'}`;
    default:
      return `${outcome.kind} ${outcome.why.code}`;
  }
};

const mistyped = (code: string): string => code.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));

/** A well-formed code of this lock with another secret. */
const guessed = (code: string, lockId: string): string => {
  const id = required(parseIdentifier<LockId>(lockId), 'a lock id');
  assert.ok(parseSetupCode(nodeCrypto, code).ok);
  return encodeSetupCode(nodeCrypto, { lockId: id, secret: new Secret(nodeCrypto.sha256(utf8('guess')).subarray(0, SETUP_SECRET_BYTES)) });
};

describe('own, adopt, open, lock, see', async () => {
  const world = await ownedMortise({ after });
  const { owner, door } = world;

  test('opens and locks, and says what was sensed', async () => {
    assert.equal(outcomeOf(await owner.operate(door, 'unlock')), 'sensed unlocked (granted-trusted)');
    assert.equal((await world.workbench().body()).position, 'withdrawn');
    assert.equal(outcomeOf(await owner.operate(door, 'lock')), 'sensed locked (bolt-secured)');
    assert.equal((await world.workbench().body()).position, 'thrown');
    const seen = await owner.doorUntil('the locked door', door.id, ({ lock }) => lock.state?.bolt === 'locked');
    assert.equal(seen.lock.journal.alerts, 0);
  });

  test('shows who did what, in order', async () => {
    const items = await until('six records', async () => {
      const all = await owner.activity();
      return all.length >= 6 ? all : undefined;
    });
    assert.deepEqual(items.map(({ seq, kind, verb, reason, actor, interface: over }) => [seq, kind, verb, reason, actor?.name ?? null, over]), [
      [1, 'event', null, 'started', null, null],
      [2, 'event', null, 'adopted', null, null],
      [3, 'decision', 'unlock', 'granted-trusted', 'Ada', 0xf1],
      [4, 'operation', 'unlock', 'granted-trusted', 'Ada', 0xf1],
      [5, 'decision', 'lock', 'bolt-secured', 'Ada', 0xf1],
      [6, 'operation', 'lock', 'bolt-secured', 'Ada', 0xf1],
    ]);
  });

  test('records a turn by hand without an actor', async () => {
    const before = (await owner.activity()).length;
    await world.workbench().act({ action: 'thumb-turn', to: 'withdrawn' });
    const [item] = await until('the record of the hand', async () => {
      const fresh = (await owner.activity()).slice(before);
      return fresh.length > 0 ? fresh : undefined;
    });
    const { kind, verb, reason, actor, credential, rule, sensed } = required(item, 'a record');
    assert.deepEqual({ kind, verb, reason, actor, credential, rule, bolt: sensed.bolt }, {
      kind: 'event', verb: null, reason: 'manual', actor: null, credential: null, rule: 'thumb-turn', bolt: 'unlocked',
    });
    await world.workbench().act({ action: 'thumb-turn', to: 'thrown' });
  });

  test('a second claim is refused, and changes nothing', async () => {
    const { url, claimUrl } = world.mortise();
    const refused = await tryClaim(url, claimToken(required(claimUrl, 'the link of the first start')));
    assert.equal(refused.ok ? 'claimed' : refused.error.code, 'already-claimed');
    assert.equal((await owner.session.call(ROUTES.people)).people.length, 1);
    assert.equal((await owner.session.call(ROUTES.ownerSets)).sets.length, 1);
  });

  test('a second adoption is refused, and changes nothing', async () => {
    const { lockId } = await world.workbench().body();
    const before = await snapshot(owner);
    const again = await owner.tryAdopt(world.workbench(), { code: guessed(encodedFor(lockId), lockId) });
    assert.deepEqual(again, { ok: false, error: { by: 'socket', code: 'lock-already-adopted' } });
    assert.equal((await world.workbench().body()).setup, null);
    assert.deepEqual(await snapshot(owner), before);
    assert.equal(outcomeOf(await owner.operate(door, 'lock')), 'sensed locked (bolt-secured)');
  });

  test('a jammed bolt is unknown, never locked or unlocked', async (t) => {
    const workbench = world.workbench();
    await workbench.act({ action: 'jam', on: true });
    const operating = owner.operate(door, 'unlock');
    await workbench.until('the motor', ({ motor }) => motor !== 'still');
    const shown: string[] = [];
    const pending = new Set([operating]);
    void operating.then(() => pending.delete(operating));
    while (pending.size > 0) {
      shown.push(`lock ${(await workbench.body()).bolt}`, `hub ${(await owner.door(door.id)).lock.state?.bolt}`);
      await sleep(10);
    }
    await workbench.act({ action: 'jam', on: false });
    assert.equal(outcomeOf(await operating), 'sensed unknown (bolt-jammed)');
    await owner.doorUntil('the jam at the hub', door.id, ({ lock }) => lock.state?.bolt === 'unknown');
    // The hub may not have heard yet that the bolt left its end.
    const since = shown.slice(shown.indexOf('hub moving'));
    assert.deepEqual([...new Set([...since, 'lock unknown'])].filter((each) => !/ (moving|unknown)$/.test(each)), []);
    t.diagnostic(`${shown.length} looks at a jammed bolt: ${[...new Set(shown)].join(', ')}`);
    assert.equal(outcomeOf(await owner.operate(door, 'lock')), 'sensed locked (bolt-secured)', 'freed, it locks again');
  });

  test('with its link off the lock is said to be out of reach, at once', async () => {
    await world.workbench().act({ action: 'link', on: false });
    await owner.doorUntil('the door offline', door.id, ({ lock }) => !lock.online);
    const operated = await owner.operate(door, 'unlock');
    assert.equal(outcomeOf(operated), 'notDone relay-closed');
    assert.equal(operated.closedWith, 'lock-offline');
    assert.ok(operated.doneMs < 500, `${operated.doneMs.toFixed(0)} ms`);
    assert.equal((await world.workbench().body()).position, 'thrown');
    await world.workbench().act({ action: 'link', on: true });
    await owner.doorUntil('the door online', door.id, ({ lock }) => lock.online);
    assert.equal(outcomeOf(await owner.operate(door, 'unlock')), 'sensed unlocked (granted-trusted)');
    assert.equal(outcomeOf(await owner.operate(door, 'lock')), 'sensed locked (bolt-secured)');
  });

  test('a restart of hub and lock keeps everything', async () => {
    const before = await snapshot(owner);
    const items = await owner.activity();
    await world.stop();
    await world.start();
    assert.equal(world.mortise().claimUrl, undefined, 'no claim link any more');
    await owner.doorUntil('the door after the restart', door.id, ({ lock }) => lock.online && lock.state !== null);
    const started = await until('the record of the start', async () => {
      const all = await owner.activity();
      return all.length > items.length ? all : undefined;
    });
    assert.deepEqual(started.slice(0, items.length), items);
    assert.deepEqual(started.slice(items.length).map(({ reason }) => reason), ['started']);
    assert.deepEqual(await snapshot(owner), before, 'the same session, doors, people, keys');
    const again = await owner.signInAgain();
    assert.equal(again.me.signedInBy, 'passkey');
    assert.equal(outcomeOf(await again.operate(door, 'unlock')), 'sensed unlocked (granted-trusted)');
    assert.equal(outcomeOf(await again.operate(door, 'lock')), 'sensed locked (bolt-secured)');
  });

  test('the recovery kit brings a new phone in and puts the lost one out', async () => {
    const restored = await restoreWithKit(world.mortise().url, owner.founded.kitCode, 'replacePhones');
    await restored.doorUntil('the new roster', door.id, ({ lock }) => lock.roster.version === 2 && lock.roster.delivery === 'delivered');
    assert.equal(outcomeOf(await restored.operate(door, 'unlock')), 'sensed unlocked (granted-trusted)');
    assert.equal(outcomeOf(await owner.operate(door, 'lock')), 'refused 1');
    assert.equal(outcomeOf(await restored.operate(door, 'lock')), 'sensed locked (bolt-secured)');
    const last = (await restored.activity()).findLast(({ allowed }) => allowed === false);
    assert.deepEqual([last?.reason, last?.allowed], ['credential-unknown', false]);
  });

  test('whoever is not signed in sees and opens nothing', async () => {
    const stranger = new Session(world.mortise().url);
    for (const { method, path } of Object.values(ROUTES).filter(({ open }) => !open)) {
      const response = await stranger.request(method, pathOf(path, { lockId: door.lock.lockId, doorId: door.id }), method === 'GET' ? {} : { body: '{}' });
      assert.deepEqual([response.status, refusedOf(response.status, await response.json()).code], [401, 'sign-in-required'], path);
    }
    const relay = stranger.socket('relay', door.lock.lockId);
    const status = await new Promise((resolve) => {
      relay.on('unexpected-response', (_request, response) => { resolve(response.statusCode); });
      relay.on('open', () => { resolve('open'); });
    });
    relay.on('error', () => { /* the socket that was refused says so once more */ });
    relay.terminate();
    assert.equal(status, 401);
  });
});

// A code for this lock of no particular secret.
const encodedFor = (lockId: string): string =>
  encodeSetupCode(nodeCrypto, { lockId: required(parseIdentifier<LockId>(lockId), 'a lock id'), secret: new Secret(concat(uint(0, SETUP_SECRET_BYTES))) });

/** What an owner sees of everything that must not change by itself. */
const snapshot = async (owner: Owner) => {
  const { person, site } = await owner.session.call(ROUTES.me);
  const doors = (await owner.doors()).map(({ id, name, zone, lock }) => ({
    id, name, zone, lockId: lock.lockId, identityKey: lock.identityKey, readerKey: lock.readerKey, sealKey: lock.sealKey, roster: lock.roster, bolt: lock.state?.bolt, alerts: lock.journal.alerts,
  }));
  const [vault, people, sets, keys] = [await owner.session.call(ROUTES.vault), await owner.session.call(ROUTES.people), await owner.session.call(ROUTES.ownerSets), await owner.session.call(ROUTES.hubKeys)];
  return { person, site, doors, vault, people, sets, keys };
};

describe('adoption', async () => {
  const world = await restartableMortise({ after });
  const { url, claimUrl } = world.mortise();
  const claimed = await tryClaim(url, claimToken(required(claimUrl, 'a claim link')));
  assert.ok(claimed.ok);
  const owner = claimed.value;

  test('a wrong setup code is refused, and changes nothing', async (t) => {
    const workbench = world.workbench();
    const { lockId, setup } = await workbench.body();
    const code = required(setup, 'a factory lock shows its code').text;
    await owner.waitingLock(lockId);
    const stranger = lockIdOfBytes('another lock');
    const rows = [
      { name: 'one character mistyped', code: mistyped(code), error: { by: 'setup-code', code: 'setup-code-checksum' } },
      { name: 'cut short', code: code.slice(0, 20), error: { by: 'setup-code', code: 'setup-code-length' } },
      { name: 'of another lock', code: encodedFor(stranger), error: { by: 'lock', code: 'identity-mismatch' } },
      { name: 'a guess of the secret', code: guessed(code, lockId), error: { by: 'lock', code: 'setup-code-wrong' } },
    ];
    for (const { name, code: typed, error } of rows) {
      assert.deepEqual(await owner.tryAdopt(workbench, { code: typed }), { ok: false, error }, name);
      const body = await workbench.body();
      assert.deepEqual([body.adopted, body.setup?.text, (await owner.doors()).length], [false, code, 0], name);
      assert.deepEqual((await owner.session.call(ROUTES.waitingLocks)).locks.map((lock) => [lock.lockId, lock.adopted]), [[lockId, false]], name);
    }
    t.diagnostic(`${rows.length} wrong setup codes refused`);
  });

  test('the right code adopts; after a factory reset the old code is worth nothing', async () => {
    const workbench = world.workbench();
    const old = await workbench.setupCode();
    const first = await owner.adopt(workbench);
    assert.equal(outcomeOf(await owner.operate(first, 'unlock')), 'sensed unlocked (granted-trusted)');
    const { lockId } = await workbench.body();
    await workbench.act({ action: 'reset' });
    const fresh = await workbench.until('the reset lock', ({ adopted, setup }) => !adopted && setup !== null);
    assert.notEqual(fresh.lockId, lockId, 'it is another lock now');
    await owner.waitingLock(fresh.lockId);
    assert.deepEqual(await owner.tryAdopt(workbench, { code: old }), { ok: false, error: { by: 'lock', code: 'identity-mismatch' } });
    assert.deepEqual([(await workbench.body()).adopted, (await owner.doors()).length], [false, 1]);
    assert.equal(outcomeOf(await owner.operate(first, 'unlock')), 'notDone relay-closed', 'the old lock is gone');
    const second = await owner.adopt(workbench, { doorName: 'Front door again' });
    assert.equal(outcomeOf(await owner.operate(second, 'lock')), 'sensed locked (bolt-secured)');
    assert.notEqual(first.lock.lockId, second.lock.lockId);
  });

  test('a message altered on its way ends the adoption, and changes nothing', async (t) => {
    const workbench = world.workbench();
    await owner.session.call(ROUTES.me);
    const [door] = await owner.doors();
    const last = required((await owner.doors()).at(-1) ?? door, 'a door');
    assert.equal(outcomeOf(await owner.operate(last, 'unlock')), 'sensed unlocked (granted-trusted)');
    await workbench.act({ action: 'reset' });
    const { lockId } = await workbench.until('the reset lock', ({ adopted, setup }) => !adopted && setup !== null);
    await owner.waitingLock(lockId);
    const codes: string[] = [];
    for (const step of [1, 2, 3]) {
      const tried = await owner.tryAdopt(workbench, {
        pass: (message) => (message.step === step ? message.bytes.with(message.bytes.length - 1, (message.bytes.at(-1) ?? 0) ^ 1) : message.bytes),
      });
      codes.push(tried.ok ? 'adopted' : `${tried.error.by} ${tried.error.code}`);
      assert.equal((await workbench.body()).adopted, false);
    }
    assert.equal(codes.filter((code) => code === 'adopted').length, 0, codes.join(', '));
    t.diagnostic(`altered hello, answer, offer: ${codes.join(', ')}`);
    const adopted = await owner.adopt(workbench, { doorName: 'Front door, third' });
    assert.equal(outcomeOf(await owner.operate(adopted, 'lock')), 'sensed locked (bolt-secured)');
  });
});

const lockIdOfBytes = (seed: string): string => nodeCrypto.sha256(utf8(seed)).subarray(0, 16).toBase64({ alphabet: 'base64url', omitPadding: true });
assert.equal(fromBase64url(lockIdOfBytes('another lock'))?.length, 16);
