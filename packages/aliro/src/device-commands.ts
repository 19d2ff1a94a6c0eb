// The user device's commands (SPEC §3), one handler each, in a table that says which class, parameters and phases go with
// which instruction. Handlers answer a step or the error that refuses the command; the caller turns that into a status word.

import { EMPTY, equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { CommandApdu, Header } from './apdu.ts';
import { AUTH0, CRYPTOGRAM_BYTES, FAST_REQUESTED, decodeAuth0Command, encodeAuth0Answer, type Auth0Command } from './auth0.ts';
import { AUTH1, LOAD_CERT, MAX_CERTIFICATE_BYTES, decodeAuth1Command, signedMessage, type Auth1Command } from './auth1.ts';
import { CONTROL_FLOW, NO_COMMON_VERSION, decodeControlFlow } from './control-flow.ts';
import {
  answer, finish, offerOf, passOver, type DeviceGroup, type DevicePhase, type DeviceSession, type DeviceStep, type DeviceTransaction,
} from './device-session.ts';
import { aliroError, refuse, type AliroError } from './errors.ts';
import { EXCHANGE, encodeExchangeAnswer, readExchange, type ExchangeVerdict } from './exchange.ts';
import { verifyCertificate } from './reader-certificate.ts';
import { open, seal, type Channel } from './secure-channel.ts';
import { EXPEDITED_AID, SELECT, encodeProprietary, encodeSelectAnswer } from './select.ts';

type Handled = Result<DeviceStep, AliroError>;
type Handler = (crypto: Crypto, session: DeviceSession, command: CommandApdu) => Handled;

type Secured = Extract<DevicePhase, { kind: 'secured' }>;

const GROUP_BYTES = 16;
const DECOY_LABEL = utf8('mortise aliro decoy cryptogram');

// ---- SELECT (SPEC §2) ------------------------------------------------------------------------------------------------

const select: Handler = (_crypto, session, command) => {
  if (session.phase.kind !== 'idle' && session.phase.kind !== 'selected') return refuse('instruction-unexpected');
  if (!equalBytes(command.data, EXPEDITED_AID)) return ok(passOver(session, aliroError('application-unknown')));
  const proprietary = encodeProprietary(session.config.versions, offerOf(session.config));
  return ok(answer(session, { kind: 'selected', proprietary }, encodeSelectAnswer(EXPEDITED_AID, proprietary), command.extended));
};

// ---- AUTH0 (SPEC §3.1) -----------------------------------------------------------------------------------------------

const groupOf = (session: DeviceSession, readerIdentifier: Bytes): DeviceGroup | undefined =>
  session.config.groups.find(({ groupIdentifier }) => equalBytes(groupIdentifier, readerIdentifier.subarray(0, GROUP_BYTES)));

/** Without a persistent key the answer to a fast request is 64 random bytes (SPEC §4.6); the reader then goes on to AUTH1. */
const cryptogramOf = (crypto: Crypto, session: DeviceSession, parameters: number): { readonly cryptogram?: Bytes } => {
  if (parameters !== FAST_REQUESTED) return {};
  const decoy = session.cryptogram ?? crypto.hkdfSha256(session.ephemeralPrivateKey.reveal(), EMPTY, DECOY_LABEL, CRYPTOGRAM_BYTES);
  return { cryptogram: decoy };
};

const begin = (session: DeviceSession, group: DeviceGroup, proprietary: Bytes, auth0: Auth0Command, deviceEphemeral: Bytes): DeviceTransaction => ({
  group,
  context: {
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
  },
});

const auth0: Handler = (crypto, session, command) => {
  if (session.phase.kind !== 'selected') return refuse('instruction-unexpected');
  const decoded = decodeAuth0Command(command.data);
  if (!decoded.ok) return decoded;
  if (!session.config.versions.includes(decoded.value.version)) return refuse('version-unsupported');
  const group = groupOf(session, decoded.value.readerIdentifier);
  if (group === undefined) return refuse('group-unknown');
  if (!crypto.p256.isPublicKey(decoded.value.readerEphemeral)) return refuse('point-invalid');
  const deviceEphemeral = crypto.p256.publicKey(session.ephemeralPrivateKey.reveal());
  const transaction = begin(session, group, session.phase.proprietary, decoded.value, deviceEphemeral);
  const vendor = session.config.command && { vendorExtension: session.config.command };
  const data = encodeAuth0Answer({ deviceEphemeral, ...cryptogramOf(crypto, session, decoded.value.parameters), ...vendor });
  return ok(answer(session, { kind: 'begun', transaction }, data, command.extended));
};

// ---- LOAD CERT (SPEC §3.2): kept unread, the verdict comes at AUTH1 -----------------------------------------------------

const loadCert: Handler = (_crypto, session, command) => {
  if (session.phase.kind !== 'begun' || session.phase.transaction.certificate !== undefined) return refuse('instruction-unexpected');
  if (command.data.length > MAX_CERTIFICATE_BYTES) return refuse('apdu-too-long');
  const transaction = { ...session.phase.transaction, certificate: command.data };
  return ok(answer(session, { kind: 'begun', transaction }, EMPTY, command.extended));
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

const authenticateReader = (crypto: Crypto, session: DeviceSession, transaction: DeviceTransaction, auth1Command: Auth1Command): AliroError | undefined => {
  if (auth1Command.certificate !== undefined && transaction.certificate !== undefined) return aliroError('field-unexpected');
  const key = readerKeyOf(crypto, session, transaction, auth1Command.certificate ?? transaction.certificate);
  if (!key.ok) return key.error;
  const signed = crypto.p256.verify(key.value, auth1Command.signature, signedMessage('reader', transaction.context));
  return signed ? undefined : aliroError('reader-signature-invalid');
};

const auth1: Handler = (crypto, session, command) => {
  if (session.phase.kind !== 'begun') return refuse('instruction-unexpected');
  const decoded = decodeAuth1Command(command.data);
  if (!decoded.ok) return decoded;
  const { transaction } = session.phase;
  const error = authenticateReader(crypto, session, transaction, decoded.value);
  if (error !== undefined) return refuse(error.code);
  const phase: DevicePhase = { kind: 'signing', transaction, keyRequest: decoded.value.keyRequest, extended: command.extended };
  const { authenticationPolicy } = transaction.context;
  const message = signedMessage('device', transaction.context);
  const { partial: _partial, held: _held, ...rest } = session;
  return ok({
    session: { ...rest, phase },
    effects: [{ kind: 'sign', message, credentialKey: transaction.group.credentialKey, authenticationPolicy }],
  });
};

// ---- EXCHANGE (SPEC §7) ------------------------------------------------------------------------------------------------

const conclude = (session: DeviceSession, phase: Secured, verdict: ExchangeVerdict, channel: Channel, data: Bytes, extended: boolean): DeviceStep => {
  if (!verdict.done) return finish(session, { kind: 'failed', error: aliroError('operation-unsupported') }, data);
  if (verdict.readerStatus !== undefined) return finish(session, { kind: 'completed', readerStatus: verdict.readerStatus }, data);
  return answer(session, { ...phase, channel, ranged: phase.ranged || verdict.ranging }, data, extended);
};

const exchange: Handler = (crypto, session, command) => {
  const { phase } = session;
  if (phase.kind !== 'secured') return refuse('instruction-unexpected');
  const opened = open(crypto, phase.channel, 'reader', command.data);
  if (!opened.ok) return opened;
  const verdict = readExchange(opened.value.plaintext, session.config.interfaceByte, phase.ranged);
  if (!verdict.ok) return verdict;
  const sealed = seal(crypto, opened.value.channel, 'device', encodeExchangeAnswer(verdict.value.done));
  if (!sealed.ok) return sealed;
  return ok(conclude(session, phase, verdict.value, sealed.value.channel, sealed.value.sealed, command.extended));
};

// ---- CONTROL FLOW (SPEC §3.7): in the clear, so of no account once there are keys ----------------------------------------

const controlFlow: Handler = (_crypto, session, command) => {
  if (session.phase.kind !== 'selected' && session.phase.kind !== 'begun') return refuse('instruction-unexpected');
  const decoded = decodeControlFlow(command.data);
  if (!decoded.ok) return decoded;
  const code = decoded.value.s2 === NO_COMMON_VERSION ? 'no-common-version' : 'ended-by-reader';
  return ok(finish(session, { kind: 'failed', error: aliroError(code) }, EMPTY));
};

// ---- the table ---------------------------------------------------------------------------------------------------------

type Row = { readonly header: Header; readonly handle: Handler };

const COMMANDS: readonly Row[] = [
  { header: SELECT, handle: select },
  { header: AUTH0, handle: auth0 },
  { header: LOAD_CERT, handle: loadCert },
  { header: AUTH1, handle: auth1 },
  { header: EXCHANGE, handle: exchange },
  { header: CONTROL_FLOW, handle: controlFlow },
];

const CLASSES: readonly number[] = [0x00, 0x80];

/** SPEC §3.8: 6800 for another class, 6D00 for an instruction that is none of ours or out of place, 6A86 for P1 and P2. */
export const handleCommand: Handler = (crypto, session, command) => {
  const [cla, ins, p1, p2] = command.header;
  const row = COMMANDS.find(({ header }) => header[1] === ins);
  if (row === undefined) return refuse(CLASSES.includes(cla) ? 'instruction-unexpected' : 'class-unsupported');
  if (row.header[0] !== cla) return refuse('class-unsupported');
  if (row.header[2] !== p1 || row.header[3] !== p2) return refuse('parameters-unsupported');
  return row.handle(crypto, session, command);
};
