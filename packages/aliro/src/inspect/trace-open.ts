// Opens what was sealed in a recorded transaction (SPEC §4.5): which channel each message belongs to is told by the commands, as both sides do.

import type { Bytes } from '@mortise/base/bytes.ts';
import { IV_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { decodeEnvelope, decodeEnvelopeAnswer } from '../protocol/envelope.ts';
import type { DirectionKeys } from '../protocol/key-schedule.ts';
import { open, openChannel, type Channel, type Side } from '../protocol/secure-channel.ts';
import type { Dialogue } from './trace.ts';
import type { TraceKeys } from './trace-keys.ts';
import { readOne } from '../protocol/tlv.ts';

export type ChannelName = 'standard' | 'fast' | 'stepUp';

/** `plaintext`: undefined when the tag is wrong under the key that should open it, or there is no key (`known` false). */
export type OpenedMessage = {
  readonly channel: ChannelName;
  readonly side: Side;
  readonly counter: number;
  readonly known: boolean;
  readonly plaintext?: Bytes;
};

export type OpenedDialogue = Dialogue & { readonly commandPlain?: OpenedMessage; readonly answerPlain?: OpenedMessage; readonly cryptogramPlain?: Bytes };

type State = { name: ChannelName; channel: Channel | undefined; begun: boolean };

const channelOf = (keys: DirectionKeys | undefined): Channel | undefined => keys && openChannel(keys);

/** A message that does not open is counted all the same: its sender counted it. */
const passed = (channel: Channel, side: Side): Channel =>
  side === 'reader' ? { ...channel, readerCounter: channel.readerCounter + 1 } : { ...channel, deviceCounter: channel.deviceCounter + 1 };

const openOne = (crypto: Crypto, state: State, side: Side, sealed: Bytes): OpenedMessage => {
  const { name, channel } = state;
  if (channel === undefined) return { channel: name, side, counter: 0, known: false };
  const counter = side === 'reader' ? channel.readerCounter : channel.deviceCounter;
  const opened = open(crypto, channel, side, sealed);
  state.channel = opened.ok ? opened.value.channel : passed(channel, side);
  return { channel: name, side, counter, known: true, ...(opened.ok && { plaintext: opened.value.plaintext }) };
};

const enter = (state: State, name: ChannelName, keys: DirectionKeys | undefined): void => {
  state.name = name;
  state.channel = channelOf(keys);
  state.begun = true;
};

const OK = 0x9000;
const answered = ({ answer }: Dialogue): Bytes | undefined => (answer !== undefined && answer.status === OK && answer.data.length > 0 ? answer.data : undefined);

const openAuth1 = (crypto: Crypto, state: State, keys: TraceKeys, dialogue: Dialogue): OpenedDialogue => {
  enter(state, 'standard', keys.standard?.expedited);
  const sealed = answered(dialogue);
  return sealed === undefined ? dialogue : { ...dialogue, answerPlain: openOne(crypto, state, 'device', sealed) };
};

const contentOf = (instruction: Dialogue['instruction'], data: Bytes | undefined, decode: typeof decodeEnvelope): Bytes | undefined => {
  if (instruction !== 'ENVELOPE' || data === undefined) return data;
  const decoded = decode(data);
  return decoded.ok ? decoded.value : undefined;
};

const openBoth = (crypto: Crypto, state: State, dialogue: Dialogue): OpenedDialogue => {
  const sent = contentOf(dialogue.instruction, dialogue.command?.data, decodeEnvelope);
  const commandPlain = sent && openOne(crypto, state, 'reader', sent);
  const received = contentOf(dialogue.instruction, answered(dialogue), decodeEnvelopeAnswer);
  const answerPlain = received && openOne(crypto, state, 'device', received);
  return { ...dialogue, ...(commandPlain && { commandPlain }), ...(answerPlain && { answerPlain }) };
};

const ZERO_IV = new Uint8Array(IV_BYTES);
const CRYPTOGRAM = 0x9d;

const openCryptogram = (crypto: Crypto, keys: TraceKeys, dialogue: Dialogue): OpenedDialogue => {
  const data = dialogue.answer?.data;
  const first = data && readOne(data, 0);
  const cryptogram = data && first && readOne(data, first.end);
  const key = keys.fast?.cryptogram;
  const plaintext = key !== undefined && cryptogram?.tag === CRYPTOGRAM ? crypto.aesGcmOpen(key.reveal(), ZERO_IV, cryptogram.value) : undefined;
  return plaintext === undefined ? dialogue : { ...dialogue, cryptogramPlain: plaintext };
};

/** Every dialogue with what could be opened. */
export const openDialogues = (crypto: Crypto, dialogues: readonly Dialogue[], keys: TraceKeys): readonly OpenedDialogue[] => {
  const state: State = { name: 'standard', channel: undefined, begun: false };
  return dialogues.map((dialogue) => {
    switch (dialogue.instruction) {
      case 'AUTH0':
        return openCryptogram(crypto, keys, dialogue);
      case 'AUTH1':
        return openAuth1(crypto, state, keys, dialogue);
      case 'ENVELOPE':
        if (state.name !== 'stepUp') enter(state, 'stepUp', keys.stepUp);
        return openBoth(crypto, state, dialogue);
      case 'EXCHANGE':
        if (!state.begun) enter(state, 'fast', keys.fast?.expedited);
        return openBoth(crypto, state, dialogue);
      default:
        return dialogue;
    }
  });
};
