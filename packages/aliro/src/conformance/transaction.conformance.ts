// A whole transaction between our reader and our user device, recorded message by message with each side's session before it.
// Sessions are values, so a test can take up the transaction at any message and feed something else.

import { assert, required } from '@mortise/base/assert.ts';
import { EMPTY, concat, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { keySlotOf } from '../protocol/auth1.ts';
import { encodeDeviceRequest, type ItemsRequest } from '../documents/device-request.ts';
import type { StoredDocument } from '../documents/device-response.ts';
import { ACCESS_DRAFT, REQUESTS, issue, revocationDraft, withObject } from './document.fixture.ts';
import { encodeMailboxObject } from '../protocol/exchange.ts';
import type { MailboxCommand } from '../protocol/mailbox.ts';
import { certificateTbs, compressCertificate } from '../protocol/reader-certificate.ts';
import { createReader, stepReader, type Authenticated, type ReaderConfig, type ReaderEffect, type ReaderInput, type ReaderOutcome, type ReaderSession } from '../reader/reader.ts';
import { createUserDevice, stepUserDevice, type DeviceConfig, type DeviceEffect, type DeviceInput, type DeviceOutcome, type DeviceSession } from '../device/user-device.ts';
import { deviceKeyInfo } from '../documents/security-object.ts';
import { INTERFACES, encodeCommand } from '../protocol/vendor.ts';

/** `to`: who gets `apdu`, with its session just before. `choices`: what the host will still ask for. */
export type Message =
  | { readonly to: 'device'; readonly apdu: Bytes; readonly session: DeviceSession }
  | { readonly to: 'reader'; readonly apdu: Bytes; readonly session: ReaderSession; readonly choices: readonly ReaderInput[] };

export type Recording = {
  readonly messages: readonly Message[];
  readonly readerSignature: Bytes;
  readonly deviceSignature: Bytes;
  readonly authenticated: Authenticated;
  /** What EXCHANGE read, and the DeviceResponses of the step-up, in their order. */
  readonly reads: readonly Bytes[];
  readonly responses: readonly Bytes[];
  /** Kpersistent as the user device would remember it; only a standard phase gives one. */
  readonly persistentKey?: Secret;
  /** Each content that the user device stored. */
  readonly mailboxes: readonly Bytes[];
  readonly reader: ReaderOutcome;
  readonly device: DeviceOutcome;
};

export type Setup = {
  readonly interfaceByte: number;
  readonly certificate?: 'auth1' | 'loadCert';
  readonly keyRequest: 'publicKey' | 'keySlot';
  readonly reader?: Partial<ReaderConfig>;
  readonly device?: Partial<DeviceConfig>;
  readonly mailbox?: Bytes;
  readonly documents?: readonly StoredDocument[];
  /** Which of them are given, by what is asked for. */
  readonly choose?: (requests: readonly ItemsRequest[]) => readonly StoredDocument[];
  /** What the host asks for before it grants, one choice for each time it is asked. */
  readonly choices?: readonly ReaderInput[];
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
  const group = {
    groupIdentifier: filled(16, 6),
    groupIdentifierKey,
    credentialKey: credential.publicKey,
    ...(setup.mailbox && { mailbox: setup.mailbox }),
    ...(setup.documents && { documents: setup.documents }),
    ...(setup.choose && { choose: setup.choose }),
  };
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

type Turn = { readonly side: 'reader'; readonly input: ReaderInput } | { readonly side: 'device'; readonly input: DeviceInput };

/** What is being written down while both sides run. */
type Notes = { -readonly [Key in keyof Recording]?: Recording[Key] } & { readonly messages: Message[]; readonly reads: Bytes[]; readonly responses: Bytes[]; readonly mailboxes: Bytes[] };

const hostChoice = (choices: ReaderInput[]): Turn => ({ side: 'reader', input: choices.shift() ?? { kind: 'decide', status: GRANTED } });

const onReader = (crypto: Crypto, { readerKey }: Parties, notes: Notes, choices: ReaderInput[], effect: ReaderEffect): readonly Turn[] => {
  switch (effect.kind) {
    case 'transmit':
      return [{ side: 'device', input: { kind: 'command', apdu: effect.apdu } }];
    case 'sign':
      notes.readerSignature = crypto.p256.sign(readerKey, effect.message);
      return [{ side: 'reader', input: { kind: 'signed', signature: notes.readerSignature } }];
    case 'authenticated':
      notes.authenticated = effect.credential;
      return [hostChoice(choices)];
    case 'exchanged':
      notes.reads.push(...effect.reads);
      return [hostChoice(choices)];
    case 'documents':
      notes.responses.push(effect.response);
      return [hostChoice(choices)];
    case 'finished':
      notes.reader = effect.outcome;
      return [];
  }
};

const onDevice = (crypto: Crypto, { credentialPrivateKey }: Parties, notes: Notes, effect: DeviceEffect): readonly Turn[] => {
  switch (effect.kind) {
    case 'respond':
      return [{ side: 'reader', input: { kind: 'response', apdu: effect.apdu } }];
    case 'sign':
      notes.deviceSignature = crypto.p256.sign(credentialPrivateKey, effect.message);
      return [{ side: 'device', input: { kind: 'signed', signature: notes.deviceSignature } }];
    case 'remember':
      notes.persistentKey = effect.key;
      return [];
    case 'storeMailbox':
      notes.mailboxes.push(effect.content);
      return [];
    case 'finished':
      notes.device = effect.outcome;
      return [];
  }
};

/** Runs both sides to their ends. The host makes its choices, then grants. In a fast phase nobody signs: then signatures are empty. */
export const record = (crypto: Crypto, setup: Setup): Recording => {
  const parties = partiesOf(crypto, setup);
  let reader = createReader(parties.readerConfig, { ephemeralPrivateKey: parties.readerEphemeral, transactionId: filled(16, 11) });
  let device = createUserDevice(parties.deviceConfig, { ephemeralPrivateKey: parties.deviceEphemeral });
  const notes: Notes = { messages: [], reads: [], responses: [], mailboxes: [] };
  const choices = [...(setup.choices ?? [])];
  const turns: Turn[] = [{ side: 'reader', input: { kind: 'start' } }];
  for (let steps = 0; turns.length > 0; steps += 1) {
    assert(steps < MAX_STEPS, 'a transaction ends');
    const turn = required(turns.shift(), 'there is a turn');
    if (turn.side === 'reader') {
      if (turn.input.kind === 'response') notes.messages.push({ to: 'reader', apdu: turn.input.apdu, session: reader, choices: [...choices] });
      const stepped = stepReader(crypto, reader, turn.input);
      reader = stepped.session;
      turns.push(...stepped.effects.flatMap((effect) => onReader(crypto, parties, notes, choices, effect)));
    } else {
      if (turn.input.kind === 'command') notes.messages.push({ to: 'device', apdu: turn.input.apdu, session: device });
      const stepped = stepUserDevice(crypto, device, turn.input);
      device = stepped.session;
      turns.push(...stepped.effects.flatMap((effect) => onDevice(crypto, parties, notes, effect)));
    }
  }
  const { readerSignature = EMPTY, deviceSignature = EMPTY, authenticated, reader: readerEnd, device: deviceEnd, ...rest } = notes;
  return {
    ...rest,
    readerSignature,
    deviceSignature,
    authenticated: required(authenticated, 'the credential was authenticated'),
    reader: required(readerEnd, 'the reader finished'),
    device: required(deviceEnd, 'the user device finished'),
  };
};

const PERSISTENT = new Secret(filled(32, 20));
const MAILBOX = filled(300, 21);

/** Both sides remember one persistent key, whatever it came from. */
const fastConfigs = (crypto: Crypto): Pick<Setup, 'reader' | 'device'> => {
  const { readerConfig, deviceConfig } = partiesOf(crypto, { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey' });
  const credentialKey = required(deviceConfig.groups[0], 'a group').credentialKey;
  return {
    reader: { persistentKeys: [{ owner: credentialKey, key: PERSISTENT }] },
    device: { persistentKeys: [{ owner: concat(readerConfig.groupIdentifier, readerConfig.subIdentifier, credentialKey), key: PERSISTENT }] },
  };
};

const exchange = (command: MailboxCommand): ReaderInput => ({ kind: 'exchange', objects: encodeMailboxObject(command) });

/** The mailbox read, written, filled, and changed in an atomic session. */
const MAILBOX_CHOICES: readonly ReaderInput[] = [
  exchange({ goesOn: false, operations: [{ kind: 'read', offset: 0, length: 280 }, { kind: 'write', offset: 4, data: filled(5, 1) }, { kind: 'set', offset: 0, length: 3, value: 7 }] }),
  exchange({ goesOn: true, operations: [{ kind: 'write', offset: 0, data: filled(3, 2) }] }),
  exchange({ goesOn: false, operations: [{ kind: 'read', offset: 0, length: 9 }] }),
];

/** An Access and a Revocation Document for this transaction's credential, signed by the tests' issuer. */
export const documentsFor = (crypto: Crypto): readonly StoredDocument[] => {
  const credentialKey = required(partiesOf(crypto, { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey' }).deviceConfig.groups[0], 'a group').credentialKey;
  return [
    { docType: 'aliro-a', bytes: issue(withObject(ACCESS_DRAFT, '4', deviceKeyInfo(credentialKey)), crypto) },
    { docType: 'aliro-r', bytes: issue(revocationDraft({ change: 'append', add: [{ credential: filled(32, 30) }] }), crypto) },
  ];
};

const stepUp: ReaderInput = { kind: 'stepUp', request: encodeDeviceRequest(REQUESTS) };

/** The setups that tests go through: certificates and none, both key requests, short and extended APDUs, mailbox, fast phase, its refusal, step-up. */
export const setupsOf = (crypto: Crypto): readonly Setup[] => [
  { interfaceByte: INTERFACES.relay, certificate: 'auth1', keyRequest: 'publicKey', reader: { remembers: true } },
  { interfaceByte: INTERFACES.nfc, certificate: 'loadCert', keyRequest: 'keySlot', choices: [{ kind: 'exchange', objects: Uint8Array.of(0xae, 0x02, 0x82, 0x00) }] },
  { interfaceByte: INTERFACES.contact, keyRequest: 'keySlot', mailbox: MAILBOX, choices: MAILBOX_CHOICES },
  { interfaceByte: INTERFACES.nfc, certificate: 'auth1', keyRequest: 'publicKey', device: { command: filled(127, 12) } },
  { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey', ...fastConfigs(crypto) },
  { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey', ...fastConfigs(crypto), choices: [{ kind: 'standard' }] },
  { interfaceByte: INTERFACES.nfc, keyRequest: 'publicKey', documents: documentsFor(crypto), choices: [stepUp] },
  { interfaceByte: INTERFACES.contact, keyRequest: 'publicKey', documents: documentsFor(crypto), device: { stepUpSelect: true }, choices: [stepUp, stepUp] },
];
