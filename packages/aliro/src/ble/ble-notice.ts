// What reader and user device tell each other around an access protocol over Bluetooth (SPEC §10): that it begins, that it is completed and how the lock
// stands, that its state changed, that something went wrong. As values; uncertain points as in BleForm.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { BLE_FORM, BLE_TYPES, decodeAttributes, encodeAttributes, NOTIFICATION_IDS, type BleForm, type BleMessage } from './ble-message.ts';

const STATES = { secured: 0x00, unsecured: 0x01, jammed: 0x02, enteringSecured: 0x80, enteringUnsecured: 0x81, unknown: 0x82 } as const;
const SOURCES = ['unspecified', 'manual', 'auto', 'schedule', 'bleUwb', 'nfc', 'bleOnly', 'matter'] as const;
const REPORTS = ['none', 'everyChange', 'thisOnly'] as const;
const ERRORS = ['unknown', 'resources', 'wrongParameters', 'urskUnavailable'] as const;

export type ReaderState = keyof typeof STATES;

export type BleNotice =
  /** `proprietary`: what SELECT would have answered; it takes its place. */
  | { readonly kind: 'initiate'; readonly forRke: boolean; readonly proprietary: Bytes }
  | { readonly kind: 'completed'; readonly reports: (typeof REPORTS)[number]; readonly state: ReaderState }
  | { readonly kind: 'statusChanged'; readonly state: ReaderState; readonly source: (typeof SOURCES)[number] }
  | { readonly kind: 'busy' }
  | { readonly kind: 'error'; readonly error: (typeof ERRORS)[number] }
  /** A press on the device's button. */
  | { readonly kind: 'rke'; readonly action: 'secure' | 'unsecure' };

const A5 = 0xa5;
const [ATTRIBUTE_ONLY, EVENT_BUSY, EVENT_ERROR] = [0, 0, 1];

export const encodeNotice = (notice: BleNotice, form: BleForm = BLE_FORM): BleMessage => {
  const of = (id: number, attribute: number, value: Bytes): BleMessage => ({ type: BLE_TYPES.notification, id, payload: encodeAttributes([{ id: attribute, value }]) });
  switch (notice.kind) {
    case 'initiate':
      return of(notice.forRke ? NOTIFICATION_IDS.initiateForRke : NOTIFICATION_IDS.initiate, ATTRIBUTE_ONLY, wrapped(notice.proprietary, form));
    case 'completed':
      return of(NOTIFICATION_IDS.completed, ATTRIBUTE_ONLY, Uint8Array.of(REPORTS.indexOf(notice.reports) << 5, STATES[notice.state]));
    case 'statusChanged':
      return of(NOTIFICATION_IDS.readerStatusChanged, ATTRIBUTE_ONLY, Uint8Array.of(STATES[notice.state], SOURCES.indexOf(notice.source)));
    case 'busy':
      return of(NOTIFICATION_IDS.event, EVENT_BUSY, new Uint8Array(0));
    case 'error':
      return of(NOTIFICATION_IDS.event, EVENT_ERROR, Uint8Array.of(ERRORS.indexOf(notice.error)));
    case 'rke':
      return of(NOTIFICATION_IDS.rkeRequest, ATTRIBUTE_ONLY, Uint8Array.of(notice.action === 'unsecure' ? 1 : 0));
  }
};

/** Takes any message; undefined: it is no notice that is known here. */
export const decodeNotice = ({ type, id, payload }: BleMessage, form: BleForm = BLE_FORM): BleNotice | undefined => {
  const attributes = type === BLE_TYPES.notification ? decodeAttributes(payload) : undefined;
  const only = attributes?.get(ATTRIBUTE_ONLY);
  if (attributes === undefined) return undefined;
  if (id === NOTIFICATION_IDS.event) return eventOf(attributes);
  if (only === undefined) return undefined;
  switch (id) {
    case NOTIFICATION_IDS.initiate:
    case NOTIFICATION_IDS.initiateForRke:
      return initiateOf(id === NOTIFICATION_IDS.initiateForRke, unwrapped(only, form));
    case NOTIFICATION_IDS.completed:
      return completedOf(only);
    case NOTIFICATION_IDS.readerStatusChanged:
      return changedOf(only);
    case NOTIFICATION_IDS.rkeRequest:
      return only.length === 1 && (only[0] ?? 2) < 2 ? { kind: 'rke', action: only[0] === 1 ? 'unsecure' : 'secure' } : undefined;
    default:
      return undefined;
  }
};

const wrapped = (proprietary: Bytes, { proprietary: form }: BleForm): Bytes =>
  form === 'bare' ? proprietary : concat(Uint8Array.of(A5, proprietary.length), proprietary);

const unwrapped = (value: Bytes, { proprietary: form }: BleForm): Bytes | undefined => {
  if (form === 'bare') return value;
  return value[0] === A5 && value[1] === value.length - 2 ? value.slice(2) : undefined;
};

const initiateOf = (forRke: boolean, proprietary: Bytes | undefined): BleNotice | undefined => proprietary && { kind: 'initiate', forRke, proprietary };

const stateOf = (byte: number | undefined): ReaderState | undefined => STATE_NAMES.get(byte ?? -1);
const STATE_NAMES: ReadonlyMap<number, ReaderState> = new Map(
  (['secured', 'unsecured', 'jammed', 'enteringSecured', 'enteringUnsecured', 'unknown'] as const).map((name) => [STATES[name], name]));

const completedOf = (value: Bytes): BleNotice | undefined => {
  const [reports, state] = [REPORTS[(value[0] ?? 0) >> 5], stateOf(value[1])];
  return value.length === 2 && reports !== undefined && state !== undefined ? { kind: 'completed', reports, state } : undefined;
};

const changedOf = (value: Bytes): BleNotice | undefined => {
  const [state, source] = [stateOf(value[0]), SOURCES[value[1] ?? SOURCES.length]];
  return value.length === 2 && state !== undefined && source !== undefined ? { kind: 'statusChanged', state, source } : undefined;
};

const eventOf = (attributes: ReadonlyMap<number, Bytes>): BleNotice | undefined => {
  const error = ERRORS[attributes.get(EVENT_ERROR)?.[0] ?? ERRORS.length];
  if (error !== undefined) return { kind: 'error', error };
  return attributes.has(EVENT_BUSY) && attributes.size === 1 ? { kind: 'busy' } : undefined;
};
