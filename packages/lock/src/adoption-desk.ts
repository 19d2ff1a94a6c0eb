// Adoption at the lock: hello and answer, offer and done (documents/adoption.ts), by the hub's relay or at the door (ADR 35). Who does not know
// the setup code changes nothing but a counter, one for all ways and lives; it is durable before the refusal is said, so that cutting the
// power buys no tries. What was taken is durable before it is answered; the setup secret is gone from then on. A lock that has an owner
// takes no other. Each who adopts has a handshake of their own, so that nobody at the door ends another's by a hello.

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
import { hasRoomForRequest, mayNoteUnproven, note, noteUnproven, store } from './journal-keeper.ts';
import { isSamePeer, type Peer } from './peer.ts';
import { powerOf } from './roster-authority.ts';
import { askSignature, sendAdoption } from './sending.ts';
import type { Adopted, Factory, Handshake, LockState } from './state.ts';

/** From the lock's answer to the owner's offer. */
export const HANDSHAKE_MS = 120_000;

/** An adoption message of a browser socket behind the hub, or of whoever is at the door. */
export const onAdoptionMessage = (moment: Moment, state: LockState, from: Peer, { step, bytes }: AdoptBody): Change => {
  if (step !== ADOPTION_STEP.hello && step !== ADOPTION_STEP.offer) return changed(state);
  const answerStep = step === ADOPTION_STEP.hello ? ADOPTION_STEP.answer : ADOPTION_STEP.done;
  const { membership } = state;
  if (membership.kind === 'adopted') return refuse(moment, state, from, answerStep, { code: 'already-adopted' });
  const retryAfterMs = Math.ceil(membership.blockedUntilMs - moment.now.monotonicMs);
  if (retryAfterMs > 0) return refuse(moment, state, from, answerStep, { code: 'too-many-tries', retryAfterMs });
  if (!hasRoomForRequest(state)) return refuse(moment, state, from, answerStep, { code: 'too-many-tries', retryAfterMs: 1000 });
  return step === ADOPTION_STEP.hello ? onHello(moment, state, membership, from, bytes) : onOffer(moment, state, membership, from, bytes);
};

/** The answer to a hello is signed. */
export const onAnswerSigned = (state: LockState, to: Peer, answer: Bytes): Change =>
  sendAdoption(state, to, ADOPTION_STEP.answer, answer);

/** Handshakes that nobody continues are dropped. */
export const expireHandshakes = (moment: Moment, state: LockState): LockState =>
  state.membership.kind === 'factory' && state.membership.handshakes.some(({ deadlineMs }) => moment.now.monotonicMs >= deadlineMs)
    ? { ...state, membership: { ...state.membership, handshakes: state.membership.handshakes.filter(({ deadlineMs }) => moment.now.monotonicMs < deadlineMs) } }
    : state;

/** At a start: the wait for the wrong codes of earlier lives begins anew. */
export const waitAnew = (moment: Moment, state: LockState): LockState =>
  state.membership.kind === 'factory'
    ? { ...state, membership: { ...state.membership, blockedUntilMs: moment.now.monotonicMs + backOffMs(state.membership.wrongOffers) } }
    : state;

const onHello = (moment: Moment, state: LockState, factory: Factory, from: Peer, hello: Bytes): Change => {
  const entropy = derive(moment.crypto, moment.entropy, 'adoption', ENTROPY_BYTES);
  const answering = lockAnswerToSign(moment.crypto, introductionOf(state), hello, entropy);
  if (!answering.ok) return refuse(moment, state, from, ADOPTION_STEP.answer, answering.error);
  const { message, assemble, keyed } = answering.value;
  const handshake = { peer: from, keyed, deadlineMs: moment.now.monotonicMs + HANDSHAKE_MS };
  const greeted: LockState = { ...state, membership: withHandshake(factory, handshake) };
  return askSignature(greeted, 'identity', message, { kind: 'adoptionAnswer', to: from, assemble }) ?? changed(state);
};

// The hub chooses its sockets' names, so that all of them share one place; a near connection is the shell's.
const withHandshake = (factory: Factory, handshake: Handshake): Factory => {
  const isReplaced = ({ peer }: Handshake): boolean => (handshake.peer.kind === 'relay' ? peer.kind === 'relay' : isSamePeer(peer, handshake.peer));
  return { ...factory, handshakes: [...factory.handshakes.filter((each) => !isReplaced(each)), handshake] };
};

// One offer per handshake, whatever comes of it.
const onOffer = (moment: Moment, state: LockState, factory: Factory, from: Peer, message: Bytes): Change => {
  const handshake = factory.handshakes.find(({ peer }) => isSamePeer(peer, from));
  if (handshake === undefined) return refuse(moment, state, from, ADOPTION_STEP.done, { code: 'malformed' });
  const spent: Factory = { ...factory, handshakes: factory.handshakes.filter((each) => each !== handshake) };
  const opened = lockReadOffer(moment.crypto, handshake.keyed, factory.setupSecret, message);
  if (opened.ok) return onOpened(moment, { ...state, membership: spent }, from, opened.value);
  if (opened.error.code === 'setup-code-wrong') return onWrongCode(moment, state, spent, from);
  return refuse(moment, { ...state, membership: spent }, from, ADOPTION_STEP.done, opened.error);
};

const onWrongCode = (moment: Moment, state: LockState, factory: Factory, from: Peer): Change => {
  const wrongOffers = factory.wrongOffers + 1;
  const blockedUntilMs = moment.now.monotonicMs + backOffMs(wrongOffers);
  const counted: LockState = { ...state, membership: { ...factory, wrongOffers, blockedUntilMs } };
  const message = encodeRefusal(ADOPTION_STEP.done, { code: 'setup-code-wrong' });
  const after = { kind: 'adoptionAnswer', to: from, step: ADOPTION_STEP.done, message } as const;
  const record = { kind: 'event', reason: 'adoption-refused', rule: 'setup-code-wrong' } as const;
  const configuration = encodeConfiguration(moment.crypto, counted);
  if (mayNoteUnproven(moment, counted)) return noteUnproven(moment, counted, record, () => after, { configuration });
  // Where strangers have filled their share of the ring the count is durable all the same.
  return inTurn(counted, (current) => noteUnproven(moment, current, record), (current) => store(current, { configuration }, 0, after));
};

const onOpened = (moment: Moment, state: LockState, from: Peer, opened: LockOpened): Change => {
  const owned = takeOffer(moment, state, opened.offer);
  if (owned === undefined) return refuseDocuments(moment, state, from, opened);
  const adopted: LockState = { ...state, membership: owned };
  const record = { kind: 'event', reason: 'adopted', rule: `roster:${owned.roster.version}` } as const;
  return note(moment, adopted, record, () => ({ kind: 'adopted', owner: { peer: from, opened } }), { configuration: encodeConfiguration(moment.crypto, adopted) });
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

const refuseDocuments = (moment: Moment, state: LockState, from: Peer, opened: LockOpened): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'adoption-refused', rule: 'document-refused' }),
    (current) => sendAdoption(current, from, ADOPTION_STEP.done, lockDone(moment.crypto, opened, { kind: 'refused', code: 'document-refused' })),
  );

const refuse = (moment: Moment, state: LockState, to: Peer, step: 2 | 4, error: AdoptionError): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'adoption-refused', rule: error.code }),
    (current) => sendAdoption(current, to, step, encodeRefusal(step, error)),
  );

const introductionOf = ({ keys: { identityKey, readerKey, linkKey, seal, model, firmware }, profile }: LockState): LockIntroduction => ({
  identityKey, readerKey, linkKey, sealKey: seal.publicKey, model, firmware, profile,
});
