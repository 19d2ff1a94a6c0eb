// How somebody who holds the session's keys would open a recorded message and seal something else in its place: under the expedited or
// the step-up keys, inside ENVELOPE's wrapping, and in the fast phase's cryptogram. Without this GCM would refuse every
// alteration before our parsers see it.

import { assert } from '@mortise/base/assert.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { IV_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { CRYPTOGRAM_BYTES } from '../protocol/auth0.ts';
import { ENVELOPE, decodeEnvelope, encodeEnvelope } from '../protocol/envelope.ts';
import { fastKeys, stepUpKeys } from '../protocol/key-schedule.ts';
import { stepReader } from '../reader/reader.ts';
import { open, openChannel, seal, type Channel, type Side } from '../protocol/secure-channel.ts';
import { encodeTlv } from '../protocol/tlv.ts';
import type { Message } from './transaction.conformance.ts';

const STATUS_BYTES = 2;
/** AUTH0's answer: 86 41 and the key, then 9D 40 and the cryptogram (SPEC §3.1). */
const PUBLIC_KEY_OBJECT = 67;
const OBJECT_HEAD = 2;
const CRYPTOGRAM = 0x9d;

/** How the receiver of a sealed message opens it, and how its sender would seal something else in its place. */
export type Envelope = { readonly open: (data: Bytes) => Bytes | undefined; readonly seal: (plaintext: Bytes) => Bytes };

const sealedIn = (crypto: Crypto, channel: Channel, from: Side): Envelope => ({
  open: (data) => {
    const opened = open(crypto, channel, from, data);
    return opened.ok ? opened.value.plaintext : undefined; // a piece of a chain does not open
  },
  seal: (plaintext) => {
    const sealed = seal(crypto, channel, from, plaintext);
    assert(sealed.ok, 'a recorded channel has counters left');
    return sealed.value.sealed;
  },
});

const inEnvelope = ({ open: openInner, seal: sealInner }: Envelope): Envelope => ({
  open: (data) => {
    const content = decodeEnvelope(data);
    return content.ok ? openInner(content.value) : undefined;
  },
  seal: (plaintext) => encodeEnvelope(sealInner(plaintext)),
});

/** The cryptogram inside an AUTH0 answer, under the key that the reader would find. */
const cryptogramIn = (crypto: Crypto, message: Message & { readonly to: 'reader' }): Envelope | undefined => {
  const answered = stepReader(crypto, message.session, { kind: 'response', apdu: message.apdu }).session.phase;
  const [entry] = message.session.config.persistentKeys ?? [];
  if (answered.kind !== 'deciding' || answered.stage.kind !== 'fast' || entry === undefined) return undefined;
  const key = fastKeys(crypto, entry.key, answered.stage.context, entry.owner).cryptogram.reveal();
  const data = message.apdu.slice(0, -STATUS_BYTES);
  const at = PUBLIC_KEY_OBJECT + OBJECT_HEAD;
  return {
    open: (whole) => crypto.aesGcmOpen(key, new Uint8Array(IV_BYTES), whole.slice(at, at + CRYPTOGRAM_BYTES)),
    seal: (plaintext) => concat(data.slice(0, PUBLIC_KEY_OBJECT), encodeTlv(CRYPTOGRAM, crypto.aesGcmSeal(key, new Uint8Array(IV_BYTES), plaintext)), data.slice(at + CRYPTOGRAM_BYTES)),
  };
};

const envelopeToReader = (crypto: Crypto, message: Message & { readonly to: 'reader' }): Envelope | undefined => {
  const { phase } = message.session;
  if (phase.kind === 'auth0') return cryptogramIn(crypto, message);
  if (!('channel' in phase)) return undefined;
  const sealed = sealedIn(crypto, phase.channel, 'device');
  return phase.kind === 'enveloping' ? inEnvelope(sealed) : sealed;
};

const envelopeToDevice = (crypto: Crypto, { session: { phase }, apdu }: Message & { readonly to: 'device' }): Envelope | undefined => {
  if (phase.kind === 'begun' && phase.transaction.fast !== undefined) return sealedIn(crypto, openChannel(phase.transaction.fast.expedited), 'reader');
  if (phase.kind !== 'secured') return undefined;
  if (apdu[1] !== ENVELOPE[1]) return sealedIn(crypto, phase.channel, 'reader');
  return inEnvelope(sealedIn(crypto, phase.stepUp.kind === 'offered' ? openChannel(stepUpKeys(crypto, phase.stepUp.key)) : phase.channel, 'reader'));
};

/** Undefined: the message is in the clear. */
export const envelopeOf = (crypto: Crypto, message: Message): Envelope | undefined =>
  message.to === 'reader' ? envelopeToReader(crypto, message) : envelopeToDevice(crypto, message);
