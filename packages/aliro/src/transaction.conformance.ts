// A whole transaction between our reader and our user device, recorded message by message with each side's session before it.
// Sessions are values, so a test can take up the transaction at any message and feed something else.

import { assert, required } from '@mortise/base/assert.ts';
import { type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { keySlotOf } from './auth1.ts';
import { certificateTbs, compressCertificate } from './reader-certificate.ts';
import { createReader, stepReader, type Authenticated, type ReaderConfig, type ReaderInput, type ReaderOutcome, type ReaderSession } from './reader.ts';
import { createUserDevice, stepUserDevice, type DeviceConfig, type DeviceInput, type DeviceOutcome, type DeviceSession } from './user-device.ts';
import { INTERFACES, encodeCommand } from './vendor.ts';

/** `to`: who gets `apdu`, with its session just before. */
export type Message =
  | { readonly to: 'device'; readonly apdu: Bytes; readonly session: DeviceSession }
  | { readonly to: 'reader'; readonly apdu: Bytes; readonly session: ReaderSession };

export type Recording = {
  readonly messages: readonly Message[];
  readonly readerSignature: Bytes;
  readonly deviceSignature: Bytes;
  readonly authenticated: Authenticated;
  readonly reader: ReaderOutcome;
  readonly device: DeviceOutcome;
};

export type Setup = {
  readonly interfaceByte: number;
  readonly certificate?: 'auth1' | 'loadCert';
  readonly keyRequest: 'publicKey' | 'keySlot';
  readonly reader?: Partial<ReaderConfig>;
  readonly device?: Partial<DeviceConfig>;
  /** Objects of an EXCHANGE before the decision. */
  readonly objects?: Bytes;
};

export const GRANTED = 0x0181;
const SUBJECT = 'front-door';
const MAX_STEPS = 200;

/** Bytes that differ by `seed` and mean nothing. */
export const filled = (length: number, seed: number): Bytes =>
  Uint8Array.from({ length }, (_, index) => ((index + 1) * 151 + seed * 59) & 0xff);

const keyPair = (crypto: Crypto, seed: number): { readonly privateKey: Bytes; readonly publicKey: Bytes } => {
  const privateKey = crypto.p256.privateKeyFromSeed(filled(48, seed));
  return { privateKey, publicKey: crypto.p256.publicKey(privateKey) };
};

export type Parties = {
  readonly readerConfig: ReaderConfig;
  readonly deviceConfig: DeviceConfig;
  readonly readerKey: Bytes;
  readonly credentialPrivateKey: Bytes;
  readonly readerEphemeral: Bytes;
  readonly deviceEphemeral: Bytes;
};

export const partiesOf = (crypto: Crypto, setup: Setup): Parties => {
  const [reader, issuer, credential, readerEphemeral, deviceEphemeral] = [1, 2, 3, 4, 5].map((seed) => keyPair(crypto, seed));
  assert(reader !== undefined && issuer !== undefined && credential !== undefined && readerEphemeral !== undefined && deviceEphemeral !== undefined, 'five keys');
  const fields = { publicKey: reader.publicKey, subject: SUBJECT, issuer: 'a site', serial: filled(19, 9) };
  const bytes = compressCertificate(fields, crypto.p256.sign(issuer.privateKey, certificateTbs(fields, issuer.publicKey, crypto)));
  const groupIdentifierKey = setup.certificate === undefined ? reader.publicKey : issuer.publicKey;
  const shared = { versions: [0x0100], interfaceByte: setup.interfaceByte };
  const group = { groupIdentifier: filled(16, 6), groupIdentifierKey, credentialKey: credential.publicKey };
  return {
    readerConfig: {
      ...shared,
      groupIdentifier: group.groupIdentifier,
      subIdentifier: filled(16, 7),
      groupIdentifierKey,
      authenticationPolicy: 1,
      keyRequest: setup.keyRequest,
      keyOfSlot: (slot) => (keySlotOf(crypto, credential.publicKey).every((byte, index) => slot[index] === byte) ? credential.publicKey : undefined),
      vendorExtension: filled(9, 8),
      ...(setup.certificate && { certificate: { bytes, sentBy: setup.certificate } }),
      ...setup.reader,
    },
    deviceConfig: {
      ...shared,
      groups: [group],
      command: encodeCommand({ verb: 'unlock', requestId: filled(16, 10), until: 0 }),
      ...(setup.certificate && { expectSubject: () => SUBJECT }),
      ...setup.device,
    },
    readerKey: reader.privateKey,
    credentialPrivateKey: credential.privateKey,
    readerEphemeral: readerEphemeral.privateKey,
    deviceEphemeral: deviceEphemeral.privateKey,
  };
};

/** Runs both sides to their ends. The host objects once when the setup says so, then grants. */
export const record = (crypto: Crypto, setup: Setup): Recording => {
  const parties = partiesOf(crypto, setup);
  let reader = createReader(parties.readerConfig, { ephemeralPrivateKey: parties.readerEphemeral, transactionId: filled(16, 11) });
  let device = createUserDevice(parties.deviceConfig, { ephemeralPrivateKey: parties.deviceEphemeral });
  const messages: Message[] = [];
  let [readerSignature, deviceSignature]: [Bytes | undefined, Bytes | undefined] = [undefined, undefined];
  let authenticated: Authenticated | undefined;
  let [readerOutcome, deviceOutcome]: [ReaderOutcome | undefined, DeviceOutcome | undefined] = [undefined, undefined];
  type Turn = { readonly side: 'reader'; readonly input: ReaderInput } | { readonly side: 'device'; readonly input: DeviceInput };
  const turns: Turn[] = [{ side: 'reader', input: { kind: 'start' } }];
  for (let steps = 0; turns.length > 0; steps += 1) {
    assert(steps < MAX_STEPS, 'a transaction ends');
    const turn = required(turns.shift(), 'there is a turn');
    if (turn.side === 'reader') {
      if (turn.input.kind === 'response') messages.push({ to: 'reader', apdu: turn.input.apdu, session: reader });
      const stepped = stepReader(crypto, reader, turn.input);
      reader = stepped.session;
      for (const effect of stepped.effects) {
        if (effect.kind === 'transmit') turns.push({ side: 'device', input: { kind: 'command', apdu: effect.apdu } });
        else if (effect.kind === 'sign') {
          readerSignature = crypto.p256.sign(parties.readerKey, effect.message);
          turns.push({ side: 'reader', input: { kind: 'signed', signature: readerSignature } });
        } else if (effect.kind === 'authenticated') {
          authenticated = effect.credential;
          turns.push({ side: 'reader', input: setup.objects ? { kind: 'exchange', objects: setup.objects } : { kind: 'decide', status: GRANTED } });
        } else if (effect.kind === 'exchanged') turns.push({ side: 'reader', input: { kind: 'decide', status: GRANTED } });
        else readerOutcome = effect.outcome;
      }
    } else {
      if (turn.input.kind === 'command') messages.push({ to: 'device', apdu: turn.input.apdu, session: device });
      const stepped = stepUserDevice(crypto, device, turn.input);
      device = stepped.session;
      for (const effect of stepped.effects) {
        if (effect.kind === 'respond') turns.push({ side: 'reader', input: { kind: 'response', apdu: effect.apdu } });
        else if (effect.kind === 'sign') {
          deviceSignature = crypto.p256.sign(parties.credentialPrivateKey, effect.message);
          turns.push({ side: 'device', input: { kind: 'signed', signature: deviceSignature } });
        } else deviceOutcome = effect.outcome;
      }
    }
  }
  return {
    messages,
    readerSignature: required(readerSignature, 'the reader signed'),
    deviceSignature: required(deviceSignature, 'the user device signed'),
    authenticated: required(authenticated, 'the credential was authenticated'),
    reader: required(readerOutcome, 'the reader finished'),
    device: required(deviceOutcome, 'the user device finished'),
  };
};

/** The setups that tests go through: both forms of the certificate and none, both key requests, short and extended APDUs. */
export const SETUPS: readonly Setup[] = [
  { interfaceByte: INTERFACES.relay, certificate: 'auth1', keyRequest: 'publicKey' },
  { interfaceByte: INTERFACES.nfc, certificate: 'loadCert', keyRequest: 'keySlot', objects: Uint8Array.of(0xae, 0x02, 0x82, 0x00) },
  { interfaceByte: INTERFACES.contact, keyRequest: 'keySlot' },
  { interfaceByte: INTERFACES.nfc, certificate: 'auth1', keyRequest: 'publicKey', device: { command: filled(127, 12) } },
];
