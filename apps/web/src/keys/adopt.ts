// Adopting a lock: the owner's side of the handshake over the hub's socket (documents: adoption.ts; wallet: adopt.ts). Until the offer goes
// out, nothing has changed. Before it the hub gets a draft: should this page or its way to the lock fail afterwards, the lock's
// own word, said to the hub, makes the door.

import { CLOSE } from '@mortise/api/error.ts';
import type { Door } from '@mortise/api/locks.ts';
import { ROUTES, STREAMS } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { decodeAdoptBody, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone, type OwnerKeyed } from '@mortise/documents/adoption.ts';
import { ADOPTION_STEP, type AdoptionError } from '@mortise/documents/adoption-message.ts';
import { MAX_TRUSTED } from '@mortise/documents/roster.ts';
import type { SetupCode } from '@mortise/documents/setup-code.ts';
import { HOUSEHOLD_POLICY, prepareOffer } from '@mortise/wallet/adopt.ts';
import { call, socketAddress, type Failure } from '../model/client.ts';
import { openAuthority, type Authority } from './authority.ts';
import { openOwnerKey } from './owner-key.ts';
import { peopleNow, phonesUnder } from './owner-phones.ts';
import { phoneKey, phoneKeyFault } from './phone-key.ts';
import { remember } from './roster.ts';
import { storageSentence } from './store.ts';

export type AdoptStep = 'owner' | 'greeting' | 'offering' | 'storing' | 'access';
export type AdoptFailure =
  | { readonly kind: 'sentence'; readonly sentence: string }
  | { readonly kind: 'lock'; readonly error: AdoptionError }
  | { readonly kind: 'link'; readonly code: 'lock-offline' | 'no-answer' | 'link-lost' }
  | { readonly kind: 'hub'; readonly failure: Failure }
  /** The offer went out and no answer that holds came back: the lock may have taken it. */
  | { readonly kind: 'unheard' };

/** The lock took the offer; the hub has yet to write it down. */
export type Taken = { readonly lockId: string; readonly identityKey: string; readonly statement: string; readonly roster: string; readonly doorName: string; readonly model: string; readonly firmware: string };

export type AdoptInput = { readonly lockId: string; readonly code: SetupCode; readonly doorName: string; readonly zone: string; readonly onStep: (step: AdoptStep) => void };

const ANSWER_MS = 15_000;
/** How long the hub's time key may attest: owners certify it anew with a roster. */
const TIME_KEY_MS = 5 * 365 * 86_400_000;
/** A computer's own clock, set by its operating system. */
const HUB_DRIFT_PPM = 200;

type Channel = { readonly send: (step: number, bytes: Bytes) => void; readonly receive: () => Promise<Result<Bytes, AdoptFailure>>; readonly close: () => void };

const link = (code: 'lock-offline' | 'no-answer' | 'link-lost'): AdoptFailure => ({ kind: 'link', code });

const openChannel = (lockId: string): Promise<Result<Channel, AdoptFailure>> => {
  const socket = new WebSocket(socketAddress(STREAMS.adopt, { lockId }));
  socket.binaryType = 'arraybuffer';
  let settle: ((result: Result<Bytes, AdoptFailure>) => void) | undefined;
  const answer = (result: Result<Bytes, AdoptFailure>): void => {
    settle?.(result);
    settle = undefined;
  };
  socket.addEventListener('message', ({ data }) => {
    const body = data instanceof ArrayBuffer ? decodeAdoptBody(new Uint8Array(data)) : undefined;
    answer(body === undefined ? err({ kind: 'lock', error: { code: 'malformed' } }) : ok(body.bytes));
  });
  const receive = (): Promise<Result<Bytes, AdoptFailure>> => {
    const { promise, resolve } = Promise.withResolvers<Result<Bytes, AdoptFailure>>();
    const timer = setTimeout(() => answer(err(link('no-answer'))), ANSWER_MS);
    settle = (result) => {
      clearTimeout(timer);
      resolve(result);
    };
    return promise;
  };
  return new Promise((resolve) => {
    socket.addEventListener('open', () => resolve(ok({
      send: (step, bytes) => socket.send(new Uint8Array(encodeAdoptBody({ step, bytes }))), receive, close: () => socket.close(),
    })));
    socket.addEventListener('close', ({ code }) => {
      const failure = link(code === CLOSE.lockOffline ? 'lock-offline' : 'link-lost');
      answer(err(failure));
      resolve(err(failure));
    });
  });
};

const say = (sentence: string): AdoptFailure => ({ kind: 'sentence', sentence });
const ofLock = <T>(result: Result<T, AdoptionError>): Result<T, AdoptFailure> => (result.ok ? result : err({ kind: 'lock', error: result.error }));

const greet = async (channel: Channel, code: SetupCode): Promise<Result<OwnerKeyed, AdoptFailure>> => {
  const { message, state } = ownerHello(nobleCrypto, freshEntropy());
  channel.send(ADOPTION_STEP.hello, message);
  const answer = await channel.receive();
  return answer.ok ? ofLock(ownerReadAnswer(nobleCrypto, state, code, answer.value)) : answer;
};

const termsOf = async (authority: Authority, keyed: OwnerKeyed, zone: string) => {
  const keys = await call(ROUTES.hubKeys);
  if (!keys.ok) return err({ kind: 'hub', failure: keys.error } as const);
  const certificate = await call(ROUTES.linkCertificate, { parameters: { lockId: keyed.lockId }, body: { linkKey: base64url(keyed.lock.linkKey) } });
  if (!certificate.ok) return err({ kind: 'hub', failure: certificate.error } as const);
  const [journalKey, timeKey, phone] = [fromBase64url(keys.value.journalKey), fromBase64url(keys.value.timeKey), phoneKey.value];
  if (journalKey === undefined || timeKey === undefined) return err({ kind: 'hub', failure: { kind: 'unreadable' } } as const);
  if (phone === undefined && phoneKeyFault.value !== undefined) return err(say(storageSentence(phoneKeyFault.value)));
  if (phone === undefined) return err(say('This browser has no key yet, so the lock would open for nobody. Make it one under People.'));
  const people = await peopleNow();
  if (!people.ok) return err(say(people.error));
  return ok({
    ownerSets: authority.documents, owner: authority.owner, issuer: authority.issuer, phones: phonesUnder(people.value, authority.ownerSet, [phone.publicKey]).slice(0, MAX_TRUSTED), zone,
    policy: HOUSEHOLD_POLICY, journalKey, timeKey: { key: timeKey, driftPpm: HUB_DRIFT_PPM, until: instant(Date.now() + TIME_KEY_MS) },
    linkCertificate: utf8(certificate.value.certificate), brokerCa: utf8(certificate.value.brokerCa),
  });
};

// After the offer a broken answer is no answer: whoever relays can break it, and the lock may have taken the offer all the same.
const afterOffer = (error: AdoptFailure): AdoptFailure => {
  if (error.kind === 'link') return { kind: 'unheard' };
  return error.kind === 'lock' && (error.error.code === 'malformed' || error.error.code === 'signature-invalid') ? { kind: 'unheard' } : error;
};

const offer = async (channel: Channel, authority: Authority, keyed: OwnerKeyed, { doorName, zone }: AdoptInput): Promise<Result<Taken, AdoptFailure>> => {
  const terms = await termsOf(authority, keyed, zone);
  if (!terms.ok) return terms;
  const offered = prepareOffer(nobleCrypto, keyed, terms.value, freshEntropy());
  if (!offered.ok) return ofLock(offered);
  const { identityKey, model, firmware } = keyed.lock;
  const draft = { identityKey: base64url(identityKey), roster: base64url(offered.value.roster), doorName, model, firmware };
  const kept = await call(ROUTES.putDraft, { parameters: { lockId: keyed.lockId }, body: draft });
  if (!kept.ok) return err({ kind: 'hub', failure: kept.error });
  channel.send(ADOPTION_STEP.offer, offered.value.message);
  const done = await channel.receive();
  const adopted = done.ok ? ofLock(ownerReadDone(nobleCrypto, offered.value, done.value)) : done;
  if (adopted.ok) await remember(authority, keyed.lockId, offered.value.roster);
  return adopted.ok ? ok({ ...draft, lockId: keyed.lockId, statement: base64url(adopted.value.signed) }) : err(afterOffer(adopted.error));
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
  const channel = await openChannel(input.lockId);
  if (!channel.ok) return channel;
  try {
    const keyed = await greet(channel.value, input.code);
    if (!keyed.ok) return keyed;
    input.onStep('offering');
    const taken = await offer(channel.value, authority.value, keyed.value, input);
    return taken.ok ? ok({ taken: taken.value, authority: authority.value }) : taken;
  } finally {
    channel.value.close();
  }
};

/** Has the hub write the adopted lock down. The lock's own word may have come first: then the same door is answered. */
export const storeLock = async (taken: Taken): Promise<Result<Door, Failure>> => {
  const answer = await call(ROUTES.addLock, { body: taken });
  return answer.ok ? ok(answer.value.door) : answer;
};
