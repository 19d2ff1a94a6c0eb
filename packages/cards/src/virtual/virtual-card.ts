// A virtual card: an NTAG 424 DNA or a DESFire EV2/EV3, as far as locks and enrolment speak to one. For tests, and for a pad to lay it
// on. Pure: a command and 32 fresh bytes in, the card and its answer out. Any bytes are answered; an error ends the session, as on a chip.

import { EMPTY, hex, type Bytes } from '@mortise/base/bytes.ts';
import { assert } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import { RANDOM_BYTES, TRANSACTION_BYTES, encodeCardProof, encodeChallenge, openChannel, readReaderProof } from '../authentication.ts';
import { INS, STATUS, decodeCommand, encodeAnswer, type CardCommand } from '../native-command.ts';
import type { ProductName } from '../product.ts';
import { MAX_APPLICATIONS, createApplication, factoryApplications } from './card-memory.ts';
import { NOBODY, failed, type CardReply, type VirtualCard } from './card-state.ts';
import { SECURED_COMMANDS, runSecured } from './secured-commands.ts';

export type { VirtualCard } from './card-state.ts';

const UID_BYTES = 7;
const AES_KEYS = 0x80;
const MAX_KEYS = 14;

/** Fresh from the factory. `uid`: 7 bytes. */
export const virtualCard = (product: ProductName, uid: Bytes): VirtualCard => {
  assert(uid.length === UID_BYTES, 'a UID has 7 bytes');
  return { product, uid, applications: factoryApplications(product), authority: NOBODY };
};

/** Taken out of the field: what was selected and who had authenticated is gone. */
export const lifted = (card: VirtualCard): VirtualCard => ({ ...card, selected: undefined, authority: NOBODY });

const select = (card: VirtualCard, name: string, done: number, missing: number): CardReply =>
  card.applications.has(name) ? { card: { ...card, selected: name, authority: NOBODY }, status: done } : failed(card, missing);

const create = (card: VirtualCard, data: Bytes): CardReply => {
  const [name, options = 0] = [hex(data.subarray(0, 3)), data[4]];
  const keyCount = options & ~AES_KEYS;
  if (data.length !== 5) return failed(card, STATUS.lengthError);
  if (card.product !== 'desfire' || card.selected !== undefined) return failed(card, STATUS.permissionDenied);
  if (card.applications.has(name)) return failed(card, STATUS.duplicate);
  if (options < AES_KEYS || keyCount < 1 || keyCount > MAX_KEYS || card.applications.size >= MAX_APPLICATIONS) return failed(card, STATUS.parameterError);
  return { card: { ...card, applications: new Map(card.applications).set(name, createApplication(keyCount)) }, status: STATUS.done };
};

const challenge = (crypto: Crypto, card: VirtualCard, data: Bytes, entropy: Bytes): CardReply => {
  const keyNumber = data[0] ?? 0;
  const key = card.applications.get(card.selected ?? '')?.keys[keyNumber];
  if (data.length !== 2 || data[1] !== 0) return failed(card, STATUS.lengthError);
  if (key === undefined) return failed(card, STATUS.noSuchKey);
  const rndB = new Secret(derive(crypto, entropy, 'card RndB', RANDOM_BYTES));
  return { card: { ...card, authority: { kind: 'challenged', keyNumber, key, rndB } }, status: STATUS.more, data: encodeChallenge(crypto, key, rndB.reveal()) };
};

const prove = (crypto: Crypto, card: VirtualCard, data: Bytes, entropy: Bytes): CardReply => {
  const { authority } = card;
  if (authority.kind !== 'challenged') return failed(card, STATUS.illegalCommand);
  const { keyNumber, key, rndB } = authority;
  const rndA = readReaderProof(crypto, key, rndB.reveal(), data);
  if (rndA === undefined) return failed(card, STATUS.authenticationError);
  const transaction = derive(crypto, entropy, 'card TI', TRANSACTION_BYTES);
  const channel = openChannel(crypto, key, rndA, rndB.reveal(), transaction);
  return { card: { ...card, authority: { kind: 'authenticated', keyNumber, channel } }, status: STATUS.done, data: encodeCardProof(crypto, key, rndA, transaction) };
};

const native = (crypto: Crypto, card: VirtualCard, { ins, data }: Extract<CardCommand, { kind: 'native' }>, entropy: Bytes): CardReply => {
  switch (ins) {
    case INS.selectApplication:
      return card.product === 'desfire' ? select(card, hex(data), STATUS.done, STATUS.applicationMissing) : failed(card, STATUS.illegalCommand);
    case INS.createApplication:
      return create(card, data);
    case INS.authenticateEv2First:
      return challenge(crypto, card, data, entropy);
    case INS.additionalFrame:
      return prove(crypto, card, data, entropy);
    default:
      return SECURED_COMMANDS.has(ins) ? runSecured(crypto, card, ins, data) : failed(card, STATUS.illegalCommand);
  }
};

const reply = (crypto: Crypto, card: VirtualCard, command: CardCommand | undefined, entropy: Bytes): CardReply => {
  if (command === undefined) return failed(card, STATUS.isoClass);
  if (command.kind === 'native') return native(crypto, card, command, entropy);
  return select(card, hex(command.name), STATUS.isoDone, STATUS.isoMissing);
};

/** Never throws on a command. `entropy`: 32 fresh bytes for this command alone. */
export const answerCommand = (crypto: Crypto, card: VirtualCard, apdu: Bytes, entropy: Bytes): { readonly card: VirtualCard; readonly answer: Bytes } => {
  const { card: next, status, data = EMPTY } = reply(crypto, card, decodeCommand(apdu), entropy);
  return { card: next, answer: encodeAnswer({ data, status }) };
};
