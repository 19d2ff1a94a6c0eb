// Aliro's Bluetooth messages over a channel that delivers bytes in any pieces: what is said arrives, sealed from when there are keys; and what is cut, turned,
// repeated, swapped or left plain is not taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { bleKeys } from '../protocol/key-schedule.ts';
import { openBleChannel, receiveBle, sendBle, withBleKeys, type BleChannel } from './ble-channel.ts';
import { ACCESS_IDS, BLE_TYPES, decodeAttributes, encodeAttributes, encodeBleMessage, MAX_BLE_PAYLOAD_BYTES, takeBleMessage, type BleForm, type BleMessage } from './ble-message.ts';
import { decodeNotice, encodeNotice, type BleNotice } from './ble-notice.ts';

const KEYS = bleKeys(crypto, new Secret(new Uint8Array(32).fill(7)), Uint8Array.of(1, 0, 1, 0));
const APDU: BleMessage = { type: BLE_TYPES.accessProtocol, id: ACCESS_IDS.request, payload: Uint8Array.of(0x80, 0x80, 1, 0, 0) };
const FORMS: readonly BleForm[] = (['big-endian', 'little-endian'] as const).flatMap((lengthOrder) => (['wrapped', 'bare'] as const).map((proprietary) => ({ lengthOrder, proprietary })));

const NOTICES: readonly BleNotice[] = [
  { kind: 'initiate', forRke: false, proprietary: Uint8Array.of(0x5c, 2, 1, 0) },
  { kind: 'initiate', forRke: true, proprietary: Uint8Array.of(0x5c, 2, 1, 0) },
  { kind: 'completed', reports: 'everyChange', state: 'enteringUnsecured' },
  { kind: 'statusChanged', state: 'unsecured', source: 'bleOnly' },
  { kind: 'busy' },
  { kind: 'error', error: 'wrongParameters' },
  { kind: 'rke', action: 'unsecure' },
];

const sealedPair = (): { readonly reader: BleChannel; readonly device: BleChannel } => ({ reader: withBleKeys(openBleChannel('reader'), KEYS), device: withBleKeys(openBleChannel('device'), KEYS) });

const sent = (channel: BleChannel, messages: readonly BleMessage[]): { readonly channel: BleChannel; readonly pieces: readonly Bytes[] } => {
  let current = channel;
  const pieces = messages.map((message) => {
    const step = sendBle(crypto, current, message);
    assert.ok(step.ok, step.ok ? '' : step.error.code);
    current = step.value.channel;
    return step.value.bytes;
  });
  return { channel: current, pieces };
};

const heard = (channel: BleChannel, bytes: Bytes, piece = bytes.length): readonly BleMessage[] | string => {
  let current = channel;
  const messages: BleMessage[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    const step = receiveBle(crypto, current, bytes.slice(at, at + piece));
    if (!step.ok) return step.error.code;
    current = step.value.channel;
    messages.push(...step.value.messages);
  }
  return messages;
};

test('notices come back as they were, in every form', () => {
  for (const form of FORMS) for (const notice of NOTICES) assert.deepEqual(decodeNotice(encodeNotice(notice, form), form), notice);
});

test('the bytes are those of the description', () => {
  const completed = encodeBleMessage(encodeNotice({ kind: 'completed', reports: 'everyChange', state: 'unsecured' }));
  assert.equal(completed.toHex(), '0203000400022001');
  assert.equal(encodeBleMessage(APDU).toHex(), '000000058080010000');
  assert.equal(encodeBleMessage(APDU, { lengthOrder: 'little-endian', proprietary: 'bare' }).toHex(), '000005008080010000');
  assert.equal(encodeNotice({ kind: 'initiate', forRke: false, proprietary: Uint8Array.of(9) }).payload.toHex(), '0003a50109');
  assert.equal(encodeNotice({ kind: 'initiate', forRke: false, proprietary: Uint8Array.of(9) }, { lengthOrder: 'big-endian', proprietary: 'bare' }).payload.toHex(), '000109');
});

test('a conversation in pieces of any size: APDUs as they are, all else sealed from when there are keys', () => {
  const before = [encodeNotice({ kind: 'initiate', forRke: false, proprietary: Uint8Array.of(0x5c, 0) }), APDU];
  const after = [APDU, encodeNotice({ kind: 'completed', reports: 'none', state: 'enteringUnsecured' }), encodeNotice({ kind: 'statusChanged', state: 'unsecured', source: 'bleOnly' })];
  const plain = sent(openBleChannel('reader'), before);
  const { reader, device } = sealedPair();
  const sealed = sent(reader, after);
  for (const piece of [1, 2, 3, 7, 64, 4096]) {
    assert.deepEqual(heard(openBleChannel('device'), concat(...plain.pieces), piece), before);
    assert.deepEqual(heard(device, concat(...sealed.pieces), piece), after);
  }
  assert.equal(sealed.pieces[0]?.toHex(), encodeBleMessage(APDU).toHex());
  assert.notDeepEqual(sealed.pieces[1]?.slice(4), encodeBleMessage(after[1] ?? APDU).slice(4));
});

test('with keys nothing plain is taken for a notice, however short (row 10), nor one that is turned, repeated, swapped or of the other side', () => {
  const { reader, device } = sealedPair();
  const [one, two] = sent(reader, [encodeNotice({ kind: 'busy' }), encodeNotice({ kind: 'rke', action: 'unsecure' })]).pieces;
  assert.ok(one !== undefined && two !== undefined);
  assert.ok(Array.isArray(heard(device, concat(one, two))), 'the control');
  for (let length = 0; length < 32; length += 1) assert.equal(heard(device, encodeBleMessage({ type: BLE_TYPES.notification, id: 4, payload: new Uint8Array(length) })), 'unsealed');
  for (let at = 0; at < one.length; at += 1) {
    const turned = heard(device, one.with(at, (one[at] ?? 0) ^ 1));
    assert.ok(typeof turned === 'string' || turned.every(({ type }) => type === BLE_TYPES.accessProtocol), `byte ${at}`);
  }
  assert.equal(heard(device, concat(one, one)), 'unsealed', 'repeated');
  assert.equal(heard(device, two), 'unsealed', 'out of turn');
  assert.equal(heard(reader, one), 'unsealed', 'its own');
});

test('without keys a press on a button, a status or a ranging message is not taken, and not sent', () => {
  for (const message of [encodeNotice({ kind: 'rke', action: 'unsecure' }), encodeNotice({ kind: 'statusChanged', state: 'unsecured', source: 'manual' }), { type: BLE_TYPES.ranging, id: 1, payload: new Uint8Array(4) }]) {
    assert.deepEqual(sendBle(crypto, openBleChannel('device'), message), { ok: false, error: { code: 'unsealed' } });
    assert.equal(heard(openBleChannel('reader'), encodeBleMessage(message)), 'unsealed');
  }
});

test('any bytes are taken within bounds or refused', () => {
  assert.deepEqual(takeBleMessage(Uint8Array.of(0, 0, 0x11, 0x01)), { kind: 'broken' }, 'longer than any message');
  assert.deepEqual(takeBleMessage(Uint8Array.of(5)), { kind: 'broken' }, 'of no type');
  assert.ok(MAX_BLE_PAYLOAD_BYTES < 0x1101);
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 8 }), fc.boolean(), (pieces, keyed) => {
    void heard(keyed ? sealedPair().device : openBleChannel('device'), concat(...pieces), 7);
  }), { numRuns: 300 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(6), (payload, id) => void decodeNotice({ type: BLE_TYPES.notification, id, payload })));
});

test('attributes come back; cut, doubled or too long they are none', () => {
  const list = [{ id: 0, value: Uint8Array.of(1, 2) }, { id: 3, value: new Uint8Array(0) }, { id: 9, value: new Uint8Array(255) }];
  const bytes = encodeAttributes(list);
  assert.deepEqual([...(decodeAttributes(bytes) ?? [])].map(([id, value]) => ({ id, value })), list);
  const ends = new Set([0, 4, 6, bytes.length]);
  for (let length = 0; length < bytes.length; length += 1) assert.equal(decodeAttributes(bytes.slice(0, length)) !== undefined, ends.has(length), `${length}`);
  assert.equal(decodeAttributes(Uint8Array.of(1, 0, 1, 0)), undefined);
});
