// How a lock reaches the hub, as an owner tells it at the door: the hub's address, whom to trust for its broker, and the Wi-Fi to join.
// COSE_Sign1 by an owner over { lockId, version, sealed }; `sealed` is for the lock's seal key alone, so that whoever carries it, or keeps
// the lock's configuration, reads no passphrase. The newest version holds; an older one is nothing new.

import { assert } from '@mortise/base/assert.ts';
import { fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asNumber, asText, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { openSealed, sealTo } from '@mortise/crypto/seal.ts';
import { openSigned, toSign, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asIdentifier, exactFields } from './fields.ts';

export const NETWORK_TYPE = 'mortise-network';
export const MAX_NETWORK_BYTES = 10_240;
/** IEEE 802.11: an SSID has 1 to 32 bytes; a WPA passphrase 8 to 63 printable ASCII characters. */
export const MAX_SSID_BYTES = 32;
export const MIN_PASSPHRASE = 8;
export const MAX_PASSPHRASE = 63;

/** A network to join. `passphrase`: undefined for an open one. */
export type Wifi = { readonly ssid: string; readonly passphrase: Secret | undefined };
export type NetworkSettings = {
  /** 1 to 2^53-1; the present instant in ms will do: newer is greater. */
  readonly version: number;
  /** Where the hub's broker listens: a host name or an address, and a port. */
  readonly hub: { readonly host: string; readonly port: number };
  /** PEM of the authority that its certificate comes from. */
  readonly brokerCa: string;
  /** Undefined: the lock is on a wire, or on its network already. */
  readonly wifi: Wifi | undefined;
};

/** Whose settings they are: the lock, its seal key and the present owners. */
export type NetworkPlace = { readonly lockId: LockId; readonly seal: KeyPair; readonly ownerKeys: readonly Bytes[] };

/** Whether a text can be a hub's host: a name of letters, digits, dots and dashes, or an IP address. */
export const isHost = (text: string): boolean => /^[A-Za-z0-9:]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9:])?$/.test(text);
/** Whether a text can name a Wi-Fi network. */
export const isSsid = (text: string): boolean => !/\p{Cc}/u.test(text) && utf8(text).length >= 1 && utf8(text).length <= MAX_SSID_BYTES;
/** Whether a text can be a WPA passphrase. */
export const isPassphrase = (text: string): boolean => /^[\x20-\x7e]{8,63}$/.test(text);

/** What an owner (65 bytes) signs. The settings must be within their bounds; `entropy`: 32 fresh bytes. */
export const networkToSign = (crypto: Crypto, owner: Bytes, lock: { readonly lockId: LockId; readonly sealKey: Bytes }, settings: NetworkSettings, entropy: Bytes): ToSign => {
  const content = encodeContent(settings);
  assert(decodeContent(content, settings.version) !== undefined, 'network settings within their bounds');
  const sealed = sealTo(crypto, lock.sealKey, sealContext(lock.lockId), content, entropy);
  const payload = encodeCbor(new Map<string, Cbor>([['lockId', identifierBytes(lock.lockId)], ['version', settings.version], ['sealed', sealed]]));
  return toSign(NETWORK_TYPE, FORMAT, owner, payload, crypto);
};

/**
 * Opens settings for this lock by one of its owners. Takes any bytes; which version is newer is the caller's to say.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `other-lock`, `entry-unreadable`.
 */
export const openNetworkSettings = (crypto: Crypto, bytes: Bytes, { lockId, seal, ownerKeys }: NetworkPlace): Result<NetworkSettings, DocumentError> => {
  if (bytes.length > MAX_NETWORK_BYTES) return refuseDocument('too-long');
  const signed = openSigned(crypto, bytes, NETWORK_TYPE, ownerKeys);
  if (!signed.ok) return signed;
  if (signed.value.version !== FORMAT) return refuseDocument('version-unknown');
  const read = exactFields(decodeCbor(signed.value.payload, MAX_NETWORK_BYTES), ['lockId', 'version', 'sealed']);
  const [lock, version, sealed] = [asIdentifier<LockId>(read?.('lockId')), asNumber(read?.('version'), 1), asBytes(read?.('sealed'))];
  if (lock === undefined || version === undefined || sealed === undefined) return refuseDocument('malformed');
  if (lock !== lockId) return refuseDocument('other-lock');
  const content = openSealed(crypto, seal.privateKey.reveal(), seal.publicKey, sealContext(lockId), sealed);
  const settings = content && decodeContent(content, version);
  return settings === undefined ? refuseDocument('entry-unreadable') : ok(settings);
};

const FORMAT = 1;
const MAX_CA_BYTES = 8_192;
const CONTENT_NAMES = ['host', 'port', 'brokerCa', 'ssid', 'passphrase'] as const;

const sealContext = (lockId: LockId): Bytes => encodeCbor([NETWORK_TYPE, FORMAT, identifierBytes(lockId)]);

const encodeContent = ({ hub, brokerCa, wifi }: NetworkSettings): Bytes => {
  const values: Readonly<Record<(typeof CONTENT_NAMES)[number], Cbor>> = {
    ...hub, brokerCa, ssid: wifi?.ssid ?? null, passphrase: wifi?.passphrase === undefined ? null : fromUtf8(wifi.passphrase.reveal()),
  };
  return encodeCbor(new Map(CONTENT_NAMES.map((name) => [name, values[name]])));
};

const decodeContent = (bytes: Bytes, version: number): NetworkSettings | undefined => {
  const read = exactFields(decodeCbor(bytes, MAX_NETWORK_BYTES), CONTENT_NAMES);
  const [host, port, brokerCa] = [asText(read?.('host'), 253), asNumber(read?.('port'), 1, 65_535), asText(read?.('brokerCa'), MAX_CA_BYTES)];
  const wifi = read && readWifi(read('ssid'), read('passphrase'));
  if (host === undefined || !isHost(host) || port === undefined || brokerCa === undefined || brokerCa === '' || wifi === undefined) return undefined;
  return { version, hub: { host, port }, brokerCa, wifi: wifi === 'none' ? undefined : wifi };
};

const readWifi = (ssid: Cbor | undefined, passphrase: Cbor | undefined): Wifi | 'none' | undefined => {
  if (ssid === null) return passphrase === null ? 'none' : undefined;
  const [name, phrase] = [asText(ssid, MAX_SSID_BYTES), passphrase === null ? null : asText(passphrase, MAX_PASSPHRASE)];
  if (name === undefined || !isSsid(name) || phrase === undefined || (phrase !== null && !isPassphrase(phrase))) return undefined;
  return { ssid: name, passphrase: phrase === null ? undefined : new Secret(utf8(phrase)) };
};
