// The session keys of a recorded transaction: by our own key schedule (SPEC §4) from what was said in the clear and one side's ephemeral private
// key, or the persistent key; for want of those, the keys that somebody recorded.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { decodeAuth0Answer, decodeAuth0Command, FAST_REQUESTED, type Auth0Answer, type Auth0Command } from '../protocol/auth0.ts';
import { agreedSecret, fastKeys, standardKeys, stepUpKeys, type DirectionKeys, type KeyContext, type StandardKeys, type FastKeys } from '../protocol/key-schedule.ts';
import { EXPEDITED_AID, decodeSelectAnswer } from '../protocol/select.ts';
import { dataOf, type Dialogue, type Knowledge, type RecordedKeys } from './trace.ts';

/** `context`: what was said in the clear, once both sides said it and the group's key is known. */
export type TraceKeys = {
  readonly context?: KeyContext;
  readonly standard?: StandardKeys | { readonly expedited: DirectionKeys };
  readonly fast?: FastKeys | { readonly expedited: DirectionKeys; readonly cryptogram?: Secret };
  readonly stepUp?: DirectionKeys;
};

type Auth0 = { readonly command: Auth0Command; readonly answer: Auth0Answer };

const auth0Of = (dialogues: readonly Dialogue[]): Auth0 | undefined => {
  const data = dataOf(dialogues, 'AUTH0');
  const command = data && decodeAuth0Command(data.command);
  const answer = data && command?.ok === true ? decodeAuth0Answer(data.answer, command.value.parameters) : undefined;
  return command?.ok === true && answer?.ok === true ? { command: command.value, answer: answer.value } : undefined;
};

const isExpedited = ({ instruction, command }: Dialogue): boolean => instruction === 'SELECT' && command !== undefined && equalBytes(command.data, EXPEDITED_AID);

const proprietaryOf = (dialogues: readonly Dialogue[]): Bytes | undefined => {
  const selected = dialogues.find(isExpedited)?.answer;
  const selection = selected && decodeSelectAnswer(selected.data);
  return selection?.ok === true ? selection.value.proprietary : undefined;
};

const contextOf = (dialogues: readonly Dialogue[], { groupIdentifierKey, interfaceByte }: Knowledge): KeyContext | undefined => {
  const [auth0, proprietary] = [auth0Of(dialogues), proprietaryOf(dialogues)];
  if (auth0 === undefined || proprietary === undefined || groupIdentifierKey === undefined) return undefined;
  const { vendorExtension: readerExtension, ...command } = auth0.command;
  const { vendorExtension: deviceExtension, deviceEphemeral } = auth0.answer;
  return {
    ...command, groupIdentifierKey, interfaceByte, deviceEphemeral, proprietary,
    ...(readerExtension && { readerExtension }),
    ...(deviceExtension && { deviceExtension }),
  };
};

const agreedOf = (context: KeyContext, { crypto, readerEphemeral, deviceEphemeral }: Knowledge): Secret | undefined => {
  if (readerEphemeral !== undefined) return agreedSecret(crypto, readerEphemeral, context.deviceEphemeral, context.transactionId);
  return deviceEphemeral && agreedSecret(crypto, deviceEphemeral, context.readerEphemeral, context.transactionId);
};

const pairOf = (reader: Secret | undefined, device: Secret | undefined): DirectionKeys | undefined => (reader && device ? { reader, device } : undefined);

const recordedKeys = ({ expeditedReader, expeditedDevice, stepUpReader, stepUpDevice, cryptogram }: RecordedKeys): TraceKeys => {
  const [expedited, stepUp] = [pairOf(expeditedReader, expeditedDevice), pairOf(stepUpReader, stepUpDevice)];
  return {
    ...(expedited && { standard: { expedited }, fast: { expedited, ...(cryptogram && { cryptogram }) } }),
    ...(stepUp && { stepUp }),
  };
};

const derivedKeys = (context: KeyContext, knowledge: Knowledge): TraceKeys => {
  const { crypto, persistentKey, credentialKey } = knowledge;
  const agreed = agreedOf(context, knowledge);
  const standard = agreed && standardKeys(crypto, agreed, context);
  const isFast = context.parameters === FAST_REQUESTED && persistentKey !== undefined && credentialKey !== undefined;
  return {
    context,
    ...(standard && { standard, stepUp: stepUpKeys(crypto, standard.stepUp) }),
    ...(isFast && { fast: fastKeys(crypto, persistentKey, context, credentialKey) }),
  };
};

export const traceKeys = (dialogues: readonly Dialogue[], knowledge: Knowledge): TraceKeys => {
  const context = contextOf(dialogues, knowledge);
  return { ...recordedKeys(knowledge.recorded), ...(context && derivedKeys(context, knowledge)) };
};

/** The expedited application's SELECT, for who wants to see it. */
export const expeditedSelect = (dialogues: readonly Dialogue[]): Dialogue | undefined => dialogues.find(isExpedited);
