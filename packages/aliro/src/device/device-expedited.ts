// The user device's commands of the expedited phase (SPEC §3.1 to §3.3): SELECT, AUTH0 with its cryptogram, LOAD CERT, AUTH1, and
// CONTROL FLOW, which is of account only while there are no keys.

import { EMPTY, concat, equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { CRYPTOGRAM_BYTES, FAST_REQUESTED, FORCE_USER_AUTHENTICATION, decodeAuth0Command, encodeAuth0Answer, type Auth0Command } from '../protocol/auth0.ts';
import { MAX_CERTIFICATE_BYTES, decodeAuth1Command, signedMessage, type Auth1Command } from '../protocol/auth1.ts';
import { NO_COMMON_VERSION, decodeControlFlow } from '../protocol/control-flow.ts';
import { sealCryptogram } from '../protocol/cryptogram.ts';
import type { Handler } from './device-handler.ts';
import {
  answer, inPhase, finish, offerOf, passOver, signalsOf, type DeviceGroup, type DevicePhase, type DeviceSession, type DeviceTransaction, type Secured,
} from './device-session.ts';
import { aliroError, refuse, type AliroError } from '../protocol/errors.ts';
import { fastKeys, type FastKeys, type KeyContext } from '../protocol/key-schedule.ts';
import { findKey } from '../protocol/persistent-cache.ts';
import { verifyCertificate } from '../protocol/reader-certificate.ts';
import { EXPEDITED_AID, STEP_UP_AID, encodeProprietary, encodeSelectAnswer } from '../protocol/select.ts';

const GROUP_BYTES = 16;
const DECOY_LABEL = utf8('mortise aliro decoy cryptogram');

// ---- SELECT (SPEC §2, §8): the step-up application can be selected once there are keys, which survive it -------------------

const proprietaryOf = ({ config }: DeviceSession): Bytes => encodeProprietary(config.versions, offerOf(config));

const selectStepUp = (session: DeviceSession, phase: Secured, extended: boolean): ReturnType<Handler> => {
  if (phase.stepUp.kind === 'none') return refuse('application-unknown');
  const stepUp = phase.stepUp.kind === 'offered' ? { ...phase.stepUp, selected: true } : phase.stepUp;
  return ok(answer(session, { ...phase, stepUp }, encodeSelectAnswer(STEP_UP_AID, proprietaryOf(session)), extended));
};

export const onSelect: Handler = (_crypto, session, { data, extended }) => {
  const { phase } = session;
  if (phase.kind === 'secured' && equalBytes(data, STEP_UP_AID)) return selectStepUp(session, phase, extended);
  if (phase.kind !== 'idle' && phase.kind !== 'selected') return refuse('instruction-unexpected');
  if (!equalBytes(data, EXPEDITED_AID)) return ok(passOver(session, aliroError('application-unknown')));
  const proprietary = proprietaryOf(session);
  return ok(answer(session, { kind: 'selected', proprietary }, encodeSelectAnswer(EXPEDITED_AID, proprietary), extended));
};

// ---- AUTH0 (SPEC §3.1, §4.6) -----------------------------------------------------------------------------------------

const groupOf = (session: DeviceSession, readerIdentifier: Bytes): DeviceGroup | undefined =>
  session.config.groups.find(({ groupIdentifier }) => equalBytes(groupIdentifier, readerIdentifier.subarray(0, GROUP_BYTES)));

/** Whose a persistent key is, to a user device: this reader's and this credential's. */
export const ownerOf = (context: KeyContext, group: DeviceGroup): Bytes => concat(context.readerIdentifier, group.credentialKey);

/** Undefined: the fast phase was not asked for, or there is no key for it, or the user must be verified first. */
const fastOf = (crypto: Crypto, session: DeviceSession, context: KeyContext, group: DeviceGroup): FastKeys | undefined => {
  if (context.parameters !== FAST_REQUESTED || context.authenticationPolicy === FORCE_USER_AUTHENTICATION) return undefined;
  const key = findKey(session.config.persistentKeys ?? [], ownerOf(context, group));
  return key && fastKeys(crypto, key, context, group.credentialKey);
};

/** Without a persistent key the answer to a fast request is 64 random bytes (SPEC §4.6); the reader then goes on to AUTH1. */
const decoyOf = (crypto: Crypto, session: DeviceSession): Bytes =>
  session.cryptogram ?? crypto.hkdfSha256(session.ephemeralPrivateKey.reveal(), EMPTY, DECOY_LABEL, CRYPTOGRAM_BYTES);

const cryptogramOf = (crypto: Crypto, session: DeviceSession, transaction: DeviceTransaction): Bytes | undefined => {
  const { context, fast, group } = transaction;
  if (context.parameters !== FAST_REQUESTED) return undefined;
  return fast === undefined ? decoyOf(crypto, session) : sealCryptogram(crypto, fast.cryptogram, signalsOf(session.config, group));
};

const contextOf = (session: DeviceSession, group: DeviceGroup, proprietary: Bytes, auth0: Auth0Command, deviceEphemeral: Bytes): KeyContext => ({
  groupIdentifierKey: group.groupIdentifierKey,
  readerIdentifier: auth0.readerIdentifier,
  interfaceByte: session.config.interfaceByte,
  version: auth0.version,
  readerEphemeral: auth0.readerEphemeral,
  deviceEphemeral,
  transactionId: auth0.transactionId,
  parameters: auth0.parameters,
  authenticationPolicy: auth0.authenticationPolicy,
  proprietary,
  ...(auth0.vendorExtension && { readerExtension: auth0.vendorExtension }),
  ...(session.config.command && { deviceExtension: session.config.command }),
});

export const onAuth0: Handler = (crypto, session, { data, extended }) => {
  if (session.phase.kind !== 'selected') return refuse('instruction-unexpected');
  const decoded = decodeAuth0Command(data);
  if (!decoded.ok) return decoded;
  if (!session.config.versions.includes(decoded.value.version)) return refuse('version-unsupported');
  const group = groupOf(session, decoded.value.readerIdentifier);
  if (group === undefined) return refuse('group-unknown');
  if (!crypto.p256.isPublicKey(decoded.value.readerEphemeral)) return refuse('point-invalid');
  const deviceEphemeral = crypto.p256.publicKey(session.ephemeralPrivateKey.reveal());
  const context = contextOf(session, group, session.phase.proprietary, decoded.value, deviceEphemeral);
  const fast = fastOf(crypto, session, context, group);
  const transaction: DeviceTransaction = { group, context, ...(fast && { fast }) };
  const cryptogram = cryptogramOf(crypto, session, transaction);
  const vendor = session.config.command && { vendorExtension: session.config.command };
  return ok(answer(session, { kind: 'begun', transaction }, encodeAuth0Answer({ deviceEphemeral, ...(cryptogram && { cryptogram }), ...vendor }), extended));
};

// ---- LOAD CERT (SPEC §3.2): kept unread, the verdict comes at AUTH1 -----------------------------------------------------

export const onLoadCert: Handler = (_crypto, session, { data, extended }) => {
  if (session.phase.kind !== 'begun' || session.phase.transaction.certificate !== undefined) return refuse('instruction-unexpected');
  if (data.length > MAX_CERTIFICATE_BYTES) return refuse('apdu-too-long');
  return ok(answer(session, { kind: 'begun', transaction: { ...session.phase.transaction, certificate: data } }, EMPTY, extended));
};

// ---- AUTH1 (SPEC §3.3, order of work §5) -------------------------------------------------------------------------------

/** The key that must have signed: the group identifier key itself, or the one that it certified for this reader. */
const readerKeyOf = (crypto: Crypto, session: DeviceSession, transaction: DeviceTransaction, certificate: Bytes | undefined): Result<Bytes, AliroError> => {
  const subject = session.config.expectSubject?.(transaction.context.readerIdentifier.subarray(GROUP_BYTES));
  const { groupIdentifierKey } = transaction.group;
  if (certificate === undefined) return subject === undefined ? ok(groupIdentifierKey) : refuse('certificate-missing');
  const verified = verifyCertificate(crypto, certificate, groupIdentifierKey, session.config.now);
  if (!verified.ok) return verified;
  return subject === undefined || verified.value.subject === subject ? ok(verified.value.publicKey) : refuse('certificate-subject');
};

const authenticateReader = (crypto: Crypto, session: DeviceSession, transaction: DeviceTransaction, auth1: Auth1Command): AliroError | undefined => {
  if (auth1.certificate !== undefined && transaction.certificate !== undefined) return aliroError('field-unexpected');
  const key = readerKeyOf(crypto, session, transaction, auth1.certificate ?? transaction.certificate);
  if (!key.ok) return key.error;
  const signed = crypto.p256.verify(key.value, auth1.signature, signedMessage('reader', transaction.context));
  return signed ? undefined : aliroError('reader-signature-invalid');
};

export const onAuth1: Handler = (crypto, session, { data, extended }) => {
  if (session.phase.kind !== 'begun') return refuse('instruction-unexpected');
  const decoded = decodeAuth1Command(data);
  if (!decoded.ok) return decoded;
  const { transaction } = session.phase;
  const error = authenticateReader(crypto, session, transaction, decoded.value);
  if (error !== undefined) return refuse(error.code);
  const phase: DevicePhase = { kind: 'signing', transaction, keyRequest: decoded.value.keyRequest, extended };
  const { authenticationPolicy } = transaction.context;
  const message = signedMessage('device', transaction.context);
  return ok({
    session: inPhase(session, phase),
    effects: [{ kind: 'sign', message, credentialKey: transaction.group.credentialKey, authenticationPolicy }],
  });
};

// ---- CONTROL FLOW (SPEC §3.7): in the clear, so of no account once there are keys ----------------------------------------

export const onControlFlow: Handler = (_crypto, session, { data, extended }) => {
  if (session.phase.kind !== 'selected' && session.phase.kind !== 'begun') return refuse('instruction-unexpected');
  const decoded = decodeControlFlow(data);
  if (!decoded.ok) return decoded;
  const code = decoded.value.s2 === NO_COMMON_VERSION ? 'no-common-version' : 'ended-by-reader';
  return ok(finish(session, { kind: 'failed', error: aliroError(code) }, EMPTY, extended));
};
