// What some bytes are, told by themselves: a document, a request or response of the step-up, a certificate, a single APDU, the objects that stand in a
// sealed one. Any bytes are answered; what is none of these is undefined.

import type { Bytes } from '@mortise/base/bytes.ts';
import { field, type Cbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import { decodeCommandApdu, decodeResponseApdu } from '../protocol/apdu.ts';
import { failing, formOf, open, pass, type Check } from './check.ts';
import { checkDocument, type DocumentContext } from './check-document.ts';
import { answeredInstruction, commandForm, describeCommand, describeResponse, isPiece, responseForm } from './describe-apdu.ts';
import { anything } from './describe-cbor.ts';
import { describeCertificate, describeX509 } from './describe-certificate.ts';
import { describeDeviceRequest, describeDeviceResponse, describeDocument } from './describe-document.ts';
import { AUTH1_ANSWER, EXCHANGE_COMMAND } from './describe-message.ts';
import { describeTlvs, type TagTable } from './describe-tlv.ts';
import type { Described, Meaning } from './described.ts';
import { decodeDeviceRequest } from '../documents/device-request.ts';
import { decodeDeviceResponse, decodeDocument } from '../documents/device-response.ts';
import { MAX_RESPONSE_BYTES } from '../documents/document-cbor.ts';
import { decodeIssuerCertificate, isInForce } from '../documents/issuer-certificate.ts';
import { instructionOf, statusWordName, type Instruction } from './names.ts';
import { decodeCertificate, verifyCertificate } from '../protocol/reader-certificate.ts';
import { decodeTlvs, readOne } from '../protocol/tlv.ts';

/** `groupIdentifierKey`: 65 bytes, that signs reader certificates. */
export type BytesContext = DocumentContext & { readonly groupIdentifierKey?: Bytes };

export type Inspected = { readonly kind: string; readonly parts: readonly Described[]; readonly checks: readonly Check[] };

// ---- CBOR ------------------------------------------------------------------------------------------------------------------------------

const partsOf = ({ parts, ...meaning }: Meaning): readonly Described[] => parts ?? [{ name: 'value', ...meaning }];

const checkResponse = (bytes: Bytes, context: BytesContext): readonly Check[] => {
  const decoded = decodeDeviceResponse(bytes);
  if (!decoded.ok) return [failing('form', decoded.error.code)];
  let { memory } = context;
  return decoded.value.flatMap((received) => {
    const checked = checkDocument(received, { ...context, memory });
    memory = checked.memory;
    return checked.checks;
  });
};

const checkStored = (bytes: Bytes, context: BytesContext): readonly Check[] => {
  const received = decodeDocument(bytes);
  return received === undefined ? [failing('form', 'document-malformed')] : checkDocument(received, context).checks;
};

const KINDS: ReadonlyMap<Cbor | undefined, string> = new Map<Cbor | undefined, string>([['aliro-a', 'Access Document'], ['aliro-r', 'Revocation Document']]);

const inspectCbor = (bytes: Bytes, value: Cbor, context: BytesContext): Inspected | undefined => {
  const [one, two, three, five] = ['1', '2', '3', '5'].map((key) => field(value, key));
  if (one instanceof Map && five !== undefined) return { kind: KINDS.get(five) ?? 'Document', parts: partsOf(describeDocument(value)), checks: checkStored(bytes, context) };
  if (typeof one === 'string' && three !== undefined) return { kind: 'DeviceResponse', parts: partsOf(describeDeviceResponse(value)), checks: checkResponse(bytes, context) };
  if (typeof one === 'string' && Array.isArray(two)) return { kind: 'DeviceRequest', parts: partsOf(describeDeviceRequest(value)), checks: [formOf('form', decodeDeviceRequest(bytes))] };
  return value instanceof Map ? { kind: 'CBOR', parts: partsOf(anything(value)), checks: [] } : undefined;
};

// ---- certificates ------------------------------------------------------------------------------------------------------------------------

const checkCompressed = (bytes: Bytes, { crypto, groupIdentifierKey, now }: BytesContext): readonly Check[] => {
  const decoded = decodeCertificate(bytes);
  if (!decoded.ok) return [failing('form', decoded.error.code)];
  const formed = pass('form');
  if (groupIdentifierKey === undefined) return [formed, open('signature', 'the group’s key is not known: give it with --key group=HEX')];
  return [formed, formOf('signature and dates', verifyCertificate(crypto, bytes, groupIdentifierKey, now))];
};

const checkX509 = (bytes: Bytes, { crypto, issuers, now }: BytesContext): readonly Check[] => {
  const decoded = decodeIssuerCertificate(bytes);
  if (!decoded.ok) return [failing('form', decoded.error.code)];
  const { tbs, signature, maySign, notBefore, notAfter } = decoded.value;
  const usage = maySign ? pass('usage') : failing('usage', 'certificate-usage', 'it may not sign, or has a critical extension that is not known');
  const bounds = `${isoSeconds(notBefore)} to ${isoSeconds(notAfter)}`;
  const dates = now === undefined || isInForce(decoded.value, now) ? pass('dates', bounds) : failing('dates', 'certificate-expired', `${isoSeconds(now)} is not within ${bounds}`);
  if (issuers.length === 0) return [pass('form'), usage, dates, open('signature', 'the issuer’s key is not known: give it with --key issuer=HEX')];
  const signed = issuers.some((issuer) => crypto.p256.verify(issuer, signature, tbs));
  return [pass('form'), usage, dates, signed ? pass('signature') : failing('signature', 'certificate-signature', 'no trusted issuer signed it')];
};

const SEQUENCE = 0x30;
const OCTETS = 0x04;

const inspectDer = (bytes: Bytes, context: BytesContext): Inspected | undefined => {
  const outer = readOne(bytes, 0);
  if (outer?.tag !== SEQUENCE || outer.end !== bytes.length) return undefined;
  const first = readOne(outer.value, 0);
  if (first?.tag === OCTETS) return { kind: 'compressed reader certificate', parts: describeCertificate(bytes), checks: checkCompressed(bytes, context) };
  return first?.tag === SEQUENCE ? { kind: 'X.509 certificate', parts: describeX509(bytes), checks: checkX509(bytes, context) } : undefined;
};

// ---- APDUs -------------------------------------------------------------------------------------------------------------------------------

const HEADER_BYTES = 4;

const LENGTH_BYTES = 1;

/** As far as it goes: what comes after the first length byte. */
const brokenCommand = (bytes: Bytes, instruction: Instruction): readonly Described[] => {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0] = bytes;
  const [head, ...rest] = describeCommand({ header: [cla, ins, p1, p2], data: bytes.subarray(HEADER_BYTES + LENGTH_BYTES), expects: false, extended: false });
  return [{ ...(head ?? { name: 'command' }), says: `${instruction}; its lengths do not add up` }, ...rest];
};

const inspectCommand = (bytes: Bytes): Inspected | undefined => {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0] = bytes;
  const instruction = bytes.length >= HEADER_BYTES ? instructionOf([cla, ins, p1, p2]) : undefined;
  if (instruction === undefined) return undefined;
  const decoded = decodeCommandApdu(bytes);
  if (!decoded.ok) return { kind: `${instruction} command`, parts: brokenCommand(bytes, instruction), checks: [failing('form', decoded.error.code)] };
  const piece = isPiece(decoded.value) ? open('form', 'a piece of a chain: the whole tells') : formOf('form', commandForm(decoded.value));
  return { kind: `${instruction} command`, parts: describeCommand(decoded.value), checks: [piece] };
};

const inspectResponse = (bytes: Bytes): Inspected | undefined => {
  const decoded = decodeResponseApdu(bytes);
  if (!decoded.ok || statusWordName(decoded.value.status) === undefined) return undefined;
  const instruction = answeredInstruction(decoded.value.data);
  const kind = instruction === undefined ? 'response' : `${instruction} response`;
  return { kind, parts: describeResponse(decoded.value, instruction), checks: [formOf('form and status', responseForm(decoded.value, instruction))] };
};

const hasOnly = (bytes: Bytes, table: TagTable): boolean => {
  const decoded = decodeTlvs(bytes);
  return decoded.ok && decoded.value.length > 0 && decoded.value.every(({ tag }) => table.has(tag));
};

const inspectObjects = (bytes: Bytes): Inspected | undefined => {
  if (hasOnly(bytes, EXCHANGE_COMMAND)) return { kind: 'content of an EXCHANGE command', parts: describeTlvs(bytes, EXCHANGE_COMMAND), checks: [] };
  return hasOnly(bytes, AUTH1_ANSWER) ? { kind: 'content of an AUTH1 response or a cryptogram', parts: describeTlvs(bytes, AUTH1_ANSWER), checks: [] } : undefined;
};

/** Documents and certificates tell themselves by their form, commands by their header, responses by their status word. */
export const inspectBytes = (bytes: Bytes, context: BytesContext): Inspected | undefined => {
  const value = decodeForeignCbor(bytes, MAX_RESPONSE_BYTES);
  const cbor = value === undefined ? undefined : inspectCbor(bytes, value, context);
  return cbor ?? inspectDer(bytes, context) ?? inspectCommand(bytes) ?? inspectObjects(bytes) ?? inspectResponse(bytes);
};
