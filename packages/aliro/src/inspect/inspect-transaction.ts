// A recorded transaction, explained and checked: what was said, opened where the keys are known; signatures, certificate and cryptogram; the
// documents by SPEC §9; how it ended. Any steps are taken.

import { EMPTY, fromUint, type Bytes } from '@mortise/base/bytes.ts';
import { failing, open, pass, type Check } from './check.ts';
import { checkDocument } from './check-document.ts';
import {
  certificateOf, checkCertificate, checkCryptogram, checkDevice, checkExchanges, checkForms, checkReader, checkSealed, checkVersion, messagesOf,
  type Circumstances,
} from './check-session.ts';
import { decodeDeviceRequest } from '../documents/device-request.ts';
import { decodeDeviceResponse } from '../documents/device-response.ts';
import { NO_MEMORIES, isRevoked, raiseIteration, type IssuerMemories } from '../judgement/issuer-memory.ts';
import { readerStatusName } from './names.ts';
import { readOne } from '../protocol/tlv.ts';
import { dialoguesOf, type RecordedStep } from './trace.ts';
import { traceKeys } from './trace-keys.ts';
import { openDialogues, type OpenedDialogue } from './trace-open.ts';

export type { Circumstances } from './check-session.ts';

export type InspectedTransaction = { readonly dialogues: readonly OpenedDialogue[]; readonly checks: readonly Check[] };

// ---- documents -----------------------------------------------------------------------------------------------------------------------

const memoryOf = ({ issuers: [issuer], highestIteration }: Circumstances): IssuerMemories =>
  issuer === undefined ? NO_MEMORIES : raiseIteration(NO_MEMORIES, issuer, highestIteration);

const askedBy = (request: Bytes): ReadonlyMap<string, readonly string[]> => {
  const decoded = decodeDeviceRequest(request);
  return new Map(decoded.ok ? decoded.value.map(({ docType, elements }) => [docType, elements]) : []);
};

const named = (check: Check, kind: string): Check => ({ ...check, name: `${kind}: ${check.name}` });
const KINDS: ReadonlyMap<string, string> = new Map([['aliro-a', 'Access Document'], ['aliro-r', 'Revocation Document']]);
const LONGEST_KIND = 24;
const shortKind = (docType: string): string => KINDS.get(docType) ?? `document “${docType.slice(0, LONGEST_KIND).replaceAll(/\p{C}/gu, '?')}”`;

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
    ...checkVersion(dialogues),
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
