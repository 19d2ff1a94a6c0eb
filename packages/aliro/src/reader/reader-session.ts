// What a reader's session is made of: its phases as a union, the transport below them (chains out, parts in), and how a session
// ends: by CONTROL FLOW while there are no keys, by EXCHANGE 97 once there are (SPEC §3.7), silently when neither would be heard.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { encodeCommandChain, type ExtendedLength, type Header } from '../protocol/apdu.ts';
import { CONTROL_FLOW, encodeControlFlow } from '../protocol/control-flow.ts';
import type { DeviceSignals } from '../protocol/device-signals.ts';
import type { AliroError } from '../protocol/errors.ts';
import { EXCHANGE, closesByExchange, encodeReaderStatus, type Closing } from '../protocol/exchange.ts';
import type { KeyContext, SessionKeys, StandardKeys } from '../protocol/key-schedule.ts';
import type { PersistentCache } from '../protocol/persistent-cache.ts';
import { seal, type Channel } from '../protocol/secure-channel.ts';
import type { Selection } from '../protocol/select.ts';

export type ReaderConfig = {
  /** 16 bytes each. */
  readonly groupIdentifier: Bytes;
  readonly subIdentifier: Bytes;
  /** 65 bytes: the reader's own key, or the issuer's when there is a certificate (SPEC §1). */
  readonly groupIdentifierKey: Bytes;
  readonly certificate?: { readonly bytes: Bytes; readonly sentBy: 'auth1' | 'loadCert' };
  /** Expedited versions spoken, e.g. 0x0100; the highest common one is taken. */
  readonly versions: readonly number[];
  /** SPEC §4.3 and `INTERFACES` of vendor.ts. */
  readonly interfaceByte: number;
  /** As `ClosingConfig` says; the same on both sides. */
  readonly closing?: Closing;
  /** Tag 42, 0 to 3 (SPEC §3.1). */
  readonly authenticationPolicy: number;
  readonly keyRequest: 'publicKey' | 'keySlot';
  /** The value of B1, at most 127 bytes. */
  readonly vendorExtension?: Bytes;
  /** Needed for `keySlot`: the 65-byte key behind a slot, or undefined. */
  readonly keyOfSlot?: (slot: Bytes) => Bytes | undefined;
  /** Under credential keys; the fast phase is asked for when there is one (SPEC §4.6). */
  readonly persistentKeys?: PersistentCache;
  /** Whether a standard phase gives its persistent key, to be remembered for a fast one. */
  readonly remembers?: boolean;
};

/**
 * Who the user device proved to be. A fast phase shows only that it holds a persistent key: whether its credential is trusted and
 * not revoked is for the host to check again (SPEC §4.6). `vendorExtension`: the value of B2.
 */
export type Authenticated = DeviceSignals & {
  readonly phase: 'fast' | 'standard';
  readonly credentialKey: Bytes;
  readonly transactionId: Bytes;
  readonly vendorExtension?: Bytes;
  /** `rememberKey` under `credentialKey`; only from a standard phase of a reader that `remembers`. */
  readonly persistentKey?: Secret;
};

export type ReaderOutcome =
  | { readonly kind: 'completed'; readonly status: number }
  | { readonly kind: 'failed'; readonly error: AliroError };

/** What the shell must do. `authenticated`, `exchanged` and `documents` are answered by `decide`, `exchange`, `stepUp` or `standard`. */
export type ReaderEffect =
  | { readonly kind: 'transmit'; readonly apdu: Bytes }
  | { readonly kind: 'sign'; readonly message: Bytes }
  | { readonly kind: 'authenticated'; readonly credential: Authenticated }
  /** What was read, in the order of the reads. */
  | { readonly kind: 'exchanged'; readonly reads: readonly Bytes[] }
  /** The DeviceResponse (SPEC §8), unread. */
  | { readonly kind: 'documents'; readonly response: Bytes }
  | { readonly kind: 'finished'; readonly outcome: ReaderOutcome };

/** Once AUTH0 was answered: a standard transaction's words, keys, and the secret both came from. */
export type ReaderTransaction = { readonly context: KeyContext; readonly agreed: Secret; readonly keys: StandardKeys };

/**
 * Where a session stands once the credential is known. `fast`: AUTH1 can still be asked for, with the words of `context`.
 * `standard`: the step-up can be begun. `stepUp`: it has begun, and `channel` is its channel.
 */
export type Stage =
  | { readonly kind: 'fast'; readonly context: KeyContext }
  | { readonly kind: 'standard'; readonly stepUp: Secret; readonly needsSelect: boolean }
  | { readonly kind: 'stepUp' };

export type Secured = { readonly keys: SessionKeys; readonly channel: Channel; readonly stage: Stage };

export type ReaderPhase =
  | { readonly kind: 'ready' }
  | { readonly kind: 'selecting' }
  | { readonly kind: 'auth0'; readonly selection: Selection; readonly version: number; readonly readerEphemeral: Bytes }
  | { readonly kind: 'signing'; readonly transaction: ReaderTransaction }
  | { readonly kind: 'loading'; readonly transaction: ReaderTransaction; readonly signature: Bytes }
  | { readonly kind: 'auth1'; readonly transaction: ReaderTransaction; readonly channel: Channel }
  | ({ readonly kind: 'deciding' } & Secured)
  | ({ readonly kind: 'exchanging' } & Secured)
  | ({ readonly kind: 'selectingStepUp'; readonly request: Bytes; readonly stepUp: Secret } & Omit<Secured, 'stage'>)
  | ({ readonly kind: 'enveloping' } & Secured)
  | { readonly kind: 'closing'; readonly channel: Channel; readonly status: number }
  | { readonly kind: 'ended' };

/** `pending`: pieces of a chain not sent yet. `parts`: of a response not complete yet. */
export type Transport = {
  readonly pending: readonly Bytes[];
  readonly parts: readonly Bytes[];
  readonly extended?: ExtendedLength;
};

export type ReaderSession = {
  readonly config: ReaderConfig;
  readonly ephemeralPrivateKey: Secret;
  readonly transactionId: Bytes;
  readonly phase: ReaderPhase;
  readonly transport: Transport;
};

export type ReaderStep = { readonly session: ReaderSession; readonly effects: readonly ReaderEffect[] };

export const readerIdentifierOf = (config: ReaderConfig): Bytes => concat(config.groupIdentifier, config.subIdentifier);

export const waitIn = (session: ReaderSession, phase: ReaderPhase, ...effects: readonly ReaderEffect[]): ReaderStep => ({
  session: { ...session, phase },
  effects,
});

const transmits = (apdus: readonly Bytes[]): readonly ReaderEffect[] => apdus.map((apdu) => ({ kind: 'transmit', apdu }));

/** Sends a command, its first piece now and the rest as they are acknowledged, and waits in `phase` for the answer. */
export const send = (session: ReaderSession, phase: ReaderPhase, header: Header, data: Bytes): ReaderStep => {
  const { extended } = session.transport;
  const [first, ...pending] = encodeCommandChain(header, data, true, extended);
  return {
    session: { ...session, phase, transport: { pending, parts: [], ...(extended && { extended }) } },
    effects: [{ kind: 'transmit', apdu: first }],
  };
};

export const finished = (session: ReaderSession, outcome: ReaderOutcome, closing: readonly Bytes[] = []): ReaderStep => ({
  session: { ...session, phase: { kind: 'ended' }, transport: { pending: [], parts: [] } },
  effects: [...transmits(closing), { kind: 'finished', outcome }],
});

const closeByExchange = (crypto: Crypto, session: ReaderSession, channel: Channel, error: AliroError): readonly Bytes[] => {
  if (!closesByExchange(session.config)) return [];
  const sealed = seal(crypto, channel, 'reader', encodeReaderStatus(error.readerStatus));
  return sealed.ok ? encodeCommandChain(EXCHANGE, sealed.value.sealed, true, session.transport.extended) : [];
};

/** CONTROL FLOW has no Le (SPEC §2.1); always short. */
const closeInTheClear = (error: AliroError): readonly Bytes[] => encodeCommandChain(CONTROL_FLOW, encodeControlFlow(error.code), false);

const closingOf = (crypto: Crypto, session: ReaderSession, error: AliroError): readonly Bytes[] => {
  const { phase } = session;
  switch (phase.kind) {
    case 'auth1':
    case 'deciding':
    case 'exchanging':
    case 'selectingStepUp':
    case 'enveloping':
      return closeByExchange(crypto, session, phase.channel, error);
    case 'selecting':
    case 'auth0':
    case 'signing':
    case 'loading':
      return closeInTheClear(error);
    default: // ready, closing, ended: nobody listens, or it was said already.
      return [];
  }
};

/** Tells the user device as far as possible, and ends. The answer to that message is not waited for. */
export const fail = (crypto: Crypto, session: ReaderSession, error: AliroError): ReaderStep =>
  finished(session, { kind: 'failed', error }, closingOf(crypto, session, error));
