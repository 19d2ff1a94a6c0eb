// Adopting a lock: the owner's side of the handshake over the hub's socket, or at the lock itself (documents: adoption.ts; wallet: adopt.ts). Until
// the offer goes out, nothing has changed. Before it hub or, at the lock, this browser keeps a draft: should the page or its way to the lock
// fail afterwards, the lock's own word makes the door. At the lock nothing needs the hub: what it lacks then it is told later.

import type { AdoptedBody, Door } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, EMPTY, fromBase64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone, type OwnerKeyed } from '@mortise/documents/adoption.ts';
import { ADOPTION_STEP, type AdoptionError } from '@mortise/documents/adoption-message.ts';
import type { NetworkSettings } from '@mortise/documents/network-settings.ts';
import { MAX_TRUSTED, type Roster } from '@mortise/documents/roster.ts';
import type { SetupCode } from '@mortise/documents/setup-code.ts';
import { HOUSEHOLD_POLICY, prepareOffer, type AdoptionTerms } from '@mortise/wallet/adopt.ts';
import { call, SHORT_PATIENCE_MS, type Failure } from '../model/client.ts';
import { callOrLast } from '../model/last-answers.ts';
import { loadPeople } from '../model/people.ts';
import { openHubChannel, openNearChannel, type AdoptVia, type Channel, type LinkFailure } from './adoption-channel.ts';
import { openAuthority, type Authority } from './authority.ts';
import { openOwnerKey } from './owner-key.ts';
import { peopleNow, phonesUnder } from './owner-phones.ts';
import { dropPending, hearWord, keepPending, underWay } from './pending-adoptions.ts';
import { phoneKey, phoneKeyFault } from './phone-key.ts';
import { remember } from './roster.ts';
import { storageSentence } from './store.ts';

export type AdoptStep = 'owner' | 'greeting' | 'offering' | 'storing' | 'access';
export type AdoptFailure =
  | { readonly kind: 'sentence'; readonly sentence: string }
  | { readonly kind: 'lock'; readonly error: AdoptionError }
  | LinkFailure
  | { readonly kind: 'hub'; readonly failure: Failure }
  /** The offer went out and no answer that holds came back: the lock may have taken it. */
  | { readonly kind: 'unheard' };

/** The lock took the offer; the hub has yet to write it down. */
export type Taken = AdoptedBody;

/** How the lock shall reach the hub, as the owner wrote it; for a lock with a link. */
export type NetworkAsked = Pick<NetworkSettings, 'hub' | 'wifi'>;

export type AdoptInput = {
  readonly lockId: string; readonly code: SetupCode; readonly doorName: string; readonly zone: string; readonly via: AdoptVia; readonly network: NetworkAsked | undefined;
  readonly onStep: (step: AdoptStep) => void;
};

/** How long the hub's time key may attest: owners certify it anew with a roster. */
const TIME_KEY_MS = 5 * 365 * 86_400_000;
/** A computer's own clock, set by its operating system. */
const HUB_DRIFT_PPM = 200;

const say = (sentence: string): AdoptFailure => ({ kind: 'sentence', sentence });
const ofLock = <T>(result: Result<T, AdoptionError>): Result<T, AdoptFailure> => (result.ok ? result : err({ kind: 'lock', error: result.error }));

const greet = async (channel: Channel, code: SetupCode): Promise<Result<OwnerKeyed, AdoptFailure>> => {
  const { message, state } = ownerHello(nobleCrypto, freshEntropy());
  channel.send(ADOPTION_STEP.hello, message);
  const answer = await channel.receive();
  return answer.ok ? ofLock(ownerReadAnswer(nobleCrypto, state, code, answer.value)) : answer;
};

/** At the lock the hub need not be there, and is not waited for. */
const patienceBy = (via: AdoptVia): number | undefined => (via.kind === 'near' ? SHORT_PATIENCE_MS : undefined);

// A passive lock has no use for papers of a link; one with a link does without them where the hub is out of reach.
const linkPapers = async ({ lockId, lock }: OwnerKeyed, via: AdoptVia): Promise<Result<LinkPapers, AdoptFailure>> => {
  if (lock.profile === 'passive') return ok({ linkCertificate: EMPTY, brokerCa: EMPTY });
  const certificate = await call(ROUTES.linkCertificate, { parameters: { lockId }, body: { linkKey: base64url(lock.linkKey) }, patienceMs: patienceBy(via) });
  if (certificate.ok) return ok({ linkCertificate: utf8(certificate.value.certificate), brokerCa: utf8(certificate.value.brokerCa) });
  const isCut = via.kind === 'near' && certificate.error.kind === 'unreachable';
  return isCut ? ok({ linkCertificate: EMPTY }) : err({ kind: 'hub', failure: certificate.error });
};
/** `brokerCa` left out: as the hub said it last. */
type LinkPapers = { readonly linkCertificate: Bytes; readonly brokerCa?: Bytes };

const termsOf = async (authority: Authority, keyed: OwnerKeyed, { zone, via, network }: AdoptInput): Promise<Result<AdoptionTerms, AdoptFailure>> => {
  const [keys, people, papers] = await Promise.all([callOrLast(ROUTES.hubKeys), peopleNow(), linkPapers(keyed, via)]);
  if (!keys.ok) return err({ kind: 'hub', failure: keys.error });
  if (!papers.ok) return papers;
  const [journalKey, timeKey, phone] = [fromBase64url(keys.value.journalKey), fromBase64url(keys.value.timeKey), phoneKey.value];
  if (journalKey === undefined || timeKey === undefined) return err({ kind: 'hub', failure: { kind: 'unreadable' } });
  if (phone === undefined && phoneKeyFault.value !== undefined) return err(say(storageSentence(phoneKeyFault.value)));
  if (phone === undefined) return err(say('This browser has no key yet, so the lock would open for nobody. Make it one under People.'));
  if (!people.ok) return err(say(people.error));
  const told = network === undefined || keyed.lock.profile === 'passive' ? {} : { network: { ...network, version: Date.now(), brokerCa: keys.value.brokerCa } };
  return ok({
    ownerSets: authority.documents, owner: authority.owner, issuer: authority.issuer, phones: phonesUnder(people.value, authority.ownerSet, [phone.publicKey]).slice(0, MAX_TRUSTED), zone,
    policy: HOUSEHOLD_POLICY, journalKey, timeKey: { key: timeKey, driftPpm: HUB_DRIFT_PPM, until: instant(Date.now() + TIME_KEY_MS) }, brokerCa: utf8(keys.value.brokerCa), ...papers.value, ...told,
  });
};

/** Asks the hub beforehand for what an owner at a lock will need of it; whatever does not come is asked for again. */
export const prepareForLock = async (): Promise<void> => {
  await Promise.all([callOrLast(ROUTES.vault), callOrLast(ROUTES.ownerSets), callOrLast(ROUTES.hubKeys), loadPeople()]);
};

// After the offer a broken answer is no answer: whoever relays can break it, and the lock may have taken the offer all the same.
const afterOffer = (error: AdoptFailure): AdoptFailure => {
  if (error.kind === 'link') return { kind: 'unheard' };
  return error.kind === 'lock' && (error.error.code === 'malformed' || error.error.code === 'signature-invalid') ? { kind: 'unheard' } : error;
};

type Draft = Omit<Taken, 'statement'>;

// The hub keeps it, or at the lock this browser: without either no offer is sent.
const keepDraft = async (draft: Draft, keyed: OwnerKeyed, { zone, via }: AdoptInput, { siteId, hash }: Pick<Roster, 'siteId' | 'hash'>): Promise<Result<void, AdoptFailure>> => {
  if (via.kind === 'near') {
    const { readerKey, sealKey, profile } = keyed.lock;
    const kept = await keepPending({ ...draft, siteId, zone, readerKey: base64url(readerKey), sealKey: base64url(sealKey), profile, rosterHash: base64url(hash) });
    if (!kept.ok) return err(say(storageSentence(kept.error)));
  }
  // It did not answer just before.
  if (via.kind === 'near' && keyed.lock.profile === 'powered' && !draft.certified) return ok(undefined);
  const { lockId, ...body } = draft;
  const told = await call(ROUTES.putDraft, { parameters: { lockId }, body, patienceMs: patienceBy(via) });
  return told.ok || (via.kind === 'near' && told.error.kind === 'unreachable') ? ok(undefined) : err({ kind: 'hub', failure: told.error });
};

const offer = async (channel: Channel, authority: Authority, keyed: OwnerKeyed, input: AdoptInput): Promise<Result<Taken, AdoptFailure>> => {
  const terms = await termsOf(authority, keyed, input);
  if (!terms.ok) return terms;
  const offered = prepareOffer(nobleCrypto, keyed, terms.value, freshEntropy());
  if (!offered.ok) return ofLock(offered);
  const { lockId, lock: { identityKey, model, firmware } } = keyed;
  const certified = terms.value.linkCertificate.length > 0;
  const draft: Draft = { lockId, identityKey: base64url(identityKey), roster: base64url(offered.value.roster), doorName: input.doorName, model, firmware, certified };
  const kept = await keepDraft(draft, keyed, input, offered.value.documents.roster);
  if (!kept.ok) return kept;
  channel.send(ADOPTION_STEP.offer, offered.value.message);
  const done = await channel.receive();
  const adopted = done.ok ? ofLock(ownerReadDone(nobleCrypto, offered.value, done.value)) : done;
  await remember(authority, lockId, offered.value.roster);
  if (adopted.ok && input.via.kind === 'near') await hearWord(lockId, adopted.value.signed);
  if (adopted.ok) return ok({ ...draft, statement: base64url(adopted.value.signed) });
  const error = afterOffer(adopted.error);
  if (error.kind !== 'unheard' && input.via.kind === 'near') await dropPending(lockId);
  return err(error);
};

/** What the lock took, and the owner's authority, open still. */
export type Adopted = { readonly taken: Taken; readonly authority: Authority };

/** Adopts the lock of the code. */
export const adoptLock = async (input: AdoptInput): Promise<Result<Adopted, AdoptFailure>> => {
  input.onStep('owner');
  const owner = await openOwnerKey();
  if (!owner.ok) return err(say(owner.error));
  const authority = await openAuthority(owner.value);
  if (!authority.ok) return err(say(authority.error));
  input.onStep('greeting');
  underWay.add(input.lockId);
  const channel = await (input.via.kind === 'hub' ? openHubChannel(input.lockId) : openNearChannel(input.via.place, input.lockId));
  if (!channel.ok) {
    underWay.delete(input.lockId);
    return channel;
  }
  try {
    const keyed = await greet(channel.value, input.code);
    if (!keyed.ok) return keyed;
    input.onStep('offering');
    const taken = await offer(channel.value, authority.value, keyed.value, input);
    return taken.ok ? ok({ taken: taken.value, authority: authority.value }) : taken;
  } finally {
    underWay.delete(input.lockId);
    channel.value.close();
  }
};

/** Has the hub write the adopted lock down. The lock's own word may have come first: then the same door is answered. */
export const storeLock = async (taken: Taken, via: AdoptVia): Promise<Result<Door, Failure>> => {
  const answer = await call(ROUTES.addLock, { body: taken, patienceMs: patienceBy(via) });
  if (answer.ok) await dropPending(taken.lockId);
  return answer.ok ? ok(answer.value.door) : answer;
};
