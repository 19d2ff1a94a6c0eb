// The checks of a recorded transaction's session: form and status words, the version, certificate, signatures, cryptogram, what is sealed. Each is
// left out when there is nothing of the kind, and open when what it needs is not known.

import { equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { decodeAuth0Command } from '../protocol/auth0.ts';
import { decodeAuth1Answer, decodeAuth1Command, keySlotOf, signedMessage } from '../protocol/auth1.ts';
import { failing, open, pass, type Check } from './check.ts';
import { answeredInstruction, commandForm, responseForm } from './describe-apdu.ts';
import { decodeExchangeAnswer } from '../protocol/exchange.ts';
import type { KeyContext } from '../protocol/key-schedule.ts';
import { statusWordName, versionName } from './names.ts';
import { decodeCertificate, verifyCertificate } from '../protocol/reader-certificate.ts';
import { commonVersion, decodeSelectAnswer } from '../protocol/select.ts';
import { dataOf, type Dialogue, type Knowledge } from './trace.ts';
import { expeditedSelect, type TraceKeys } from './trace-keys.ts';
import type { OpenedDialogue } from './trace-open.ts';

/** `issuers`: keys that sign documents, trusted by the reader. `now`: its trusted clock. */
export type Circumstances = Knowledge & {
  readonly issuers: readonly Bytes[];
  readonly now?: Instant;
  readonly highestIteration?: number;
};

// ---- in the clear ------------------------------------------------------------------------------------------------------------------

const numberOf = (dialogues: readonly Dialogue[], dialogue: Dialogue): string => `${dialogues.indexOf(dialogue) + 1} ${dialogue.instruction ?? 'command'}`;

/** Every command and answer that is not in form, and every status word that is not ok. */
export const checkForms = (dialogues: readonly OpenedDialogue[]): readonly Check[] => {
  const faults = dialogues.flatMap((dialogue): readonly Check[] => {
    const name = numberOf(dialogues, dialogue);
    const { command, answer, instruction } = dialogue;
    const asked = command === undefined ? failing(name, 'apdu-malformed', 'no command APDU') : ofForm(`${name} command`, commandForm(command));
    const answered = answer === undefined ? undefined : ofAnswer(name, answer.status, responseForm(answer, instruction ?? answeredInstruction(answer.data)));
    return [asked, answered].filter((check) => check?.result === 'fail').filter((check) => check !== undefined);
  });
  return faults.length > 0 ? faults : [pass('form', `${dialogues.length} commands and their answers`)];
};

const ofForm = (name: string, form: ReturnType<typeof commandForm>): Check => (form.ok ? pass(name) : failing(name, form.error.code));

const ofAnswer = (name: string, status: number, form: ReturnType<typeof responseForm>): Check => {
  if (form.ok) return pass(name);
  const word = `${status.toString(16).padStart(4, '0')}, ${statusWordName(status) ?? 'not one of Aliro’s'}`;
  return failing(`${name} answer`, form.error.code, form.error.code === 'status-unexpected' ? word : undefined);
};

export const checkVersion = (dialogues: readonly Dialogue[]): readonly Check[] => {
  const answer = expeditedSelect(dialogues)?.answer;
  const selection = answer && decodeSelectAnswer(answer.data);
  if (selection?.ok !== true) return [];
  const offered = selection.value.versions;
  const says = `offered ${offered.map(versionName).join(', ')}`;
  const auth0 = dataOf(dialogues, 'AUTH0');
  if (auth0 === undefined) return [failing('protocol version', 'no-common-version', `${says}; the reader went no further`)];
  const command = decodeAuth0Command(auth0.command);
  if (!command.ok) return [];
  const { version } = command.value;
  const common = commonVersion([version], offered);
  return [common === undefined ? failing('protocol version', 'version-unsupported', `${says}, ${versionName(version)} was chosen`) : pass('protocol version', versionName(common))];
};

// ---- certificate and signatures ------------------------------------------------------------------------------------------------------

export const certificateOf = (dialogues: readonly Dialogue[]): Bytes | undefined => {
  const loaded = dataOf(dialogues, 'LOAD CERT');
  const auth1 = dataOf(dialogues, 'AUTH1');
  const decoded = auth1 && decodeAuth1Command(auth1.command);
  return loaded?.command ?? (decoded?.ok === true ? decoded.value.certificate : undefined);
};

export const checkCertificate = ({ crypto, groupIdentifierKey, now }: Circumstances, certificate: Bytes | undefined): readonly Check[] => {
  if (certificate === undefined) return [];
  if (groupIdentifierKey === undefined) return [open('reader certificate', 'the group’s key is not known: give it with --key group=HEX')];
  const verified = verifyCertificate(crypto, certificate, groupIdentifierKey, now);
  if (!verified.ok) return [failing('reader certificate', verified.error.code, verified.error.code === 'certificate-signature' ? 'the group’s key did not sign it' : undefined)];
  return [pass('reader certificate', `for “${verified.value.subject}”, signed by the group’s key`)];
};

export const checkReader = ({ crypto }: Circumstances, dialogues: readonly Dialogue[], context: KeyContext | undefined, certificate: Bytes | undefined): readonly Check[] => {
  const auth1 = dataOf(dialogues, 'AUTH1');
  const command = auth1 && decodeAuth1Command(auth1.command);
  if (command?.ok !== true) return [];
  if (context === undefined) return [open('reader’s signature', 'what it covers or the group’s key is not known')];
  const certified = certificate && decodeCertificate(certificate);
  const key = certified?.ok === true ? certified.value.publicKey : context.groupIdentifierKey;
  const signed = crypto.p256.verify(key, command.value.signature, signedMessage('reader', context));
  return [signed ? pass('reader’s signature') : failing('reader’s signature', 'reader-signature-invalid', `not by ${hex(key.subarray(0, 9))}… over this transaction`)];
};

type Authenticated = { readonly checks: readonly Check[]; readonly key?: Bytes };

export const checkDevice = ({ crypto, credentialKey }: Circumstances, dialogues: readonly OpenedDialogue[], context: KeyContext | undefined): Authenticated => {
  const plaintext = dialogues.find(({ instruction }) => instruction === 'AUTH1')?.answerPlain?.plaintext;
  const auth1 = dataOf(dialogues, 'AUTH1');
  const command = auth1 && decodeAuth1Command(auth1.command);
  if (plaintext === undefined || command?.ok !== true || context === undefined) return { checks: [] };
  const answer = decodeAuth1Answer(plaintext, command.value.keyRequest);
  if (!answer.ok) return { checks: [failing('AUTH1 answer', answer.error.code)] };
  const { credential, signature } = answer.value;
  const slotKey = credential.kind === 'keySlot' && credentialKey !== undefined && equalBytes(keySlotOf(crypto, credentialKey), credential.slot) ? credentialKey : undefined;
  const key = credential.kind === 'publicKey' ? credential.key : slotKey;
  if (key === undefined) return { checks: [open('user device’s signature', 'the key of the slot is not known: give it with --key credential=HEX')] };
  const signed = crypto.p256.verify(key, signature, signedMessage('device', context));
  return { checks: [signed ? pass('user device’s signature') : failing('user device’s signature', 'device-signature-invalid', `not by ${hex(key.subarray(0, 9))}… over this transaction`)], key };
};

// ---- what is sealed ------------------------------------------------------------------------------------------------------------------

export const messagesOf = (dialogues: readonly OpenedDialogue[]) =>
  dialogues.flatMap((dialogue) => [dialogue.commandPlain, dialogue.answerPlain].filter((message) => message !== undefined).map((message) => ({ message, name: numberOf(dialogues, dialogue) })));

export const checkSealed = (dialogues: readonly OpenedDialogue[]): readonly Check[] => {
  const messages = messagesOf(dialogues);
  const known = messages.filter(({ message }) => message.known);
  if (messages.length === 0) return [];
  if (known.length === 0) return [open('sealed messages', 'no session keys: give them with --key ExpeditedSKReader=HEX …')];
  const shut = known.filter(({ message }) => message.plaintext === undefined);
  if (shut.length === 0) return [pass('sealed messages', `all ${known.length} open`)];
  return shut.map(({ message, name }) => failing('sealed messages', 'channel-refused', `${name} ${message.side === 'reader' ? 'command' : 'answer'}: wrong tag under counter ${message.counter}`));
};

export const checkCryptogram = (dialogues: readonly OpenedDialogue[], keys: TraceKeys): readonly Check[] => {
  const auth0 = dialogues.find(({ instruction }) => instruction === 'AUTH0');
  if (keys.context?.parameters !== 1 || auth0 === undefined) return [];
  if (keys.fast === undefined) return [open('cryptogram', 'no persistent key is known')];
  return [auth0.cryptogramPlain === undefined ? open('cryptogram', 'not by the known persistent key: the transaction goes on with AUTH1') : pass('cryptogram', 'by the known persistent key')];
};

export const checkExchanges = (dialogues: readonly OpenedDialogue[]): readonly Check[] =>
  dialogues.flatMap((dialogue) => {
    const plaintext = dialogue.instruction === 'EXCHANGE' ? dialogue.answerPlain?.plaintext : undefined;
    const answer = plaintext && decodeExchangeAnswer(plaintext);
    return answer?.ok === false ? [failing(`${numberOf(dialogues, dialogue)} answer`, answer.error.code, 'the user device did not do it')] : [];
  });
