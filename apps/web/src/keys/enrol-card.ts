// A card becomes a key: at a reader on the desk it gets an id and keys of its own, made here; then the lock's roster gets the one of them by which the card proves itself there. The card's owner key,
// which would change what is on it, is forgotten: a card is enrolled once.

import type { Door } from '@mortise/api/locks.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { newCard, type CardKeys } from '@mortise/cards/card-keys.ts';
import type { CardFault } from '@mortise/cards/card-fault.ts';
import { stepCard, type CardOutcome, type CardProgress } from '@mortise/cards/card-session.ts';
import { enrolmentSession } from '@mortise/cards/enrolment.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { pseudonymAt } from '@mortise/wallet/entries.ts';
import { openReader, type CardReader } from '../model/card-reader.ts';
import { entryTermsOf, sealedTermsOf, type EntryDraft } from '../model/entry-draft.ts';
import { give, whose, type Given } from './entries.ts';

type EnrolledCard = { readonly cardId: Bytes; readonly keys: CardKeys };

const LAY_MS = 60_000;

const FAULTS: { readonly [F in CardFault]?: string } = {
  'application-exists': 'This card was enrolled before, here or elsewhere. Take one fresh from the factory.',
  'key-refused': 'This card was enrolled before, here or elsewhere. Take one fresh from the factory.',
  'settings-other': 'This card is not as it leaves the factory. Take another one.',
};

const play = async (reader: CardReader, first: CardProgress): Promise<CardOutcome | undefined> => {
  let progress = first;
  for (;;) {
    const [effect] = progress.effects;
    if (effect === undefined) return undefined;
    if (effect.kind === 'finished') return effect.outcome;
    const answer = await reader.transmit(effect.apdu);
    if (answer === undefined) return undefined;
    progress = stepCard(nobleCrypto, progress.session, { kind: 'answer', apdu: answer });
  }
};

const enrolAt = async (reader: CardReader, onStep: (words: string) => void): Promise<Result<EnrolledCard, string>> => {
  onStep('Waiting for the card on the reader');
  const laid = await reader.laid(LAY_MS);
  if (laid === undefined) return err('No card was laid on the reader.');
  onStep('Writing the card: leave it there');
  const card = newCard(nobleCrypto, laid.uid, freshEntropy());
  const outcome = await play(reader, stepCard(nobleCrypto, enrolmentSession(nobleCrypto, { product: laid.product, ...card }, freshEntropy()), { kind: 'start' }));
  if (outcome === undefined) return err('The card was lifted too soon. It may be unusable now; take another one.');
  return outcome.kind === 'proven' ? ok(card) : err(FAULTS[outcome.fault] ?? `The card could not be enrolled (${outcome.fault}).`);
};

/** Enrols the card at the reader and gives it to one person at one door. Errors are sentences. */
export const giveCard = async (door: Door, list: EntryDraft, readerAddress: string, onStep: (words: string) => void): Promise<Result<Given, string>> => {
  const reader = await openReader(readerAddress);
  if (reader === undefined) return err('No card reader answers there. Look at its address.');
  const card = await enrolAt(reader, onStep);
  reader.close();
  if (!card.ok) return card;
  onStep('Waiting for your device');
  return give(door, list, ({ lockId, authority }, draft) => {
    const terms = entryTermsOf(draft, Date.now(), door.zone);
    if (!terms.ok) return terms;
    const pseudonym = pseudonymAt(nobleCrypto, authority.issuer, lockId, draft.who.id);
    const common = { person: whose(draft.who), pseudonym: base64url(pseudonym), terms: terms.value, label: 'Card' };
    return ok({ entry: { kind: 'card', entry: { ...sealedTermsOf(terms.value, pseudonym, draft.duress), card: card.value.cardId, key: card.value.keys.card } }, note: (id) => ({ kind: 'card', id, ...common }), digits: undefined });
  });
};
