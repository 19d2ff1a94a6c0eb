// A recorded transaction, explained and checked: what was said, opened where the keys are known; signatures, certificate and cryptogram; the
// documents by SPEC §9; how it ended. Any steps are taken.

import { EMPTY, equalBytes, fromUint, hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { decodeAuth1Answer, decodeAuth1Command, keySlotOf, signedMessage } from './auth1.ts';
import { failing, open, pass, type Check } from './check.ts';
import { checkDocument } from './check-document.ts';
import { answeredInstruction, commandForm, responseForm } from './describe-apdu.ts';
import { decodeDeviceRequest } from './device-request.ts';
import { decodeDeviceResponse } from './device-response.ts';
import { decodeExchangeAnswer } from './exchange.ts';
import { NO_MEMORIES, isRevoked, raiseIteration, type IssuerMemories } from './issuer-memory.ts';
import type { KeyContext } from './key-schedule.ts';
import { readerStatusName, statusWordName, versionName } from './names.ts';
import { decodeCertificate, verifyCertificate } from './reader-certificate.ts';
import { commonVersion, decodeSelectAnswer } from './select.ts';
import { readOne } from './tlv.ts';
import { dataOf, dialoguesOf, type Dialogue, type Knowledge, type RecordedStep } from './trace.ts';
import { expeditedSelect, traceKeys, type TraceKeys } from './trace-keys.ts';
import { openDialogues, type OpenedDialogue } from './trace-open.ts';

/** `issuers`: keys that sign documents, trusted by the reader. `now`: its trusted clock. */
export type Circumstances = Knowledge & {
  readonly issuers: readonly Bytes[];
  readonly now?: Instant;
  readonly highestIteration?: number;
};

export type InspectedTransaction = { readonly dialogues: readonly OpenedDialogue[]; readonly checks: readonly Check[] };

// ---- in the clear ------------------------------------------------------------------------------------------------------------------

const numberOf = (dialogues: readonly Dialogue[], dialogue: Dialogue): string => `${dialogues.indexOf(dialogue) + 1} ${dialogue.instruction ?? 'command'}`;

/** Every command and answer that is not in form, and every status word that is not ok. */
const checkForms = (dialogues: readonly OpenedDialogue[]): readonly Check[] => {
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

const checkVersion = (dialogues: readonly Dialogue[], context: KeyContext | undefined): readonly Check[] => {
  const answer = expeditedSelect(dialogues)?.answer;
  const selection = answer && decodeSelectAnswer(answer.data);
  if (selection?.ok !== true) return [];
  const offered = selection.value.versions;
  const says = `offered ${offered.map(versionName).join(', ')}`;
  if (context === undefined) return dataOf(dialogues, 'AUTH0') === undefined ? [failing('protocol version', 'no-common-version', `${says}; the reader went no further`)] : [];
  const common = commonVersion([context.version], offered);
  return [common === undefined ? failing('protocol version', 'version-unsupported', `${says}, ${versionName(context.version)} was chosen`) : pass('protocol version', versionName(common))];
};

// ---- certificate and signatures ------------------------------------------------------------------------------------------------------

const certificateOf = (dialogues: readonly Dialogue[]): Bytes | undefined => {
  const loaded = dataOf(dialogues, 'LOAD CERT');
  const auth1 = dataOf(dialogues, 'AUTH1');
  const decoded = auth1 && decodeAuth1Command(auth1.command);
  return loaded?.command ?? (decoded?.ok === true ? decoded.value.certificate : undefined);
};

const checkCertificate = ({ crypto, groupIdentifierKey, now }: Circumstances, certificate: Bytes | undefined): readonly Check[] => {
  if (certificate === undefined) return [];
  if (groupIdentifierKey === undefined) return [open('reader certificate', 'the group’s key is not known: give it with --key group=HEX')];
  const verified = verifyCertificate(crypto, certificate, groupIdentifierKey, now);
  if (!verified.ok) return [failing('reader certificate', verified.error.code, verified.error.code === 'certificate-signature' ? 'the group’s key did not sign it' : undefined)];
  return [pass('reader certificate', `for “${verified.value.subject}”, signed by the group’s key`)];
};

const checkReader = ({ crypto }: Circumstances, dialogues: readonly Dialogue[], context: KeyContext | undefined, certificate: Bytes | undefined): readonly Check[] => {
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

const checkDevice = ({ crypto, credentialKey }: Circumstances, dialogues: readonly OpenedDialogue[], context: KeyContext | undefined): Authenticated => {
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

const messagesOf = (dialogues: readonly OpenedDialogue[]) =>
  dialogues.flatMap((dialogue) => [dialogue.commandPlain, dialogue.answerPlain].filter((message) => message !== undefined).map((message) => ({ message, name: numberOf(dialogues, dialogue) })));

const checkSealed = (dialogues: readonly OpenedDialogue[]): readonly Check[] => {
  const messages = messagesOf(dialogues);
  const known = messages.filter(({ message }) => message.known);
  if (messages.length === 0) return [];
  if (known.length === 0) return [open('sealed messages', 'no session keys: give inputs, or --key ExpeditedSKReader=HEX and its like')];
  const shut = known.filter(({ message }) => message.plaintext === undefined);
  if (shut.length === 0) return [pass('sealed messages', `all ${known.length} open`)];
  return shut.map(({ message, name }) => failing('sealed messages', 'channel-refused', `${name} ${message.side === 'reader' ? 'command' : 'answer'}: wrong tag under counter ${message.counter}`));
};

const checkCryptogram = (dialogues: readonly OpenedDialogue[], keys: TraceKeys): readonly Check[] => {
  const auth0 = dialogues.find(({ instruction }) => instruction === 'AUTH0');
  if (keys.context?.parameters !== 1 || auth0 === undefined) return [];
  if (keys.fast === undefined) return [open('cryptogram', 'no persistent key is known')];
  return [auth0.cryptogramPlain === undefined ? open('cryptogram', 'not by the known persistent key: the transaction goes on with AUTH1') : pass('cryptogram', 'by the known persistent key')];
};

const checkExchanges = (dialogues: readonly OpenedDialogue[]): readonly Check[] =>
  dialogues.flatMap((dialogue) => {
    const plaintext = dialogue.instruction === 'EXCHANGE' ? dialogue.answerPlain?.plaintext : undefined;
    const answer = plaintext && decodeExchangeAnswer(plaintext);
    return answer?.ok === false ? [failing(`${numberOf(dialogues, dialogue)} answer`, answer.error.code, 'the user device did not do it')] : [];
  });

// ---- documents -----------------------------------------------------------------------------------------------------------------------

const memoryOf = ({ issuers: [issuer], highestIteration }: Circumstances): IssuerMemories =>
  issuer === undefined ? NO_MEMORIES : raiseIteration(NO_MEMORIES, issuer, highestIteration);

const askedBy = (request: Bytes): ReadonlyMap<string, readonly string[]> => {
  const decoded = decodeDeviceRequest(request);
  return new Map(decoded.ok ? decoded.value.map(({ docType, elements }) => [docType, elements]) : []);
};

const named = (check: Check, kind: string): Check => ({ ...check, name: `${kind}: ${check.name}` });
const shortKind = (docType: string): string => ({ 'aliro-a': 'Access Document', 'aliro-r': 'Revocation Document' })[docType] ?? `document “${docType.replaceAll(/\p{C}/gu, '?')}”`;

/** A Revocation Document of the same response comes first (SPEC §9). */
const checkDocuments = (circumstances: Circumstances, key: Bytes | undefined, request: Bytes, response: Bytes): readonly Check[] => {
  const decoded = decodeDeviceResponse(response);
  const asked = askedBy(request);
  if (!decoded.ok) return [failing('documents', decoded.error.code)];
  const checks: Check[] = [];
  let memory = memoryOf(circumstances);
  for (const received of decoded.value.toSorted((a, b) => Number(a.docType !== 'aliro-r') - Number(b.docType !== 'aliro-r'))) {
    const { crypto, issuers, now } = circumstances;
    const checked = checkDocument(received, { crypto, issuers, memory, asked, ...(key && { credentialKey: key }), ...(now !== undefined && { now }) });
    memory = checked.memory;
    checks.push(...checked.checks.map((check) => named(check, shortKind(received.docType))));
  }
  const [issuer] = circumstances.issuers;
  const alone = asked.has('aliro-a') || issuer === undefined || key === undefined;
  return alone || !isRevoked(circumstances.crypto, memory, issuer, key, undefined, circumstances.now) ? checks : [...checks, failing('revocation', 'revoked')];
};

const checkStepUp = (circumstances: Circumstances, dialogues: readonly OpenedDialogue[], key: Bytes | undefined): readonly Check[] =>
  dialogues.filter(({ instruction }) => instruction === 'ENVELOPE').flatMap(({ commandPlain, answerPlain }) =>
    answerPlain?.plaintext === undefined ? [] : checkDocuments(circumstances, key ?? circumstances.credentialKey, commandPlain?.plaintext ?? EMPTY, answerPlain.plaintext));

// ---- the end ---------------------------------------------------------------------------------------------------------------------------

const READER_STATUS = 0x97;

const statusOf = (dialogues: readonly OpenedDialogue[]): number | undefined => {
  const objects = dialogues.flatMap(({ instruction, commandPlain }) => (instruction === 'EXCHANGE' && commandPlain?.plaintext !== undefined ? [readOne(commandPlain.plaintext, 0)] : []));
  const status = objects.find((object) => object?.tag === READER_STATUS)?.value;
  return status === undefined || status.length !== 2 ? undefined : fromUint(status);
};

const checkEnd = (dialogues: readonly OpenedDialogue[], before: readonly Check[]): Check => {
  const status = statusOf(dialogues);
  const name = 'outcome';
  if (status === undefined) {
    if (dialogues.some(({ instruction }) => instruction === 'CONTROL FLOW')) return failing(name, 'ended-by-reader', 'the reader gave up by CONTROL FLOW');
    return messagesOf(dialogues).some(({ message }) => !message.known) ? open(name, 'sealed') : failing(name, 'incomplete', 'no reader status was sent');
  }
  const says = `reader status ${status.toString(16).padStart(4, '0')}, ${readerStatusName(status)}`;
  if (status >> 8 !== 1) return failing(name, 'denied', says);
  return before.some(({ result }) => result === 'fail') ? failing(name, 'granted-wrongly', `${says}, although a check fails`) : pass(name, says);
};

/** `steps`: at most `MAX_STEPS` of them count. */
export const inspectTransaction = (steps: readonly RecordedStep[], circumstances: Circumstances): InspectedTransaction => {
  const read = dialoguesOf(steps);
  const keys = traceKeys(read, circumstances);
  const dialogues = openDialogues(circumstances.crypto, read, keys);
  const certificate = certificateOf(dialogues);
  const device = checkDevice(circumstances, dialogues, keys.context);
  const checks = [
    ...checkForms(dialogues),
    ...checkVersion(dialogues, keys.context),
    ...checkCryptogram(dialogues, keys),
    ...checkCertificate(circumstances, certificate),
    ...checkReader(circumstances, dialogues, keys.context, certificate),
    ...device.checks,
    ...checkSealed(dialogues),
    ...checkExchanges(dialogues),
    ...checkStepUp(circumstances, dialogues, device.key),
  ];
  return { dialogues, checks: [...checks, checkEnd(dialogues, checks)] };
};
