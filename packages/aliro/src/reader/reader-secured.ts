// What a reader does once it knows the credential: ask by EXCHANGE (SPEC §7), fetch documents in step-up (SPEC §8), close with
// its status. The host chooses; here its choice is sealed, and the answer opened.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { ResponseApdu } from '../protocol/apdu.ts';
import { decodeEnvelopeAnswer, encodeEnvelope, ENVELOPE } from '../protocol/envelope.ts';
import type { AliroError } from '../protocol/errors.ts';
import { EXCHANGE, closesByExchange, decodeExchangeAnswer, encodeReaderStatus } from '../protocol/exchange.ts';
import { stepUpKeys } from '../protocol/key-schedule.ts';
import { goStandard, type Answer, type In } from './reader-answers.ts';
import { fail, finished, send, waitIn, type ReaderPhase, type ReaderSession, type ReaderStep } from './reader-session.ts';
import { open, openChannel, seal, type Channel } from '../protocol/secure-channel.ts';
import { SELECT, STEP_UP_AID, checkStepUpAnswer } from '../protocol/select.ts';

const MAX_STATUS = 0xffff;

// ---- the host's choices ------------------------------------------------------------------------------------------------------

const sendExchange = (crypto: Crypto, session: ReaderSession, from: Channel, objects: Bytes, next: (channel: Channel) => ReaderPhase): ReaderStep => {
  const sealed = seal(crypto, from, 'reader', objects);
  return sealed.ok ? send(session, next(sealed.value.channel), EXCHANGE, sealed.value.sealed) : fail(crypto, session, sealed.error);
};

export const onDecision = (crypto: Crypto, session: ReaderSession, phase: In<'deciding'>, status: number): ReaderStep => {
  assert(Number.isInteger(status) && status >= 0 && status <= MAX_STATUS, 'a reader status has two bytes');
  if (!closesByExchange(session.config)) return finished(session, { kind: 'completed', status });
  return sendExchange(crypto, session, phase.channel, encodeReaderStatus(status), (channel) => ({ kind: 'closing', channel, status }));
};

/** `objects` stand in TLV form (SPEC §7); they are sealed as they are. */
export const onObjects = (crypto: Crypto, session: ReaderSession, phase: In<'deciding'>, objects: Bytes): ReaderStep =>
  sendExchange(crypto, session, phase.channel, objects, (channel) => ({ ...phase, kind: 'exchanging', channel }));

/** A fast phase was not enough for the host: on with AUTH1. */
export const onStandard = (crypto: Crypto, session: ReaderSession, { stage }: In<'deciding'>): ReaderStep => {
  assert(stage.kind === 'fast', 'only a fast phase can go on as a standard one');
  const stepped = goStandard(crypto, session, stage.context);
  return stepped.ok ? stepped.value : fail(crypto, session, stepped.error);
};

const sendEnvelope = (crypto: Crypto, session: ReaderSession, phase: In<'deciding' | 'selectingStepUp'>, from: Channel, request: Bytes): ReaderStep => {
  const sealed = seal(crypto, from, 'reader', request);
  if (!sealed.ok) return fail(crypto, session, sealed.error);
  const { keys } = phase;
  return send(session, { kind: 'enveloping', keys, channel: sealed.value.channel, stage: { kind: 'stepUp' } }, ENVELOPE, encodeEnvelope(sealed.value.sealed));
};

/** The step-up application first where the user device wants it (SPEC §3.4, bit 2). `request`: a DeviceRequest (SPEC §8). */
export const onStepUp = (crypto: Crypto, session: ReaderSession, phase: In<'deciding'>, request: Bytes): ReaderStep => {
  const { keys, channel, stage } = phase;
  assert(stage.kind !== 'fast', 'a step-up needs a standard phase');
  if (stage.kind === 'stepUp') return sendEnvelope(crypto, session, phase, channel, request);
  if (!stage.needsSelect) return sendEnvelope(crypto, session, phase, openChannel(stepUpKeys(crypto, stage.stepUp)), request);
  return send(session, { kind: 'selectingStepUp', keys, channel, request, stepUp: stage.stepUp }, SELECT, STEP_UP_AID);
};

// ---- answers -----------------------------------------------------------------------------------------------------------------

export const onStepUpSelected: Answer<'selectingStepUp'> = (crypto, session, phase, response) => {
  const checked = checkStepUpAnswer(response.data);
  return checked.ok ? ok(sendEnvelope(crypto, session, phase, openChannel(stepUpKeys(crypto, phase.stepUp)), phase.request)) : checked;
};

export const onEnvelopeAnswer: Answer<'enveloping'> = (crypto, session, phase, response) => {
  const sealed = decodeEnvelopeAnswer(response.data);
  const opened = sealed.ok ? open(crypto, phase.channel, 'device', sealed.value) : sealed;
  if (!opened.ok) return opened;
  return ok(waitIn(session, { ...phase, kind: 'deciding', channel: opened.value.channel }, { kind: 'documents', response: opened.value.plaintext }));
};

type Exchanged = { readonly channel: Channel; readonly reads: readonly Bytes[] };

const openAnswer = (crypto: Crypto, before: Channel, response: ResponseApdu): Result<Exchanged, AliroError> => {
  const opened = open(crypto, before, 'device', response.data);
  if (!opened.ok) return opened;
  const reads = decodeExchangeAnswer(opened.value.plaintext);
  return reads.ok ? ok({ channel: opened.value.channel, reads: reads.value }) : reads;
};

export const onExchangeAnswer: Answer<'exchanging'> = (crypto, session, phase, response) => {
  const answer = openAnswer(crypto, phase.channel, response);
  if (!answer.ok) return answer;
  const { channel, reads } = answer.value;
  return ok(waitIn(session, { ...phase, kind: 'deciding', channel }, { kind: 'exchanged', reads }));
};

export const onClosingAnswer: Answer<'closing'> = (crypto, session, phase, response) => {
  const answer = openAnswer(crypto, phase.channel, response);
  return answer.ok ? ok(finished(session, { kind: 'completed', status: phase.status })) : answer;
};
