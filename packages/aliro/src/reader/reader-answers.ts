// What a reader does in each phase of the expedited flow (SPEC §5) once it has what it waited for: a whole answer of the user
// device, or its key's signature. Handlers answer a step or the error that ends the session; reader.ts closes.

import type { Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { SIGNATURE_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { ResponseApdu } from '../protocol/apdu.ts';
import { AUTH0, FAST_REQUESTED, decodeAuth0Answer, encodeAuth0Command, type Auth0Answer, type Auth0Command } from '../protocol/auth0.ts';
import { AUTH1, LOAD_CERT, decodeAuth1Answer, encodeAuth1Command, signedMessage, type Auth1Answer, type Credential } from '../protocol/auth1.ts';
import { recognise, type Recognised } from '../protocol/cryptogram.ts';
import { signals, signalsIn } from '../protocol/device-signals.ts';
import { aliroError, refuse, type AliroError } from '../protocol/errors.ts';
import { agreedSecret, persistentKey, standardKeys, type KeyContext } from '../protocol/key-schedule.ts';
import {
  fail, readerIdentifierOf, send, waitIn,
  type Authenticated, type ReaderConfig, type ReaderPhase, type ReaderSession, type ReaderStep, type ReaderTransaction, type Stage,
} from './reader-session.ts';
import { open, openChannel } from '../protocol/secure-channel.ts';
import { EXPEDITED_AID, commonVersion, decodeSelectAnswer, encodeSelect } from '../protocol/select.ts';

export type In<Kind extends ReaderPhase['kind']> = Extract<ReaderPhase, { kind: Kind }>;
export type Handled = Result<ReaderStep, AliroError>;
export type Answer<Kind extends ReaderPhase['kind']> = (crypto: Crypto, session: ReaderSession, phase: In<Kind>, response: ResponseApdu) => Handled;

const STANDARD = 0x00;

export const start = (session: ReaderSession): ReaderStep =>
  waitIn(session, { kind: 'selecting' }, { kind: 'transmit', apdu: encodeSelect(EXPEDITED_AID) });

// ---- SELECT answered (SPEC §2): AUTH0 -----------------------------------------------------------------------------------

/** The fast phase is asked for when there is a key to recognise somebody by. */
const parametersOf = ({ persistentKeys = [] }: ReaderConfig): number => (persistentKeys.length > 0 ? FAST_REQUESTED : STANDARD);

const auth0Of = (session: ReaderSession, phase: Pick<In<'auth0'>, 'version' | 'readerEphemeral'>): Auth0Command => ({
  parameters: parametersOf(session.config),
  authenticationPolicy: session.config.authenticationPolicy,
  version: phase.version,
  readerEphemeral: phase.readerEphemeral,
  transactionId: session.transactionId,
  readerIdentifier: readerIdentifierOf(session.config),
  ...(session.config.vendorExtension && { vendorExtension: session.config.vendorExtension }),
});

export const onSelectAnswer: Answer<'selecting'> = (crypto, session, _phase, response) => {
  const selection = decodeSelectAnswer(response.data);
  if (!selection.ok) return selection;
  const version = commonVersion(session.config.versions, selection.value.versions);
  if (version === undefined) return refuse('no-common-version');
  const readerEphemeral = crypto.p256.publicKey(session.ephemeralPrivateKey.reveal());
  const { extended } = selection.value;
  const agreed = extended ? { ...session, transport: { ...session.transport, extended } } : session;
  const phase: ReaderPhase = { kind: 'auth0', selection: selection.value, version, readerEphemeral };
  return ok(send(agreed, phase, AUTH0, encodeAuth0Command(auth0Of(session, phase))));
};

// ---- AUTH0 answered (SPEC §3.1, §4.6): known by the cryptogram, or keys and the reader's signature --------------------------

const contextOf = (session: ReaderSession, phase: In<'auth0'>, answer: Auth0Answer): KeyContext => {
  const { groupIdentifierKey, interfaceByte, vendorExtension } = session.config;
  const { parameters, authenticationPolicy, version, readerEphemeral, transactionId, readerIdentifier } = auth0Of(session, phase);
  return {
    groupIdentifierKey, readerIdentifier, interfaceByte, version, readerEphemeral, transactionId, parameters, authenticationPolicy,
    deviceEphemeral: answer.deviceEphemeral,
    proprietary: phase.selection.proprietary,
    ...(vendorExtension && { readerExtension: vendorExtension }),
    ...(answer.vendorExtension && { deviceExtension: answer.vendorExtension }),
  };
};

const authenticatedBy = (context: KeyContext, rest: Pick<Authenticated, 'phase' | 'credentialKey' | 'signaling'>): Authenticated => {
  const { transactionId, deviceExtension } = context;
  return deviceExtension === undefined ? { ...rest, transactionId } : { ...rest, transactionId, vendorExtension: deviceExtension };
};

const decideFast = (session: ReaderSession, context: KeyContext, { owner, keys, said }: Recognised): ReaderStep => {
  const credential = authenticatedBy(context, { ...said, phase: 'fast', credentialKey: owner });
  const phase: ReaderPhase = { kind: 'deciding', keys, channel: openChannel(keys.expedited), stage: { kind: 'fast', context } };
  return waitIn(session, phase, { kind: 'authenticated', credential });
};

/** AUTH1 with the same AUTH0 values (SPEC §4.6): keys are agreed, the reader's signature is asked for. */
export const goStandard = (crypto: Crypto, session: ReaderSession, context: KeyContext): Handled => {
  const agreed = agreedSecret(crypto, session.ephemeralPrivateKey, context.deviceEphemeral, context.transactionId);
  if (agreed === undefined) return refuse('point-invalid');
  const transaction = { context, agreed, keys: standardKeys(crypto, agreed, context) };
  return ok(waitIn(session, { kind: 'signing', transaction }, { kind: 'sign', message: signedMessage('reader', context) }));
};

export const onAuth0Answer: Answer<'auth0'> = (crypto, session, phase, response) => {
  const answer = decodeAuth0Answer(response.data, parametersOf(session.config));
  if (!answer.ok) return answer;
  const { cryptogram } = answer.value;
  const context = contextOf(session, phase, answer.value);
  if (cryptogram === undefined) return goStandard(crypto, session, context);
  if (!crypto.p256.isPublicKey(context.deviceEphemeral)) return refuse('point-invalid');
  const recognised = recognise(crypto, session.config.persistentKeys ?? [], context, cryptogram);
  if (recognised === undefined) return goStandard(crypto, session, context);
  return recognised.ok ? ok(decideFast(session, context, recognised.value)) : recognised;
};

// ---- signed: LOAD CERT where it is wanted, AUTH1 (SPEC §3.2, §3.3) ----------------------------------------------------------

export const sendAuth1 = (session: ReaderSession, transaction: ReaderTransaction, signature: Bytes): ReaderStep => {
  const { keyRequest, certificate } = session.config;
  const data = encodeAuth1Command({ keyRequest, signature, ...(certificate?.sentBy === 'auth1' && { certificate: certificate.bytes }) });
  return send(session, { kind: 'auth1', transaction, channel: openChannel(transaction.keys.expedited) }, AUTH1, data);
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

const provenBy = (crypto: Crypto, config: ReaderConfig, { context, agreed }: ReaderTransaction, credentialKey: Bytes, answer: Auth1Answer): Authenticated => {
  const proven = authenticatedBy(context, { ...signalsIn(answer), phase: 'standard', credentialKey });
  return config.remembers === true ? { ...proven, persistentKey: persistentKey(crypto, agreed, context, credentialKey) } : proven;
};

export const onAuth1Answer: Answer<'auth1'> = (crypto, session, { transaction, channel }, response) => {
  const opened = open(crypto, channel, 'device', response.data);
  if (!opened.ok) return opened;
  const answer = decodeAuth1Answer(opened.value.plaintext, session.config.keyRequest);
  if (!answer.ok) return answer;
  const credentialKey = keyOf(session.config, answer.value.credential);
  if (credentialKey === undefined) return refuse('credential-unknown');
  const signed = crypto.p256.verify(credentialKey, answer.value.signature, signedMessage('device', transaction.context));
  if (!signed) return refuse('device-signature-invalid');
  const credential = provenBy(crypto, session.config, transaction, credentialKey, answer.value);
  const { stepUp, expedited, ble, ranging } = transaction.keys;
  const stage: Stage = { kind: 'standard', stepUp, needsSelect: signals(answer.value.signaling, 'stepUpSelect') };
  return ok(waitIn(session, { kind: 'deciding', keys: { expedited, ble, ranging }, channel: opened.value.channel, stage }, { kind: 'authenticated', credential }));
};
