// The lock's side of a session with a card, as a pure machine: answers come in, commands and the outcome go out. Nothing but a card that
// showed that it holds its key, and its id under that key, is proven. Any bytes are answered or end in a coded fault.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { encodeReaderProof, readCardProof, readChallenge, type Channel } from './authentication.ts';
import { refuse, type CardFault } from './card-fault.ts';
import type { Expectation, Step } from './card-step.ts';
import { INS, STATUS, decodeAnswer, encodeNative, type CardAnswer } from './native-command.ts';
import { openAnswer, sealCommand } from './secure-messaging.ts';

export type CardInput =
  | { readonly kind: 'start' }
  /** The session keeps views into `apdu`: whoever hands it in does not write to it again. */
  | { readonly kind: 'answer'; readonly apdu: Bytes };

/** `uid`: what the card said of itself under a session's keys, where it was asked. */
export type CardOutcome =
  | { readonly kind: 'proven'; readonly cardId: Bytes; readonly uid?: Bytes }
  | { readonly kind: 'refused'; readonly fault: CardFault };

export type CardEffect =
  | { readonly kind: 'transmit'; readonly apdu: Bytes }
  | { readonly kind: 'finished'; readonly outcome: CardOutcome };

type StepOf<K extends Step['kind']> = Extract<Step, { readonly kind: K }>;

type Phase =
  | { readonly kind: 'ready' }
  | { readonly kind: 'plain'; readonly step: StepOf<'plain'> }
  | { readonly kind: 'challenged'; readonly step: StepOf<'authenticate'> }
  | { readonly kind: 'proving'; readonly step: StepOf<'authenticate'>; readonly rndB: Secret }
  | { readonly kind: 'secured'; readonly step: StepOf<'secured'>; readonly channel: Channel }
  | { readonly kind: 'ended' };

export type CardSession = {
  readonly cardId: Bytes;
  /** What is still to be done. */
  readonly steps: readonly Step[];
  readonly phase: Phase;
  /** Of the newest authentication, until it ends. */
  readonly channel?: Channel | undefined;
  readonly uid?: Bytes;
};

export type CardProgress = { readonly session: CardSession; readonly effects: readonly CardEffect[] };

const UID_BYTES = 7;

/** One session per presentation of a card. */
export const cardSession = (cardId: Bytes, steps: readonly Step[]): CardSession => ({ cardId, steps, phase: { kind: 'ready' } });

const finish = (session: CardSession, outcome: CardOutcome): CardProgress => ({
  session: { cardId: session.cardId, steps: [], phase: { kind: 'ended' } },
  effects: [{ kind: 'finished', outcome }],
});

const fail = (session: CardSession, fault: CardFault): CardProgress => finish(session, { kind: 'refused', fault });

const send = (session: CardSession, phase: Phase, apdu: Bytes): CardProgress => ({ session: { ...session, phase }, effects: [{ kind: 'transmit', apdu }] });

const secured = (crypto: Crypto, session: CardSession, step: StepOf<'secured'>): CardProgress => {
  const { channel } = session;
  assert(channel !== undefined, 'a plan authenticates before it asks under keys');
  const sealed = sealCommand(crypto, channel, step.mode, { ins: step.ins, header: step.header, data: step.data.reveal() });
  return send(session, { kind: 'secured', step, channel }, encodeNative(step.ins, sealed));
};

/** Key number, and no capabilities of ours. */
const authenticate = (session: CardSession, step: StepOf<'authenticate'>): CardProgress =>
  send(session, { kind: 'challenged', step }, encodeNative(INS.authenticateEv2First, Uint8Array.of(step.keyNumber, 0)));

/** The next step, or the end: whoever comes to it has been proven. */
const proceed = (crypto: Crypto, session: CardSession): CardProgress => {
  const [step, ...steps] = session.steps;
  const rest = { ...session, steps };
  switch (step?.kind) {
    case undefined:
      return finish(session, { kind: 'proven', cardId: session.cardId, ...(session.uid && { uid: session.uid }) });
    case 'plain':
      return send(rest, { kind: 'plain', step }, step.apdu);
    case 'authenticate':
      return authenticate(rest, step);
    case 'secured':
      return secured(crypto, rest, step);
    case 'barred':
      return fail(session, step.fault);
  }
};

type Handled = Result<CardProgress, CardFault>;

const onPlain = (crypto: Crypto, session: CardSession, { done, faults }: StepOf<'plain'>, { data, status }: CardAnswer): Handled => {
  if (status !== done) return refuse(faults.get(status) ?? 'status-unexpected');
  return data.length === 0 ? ok(proceed(crypto, session)) : refuse('answer-malformed');
};

const KEY_REFUSALS: readonly number[] = [STATUS.authenticationError, STATUS.noSuchKey];
const refusedBy = (status: number): CardFault => (KEY_REFUSALS.includes(status) ? 'key-refused' : 'status-unexpected');

const onChallenge = (crypto: Crypto, session: CardSession, step: StepOf<'authenticate'>, { data, status }: CardAnswer): Handled => {
  if (status !== STATUS.more) return refuse(refusedBy(status));
  const challenge = readChallenge(crypto, step.key, data);
  if (!challenge.ok) return challenge;
  const proof = encodeReaderProof(crypto, step.key, step.rndA.reveal(), challenge.value);
  return ok(send(session, { kind: 'proving', step, rndB: new Secret(challenge.value) }, encodeNative(INS.additionalFrame, proof)));
};

const onProof = (crypto: Crypto, session: CardSession, { step, rndB }: Extract<Phase, { kind: 'proving' }>, { data, status }: CardAnswer): Handled => {
  if (status !== STATUS.done) return refuse(refusedBy(status));
  const channel = readCardProof(crypto, step.key, step.rndA.reveal(), rndB.reveal(), data);
  return channel.ok ? ok(proceed(crypto, { ...session, channel: channel.value })) : channel;
};

/** What the answer adds to the session. */
const met = (expects: Exclude<Expectation, { kind: 'bare' }>, data: Bytes): Result<Pick<CardSession, 'uid'>, CardFault> => {
  switch (expects.kind) {
    case 'uid':
      return data.length === UID_BYTES ? ok({ uid: data.slice() }) : refuse('answer-malformed');
    case 'equals':
      return equalBytes(data, expects.bytes) ? ok({}) : refuse(expects.otherwise);
  }
};

const onSecured = (crypto: Crypto, session: CardSession, { step, channel }: Extract<Phase, { kind: 'secured' }>, { data, status }: CardAnswer): Handled => {
  if (status !== STATUS.done) return refuse('status-unexpected');
  const { expects } = step;
  if (expects.kind === 'bare') return data.length === 0 ? ok(proceed(crypto, { ...session, channel: undefined })) : refuse('answer-malformed');
  const opened = openAnswer(crypto, channel, step.mode, data);
  if (!opened.ok) return opened;
  const added = met(expects, opened.value.data);
  return added.ok ? ok(proceed(crypto, { ...session, channel: opened.value.channel, ...added.value })) : added;
};

/** Phases in which an answer is owed. */
type Asking = Exclude<Phase, { readonly kind: 'ready' | 'ended' }>;

const onAnswer = (crypto: Crypto, session: CardSession, phase: Asking, answer: CardAnswer): Handled => {
  switch (phase.kind) {
    case 'plain':
      return onPlain(crypto, session, phase.step, answer);
    case 'challenged':
      return onChallenge(crypto, session, phase.step, answer);
    case 'proving':
      return onProof(crypto, session, phase, answer);
    case 'secured':
      return onSecured(crypto, session, phase, answer);
  }
};

/** Never throws on an answer. One that nobody waits for is passed over. */
export const stepCard = (crypto: Crypto, session: CardSession, input: CardInput): CardProgress => {
  const { phase } = session;
  if (input.kind === 'start') return phase.kind === 'ready' ? proceed(crypto, session) : { session, effects: [] };
  if (phase.kind === 'ready' || phase.kind === 'ended') return { session, effects: [] };
  const answer = decodeAnswer(input.apdu);
  const handled = answer === undefined ? refuse('answer-malformed') : onAnswer(crypto, session, phase, answer);
  return handled.ok ? handled.value : fail(session, handled.error);
};
