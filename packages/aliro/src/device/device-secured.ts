// The user device's commands under keys: EXCHANGE (SPEC §7) and ENVELOPE (SPEC §8). The first ENVELOPE of a standard transaction
// changes to the step-up keys, and whatever follows stands under them. The first EXCHANGE after a cryptogram says that the
// reader knew it: the transaction is a fast one.

import type { Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { decodeDeviceRequest } from '../documents/device-request.ts';
import { answerRequest, encodeFailedResponse, failureStatusOf } from '../documents/device-response.ts';
import type { Handler } from './device-handler.ts';
import { answer, finish, needsStepUpSelect, securedBy, type DeviceEffect, type DevicePhase, type DeviceSession, type Secured } from './device-session.ts';
import { decodeEnvelope, encodeEnvelope } from '../protocol/envelope.ts';
import { refuse, type AliroError } from '../protocol/errors.ts';
import { encodeExchangeAnswer, readExchange, type ExchangeCommand } from '../protocol/exchange.ts';
import { stepUpKeys } from '../protocol/key-schedule.ts';
import { operateMailbox, type MailboxResult } from '../protocol/mailbox.ts';
import { open, openChannel, seal, type Channel } from '../protocol/secure-channel.ts';

/** What the objects of an EXCHANGE came to: the mailbox as it is now, or why they were not carried out. */
type Carried = Result<Partial<MailboxResult>, AliroError>;

// ---- EXCHANGE (SPEC §7) ------------------------------------------------------------------------------------------------

const securedOf = (phase: DevicePhase): Secured | undefined => {
  if (phase.kind === 'secured') return phase;
  const fast = phase.kind === 'begun' ? phase.transaction.fast : undefined;
  return phase.kind === 'begun' && fast !== undefined ? securedBy(phase.transaction.group, fast, { kind: 'none' }) : undefined;
};

/** In an atomic session nothing but its next mailbox command is in place (SPEC §7). */
const breaksSession = (phase: Secured, { mailbox, readerStatus, ranging }: ExchangeCommand): boolean =>
  phase.mailbox?.pending !== undefined && (mailbox === undefined || readerStatus !== undefined || ranging);

const carryOut = (phase: Secured, command: ExchangeCommand): Carried => {
  if (command.unsupported) return refuse('operation-unsupported');
  if (command.mailbox === undefined) return ok({});
  return phase.mailbox === undefined ? refuse('operation-unsupported') : operateMailbox(phase.mailbox, command.mailbox);
};

const storing = (phase: Secured, { mailbox }: Partial<MailboxResult>): readonly DeviceEffect[] =>
  mailbox === undefined || mailbox.stored === phase.mailbox?.stored
    ? []
    : [{ kind: 'storeMailbox', groupIdentifier: phase.group.groupIdentifier, content: mailbox.stored }];

type Answered = { readonly channel: Channel; readonly data: Bytes; readonly extended: boolean };

const conclude = (session: DeviceSession, phase: Secured, command: ExchangeCommand, carried: Carried, { channel, data, extended }: Answered) => {
  if (!carried.ok) return finish(session, { kind: 'failed', error: carried.error }, data, extended);
  const before = storing(phase, carried.value);
  if (command.readerStatus !== undefined) return finish(session, { kind: 'completed', readerStatus: command.readerStatus }, data, extended, before);
  const next: Secured = { ...phase, channel, ranged: phase.ranged || command.ranging, mailbox: carried.value.mailbox ?? phase.mailbox };
  return answer(session, next, data, extended, before);
};

export const onExchange: Handler = (crypto, session, { data, extended }) => {
  const phase = securedOf(session.phase);
  if (phase === undefined) return refuse('instruction-unexpected');
  const opened = open(crypto, phase.channel, 'reader', data);
  if (!opened.ok) return opened;
  const command = readExchange(opened.value.plaintext, session.config, phase.ranged);
  if (!command.ok) return command;
  if (breaksSession(phase, command.value)) return refuse('atomic-session-broken');
  const carried = carryOut(phase, command.value);
  const sealed = seal(crypto, opened.value.channel, 'device', encodeExchangeAnswer(carried.ok, carried.ok ? carried.value.reads : []));
  if (!sealed.ok) return sealed;
  return ok(conclude(session, phase, command.value, carried, { channel: sealed.value.channel, data: sealed.value.sealed, extended }));
};

// ---- ENVELOPE (SPEC §8) ------------------------------------------------------------------------------------------------

const stepUpChannel = (crypto: Crypto, session: DeviceSession, { stepUp, channel, group }: Secured): Channel | undefined => {
  if (stepUp.kind === 'begun') return channel;
  if (stepUp.kind === 'none') return undefined;
  return needsStepUpSelect(session.config, group) && !stepUp.selected ? undefined : openChannel(stepUpKeys(crypto, stepUp.key));
};

/** A request out of form is answered by its status, in the channel (SPEC §8): the reader may still close by EXCHANGE. */
const respond = ({ group }: Secured, request: Bytes): Bytes => {
  const decoded = decodeDeviceRequest(request);
  return decoded.ok ? answerRequest(group.choose?.(decoded.value) ?? group.documents ?? [], decoded.value) : encodeFailedResponse(failureStatusOf(decoded.error));
};

export const onEnvelope: Handler = (crypto, session, { data, extended }) => {
  const { phase } = session;
  if (phase.kind !== 'secured') return refuse('instruction-unexpected');
  const channel = stepUpChannel(crypto, session, phase);
  if (channel === undefined) return refuse('instruction-unexpected');
  const sealed = decodeEnvelope(data);
  const opened = sealed.ok ? open(crypto, channel, 'reader', sealed.value) : sealed;
  if (!opened.ok) return opened;
  const response = seal(crypto, opened.value.channel, 'device', respond(phase, opened.value.plaintext));
  if (!response.ok) return response;
  const next: Secured = { ...phase, stepUp: { kind: 'begun' }, channel: response.value.channel };
  return ok(answer(session, next, encodeEnvelope(response.value.sealed), extended));
};
