// What a virtual card does once somebody has authenticated, and the little that it does for anybody: files, keys, UID. One table; each
// command says how it is protected and what it does.

import { required } from '@mortise/base/assert.ts';
import { EMPTY, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { KEY_BYTES } from '../authentication.ts';
import type { CardFault } from '../card-fault.ts';
import { otherKeyData } from '../change-key.ts';
import { INS, STATUS } from '../native-command.ts';
import { LAST_COUNTER, openCommand, sealAnswer, type CommMode, type SecuredCommand } from '../secure-messaging.ts';
import { MAX_FILES, MAX_FILE_BYTES, accessTo, createFile, sizeOf, type CardApplication, type CardFile, type Right } from './card-memory.ts';
import { NOBODY, failed, type CardReply, type VirtualCard } from './card-state.ts';

/** The selected application and the key that was authenticated with, if any. */
type Context = { readonly card: VirtualCard; readonly application: CardApplication; readonly keyNumber: number | undefined };

/** How the command comes and is answered, or the status that refuses it. */
type Protection = CommMode | 'plain' | { readonly refused: number };

/** `ends`: answered by the status alone, and the session is over. */
type Done = { readonly application?: CardApplication; readonly data?: Bytes; readonly ends?: boolean } | { readonly refused: number };

type SecuredHandler = {
  readonly headerBytes: number;
  readonly protection: (context: Context, header: Bytes) => Protection;
  readonly run: (context: Context, header: Bytes, data: Bytes) => Done;
};

const MODES: Record<number, CommMode | 'plain'> = { 0x00: 'plain', 0x01: 'mac', 0x03: 'full' };
const MAX_READ_BYTES = 128;

const little = (bytes: Bytes): number => (bytes[0] ?? 0) + (bytes[1] ?? 0) * 0x100 + (bytes[2] ?? 0) * 0x10000;
const fileOf = ({ application }: Context, header: Bytes): CardFile | undefined => application.files.get(header[0] ?? 0);
const withFile = (application: CardApplication, number: number, file: CardFile): CardApplication => ({ ...application, files: new Map(application.files).set(number, file) });

const underKey = (mode: CommMode) => ({ keyNumber }: Context): Protection => (keyNumber === undefined ? { refused: STATUS.authenticationError } : mode);
const underMasterKey = (mode: CommMode) => ({ keyNumber }: Context): Protection => (keyNumber === 0 ? mode : { refused: STATUS.authenticationError });

const fileAccess = (right: Right) => (context: Context, header: Bytes): Protection => {
  const file = fileOf(context, header);
  if (file === undefined) return { refused: STATUS.fileMissing };
  const access = accessTo(file, right, context.keyNumber);
  if (access === 'none') return { refused: context.keyNumber === undefined ? STATUS.authenticationError : STATUS.permissionDenied };
  return access === 'free' ? 'plain' : (MODES[file.settings[1] ?? 0] ?? 'plain');
};

const settingsProtection = ({ card, keyNumber }: Context): Protection => {
  if (keyNumber !== undefined) return 'mac';
  return card.product === 'ntag424' ? 'plain' : { refused: STATUS.authenticationError };
};

const getFileSettings = (context: Context, header: Bytes): Done => {
  const file = fileOf(context, header);
  return file === undefined ? { refused: STATUS.fileMissing } : { data: file.settings };
};

const readData = (context: Context, header: Bytes, data: Bytes): Done => {
  const { content } = required(fileOf(context, header), 'its rights were looked at');
  const [offset, length] = [little(header.subarray(1, 4)), little(header.subarray(4))];
  if (data.length > 0) return { refused: STATUS.lengthError };
  if (length === 0 || length > MAX_READ_BYTES || offset + length > content.length) return { refused: STATUS.boundaryError };
  return { data: content.subarray(offset, offset + length) };
};

const writeData = (context: Context, header: Bytes, data: Bytes): Done => {
  const file = required(fileOf(context, header), 'its rights were looked at');
  const [offset, length] = [little(header.subarray(1, 4)), little(header.subarray(4))];
  if (length !== data.length) return { refused: STATUS.lengthError };
  if (length === 0 || offset + length > file.content.length) return { refused: STATUS.boundaryError };
  const content = file.content.slice();
  content.set(data, offset);
  return { application: withFile(context.application, header[0] ?? 0, { ...file, content }) };
};

const createStandardFile = ({ card, application }: Context, header: Bytes): Done => {
  const settings = Uint8Array.of(0, ...header.subarray(1));
  const [number, size] = [header[0] ?? 0, sizeOf(settings)];
  if (card.product !== 'desfire') return { refused: STATUS.illegalCommand };
  if (application.files.has(number)) return { refused: STATUS.duplicate };
  if (number >= MAX_FILES || size === 0 || size > MAX_FILE_BYTES || MODES[settings[1] ?? 0] === undefined) return { refused: STATUS.parameterError };
  return { application: withFile(application, number, createFile(settings)) };
};

/** The new key in ChangeKey's data. Another key's is under the key before it, with a checksum; its version is not kept. */
const newKeyIn = (before: Bytes, data: Bytes, own: boolean): Bytes | undefined => {
  const [masked, version = 0] = [data.subarray(0, KEY_BYTES), data[KEY_BYTES]];
  if (own) return data.length === KEY_BYTES + 1 ? masked.slice() : undefined;
  const key = masked.map((byte, index) => byte ^ (before[index] ?? 0));
  return equalBytes(data, otherKeyData(key, before, version)) ? key : undefined;
};

const changeKey = ({ application, keyNumber }: Context, header: Bytes, data: Bytes): Done => {
  const number = header[0] ?? 0;
  const before = application.keys[number];
  if (before === undefined) return { refused: STATUS.noSuchKey };
  const own = number === keyNumber;
  const key = newKeyIn(before.reveal(), data, own);
  if (key === undefined) return { refused: STATUS.integrityError };
  return { application: { ...application, keys: application.keys.with(number, new Secret(key)) }, ends: own };
};

export const SECURED_COMMANDS: ReadonlyMap<number, SecuredHandler> = new Map<number, SecuredHandler>([
  [INS.getCardUid, { headerBytes: 0, protection: underKey('full'), run: ({ card }) => ({ data: card.uid }) }],
  [INS.getFileSettings, { headerBytes: 1, protection: settingsProtection, run: getFileSettings }],
  [INS.readData, { headerBytes: 7, protection: fileAccess('read'), run: readData }],
  [INS.writeData, { headerBytes: 7, protection: fileAccess('write'), run: writeData }],
  [INS.createStandardFile, { headerBytes: 7, protection: underMasterKey('mac'), run: createStandardFile }],
  [INS.changeKey, { headerBytes: 1, protection: underMasterKey('full'), run: changeKey }],
]);

const REFUSALS: Partial<Record<CardFault, number>> = { 'mac-wrong': STATUS.integrityError };

const dataOf = (crypto: Crypto, { authority }: VirtualCard, mode: CommMode | 'plain', ins: number, headerBytes: number, body: Bytes): Result<SecuredCommand, CardFault> =>
  mode === 'plain' || authority.kind !== 'authenticated'
    ? ok({ ins, header: body.subarray(0, headerBytes), data: body.subarray(headerBytes) })
    : openCommand(crypto, authority.channel, mode, ins, headerBytes, body);

/** The answer under the session's keys, or in the clear; a session's counter goes on in either case. */
const answered = (crypto: Crypto, card: VirtualCard, mode: CommMode | 'plain', data: Bytes, ends: boolean): CardReply => {
  const { authority } = card;
  if (authority.kind !== 'authenticated' || ends) return { card: { ...card, authority: NOBODY }, status: STATUS.done, data };
  const sealed = sealAnswer(crypto, authority.channel, mode === 'plain' ? 'mac' : mode, data);
  return { card: { ...card, authority: { ...authority, channel: sealed.channel } }, status: STATUS.done, data: mode === 'plain' ? data : sealed.data };
};

const stored = (card: VirtualCard, application: CardApplication | undefined): VirtualCard =>
  application === undefined ? card : { ...card, applications: new Map(card.applications).set(card.selected ?? '', application) };

const isSpent = ({ authority }: VirtualCard): boolean => authority.kind === 'authenticated' && authority.channel.counter >= LAST_COUNTER;

const contextOf = (card: VirtualCard): Context | undefined => {
  const application = card.applications.get(card.selected ?? '');
  return application && { card, application, keyNumber: card.authority.kind === 'authenticated' ? card.authority.keyNumber : undefined };
};

/** `ins`: one of `SECURED_COMMANDS`. */
export const runSecured = (crypto: Crypto, card: VirtualCard, ins: number, body: Bytes): CardReply => {
  const handler = required(SECURED_COMMANDS.get(ins), 'asked for commands of the table only');
  const context = contextOf(card);
  if (context === undefined || isSpent(card)) return failed(card, STATUS.permissionDenied);
  if (body.length < handler.headerBytes) return failed(card, STATUS.lengthError);
  const mode = handler.protection(context, body.subarray(0, handler.headerBytes));
  if (typeof mode === 'object') return failed(card, mode.refused);
  const command = dataOf(crypto, card, mode, ins, handler.headerBytes, body);
  if (!command.ok) return failed(card, REFUSALS[command.error] ?? STATUS.lengthError);
  const done = handler.run(context, command.value.header, command.value.data);
  if ('refused' in done) return failed(card, done.refused);
  return answered(crypto, stored(card, done.application), mode, done.data ?? EMPTY, done.ends === true);
};
