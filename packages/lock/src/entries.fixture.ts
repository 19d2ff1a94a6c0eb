// A lock whose roster has PINs, fingers, cards and keys of codes, and hands that use them.

import assert from 'node:assert/strict';
import { concat, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { newCard } from '@mortise/cards/card-keys.ts';
import { stepCard, type CardInput } from '@mortise/cards/card-session.ts';
import { enrolmentSession } from '@mortise/cards/enrolment.ts';
import { answerCommand, lifted, virtualCard, type VirtualCard } from '@mortise/cards/virtual-card.ts';
import type { ProductName } from '@mortise/cards/product.ts';
import { CARD_ENTRY, type CardEntry } from '@mortise/documents/card-entry.ts';
import { CODE_KEY_ENTRY, type CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { FINGER_ENTRY } from '@mortise/documents/finger-entry.ts';
import { PIN_ENTRY, pinEntry } from '@mortise/documents/pin-entry.ts';
import type { RosterFields, SealedEntry } from '@mortise/documents/roster.ts';
import { sealEntry, type EntryForm } from '@mortise/documents/sealed-entry.ts';
import { sealTrusted } from '@mortise/documents/trusted-entry.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import type { EntryVerb } from './events.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import { RTC_MS, type World } from './world.conformance.ts';

export const ANNA = new Uint8Array(16).fill(0xa1);
export const TERMS: EntryTerms = { pseudonym: ANNA, rights: 3, from: null, until: null, hours: [], holidays: null, second: [], duress: false };
export const PIN = '471108';
export const UID = Uint8Array.of(0x04, 0x95, 0x8c, 0xaa, 0x5c, 0x5e, 0x80);

type Terms = Partial<EntryTerms>;
export type Enrolled = {
  readonly pins?: Readonly<Record<string, Terms>>;
  readonly fingers?: Readonly<Record<number, Terms>>;
  readonly card?: Terms;
  /** Cards that the roster has beside the enrolled one, as they stand. */
  readonly otherCards?: readonly Pick<CardEntry, 'card' | 'key'>[];
  readonly codeKeys?: readonly CodeKeyEntry[];
};

export type Hands = {
  readonly world: World;
  readonly site: Site;
  /** Types and confirms, and lets it come to its end; answers the last signal and what was recorded. */
  readonly type: (digits: string, verb?: EntryVerb) => readonly string[];
  readonly touch: (slot: number | undefined, verb?: EntryVerb) => readonly string[];
  /** `change`: what becomes of the card's answers on their way. */
  readonly lay: (card: VirtualCard, change?: (answer: Bytes) => Bytes) => readonly string[];
  readonly card: VirtualCard;
  /** The next roster, with these in the place of those before. */
  readonly enrol: (enrolled: Enrolled, fields?: Partial<RosterFields>) => void;
};

const toldOf = ({ kind, reason, allowed }: JournalRecord): string => `${kind} ${reason}${allowed === undefined ? '' : allowed ? ' allowed' : ' refused'}`;

/** A card enrolled at a desk, for one door. */
const enrolCard = (world: World, product: ProductName, door: string): { readonly card: VirtualCard; readonly entry: Pick<CardEntry, 'card' | 'key'> } => {
  const { crypto } = world;
  const entropy = (label: string): Bytes => crypto.sha256(utf8(`${door}: ${label}`));
  const { cardId, keys } = newCard(crypto, UID, entropy('card'));
  let card = virtualCard(product, UID);
  let progress = stepCard(crypto, enrolmentSession(crypto, { product, cardId, keys }, entropy('enrolment')), { kind: 'start' });
  for (let index = 0; index < 40; index += 1) {
    const [effect] = progress.effects;
    if (effect?.kind === 'finished') assert.equal(effect.outcome.kind, 'proven');
    if (effect?.kind !== 'transmit') break;
    const answered = answerCommand(crypto, card, effect.apdu, crypto.sha256(concat(entropy('card side'), uint(index, 1))));
    const input: CardInput = { kind: 'answer', apdu: answered.answer };
    [card, progress] = [answered.card, stepCard(crypto, progress.session, input)];
  }
  return { card: lifted(card), entry: { card: cardId, key: keys.card } };
};

const sealedOf = (world: World, site: Site, { pins = {}, fingers = {}, card, otherCards = [], codeKeys = [] }: Enrolled, known: Pick<CardEntry, 'card' | 'key'>): readonly SealedEntry[] => {
  const { lockId, keys } = world.state;
  const seal = <E>(form: EntryForm<E>, entry: E): SealedEntry =>
    ({ kind: form.kind, sealed: sealEntry(world.crypto, form, { sealKey: keys.seal.publicKey, lockId }, entry, site.entropy()) });
  return [
    { kind: 'trusted', sealed: sealTrusted(world.crypto, keys.seal.publicKey, lockId, site.entry(site.phone), site.entropy()) },
    ...Object.entries(pins).map(([pin, terms]) => seal(PIN_ENTRY, pinEntry(world.crypto, lockId, pin, { ...TERMS, ...terms }))),
    ...Object.entries(fingers).map(([slot, terms]) => seal(FINGER_ENTRY, { ...TERMS, ...terms, slot: Number(slot) })),
    ...(card === undefined ? [] : [seal(CARD_ENTRY, { ...TERMS, ...card, ...known })]),
    ...otherCards.map((other) => seal(CARD_ENTRY, { ...TERMS, ...other })),
    ...codeKeys.map((key) => seal(CODE_KEY_ENTRY, key)),
  ];
};

/** `door`: which one of the site. */
export const lockWith = (enrolled: Enrolled, product: ProductName = 'ntag424', door = 'a lock'): Hands => {
  const { world, site } = ownedLock({}, 'powered', undefined, door);
  const { card, entry } = enrolCard(world, product, door);
  const enrol: Hands['enrol'] = (next, fields = {}) => {
    const { membership } = world.state;
    assert.ok(membership.kind === 'adopted');
    const { version, hash } = membership.roster;
    site.say('roster', site.roster({ version: version + 1, previous: hash, entries: sealedOf(world, site, next, entry), ...fields }).bytes);
    world.run(500);
    assert.equal(world.state.membership.kind === 'adopted' && world.state.membership.roster.version, version + 1, 'the roster is taken');
  };
  enrol(enrolled);
  let visits = 0;
  const seen = (act: () => void): readonly string[] => {
    const [signals, records] = [world.signals.length, world.records().length];
    act();
    world.run(1500);
    return [...world.signals.slice(signals), ...world.records().slice(records).map(toldOf)];
  };
  return {
    world, site, card, enrol,
    type: (digits, verb = 'unlock') => seen(() => world.input({ kind: 'typed', digits, verb })),
    touch: (slot, verb = 'unlock') => seen(() => world.input({ kind: 'finger', slot, verb })),
    lay: (laid, change = (answer) => answer) => seen(() => lay(world, laid, change, (visits += 1))),
  };
};

const lay = (world: World, laid: VirtualCard, change: (answer: Bytes) => Bytes, visit: number): void => {
  let [card, count] = [laid, 0];
  world.hearCard = (apdu) => {
    count += 1;
    const answered = answerCommand(world.crypto, card, apdu, world.crypto.sha256(concat(utf8('a card'), uint(visit, 2), uint(count, 2))));
    card = answered.card;
    world.later(5, () => world.input({ kind: 'cardAnswer', apdu: change(answered.answer) }));
  };
  world.input({ kind: 'cardFound', product: card.product, uid: card.uid, verb: 'unlock' });
};

/** A key of codes, good for all kinds and lengths. */
export const codeKey = (id: number): CodeKeyEntry =>
  ({ keyId: new Uint8Array(16).fill(id), key: new Secret(new Uint8Array(32).fill(id)), rights: 3, kinds: ['window', 'once'], longest: 15, until: null, revoked: [] });

/** The instant that the lock's clock was set by. */
export const nowOf = (world: World): number => RTC_MS + 500_000 + world.nowMs;
