// What a reader's session is made of: its phases as a union, the transport below them (chains out, parts in), and how a session
// ends: by CONTROL FLOW while there are no keys, by EXCHANGE 97 once there are (SPEC §3.7), silently when neither would be heard.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { encodeCommandChain, type ExtendedLength, type Header } from './apdu.ts';
import { CONTROL_FLOW, encodeControlFlow } from './control-flow.ts';
import type { AliroError } from './errors.ts';
import { EXCHANGE, closesByExchange, encodeReaderStatus } from './exchange.ts';
import type { KeyContext, StandardKeys } from './key-schedule.ts';
import { seal, type Channel } from './secure-channel.ts';
import type { Selection } from './select.ts';

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
  /** Tag 42, 0 to 3 (SPEC §3.1). */
  readonly authenticationPolicy: number;
  readonly keyRequest: 'publicKey' | 'keySlot';
  /** The value of B1, at most 127 bytes. */
  readonly vendorExtension?: Bytes;
  /** Needed for `keySlot`: the 65-byte key behind a slot, or undefined. */
  readonly keyOfSlot?: (slot: Bytes) => Bytes | undefined;
};

/** Who the user device proved to be. `signaling`: SPEC §3.4. `vendorExtension`: the value of B2. */
export type Authenticated = {
  readonly credentialKey: Bytes;
  readonly transactionId: Bytes;
  readonly signaling: number;
  readonly vendorExtension?: Bytes;
};

export type ReaderOutcome =
  | { readonly kind: 'completed'; readonly status: number }
  | { readonly kind: 'failed'; readonly error: AliroError };

/** What the shell must do. `authenticated` and `exchanged` are answered by the inputs `decide` or `exchange`. */
export type ReaderEffect =
  | { readonly kind: 'transmit'; readonly apdu: Bytes }
  | { readonly kind: 'sign'; readonly message: Bytes }
  | { readonly kind: 'authenticated'; readonly credential: Authenticated }
  | { readonly kind: 'exchanged'; readonly data: Bytes }
  | { readonly kind: 'finished'; readonly outcome: ReaderOutcome };

/** Once AUTH0 was answered. */
export type ReaderTransaction = { readonly context: KeyContext; readonly keys: StandardKeys };

export type ReaderPhase =
  | { readonly kind: 'ready' }
  | { readonly kind: 'selecting' }
  | { readonly kind: 'auth0'; readonly selection: Selection; readonly version: number; readonly readerEphemeral: Bytes }
  | { readonly kind: 'signing'; readonly transaction: ReaderTransaction }
  | { readonly kind: 'loading'; readonly transaction: ReaderTransaction; readonly signature: Bytes }
  | { readonly kind: 'auth1'; readonly transaction: ReaderTransaction; readonly channel: Channel }
  | { readonly kind: 'deciding'; readonly channel: Channel }
  | { readonly kind: 'exchanging'; readonly channel: Channel }
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
  if (!closesByExchange(session.config.interfaceByte)) return [];
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
