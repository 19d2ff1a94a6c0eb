// Adoption at the lock: hello and answer, offer and done (documents/adoption.ts). Who does not know the setup code changes
// nothing but a counter; that counter is durable before the refusal is said, so that cutting the power buys no tries. What was
// taken is durable before it is answered; the setup secret is gone from then on. A lock that has an owner takes no other.

import { verifyCertificate } from '@mortise/aliro/reader-certificate.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { AdoptBody } from '@mortise/courier/link-body.ts';
import { ADOPTION_STEP, encodeRefusal, type AdoptionError, type LockIntroduction } from '@mortise/documents/adoption-message.ts';
import { checkOffer, type Offer } from '@mortise/documents/adoption-offer.ts';
import { lockAnswerToSign, lockDone, lockReadOffer, type LockOpened } from '@mortise/documents/adoption.ts';
import { ENTROPY_BYTES, derive } from '@mortise/crypto/entropy.ts';
import { backOffMs } from './back-off.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { encodeConfiguration } from './configuration.ts';
import { hasRoomForRequest, note, noteUnproven } from './journal-keeper.ts';
import { powerOf } from './roster-authority.ts';
import { askSignature, sendAdoption } from './sending.ts';
import type { Adopted, Factory, LockKeys, LockState } from './state.ts';

/** From the lock's answer to the owner's offer. */
export const HANDSHAKE_MS = 120_000;

/** An adoption message from the hub, for the browser socket `session`. */
export const onAdoptionMessage = (moment: Moment, state: LockState, session: Bytes, { step, bytes }: AdoptBody): Change => {
  if (step !== ADOPTION_STEP.hello && step !== ADOPTION_STEP.offer) return changed(state);
  const answerStep = step === ADOPTION_STEP.hello ? ADOPTION_STEP.answer : ADOPTION_STEP.done;
  const { membership } = state;
  if (membership.kind === 'adopted') return refuse(moment, state, session, answerStep, { code: 'already-adopted' });
  const retryAfterMs = Math.ceil(membership.blockedUntilMs - moment.now.monotonicMs);
  if (retryAfterMs > 0) return refuse(moment, state, session, answerStep, { code: 'too-many-tries', retryAfterMs });
  if (!hasRoomForRequest(state)) return refuse(moment, state, session, answerStep, { code: 'too-many-tries', retryAfterMs: 1000 });
  return step === ADOPTION_STEP.hello ? onHello(moment, state, membership, session, bytes) : onOffer(moment, state, membership, session, bytes);
};

/** The answer to a hello is signed. */
export const onAnswerSigned = (state: LockState, session: Bytes, answer: Bytes): Change =>
  sendAdoption(state, session, ADOPTION_STEP.answer, answer);

/** A handshake that nobody continues is dropped. */
export const expireHandshake = (moment: Moment, state: LockState): LockState =>
  state.membership.kind === 'factory' && state.membership.handshake !== undefined && moment.now.monotonicMs >= state.membership.handshake.deadlineMs
    ? { ...state, membership: { ...state.membership, handshake: undefined } }
    : state;

/** At a start: the wait for the wrong codes of earlier lives begins anew. */
export const waitAnew = (moment: Moment, state: LockState): LockState =>
  state.membership.kind === 'factory'
    ? { ...state, membership: { ...state.membership, blockedUntilMs: moment.now.monotonicMs + backOffMs(state.membership.wrongOffers) } }
    : state;

const onHello = (moment: Moment, state: LockState, factory: Factory, session: Bytes, hello: Bytes): Change => {
  const entropy = derive(moment.crypto, moment.entropy, 'adoption', ENTROPY_BYTES);
  const answering = lockAnswerToSign(moment.crypto, introductionOf(state.keys), hello, entropy);
  if (!answering.ok) return refuse(moment, state, session, ADOPTION_STEP.answer, answering.error);
  const { message, assemble, keyed } = answering.value;
  const handshake = { session, keyed, deadlineMs: moment.now.monotonicMs + HANDSHAKE_MS };
  const greeted: LockState = { ...state, membership: { ...factory, handshake } };
  return askSignature(greeted, 'identity', message, { kind: 'adoptionAnswer', session, assemble }) ?? changed(state);
};

// One offer per handshake, whatever comes of it.
const onOffer = (moment: Moment, state: LockState, factory: Factory, session: Bytes, message: Bytes): Change => {
  const { handshake } = factory;
  if (handshake === undefined || !equalBytes(handshake.session, session)) {
    return refuse(moment, state, session, ADOPTION_STEP.done, { code: 'malformed' });
  }
  const spent: Factory = { ...factory, handshake: undefined };
  const opened = lockReadOffer(moment.crypto, handshake.keyed, factory.setupSecret, message);
  if (opened.ok) return onOpened(moment, { ...state, membership: spent }, session, opened.value);
  if (opened.error.code === 'setup-code-wrong') return onWrongCode(moment, state, spent, session);
  return refuse(moment, { ...state, membership: spent }, session, ADOPTION_STEP.done, opened.error);
};

const onWrongCode = (moment: Moment, state: LockState, factory: Factory, session: Bytes): Change => {
  const wrongOffers = factory.wrongOffers + 1;
  const blockedUntilMs = moment.now.monotonicMs + backOffMs(wrongOffers);
  const counted: LockState = { ...state, membership: { ...factory, wrongOffers, blockedUntilMs } };
  const message = encodeRefusal(ADOPTION_STEP.done, { code: 'setup-code-wrong' });
  const after = { kind: 'adoptionAnswer', session, step: ADOPTION_STEP.done, message } as const;
  const record = { kind: 'event', reason: 'adoption-refused', rule: 'setup-code-wrong' } as const;
  return note(moment, counted, record, () => after, { configuration: encodeConfiguration(moment.crypto, counted) });
};

const onOpened = (moment: Moment, state: LockState, session: Bytes, opened: LockOpened): Change => {
  const owned = takeOffer(moment, state, opened.offer);
  if (owned === undefined) return refuseDocuments(moment, state, session, opened);
  const adopted: LockState = { ...state, membership: owned };
  const record = { kind: 'event', reason: 'adopted', rule: `roster:${owned.roster.version}` } as const;
  return note(moment, adopted, record, () => ({ kind: 'adopted', owner: { session, opened } }), { configuration: encodeConfiguration(moment.crypto, adopted) });
};

// The documents hold together and are for this lock, and so is its reader certificate: wallets will ask for it by the lock's id.
const takeOffer = ({ crypto }: Moment, { lockId, keys }: LockState, offer: Offer): Adopted | undefined => {
  const checked = checkOffer(crypto, { lockId, seal: keys.seal }, offer);
  const certificate = verifyCertificate(crypto, offer.readerCertificate, offer.readerIssuerKey);
  if (!checked.ok || !certificate.ok) return undefined;
  const { publicKey, subject } = certificate.value;
  if (!equalBytes(publicKey, keys.readerKey) || subject !== lockId) return undefined;
  const { roster: rosterBytes, ...papers } = offer;
  const power = powerOf(crypto, { lockId, seal: keys.seal }, checked.value.ownerSet, checked.value.roster, checked.value);
  return { ...checked.value, ...power, kind: 'adopted', papers, rosterBytes, statement: undefined };
};

const refuseDocuments = (moment: Moment, state: LockState, session: Bytes, opened: LockOpened): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'adoption-refused', rule: 'document-refused' }),
    (current) => sendAdoption(current, session, ADOPTION_STEP.done, lockDone(moment.crypto, opened, { kind: 'refused', code: 'document-refused' })),
  );

const refuse = (moment: Moment, state: LockState, session: Bytes, step: 2 | 4, error: AdoptionError): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'adoption-refused', rule: error.code }),
    (current) => sendAdoption(current, session, step, encodeRefusal(step, error)),
  );

const introductionOf = ({ identityKey, readerKey, linkKey, seal, model, firmware }: LockKeys): LockIntroduction => ({
  identityKey, readerKey, linkKey, sealKey: seal.publicKey, model, firmware,
});
