// Aliro's user device (the phone's side) as a pure machine: APDUs and signatures come in, answers and requests to sign go out
// (SPEC §5). Any bytes are answered or refused with a status word; a refusal ends the session.

import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import { PRIVATE_KEY_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { MIN_EXTENDED, decodeCommandApdu, gather, isGetResponse, type CommandApdu } from '../protocol/apdu.ts';
import { CRYPTOGRAM_BYTES, MAX_VENDOR_BYTES } from '../protocol/auth0.ts';
import { encodeAuth1Answer, keySlotOf, type Credential } from '../protocol/auth1.ts';
import { handleCommand } from './device-commands.ts';
import { ownerOf } from './device-expedited.ts';
import {
  acknowledgePiece, answer, answerRest, offerOf, refuseCommand, securedBy, signalsOf,
  type DeviceConfig, type DeviceEffect, type DeviceGroup, type DevicePhase, type DeviceSession, type DeviceStep,
} from './device-session.ts';
import { aliroError } from '../protocol/errors.ts';
import { agreedSecret, persistentKey, standardKeys } from '../protocol/key-schedule.ts';
import { MAX_MAILBOX_BYTES } from '../protocol/mailbox.ts';
import { MAX_PERSISTENT_KEYS } from '../protocol/persistent-cache.ts';
import { seal } from '../protocol/secure-channel.ts';

export type { DeviceConfig, DeviceEffect, DeviceGroup, DeviceOutcome, DevicePhase, DeviceSession } from './device-session.ts';

/** `ephemeralPrivateKey`: 32 fresh bytes per session. `cryptogram`: 64 random bytes, else derived from that key (SPEC §4.6). */
export type DeviceSecrets = { readonly ephemeralPrivateKey: Bytes; readonly cryptogram?: Bytes };

export type DeviceInput =
  /** The session keeps views into `apdu`: whoever hands it in does not write to it again. */
  | { readonly kind: 'command'; readonly apdu: Bytes }
  /** 64 bytes r ‖ s by the credential's key over the message of the `sign` effect. */
  | { readonly kind: 'signed'; readonly signature: Bytes };

type Signing = Extract<DevicePhase, { kind: 'signing' }>;

const GROUP_BYTES = 16;
const MAX_VERSIONS = 16;
const MAX_APDU = 65535;

const isGroup = (group: DeviceGroup): boolean =>
  group.groupIdentifier.length === GROUP_BYTES &&
  group.groupIdentifierKey.length === PUBLIC_KEY_BYTES &&
  group.credentialKey.length === PUBLIC_KEY_BYTES &&
  (group.mailbox?.length ?? 0) <= MAX_MAILBOX_BYTES;

const assertConfig = (config: DeviceConfig): void => {
  assert(config.versions.length > 0 && config.versions.length <= MAX_VERSIONS, 'a device offers 1 to 16 versions');
  assert(config.groups.every(isGroup), 'a group has an identifier of 16 bytes, two public keys of 65, a mailbox of at most 16 KiB');
  assert((config.command ?? EMPTY).length <= MAX_VENDOR_BYTES, 'B2 has at most 127 bytes');
  assert((config.persistentKeys?.length ?? 0) <= MAX_PERSISTENT_KEYS, 'at most 64 persistent keys');
  const { maxCommand, maxResponse } = offerOf(config) ?? { maxCommand: MIN_EXTENDED, maxResponse: MIN_EXTENDED };
  assert(Math.min(maxCommand, maxResponse) >= MIN_EXTENDED && Math.max(maxCommand, maxResponse) <= MAX_APDU, 'an APDU has 261 to 65535 bytes');
};

/** One session per transaction; what is not in the stated ranges is our bug and throws `InvariantError`. */
export const createUserDevice = (config: DeviceConfig, secrets: DeviceSecrets): DeviceSession => {
  assertConfig(config);
  assert(secrets.ephemeralPrivateKey.length === PRIVATE_KEY_BYTES, 'an ephemeral private key has 32 bytes');
  assert((secrets.cryptogram?.length ?? CRYPTOGRAM_BYTES) === CRYPTOGRAM_BYTES, 'a cryptogram has 64 bytes');
  return {
    config,
    ephemeralPrivateKey: new Secret(secrets.ephemeralPrivateKey),
    phase: { kind: 'idle' },
    ...(secrets.cryptogram && { cryptogram: secrets.cryptogram }),
  };
};

const onWhole = (crypto: Crypto, session: DeviceSession, command: CommandApdu): DeviceStep => {
  const handled = handleCommand(crypto, session, command);
  return handled.ok ? handled.value : refuseCommand(session, handled.error);
};

const onCommand = (crypto: Crypto, session: DeviceSession, apdu: Bytes): DeviceStep => {
  if (apdu.length > (offerOf(session.config)?.maxCommand ?? MIN_EXTENDED)) return refuseCommand(session, aliroError('apdu-too-long'));
  const decoded = decodeCommandApdu(apdu);
  if (!decoded.ok) return refuseCommand(session, decoded.error);
  if (isGetResponse(decoded.value)) return answerRest(session) ?? refuseCommand(session, aliroError('instruction-unexpected'));
  if (session.phase.kind === 'ended') return refuseCommand(session, aliroError('instruction-unexpected'));
  const gathered = gather(session.partial, decoded.value);
  if (!gathered.ok) return refuseCommand(session, gathered.error);
  if (gathered.value.kind === 'more') return acknowledgePiece(session, gathered.value.partial);
  return onWhole(crypto, session, gathered.value.command);
};

const credentialOf = (crypto: Crypto, phase: Signing): Credential => {
  const key = phase.transaction.group.credentialKey;
  return phase.keyRequest === 'publicKey' ? { kind: 'publicKey', key } : { kind: 'keySlot', slot: keySlotOf(crypto, key) };
};

/** The AUTH1 answer takes the device's counter 1 (SPEC §4.5). Both sides derive the persistent key of this transaction (SPEC §4.4), if they remember any. */
const onSigned = (crypto: Crypto, session: DeviceSession, phase: Signing, signature: Bytes): DeviceStep => {
  if (signature.length !== SIGNATURE_BYTES) return refuseCommand(session, aliroError('signer-failed'));
  const { context, group } = phase.transaction;
  const agreed = required(agreedSecret(crypto, session.ephemeralPrivateKey, context.readerEphemeral, context.transactionId), 'the reader’s ephemeral key was checked at AUTH0');
  const keys = standardKeys(crypto, agreed, context);
  const secured = securedBy(group, keys, { kind: 'offered', key: keys.stepUp, selected: false });
  const plaintext = encodeAuth1Answer({ credential: credentialOf(crypto, phase), signature, ...signalsOf(session.config, group) });
  const sealed = seal(crypto, secured.channel, 'device', plaintext);
  if (!sealed.ok) return refuseCommand(session, sealed.error);
  const remember: readonly DeviceEffect[] = session.config.remembers !== true ? []
    : [{ kind: 'remember', owner: ownerOf(context, group), key: persistentKey(crypto, agreed, context, group.credentialKey) }];
  return answer(session, { ...secured, channel: sealed.value.channel }, sealed.value.sealed, phase.extended, remember);
};

/** Never throws on input. A signature that nobody waits for is passed over: a shell may be late. */
export const stepUserDevice = (crypto: Crypto, session: DeviceSession, input: DeviceInput): DeviceStep => {
  if (input.kind === 'command') return onCommand(crypto, session, input.apdu);
  return session.phase.kind === 'signing' ? onSigned(crypto, session, session.phase, input.signature) : { session, effects: [] };
};
