// Cards and keypads of which somebody has read out all there is, imitated them, or recorded them: at the pure lock in its test world, with virtual cards
// of both kinds. Beside each stands the rightful card, which opens, and a lock that would have fallen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCode, codeHourOf } from '@mortise/access/offline-code.ts';
import { concat, EMPTY, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { isFactoryKey } from '@mortise/cards/card-keys.ts';
import type { ProductName } from '@mortise/cards/product.ts';
import { virtualCard, type VirtualCard } from '@mortise/cards/virtual-card.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { PIN_ENTRY, pinEntry } from '@mortise/documents/pin-entry.ts';
import { openEntry, sealEntry } from '@mortise/documents/sealed-entry.ts';
import { codeKey, lockWith, nowOf, PIN, TERMS, UID, type Hands } from '@mortise/lock/entries.fixture.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { codeKeyAt } from '@mortise/wallet/entries.ts';
import { createSecrets, type LockSecrets } from '../../apps/controller/src/keys.ts';
import { AuthorityCardLock, FleetKeyLock, SmallKeyLock, StaleChallengeLock, UidLock } from './naive-at-the-lock.ts';

const PRODUCT_NAMES: readonly ProductName[] = ['ntag424', 'desfire'];
const OPENS = ['granted', 'decision granted-card allowed', 'operation granted-card allowed'];
const REFUSED = ['refused', 'decision card-unknown refused'];
const seeded = (seed: number, length: number): Bytes => concat(crypto.sha256(utf8(`noise ${seed}`)), crypto.sha256(utf8(`more ${seed}`))).slice(0, length);

/** The bolt is thrown again, and an hour later the reader owes nothing more. */
const lockUp = ({ world }: Hands): void => {
  world.turn('thrown');
  world.nowMs += 3_600_000;
  world.input({ kind: 'tick' });
  world.run(500);
};

const opensFor = (hands: Hands, card: VirtualCard): void => {
  lockUp(hands);
  assert.deepEqual(hands.lay(card), OPENS, 'control: the rightful card');
  lockUp(hands);
};

/** A card on which somebody has put what they like: all keys and files of the applications, as changed. */
const made = (card: VirtualCard, change: { readonly uid?: Bytes; readonly keys?: (key: Secret) => Secret; readonly content?: (content: Bytes) => Bytes }): VirtualCard => {
  const { uid = card.uid, keys = (key: Secret) => key, content = (bytes: Bytes) => bytes } = change;
  const applications = [...card.applications].map(([name, { keys: kept, files }]) =>
    [name, { keys: kept.map(keys), files: new Map([...files].map(([number, file]) => [number, { ...file, content: content(file.content) }])) }] as const);
  return { ...card, uid, applications: new Map(applications) };
};

/** All that a card holds: its keys, and what its files say. */
const dumpOf = (card: VirtualCard): { readonly keys: readonly Secret[]; readonly contents: readonly Bytes[] } => {
  const applications = [...card.applications.values()];
  return { keys: applications.flatMap(({ keys }) => keys), contents: applications.flatMap(({ files }) => [...files.values()].map(({ content }) => content)) };
};

const cardsOf = ({ world }: Hands): readonly { readonly card: Bytes; readonly key: Secret }[] => {
  const { membership } = world.state;
  return membership.kind === 'adopted' ? membership.credentials.cards : [];
};

for (const product of PRODUCT_NAMES) {
  test(`all that is on card A opens A’s door and no other: it holds no secret of another door, nor any authority (attacks row 22: Unsaflok), ${product}`, () => {
    const [a, b] = [lockWith({ card: {} }, product, 'door A'), lockWith({ card: {} }, product, 'door B')];
    assert.deepEqual(a.lay(a.card), OPENS, 'control: A at its door');
    assert.deepEqual(b.lay(a.card), REFUSED, 'A at the next one');
    const [idOfB = EMPTY] = cardsOf(b).map(({ card }) => card);
    const dump = dumpOf(a.card);
    const own = dump.keys.filter((key) => !isFactoryKey(key));
    assert.ok(own.length >= 2);
    for (const key of own) {
      const forged = made(a.card, { uid: b.card.uid, keys: () => key, content: (content) => (content.length === 0 ? content : concat(idOfB, content.subarray(idOfB.length))) });
      assert.deepEqual(b.lay(forged), REFUSED, 'each key of A under the name of B');
    }
    const said = dump.contents.filter((content) => content.some((byte) => byte !== 0));
    const { state } = a.world;
    for (const secret of [state.keys.seal.privateKey, ...cardsOf(b).map(({ key }) => key)]) {
      for (const each of [...own.map((key) => key.reveal()), ...said]) assert.ok(!hex(each).includes(hex(secret.reveal())), 'nothing of a lock, nothing of B');
    }
    const cardId = cardsOf(a)[0]?.card ?? EMPTY;
    assert.ok(said.some((content) => hex(content).startsWith(hex(cardId))));
    // What its file says is not believed: without its entry at the lock A opens its own door no more.
    a.enrol({ pins: { [PIN]: {} } });
    lockUp(a);
    assert.deepEqual(a.lay(a.card), REFUSED);
    opensFor(b, b.card);
    const naive = new AuthorityCardLock(7);
    const uid = seeded(1, 7);
    assert.ok(naive.opensTo(uid, AuthorityCardLock.cardFor(uid, 7)), 'where the card says which door, under a rule of the make, one card read out forges all');
  });

  test(`an emulator with the card’s UID, its id and no key, or with a recorded answer, is refused (attacks row 23: MIFARE Classic, FM11RF08S, CVE-2023-26941), ${product}`, () => {
    const hands = lockWith({ card: {} }, product);
    const { card, lay } = hands;
    const recorded: Bytes[] = [];
    assert.deepEqual(lay(card, (answer) => { recorded.push(answer); return answer; }), OPENS, 'control: and is recorded');
    lockUp(hands);
    const emulators: Readonly<Record<string, VirtualCard>> = {
      'a blank of the same UID': virtualCard(product, UID),
      'the UID and id under the factory’s keys': made(card, { keys: () => new Secret(new Uint8Array(16)) }),
      'the UID and id under keys that follow from the UID': made(card, { keys: () => new Secret(crypto.sha256(UID).slice(0, 16)) }),
      'the UID and id, and a chip’s back door key': made(card, { keys: () => new Secret(new Uint8Array(16).fill(0xa3)) }),
    };
    for (const [name, emulator] of Object.entries(emulators)) {
      assert.deepEqual(emulator.uid, card.uid);
      assert.deepEqual(lay(emulator), REFUSED, name);
    }
    lockUp(hands);
    // One that takes whatever the lock says, and makes up what it answers.
    const done = Uint8Array.of(0x91, 0x00);
    const madeUp = [recorded[0] ?? EMPTY, concat(seeded(5, 16), Uint8Array.of(0x91, 0xaf)), concat(seeded(6, 32), done), concat(cardsOf(hands)[0]?.card ?? EMPTY, done)];
    let fake = 0;
    assert.deepEqual(lay(card, () => madeUp[fake++] ?? EMPTY), REFUSED, 'made up');
    let turn = 0;
    assert.deepEqual(lay(card, () => recorded[turn++] ?? EMPTY), REFUSED, 'the same card’s recording, whole');
    for (let late = 0; late < recorded.length; late += 1) {
      let index = 0;
      const told = lay(card, (answer) => (index++ === late ? (recorded[late] ?? EMPTY) : answer));
      // That the application is there is said alike each time; all that follows is of one opening only.
      assert.deepEqual(told.at(0), late === 0 ? 'granted' : 'refused', `its answer ${late}`);
      lockUp(hands);
    }
    opensFor(hands, card);
    assert.ok(new UidLock(UID).opensTo(virtualCard(product, UID).uid), 'a lock that goes by the UID opens to a blank of it');
    const stale = new StaleChallengeLock(seeded(2, 16));
    const answer = crypto.aesCmac(seeded(2, 16), stale.challenge);
    assert.ok(stale.opensTo(answer) && stale.opensTo(Uint8Array.from(answer)), 'one that asks the same each time opens to the recording');
  });

  test(`answers of 0 to 15 bytes, at each turn: none opens, and nothing but the attempt is owed (attacks row 10: CVE-2023-7009), ${product}`, () => {
    const hands = lockWith({ card: {} }, product);
    const { world, card, lay } = hands;
    let turns = 0;
    assert.deepEqual(lay(card, (answer) => { turns += 1; return answer; }), OPENS, 'control');
    lockUp(hands);
    const { membership } = world.state;
    for (let at = 0; at < turns; at += 1) {
      for (let length = 0; length < 16; length += 1) {
        const noise = seeded(length, length);
        // A right status alone is how a selection is answered.
        for (const plain of at === 0 || length < 2 ? [noise] : [noise, concat(noise.slice(2), Uint8Array.of(0x91, 0x00)), concat(noise.slice(2), Uint8Array.of(0x91, 0xaf))]) {
          let index = 0;
          assert.equal(lay(card, (answer) => (index++ === at ? plain : answer)).at(0), 'refused', `turn ${at}, ${length} bytes`);
          world.nowMs += 600_000;
          world.input({ kind: 'tick' });
        }
      }
    }
    assert.ok(world.state.membership === membership && world.drives.length === 1);
    opensFor(hands, card);
  });
}

const GUESSES = 50_000;

/** Whoever imitates the card up to its proof, and makes that up, as often as docs/CODES.md lets in this time. Answers how many of the guesses the lock judged. */
const guessProofs = (hands: Hands, product: ProductName): { readonly judged: number; readonly cuts: number } => {
  const { world, card } = hands;
  const startMs = world.nowMs;
  let [judged, cuts, asked] = [0, 0, 0];
  world.hearCard = () => { asked += 1; };
  const selected = concat(Uint8Array.of(product === 'ntag424' ? 0x90 : 0x91), Uint8Array.of(0x00));
  for (let tries = 0; tries < GUESSES; tries += 1) {
    asked = 0;
    world.input({ kind: 'cardFound', product, uid: card.uid, verb: 'unlock' });
    if (asked > 0) {
      for (const apdu of [selected, concat(seeded(tries, 16), Uint8Array.of(0x91, 0xaf)), concat(seeded(tries + 1, 32), Uint8Array.of(0x91, 0x00))]) world.input({ kind: 'cardAnswer', apdu });
      assert.equal(asked, 3, 'it goes as far as the proof');
      judged += 1;
      assert.ok(judged <= 16 + (world.nowMs - startMs) / 60_000, 'no more than the page says');
    }
    if (tries % 10 === 0) world.run(1000);
    if (tries % 2000 !== 1999) continue;
    world.revive();
    world.wake();
    cuts += 1;
  }
  world.run(1000);
  return { judged, cuts };
};

test('10⁵ guesses at the proofs of cards, with power cuts: keys of 128 bits, few guesses are judged, and the card opens (attacks row 11: CVE-2023-7006)', (t) => {
  for (const product of PRODUCT_NAMES) {
    const hands = lockWith({ card: {} }, product);
    assert.ok(cardsOf(hands).every(({ key }) => key.reveal().length === 16 && !isFactoryKey(key)));
    const { judged, cuts } = guessProofs(hands, product);
    assert.ok(judged > 30, `${judged}`);
    assert.deepEqual(hands.world.drives, []);
    t.diagnostic(`${product}: ${judged} of ${GUESSES} guesses judged; ${cuts} power cuts`);
    opensFor(hands, hands.card);
  }
  const naive = new SmallKeyLock(0xbeef);
  assert.ok(Array.from({ length: 2 * GUESSES }, (_, guess) => naive.opensTo(77, (77 + guess) % 0x10000)).includes(true), 'a key of 16 bits and no count: found');
});

const secretsOf = ({ identity, reader, seal, link, setupSecret }: LockSecrets): readonly Bytes[] =>
  [...[identity, reader, seal, link].map(({ privateKey }) => privateKey.reveal()), setupSecret?.reveal() ?? EMPTY];

test('two locks of one owner share no secret: not their keys, not the verifiers of one PIN, not the keys of one owner’s codes, nor of cards (attacks row 12: CVE-2023-7003)', () => {
  const born = [createSecrets(), createSecrets()] as const;
  const owner = deriveKeyPair(crypto, seeded(3, 32), 'owner');
  const doors = (['door A', 'door B'] as const).map((door, index) => {
    const { lockId } = born[index] ?? born[0];
    const hands = lockWith({ pins: { [PIN]: {} }, card: {}, codeKeys: [{ ...codeKey(1), ...codeKeyAt(crypto, owner, lockId, 1) }] }, 'ntag424', door);
    const { membership } = hands.world.state;
    assert.ok(membership.kind === 'adopted');
    const verifiers = [...membership.pins.kept.values()].flat().map(({ verifier }) => verifier);
    const code = codeKeyAt(crypto, owner, lockId, 1);
    const image = pinEntry(crypto, hands.world.state.lockId, PIN, TERMS).image;
    const { keys } = hands.world.state;
    return { hands, code, secrets: [...secretsOf(born[index] ?? born[0]), keys.seal.privateKey.reveal(), membership.pins.key.reveal(), ...verifiers, image, code.key.reveal(), code.keyId, ...cardsOf(hands).map(({ key }) => key.reveal())] };
  });
  const [a, b] = doors;
  assert.ok(a !== undefined && b !== undefined);
  assert.deepEqual([a.secrets.length, b.secrets.length], [12, 12]);
  assert.ok([...a.secrets, ...b.secrets].every((secret) => secret.length >= 10));
  assert.equal(new Set([...a.secrets, ...b.secrets].map((secret) => hex(secret))).size, 24);
  const kept = [...b.hands.world.stored.entries.map(({ record }) => hex(record)), hex(b.hands.world.stored.configuration ?? EMPTY)].join(' ');
  assert.ok(a.secrets.every((secret) => !kept.includes(hex(secret))), 'nor does one keep anything of the other');
  // Whoever has read out A’s key, and what was sealed to B.
  const { keys: { seal: sealB }, lockId: idB } = b.hands.world.state;
  const { keys: { seal: sealA } } = a.hands.world.state;
  const sealed = sealEntry(crypto, PIN_ENTRY, { sealKey: sealB.publicKey, lockId: idB }, pinEntry(crypto, idB, PIN, TERMS), seeded(4, 32));
  assert.equal(openEntry(crypto, PIN_ENTRY, sealA, idB, sealed), undefined);
  assert.equal(openEntry(crypto, PIN_ENTRY, sealB, idB, sealed)?.length, PIN.length, 'control: B reads it');
  const codeFor = ({ hands: { world }, code }: typeof a): string =>
    encodeCode({ ...codeKey(1), ...code }, world.state.lockId, { kind: 'window', startH: codeHourOf(instant(nowOf(world))), length: 0, index: 0 });
  assert.deepEqual(b.hands.type(codeFor(a)), ['refused', 'decision code-unknown refused'], 'a code for A at B');
  assert.equal(b.hands.type(codeFor(b)).at(0), 'granted', 'control: and its own');
  const [mine, next] = [new FleetKeyLock(), new FleetKeyLock()];
  assert.ok(next.opensTo(utf8('unlock'), crypto.hmacSha256(mine.key, utf8('unlock'))), 'one key for a whole make: read out of one’s own unit it opens the next');
});
