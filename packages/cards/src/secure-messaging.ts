// EV2 secure messaging (NT4H2421Gx §9.1.8 to §9.1.11; AN12196 §4): what goes to the card is MACed, or enciphered and MACed, and so
// is what comes back. The MAC covers command or status, counter, transaction identifier, header and data, so that an answer belongs
// to one command of one session.

import { assert } from '@mortise/base/assert.ts';
import { EMPTY, concat, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { BLOCK_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { Channel } from './authentication.ts';
import { pad, unpad } from './block-padding.ts';
import { refuse, type CardFault } from './card-fault.ts';

/** CommMode.MAC, CommMode.Full. */
export type CommMode = 'mac' | 'full';

/** `header`: what stays in the clear. */
export type SecuredCommand = { readonly ins: number; readonly header: Bytes; readonly data: Bytes };

export const MAC_BYTES = 8;
/** A session ends before its counter would begin again. */
export const LAST_COUNTER = 0xffff;
const ZERO_IV = new Uint8Array(BLOCK_BYTES);
const COMMAND_LABEL = Uint8Array.of(0xa5, 0x5a);
const ANSWER_LABEL = Uint8Array.of(0x5a, 0xa5);
/** The MACed form of status 9100. */
const DONE = 0x00;

const littleEndian = (counter: number): Bytes => Uint8Array.of(counter & 0xff, counter >> 8);

/** MACt: the bytes of the CMAC with even numbers, counted from 1 (AN12196 §4.3). */
const macOf = (crypto: Crypto, channel: Channel, first: number, ...rest: readonly Bytes[]): Bytes =>
  crypto.aesCmac(channel.macKey.reveal(), concat(Uint8Array.of(first), littleEndian(channel.counter), channel.transaction, ...rest)).filter((_, index) => index % 2 === 1);

const ivOf = (crypto: Crypto, { encKey, transaction, counter }: Channel, label: Bytes): Bytes =>
  crypto.aesCbcEncrypt(encKey.reveal(), ZERO_IV, concat(label, transaction, littleEndian(counter), new Uint8Array(8)));

const encipher = (crypto: Crypto, channel: Channel, label: Bytes, data: Bytes): Bytes =>
  data.length === 0 ? EMPTY : crypto.aesCbcEncrypt(channel.encKey.reveal(), ivOf(crypto, channel, label), pad(data));

/** `answer-malformed`: not of whole blocks, or without padding. Asked only once the MAC was right. */
const decipher = (crypto: Crypto, channel: Channel, label: Bytes, data: Bytes): Result<Bytes, CardFault> => {
  if (data.length === 0) return ok(EMPTY);
  const blocks = crypto.aesCbcDecrypt(channel.encKey.reveal(), ivOf(crypto, channel, label), data);
  const plain = blocks && unpad(blocks);
  return plain === undefined ? refuse('answer-malformed') : ok(plain);
};

const advanced = (channel: Channel): Channel => {
  assert(channel.counter < LAST_COUNTER, 'a session of ours has fewer than 65,535 commands');
  return { ...channel, counter: channel.counter + 1 };
};

/** What is sent after INS: header, data as the mode says, MAC. */
export const sealCommand = (crypto: Crypto, channel: Channel, mode: CommMode, { ins, header, data }: SecuredCommand): Bytes => {
  const body = mode === 'full' ? encipher(crypto, channel, COMMAND_LABEL, data) : data;
  return concat(header, body, macOf(crypto, channel, ins, header, body));
};

export type Opened = { readonly channel: Channel; readonly data: Bytes };

/** An answer of status 9100, and the channel for the next command. `mac-wrong`, `answer-malformed`: as card-fault.ts says. */
export const openAnswer = (crypto: Crypto, before: Channel, mode: CommMode, answer: Bytes): Result<Opened, CardFault> => {
  if (answer.length < MAC_BYTES) return refuse('answer-malformed');
  const channel = advanced(before);
  const body = answer.subarray(0, -MAC_BYTES);
  if (!equalBytes(answer.subarray(-MAC_BYTES), macOf(crypto, channel, DONE, body))) return refuse('mac-wrong');
  const data = mode === 'full' ? decipher(crypto, channel, ANSWER_LABEL, body) : ok(body);
  return data.ok ? ok({ channel, data: data.value }) : data;
};

// ---- the card's side -------------------------------------------------------------------------------------------------

/** The data of a command whose header has `headerBytes` bytes, once its MAC is right. */
export const openCommand = (crypto: Crypto, channel: Channel, mode: CommMode, ins: number, headerBytes: number, body: Bytes): Result<SecuredCommand, CardFault> => {
  if (body.length < headerBytes + MAC_BYTES) return refuse('answer-malformed');
  const [header, sealed] = [body.subarray(0, headerBytes), body.subarray(headerBytes, -MAC_BYTES)];
  if (!equalBytes(body.subarray(-MAC_BYTES), macOf(crypto, channel, ins, header, sealed))) return refuse('mac-wrong');
  const data = mode === 'full' ? decipher(crypto, channel, COMMAND_LABEL, sealed) : ok(sealed);
  return data.ok ? ok({ ins, header, data: data.value }) : data;
};

export const sealAnswer = (crypto: Crypto, before: Channel, mode: CommMode, data: Bytes): Opened => {
  const channel = advanced(before);
  const body = mode === 'full' ? encipher(crypto, channel, ANSWER_LABEL, data) : data;
  return { channel, data: concat(body, macOf(crypto, channel, DONE, body)) };
};
