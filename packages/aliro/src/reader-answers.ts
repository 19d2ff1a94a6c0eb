// What a reader does in each phase of the standard flow (SPEC §5) once it has what it waited for: a whole answer of the user
// device, the signature, the host's decision. Handlers answer a step or the error that ends the session; reader.ts closes.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { SIGNATURE_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { ResponseApdu } from './apdu.ts';
import { AUTH0, decodeAuth0Answer, encodeAuth0Command, type Auth0Answer, type Auth0Command } from './auth0.ts';
import { AUTH1, LOAD_CERT, decodeAuth1Answer, encodeAuth1Command, signedMessage, type Credential } from './auth1.ts';
import { aliroError, refuse, type AliroError } from './errors.ts';
import { EXCHANGE, closesByExchange, decodeExchangeAnswer, encodeReaderStatus } from './exchange.ts';
import { agreedSecret, standardKeys } from './key-schedule.ts';
import {
  fail, finished, readerIdentifierOf, send, waitIn,
  type ReaderConfig, type ReaderPhase, type ReaderSession, type ReaderStep, type ReaderTransaction,
} from './reader-session.ts';
import { open, openChannel, seal, type Channel } from './secure-channel.ts';
import { EXPEDITED_AID, commonVersion, decodeSelectAnswer, encodeSelect, type Selection } from './select.ts';

type In<Kind extends ReaderPhase['kind']> = Extract<ReaderPhase, { kind: Kind }>;
type Handled = Result<ReaderStep, AliroError>;
type Answer<Kind extends ReaderPhase['kind']> = (crypto: Crypto, session: ReaderSession, phase: In<Kind>, response: ResponseApdu) => Handled;

const STANDARD = 0x00;
const MAX_STATUS = 0xffff;

export const start = (session: ReaderSession): ReaderStep =>
  waitIn(session, { kind: 'selecting' }, { kind: 'transmit', apdu: encodeSelect(EXPEDITED_AID) });

// ---- SELECT answered (SPEC §2): AUTH0 -----------------------------------------------------------------------------------

const auth0Of = (session: ReaderSession, phase: Pick<In<'auth0'>, 'version' | 'readerEphemeral'>): Auth0Command => ({
  parameters: STANDARD,
  authenticationPolicy: session.config.authenticationPolicy,
  version: phase.version,
  readerEphemeral: phase.readerEphemeral,
  transactionId: session.transactionId,
  readerIdentifier: readerIdentifierOf(session.config),
  ...(session.config.vendorExtension && { vendorExtension: session.config.vendorExtension }),
});

const onSelection = (crypto: Crypto, session: ReaderSession, selection: Selection): Handled => {
  const version = commonVersion(session.config.versions, selection.versions);
  if (version === undefined) return refuse('no-common-version');
  const readerEphemeral = crypto.p256.publicKey(session.ephemeralPrivateKey.reveal());
  const { extended } = selection;
  const agreed = extended ? { ...session, transport: { ...session.transport, extended } } : session;
  const phase: ReaderPhase = { kind: 'auth0', selection, version, readerEphemeral };
  return ok(send(agreed, phase, AUTH0, encodeAuth0Command(auth0Of(session, phase))));
};

const onSelectAnswer: Answer<'selecting'> = (crypto, session, _phase, response) => {
  const selection = decodeSelectAnswer(response.data, EXPEDITED_AID);
  return selection.ok ? onSelection(crypto, session, selection.value) : selection;
};

// ---- AUTH0 answered (SPEC §3.1): keys, and the reader's signature ---------------------------------------------------------

const contextOf = (session: ReaderSession, phase: In<'auth0'>, answer: Auth0Answer): ReaderTransaction['context'] => {
  const { vendorExtension, ...said } = auth0Of(session, phase);
  return {
    ...said,
    groupIdentifierKey: session.config.groupIdentifierKey,
    interfaceByte: session.config.interfaceByte,
    deviceEphemeral: answer.deviceEphemeral,
    proprietary: phase.selection.proprietary,
    ...(vendorExtension && { readerExtension: vendorExtension }),
    ...(answer.vendorExtension && { deviceExtension: answer.vendorExtension }),
  };
};

const onAuth0Answer: Answer<'auth0'> = (crypto, session, phase, response) => {
  const answer = decodeAuth0Answer(response.data, STANDARD);
  if (!answer.ok) return answer;
  const agreed = agreedSecret(crypto, session.ephemeralPrivateKey, answer.value.deviceEphemeral, session.transactionId);
  if (agreed === undefined) return refuse('point-invalid');
  const context = contextOf(session, phase, answer.value);
  const transaction = { context, keys: standardKeys(crypto, agreed, context) };
  return ok(waitIn(session, { kind: 'signing', transaction }, { kind: 'sign', message: signedMessage('reader', context) }));
};

// ---- signed: LOAD CERT where it is wanted, AUTH1 (SPEC §3.2, §3.3) ----------------------------------------------------------

const sendAuth1 = (session: ReaderSession, transaction: ReaderTransaction, signature: Bytes): ReaderStep => {
  const { keyRequest, certificate } = session.config;
  const { expeditedReader: reader, expeditedDevice: device } = transaction.keys;
  const data = encodeAuth1Command({ keyRequest, signature, ...(certificate?.sentBy === 'auth1' && { certificate: certificate.bytes }) });
  return send(session, { kind: 'auth1', transaction, channel: openChannel({ reader, device }) }, AUTH1, data);
};

export const onSigned = (crypto: Crypto, session: ReaderSession, { transaction }: In<'signing'>, signature: Bytes): ReaderStep => {
  if (signature.length !== SIGNATURE_BYTES) return fail(crypto, session, aliroError('signer-failed'));
  const { certificate } = session.config;
  if (certificate?.sentBy !== 'loadCert') return sendAuth1(session, transaction, signature);
  return send(session, { kind: 'loading', transaction, signature }, LOAD_CERT, certificate.bytes);
};

// ---- AUTH1 answered (SPEC §5, reader's order of work): who is it ------------------------------------------------------------

const keyOf = (config: ReaderConfig, credential: Credential): Bytes | undefined =>
  credential.kind === 'publicKey' ? credential.key : config.keyOfSlot?.(credential.slot);

const onAuth1Answer: Answer<'auth1'> = (crypto, session, phase, response) => {
  const opened = open(crypto, phase.channel, 'device', response.data);
  if (!opened.ok) return opened;
  const answer = decodeAuth1Answer(opened.value.plaintext, session.config.keyRequest);
  if (!answer.ok) return answer;
  const credentialKey = keyOf(session.config, answer.value.credential);
  if (credentialKey === undefined) return refuse('credential-unknown');
  const { context } = phase.transaction;
  const signed = crypto.p256.verify(credentialKey, answer.value.signature, signedMessage('device', context));
  if (!signed) return refuse('device-signature-invalid');
  const { transactionId, deviceExtension } = context;
  const vendor = deviceExtension && { vendorExtension: deviceExtension };
  const credential = { credentialKey, transactionId, signaling: answer.value.signaling, ...vendor };
  return ok(waitIn(session, { kind: 'deciding', channel: opened.value.channel }, { kind: 'authenticated', credential }));
};

// ---- EXCHANGE (SPEC §7): before the decision, and as the close ---------------------------------------------------------------

const sendExchange = (crypto: Crypto, session: ReaderSession, from: Channel, objects: Bytes, next: (channel: Channel) => ReaderPhase): ReaderStep => {
  const sealed = seal(crypto, from, 'reader', objects);
  return sealed.ok ? send(session, next(sealed.value.channel), EXCHANGE, sealed.value.sealed) : fail(crypto, session, sealed.error);
};

export const onDecision = (crypto: Crypto, session: ReaderSession, phase: In<'deciding'>, status: number): ReaderStep => {
  assert(Number.isInteger(status) && status >= 0 && status <= MAX_STATUS, 'a reader status has two bytes');
  if (!closesByExchange(session.config.interfaceByte)) return finished(session, { kind: 'completed', status });
  return sendExchange(crypto, session, phase.channel, encodeReaderStatus(status), (channel) => ({ kind: 'closing', channel, status }));
};

/** `objects` stand in TLV form (SPEC §7); they are sealed as they are. */
export const onObjects = (crypto: Crypto, session: ReaderSession, phase: In<'deciding'>, objects: Bytes): ReaderStep =>
  sendExchange(crypto, session, phase.channel, objects, (channel) => ({ kind: 'exchanging', channel }));

const openAnswer = (crypto: Crypto, channel: Channel, response: ResponseApdu): Result<{ readonly channel: Channel; readonly data: Bytes }, AliroError> => {
  const opened = open(crypto, channel, 'device', response.data);
  const data = opened.ok ? decodeExchangeAnswer(opened.value.plaintext) : opened;
  return opened.ok && data.ok ? ok({ channel: opened.value.channel, data: data.value }) : refuse(data.ok ? 'channel-refused' : data.error.code);
};

const onExchangeAnswer: Answer<'exchanging'> = (crypto, session, phase, response) => {
  const answer = openAnswer(crypto, phase.channel, response);
  if (!answer.ok) return answer;
  const { channel, data } = answer.value;
  return ok(waitIn(session, { kind: 'deciding', channel }, { kind: 'exchanged', data }));
};

const onClosingAnswer: Answer<'closing'> = (crypto, session, phase, response) => {
  const answer = openAnswer(crypto, phase.channel, response);
  return answer.ok ? ok(finished(session, { kind: 'completed', status: phase.status })) : answer;
};

// ---- which phase takes the answer ------------------------------------------------------------------------------------------

/** A whole answer with status 9000. */
export const onAnswer = (crypto: Crypto, session: ReaderSession, response: ResponseApdu): Handled => {
  const { phase } = session;
  switch (phase.kind) {
    case 'selecting':
      return onSelectAnswer(crypto, session, phase, response);
    case 'auth0':
      return onAuth0Answer(crypto, session, phase, response);
    case 'loading':
      return ok(sendAuth1(session, phase.transaction, phase.signature));
    case 'auth1':
      return onAuth1Answer(crypto, session, phase, response);
    case 'exchanging':
      return onExchangeAnswer(crypto, session, phase, response);
    case 'closing':
      return onClosingAnswer(crypto, session, phase, response);
    default: // ready, signing, deciding, ended: nothing was asked, so nothing is answered.
      return ok(waitIn(session, phase));
  }
};
