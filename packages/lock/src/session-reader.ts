// Aliro's reader inside a session: gives it its inputs, sends what it transmits, asks for its signatures and keeps its
// time. A proven credential is handed up; what it may do is decided elsewhere.

import type { AliroErrorCode } from '@mortise/aliro/errors.ts';
import { createReader, stepReader, type Authenticated, type ReaderConfig, type ReaderEffect, type ReaderInput, type ReaderSession } from '@mortise/aliro/reader.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { SEED_BYTES } from '@mortise/crypto/crypto.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import { changed, forEach, type Change, type Moment } from './change.ts';
import { peerName, type Peer } from './peer.ts';
import { interfaceOf } from './profile.ts';
import { askSignature, sendFrame } from './sending.ts';
import { abandonSession, closeSession, findSession, isUndecided, TRANSACTION_MS, updateSession } from './sessions.ts';
import type { Adopted, LockState, Session } from './state.ts';

const ALIRO_1_0 = 0x0100;
/** User authentication as the user device is set (SPEC §3.1): the phone asks for it before it signs. */
const AUTHENTICATION_POLICY = 0x01;
const TRANSACTION_ID_BYTES = 16;

/** `authenticated`: the credential that this input proved; `documents`: the DeviceResponse that it brought. */
export type ReaderChange = Change & { readonly authenticated: Authenticated | undefined; readonly documents: Bytes | undefined };

/** Gives the reader of a session its input, and does what it asks for. A session that is gone asks for nothing. */
export const inputReader = (moment: Moment, state: LockState, peer: Peer, input: ReaderInput): ReaderChange => {
  const known = findSession(state, peer);
  if (known === undefined) return { state, effects: [], authenticated: undefined, documents: undefined };
  const { session: reader, effects: asked } = stepReader(moment.crypto, known.reader, input);
  const change = forEach(updateSession(state, peer, { reader }), asked, (current, effect) => onReaderEffect(moment, current, peer, effect));
  let [authenticated, documents]: readonly [Authenticated | undefined, Bytes | undefined] = [undefined, undefined];
  for (const effect of asked) {
    if (effect.kind === 'authenticated') authenticated = effect.credential;
    if (effect.kind === 'documents') documents = effect.response;
  }
  return { state: change.state, effects: change.effects, authenticated, documents };
};

/** A reader of this lock with fresh keys; `entropy` comes with the moment, the peer names what is derived from it. */
export const newReader = ({ crypto, entropy }: Moment, state: LockState, adopted: Adopted, peer: Peer): ReaderSession => {
  const name = peerName(peer);
  return createReader(readerConfig(state, adopted, peer), {
    ephemeralPrivateKey: crypto.p256.privateKeyFromSeed(derive(crypto, entropy, `ephemeral of ${name}`, SEED_BYTES)),
    transactionId: derive(crypto, entropy, `transaction of ${name}`, TRANSACTION_ID_BYTES),
  });
};

const readerConfig = (state: LockState, { ownerSet, papers }: Adopted, peer: Peer): ReaderConfig => ({
  groupIdentifier: identifierBytes(ownerSet.siteId),
  subIdentifier: identifierBytes(state.lockId),
  groupIdentifierKey: papers.readerIssuerKey,
  certificate: { bytes: papers.readerCertificate, sentBy: 'auth1' },
  versions: [ALIRO_1_0],
  interfaceByte: interfaceOf(state, peer),
  closing: 'exchange',
  authenticationPolicy: AUTHENTICATION_POLICY,
  keyRequest: 'publicKey',
});

const onReaderEffect = (moment: Moment, state: LockState, peer: Peer, effect: ReaderEffect): Change => {
  const known = findSession(state, peer);
  if (known === undefined) return changed(state);
  switch (effect.kind) {
    case 'transmit':
      return sendFrame(startTime(moment, state, known, effect.apdu), peer, { kind: 'apdu', apdu: effect.apdu });
    case 'sign':
      return askSignature(state, 'reader', effect.message, { kind: 'reader', peer }) ?? closeSession(state, peer, 'busy');
    case 'authenticated':
    case 'exchanged':
    case 'documents':
      return changed(state);
    case 'finished':
      return effect.outcome.kind === 'completed' ? onCompleted(state, known) : onFailed(moment, state, known, effect.outcome.error.code);
  }
};

// The time runs from the lock's AUTH0, its first message with fresh values; the later ones do not start it again.
const startTime = (moment: Moment, state: LockState, session: Session, apdu: Bytes): LockState =>
  session.stage === 'opened' && isAuth0(apdu)
    ? updateSession(state, session.peer, { stage: 'authenticating', deadlineMs: moment.now.monotonicMs + TRANSACTION_MS[session.peer.kind] })
    : state;

const isAuth0 = (apdu: Bytes): boolean => apdu[0] === 0x80 && apdu[1] === 0x80;

// A refused credential that gets no receipt has nothing more to wait for.
const onCompleted = (state: LockState, session: Session): Change =>
  session.stage === 'ending' ? closeSession(state, session.peer, 'refused') : changed(state);

// Once it is decided, only the credential's last answer can fail, and nothing depends on that one.
const onFailed = (moment: Moment, state: LockState, session: Session, code: AliroErrorCode): Change =>
  isUndecided(session.stage) ? abandonSession(moment, state, session, 'protocol-error', reasonOfFailure(code)) : changed(state);

const reasonOfFailure = (code: AliroErrorCode): Reason => (code === 'device-signature-invalid' ? 'signature-invalid' : 'protocol-error');
