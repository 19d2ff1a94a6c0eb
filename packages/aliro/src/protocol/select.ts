// SELECT of the expedited and of the step-up phase (SPEC §2): which application, and in the answer's proprietary information (A5)
// which protocol versions and which APDU sizes the user device offers. The whole A5 object of the expedited phase goes into
// every salt (SPEC §4.3), so what an attacker changes here makes the keys differ.

import { briefly } from '@mortise/base/brief.ts';
import { equalBytes, fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { MIN_EXTENDED, type ExtendedLength, type Header } from './apdu.ts';
import { refuse, type AliroError } from './errors.ts';
import { decodeTlvs, encodeTlv, encodeTlvs, readLenient, valueOf, type Field, type Tlv } from './tlv.ts';
import { INTERFACES } from './vendor.ts';

export const SELECT: Header = [0x00, 0xa4, 0x04, 0x00];

export const EXPEDITED_AID: Bytes = Uint8Array.of(0xa0, 0x00, 0x00, 0x09, 0x09, 0xac, 0xce, 0x55, 0x01);
export const STEP_UP_AID: Bytes = Uint8Array.of(0xa0, 0x00, 0x00, 0x09, 0x09, 0xac, 0xce, 0x55, 0x02);

/** `proprietary`: the A5 object, tag and length included. `versions`: as offered, e.g. 0x0100. */
export type Selection = {
  readonly proprietary: Bytes;
  readonly versions: readonly number[];
  readonly extended?: ExtendedLength;
};

const TEMPLATE = 0x6f;
const APPLICATION = 0x84;
const PROPRIETARY = 0xa5;
const TYPE = 0x80;
const VERSIONS = 0x5c;
const EXTENDED = 0x7f66;
const INTEGER = 0x02;
const VENDOR = 0xb3;

const CSA = Uint8Array.of(0x00, 0x00);
const VERSION_BYTES = 2;
const MAX_VERSIONS = 16;
const DEFAULT_EXTENDED = 4096;

const TEMPLATE_FIELDS: readonly Field[] = [{ tag: TEMPLATE, min: 0, max: 1024 }];
const ANSWER_FIELDS: readonly Field[] = [
  { tag: APPLICATION, min: 9, max: 9 },
  { tag: PROPRIETARY, min: 0, max: 512 },
];
const PROPRIETARY_FIELDS: readonly Field[] = [
  { tag: TYPE, min: 2, max: 2 },
  { tag: VERSIONS, min: VERSION_BYTES, max: VERSION_BYTES * MAX_VERSIONS },
  { tag: EXTENDED, min: 8, max: 8, optional: true },
  { tag: VENDOR, min: 0, max: 127, optional: true },
];

/** The whole command; always in the short form, since sizes are not agreed yet. */
export const encodeSelect = (aid: Bytes): Bytes => briefly(SELECTING, uint(aid.length, 1), aid, ALL);

const SELECTING = Uint8Array.from(SELECT);
const ALL = Uint8Array.of(0x00);

const LONG_INTERFACES: readonly number[] = [INTERFACES.ble, INTERFACES.contact, INTERFACES.relay];

/** What a device offers: what it was told to, else 4096 both ways where our interfaces always do (CONTRACTS: interfaces). */
export const offeredLength = (
  interfaceByte: number, maxCommand: number | undefined, maxResponse: number | undefined,
): ExtendedLength | undefined => {
  const offers = maxCommand !== undefined || maxResponse !== undefined || LONG_INTERFACES.includes(interfaceByte);
  return offers ? { maxCommand: maxCommand ?? DEFAULT_EXTENDED, maxResponse: maxResponse ?? DEFAULT_EXTENDED } : undefined;
};

const encodeExtended = ({ maxCommand, maxResponse }: ExtendedLength): Bytes =>
  encodeTlvs([INTEGER, uint(maxCommand, 2)], [INTEGER, uint(maxResponse, 2)]);

/** The A5 object. Ours stays below 128 bytes, since peers differ on longer ones (SPEC §4.3). */
export const encodeProprietary = (versions: readonly number[], extended?: ExtendedLength): Bytes =>
  encodeTlv(PROPRIETARY, encodeTlvs(
    [TYPE, CSA],
    [VERSIONS, briefly(...versions.map((version) => uint(version, VERSION_BYTES)))],
    [EXTENDED, extended && encodeExtended(extended)],
  ));

export const encodeSelectAnswer = (aid: Bytes, proprietary: Bytes): Bytes => encodeTlv(TEMPLATE, encodeTlv(APPLICATION, aid), proprietary);

const readVersions = (value: Bytes): readonly number[] | undefined => {
  const versions: number[] = [];
  for (let at = 0; at < value.length; at += VERSION_BYTES) versions.push((value[at] ?? 0) * 256 + (value[at + 1] ?? 0));
  return value.length % VERSION_BYTES === 0 ? versions : undefined;
};

type Offer = { readonly extended?: ExtendedLength };

const isSize = ({ tag, value }: Tlv): boolean => tag === INTEGER && value.length === 2;

const readSizes = (value: Bytes): readonly [number, number] | undefined => {
  const decoded = decodeTlvs(value);
  const [command, response, ...others] = decoded.ok ? decoded.value : [];
  if (command === undefined || response === undefined || others.length > 0) return undefined;
  const integers = isSize(command) && isSize(response);
  return integers ? [fromUint(command.value), fromUint(response.value)] : undefined;
};

/** An offer below what every device takes is passed over: short APDUs always work. Undefined: not in the form. */
const readExtended = (value: Bytes | undefined): Offer | undefined => {
  if (value === undefined) return {};
  const sizes = readSizes(value);
  if (sizes === undefined) return undefined;
  const [maxCommand, maxResponse] = sizes;
  return Math.min(maxCommand, maxResponse) >= MIN_EXTENDED ? { extended: { maxCommand, maxResponse } } : {};
};

/** The content of A5, once the AID is echoed (SPEC §2, reader's checks). */
const readApplication = (data: Bytes, aid: Bytes): Result<Bytes, AliroError> => {
  const template = readLenient(data, TEMPLATE_FIELDS);
  if (!template.ok) return template;
  const answer = readLenient(valueOf(template.value, TEMPLATE), ANSWER_FIELDS);
  if (!answer.ok) return answer;
  return equalBytes(valueOf(answer.value, APPLICATION), aid) ? ok(valueOf(answer.value, PROPRIETARY)) : refuse('field-value');
};

const decodeProprietary = (content: Bytes): Result<Selection, AliroError> => {
  const fields = readLenient(content, PROPRIETARY_FIELDS);
  if (!fields.ok) return fields;
  const versions = readVersions(valueOf(fields.value, VERSIONS));
  const offer = readExtended(fields.value.get(EXTENDED));
  const known = equalBytes(valueOf(fields.value, TYPE), CSA);
  if (!known || versions === undefined || offer === undefined) return refuse('field-value');
  return ok({ proprietary: encodeTlv(PROPRIETARY, content), versions, ...offer });
};

/** The expedited application's answer. `field-value`: another AID, an application type that is not CSA's, or numbers out of form. */
export const decodeSelectAnswer = (data: Bytes): Result<Selection, AliroError> => {
  const content = readApplication(data, EXPEDITED_AID);
  return content.ok ? decodeProprietary(content.value) : content;
};

/** The step-up application's answer: versions and sizes stay those of the expedited phase, so only AID and type are looked at. */
export const checkStepUpAnswer = (data: Bytes): Result<true, AliroError> => {
  const content = readApplication(data, STEP_UP_AID);
  const fields = content.ok ? readLenient(content.value, PROPRIETARY_FIELDS.slice(0, 1)) : content;
  if (!fields.ok) return fields;
  return equalBytes(valueOf(fields.value, TYPE), CSA) ? ok(true) : refuse('field-value');
};

/** The highest version that both sides speak (SPEC §2). */
export const commonVersion = (ours: readonly number[], theirs: readonly number[]): number | undefined => {
  let highest: number | undefined;
  for (const version of ours) if (version > (highest ?? -1) && theirs.includes(version)) highest = version;
  return highest;
};
