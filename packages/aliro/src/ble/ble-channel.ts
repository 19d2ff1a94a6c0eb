// Aliro's Bluetooth form against a channel (SPEC §10): bytes of an L2CAP channel in, messages out, and back. Messages of the access protocol go as they are,
// their APDUs protect themselves; all others are sealed once the session has its keys, and before that only the words that begin one are taken. A
// channel is a value; whatever cannot be read ends it.

import { required } from '@mortise/base/assert.ts';
import { EMPTY, concat, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { IV_BYTES, TAG_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { BLE_FORM, BLE_TYPES, encodeBleMessage, HEADER_BYTES, MAX_BLE_PAYLOAD_BYTES, NOTIFICATION_IDS, takeBleMessage, type BleForm, type BleMessage } from './ble-message.ts';

export type BleSide = 'reader' | 'device';

/** BleSKReader and BleSKDevice. */
export type BleKeys = { readonly reader: Secret; readonly device: Secret };

export type BleChannel = {
  readonly side: BleSide;
  readonly form: BleForm;
  /** Undefined: the access protocol has not agreed on any yet. */
  readonly keys: BleKeys | undefined;
  /** Of the next sealed message, 1 up, each way. */
  readonly sent: number;
  readonly received: number;
  /** What has come of a message that is not whole. */
  readonly rest: Bytes;
};

export const openBleChannel = (side: BleSide, form: BleForm = BLE_FORM): BleChannel => ({ side, form, keys: undefined, sent: 1, received: 1, rest: EMPTY });

/** From now on all but the access protocol is sealed. */
export const withBleKeys = (channel: BleChannel, keys: BleKeys): BleChannel => ({ ...channel, keys, sent: 1, received: 1 });

/** `broken`: no message; `unsealed`: it must be sealed and there are no keys, or its tag is wrong; `exhausted`: a counter has run out. */
export type BleError = { readonly code: 'broken' | 'unsealed' | 'exhausted' };

const LAST_COUNTER = 0xffff_ffff;

/** Takes any piece of the channel; answers the messages that are whole now. */
export const receiveBle = (crypto: Crypto, channel: BleChannel, bytes: Bytes): Result<{ readonly channel: BleChannel; readonly messages: readonly BleMessage[] }, BleError> => {
  const messages: BleMessage[] = [];
  let current: BleChannel = { ...channel, rest: concat(channel.rest, bytes) };
  // Each turn takes a header at least.
  for (;;) {
    const taken = takeBleMessage(current.rest, current.form);
    if (taken.kind === 'more') return ok({ channel: current, messages });
    if (taken.kind === 'broken') return err({ code: 'broken' });
    const opened = openMessage(crypto, { ...current, rest: taken.rest }, taken.message);
    if (!opened.ok) return opened;
    current = opened.value.channel;
    messages.push(opened.value.message);
  }
};

/** The bytes of a message for the channel. */
export const sendBle = (crypto: Crypto, channel: BleChannel, message: BleMessage): Result<{ readonly channel: BleChannel; readonly bytes: Bytes }, BleError> => {
  if (!isSealed(channel, message)) return isPlain(message) ? ok({ channel, bytes: encodeBleMessage(message, channel.form) }) : err({ code: 'unsealed' });
  if (channel.sent > LAST_COUNTER || message.payload.length + TAG_BYTES > MAX_BLE_PAYLOAD_BYTES) return err({ code: 'exhausted' });
  const payload = crypto.aesGcmSeal(keyOf(channel, channel.side).reveal(), ivOf(channel.side, channel.sent), message.payload, headerOf(message, channel.form));
  return ok({ channel: { ...channel, sent: channel.sent + 1 }, bytes: encodeBleMessage({ ...message, payload }, channel.form) });
};

const openMessage = (crypto: Crypto, channel: BleChannel, message: BleMessage): Result<{ readonly channel: BleChannel; readonly message: BleMessage }, BleError> => {
  if (!isSealed(channel, message)) return isPlain(message) ? ok({ channel, message }) : err({ code: 'unsealed' });
  if (channel.received > LAST_COUNTER) return err({ code: 'exhausted' });
  const from = channel.side === 'reader' ? 'device' : 'reader';
  const header = headerOf({ ...message, payload: message.payload.subarray(0, Math.max(0, message.payload.length - TAG_BYTES)) }, channel.form);
  const payload = crypto.aesGcmOpen(keyOf(channel, from).reveal(), ivOf(from, channel.received), message.payload, header);
  return payload === undefined ? err({ code: 'unsealed' }) : ok({ channel: { ...channel, received: channel.received + 1 }, message: { ...message, payload } });
};

const isSealed = ({ keys }: BleChannel, { type }: BleMessage): boolean => type !== BLE_TYPES.accessProtocol && keys !== undefined;

// Before there are keys: APDUs, and that an access protocol shall begin, or that there is no room for one.
const PLAIN_NOTICES: ReadonlySet<number> = new Set([NOTIFICATION_IDS.event, NOTIFICATION_IDS.initiate, NOTIFICATION_IDS.initiateForRke]);
const isPlain = ({ type, id }: BleMessage): boolean => type === BLE_TYPES.accessProtocol || (type === BLE_TYPES.notification && PLAIN_NOTICES.has(id));

const keyOf = ({ keys }: BleChannel, side: BleSide): Secret => required(keys, 'only a channel with keys seals')[side];

// SPEC §4.5: eight bytes of direction, the last one 1 from the device, then a counter of four.
const ivOf = (side: BleSide, counter: number): Bytes => {
  const iv = new Uint8Array(IV_BYTES);
  iv[7] = side === 'device' ? 1 : 0;
  new DataView(iv.buffer).setUint32(8, counter);
  return iv;
};

// Type, id and the length of what is sealed.
const headerOf = (message: BleMessage, form: BleForm): Bytes => encodeBleMessage(message, form).slice(0, HEADER_BYTES);
