// Documents, requests and responses of the step-up phase in words (SPEC §8): each key named, dates and schedules as text. Any CBOR is described,
// also what a reader would refuse: to see why is what this is for.

import { Tagged, type Cbor } from '@mortise/base/cbor.ts';
import { readRule, readSchedule } from '../documents/access-schedule.ts';
import { anything, counted, dated, embedded, inside, items, mapped, type CborForm, type CborRow, type CborTable } from './describe-cbor.ts';
import { describeX509 } from './describe-certificate.ts';
import { scheduleText } from './describe-schedule.ts';
import { bitWords, byteCount, listed, type Meaning } from './described.ts';
import { CAPABILITY_BITS } from './names.ts';

const KINDS: Readonly<Record<string, string>> = { 'aliro-a': 'Access Document', 'aliro-r': 'Revocation Document' };

const kind: CborForm = (value) => {
  const name = typeof value === 'string' && Object.hasOwn(KINDS, value) ? KINDS[value] : undefined;
  if (typeof value === 'string' && name !== undefined) return { says: `${value}, ${name}` };
  const meaning = anything(value);
  return { ...meaning, says: `${meaning.says ?? ''} neither aliro-a nor aliro-r`.trim() };
};

// ---- AccessData (SPEC §8.3) --------------------------------------------------------------------------------------------------------

const scheduleNumbers = (bitmap: number): string => listed(Array.from({ length: 16 }, (_, bit) => bit).filter((bit) => ((bitmap >> bit) & 1) === 1).map(String), 'none');

const ruleText = (value: Cbor): string | undefined => {
  const rule = readRule(value);
  if (rule === undefined) return undefined;
  const allow = rule.allow === undefined ? '' : `, only in schedule ${scheduleNumbers(rule.allow).replace(' and ', ' or ')}`;
  const deny = rule.deny === undefined ? '' : `, never in schedule ${scheduleNumbers(rule.deny).replace(' and ', ' or ')}`;
  return `${bitWords(rule.capabilities, CAPABILITY_BITS)}${allow}${deny}`;
};

const RULE: CborTable = new Map([
  [0, { name: 'capabilities', form: counted((bitmap) => bitWords(bitmap, CAPABILITY_BITS)) }],
  [1, { name: 'allow schedules', form: counted(scheduleNumbers) }],
  [2, { name: 'deny schedules', form: counted(scheduleNumbers) }],
]);

/** The sentence when it is in form, else what is there. */
const rule: CborForm = (value) => {
  const says = ruleText(value);
  return says === undefined ? { says: 'not in form', ...mapped(RULE)(value) } : { says };
};

const wallTime = counted((seconds) => (seconds >= 0 && seconds < 253_402_300_800 ? new Date(seconds * 1000).toISOString().slice(0, 19) : String(seconds)));

const SCHEDULE: CborTable = new Map([
  [0, { name: 'start', form: wallTime }],
  [1, { name: 'end', form: wallTime }],
  [2, { name: 'recurrence', form: items(['duration (s)', 'mask', 'pattern', 'interval', 'ordinal'], anything) }],
  [3, { name: 'flags', form: counted((flags) => (flags === 1 ? 'UTC' : flags === 0 ? 'local time' : `${flags}, reserved`)) }],
]);

const schedule: CborForm = (value) => {
  const read = readSchedule(value);
  return read === undefined ? { says: 'not in form', ...mapped(SCHEDULE)(value) } : { says: scheduleText(read) };
};

const ruleIds: CborForm = items('reader rule', counted((id) => id.toString(16).toUpperCase().padStart(4, '0')));

const vendorText = (key: number | string | undefined): string => (typeof key === 'number' && key >= 0 ? key.toString(16).toUpperCase().padStart(6, '0') : 'out of form');

const vendor = (form: CborForm): CborForm => (value) => {
  const { parts = [], ...rest } = mapped(new Map())(value);
  const vendors = value instanceof Map ? [...value] : [];
  return { ...rest, parts: parts.map((part, index) => ({ ...part, name: `vendor ${vendorText(vendors[index]?.[0])}`, ...form(vendors[index]?.[1] ?? null) })) };
};

const criticality = counted((flags) => ((flags & 1) === 0 ? 'critical: who does not know it refuses' : 'not critical'));
const extensions = vendor(items('extension', items(['id', 'version', 'data'], anything)));
const accessExtensions = vendor(items('extension', items(['criticality', 'id', 'version', 'data'], [criticality, anything, anything, anything])));

const ACCESS_DATA: CborTable = new Map<number, CborRow>([
  [0, { name: 'version' }],
  [1, { name: 'id' }],
  [2, { name: 'rules', form: items('rule', rule) }],
  [3, { name: 'schedules', form: items('schedule', schedule) }],
  [4, { name: 'reader rules', form: ruleIds }],
  [5, { name: 'extensions', form: extensions }],
  [6, { name: 'access extensions', form: accessExtensions }],
]);

// ---- RevocationData (SPEC §8.4) ----------------------------------------------------------------------------------------------------

const epoch: CborForm = (value) =>
  value instanceof Tagged && value.tag === 1 && typeof value.value === 'number' ? { says: `${wallTime(value.value).says ?? ''}Z` } : anything(value);

const ENTRY: CborTable = new Map<number, CborRow>([
  [0, { name: 'credential (SHA-256)' }], [1, { name: 'AccessData id' }], [2, { name: 'until', form: epoch }],
]);

const REVOCATION_DATA: CborTable = new Map<number, CborRow>([
  [0, { name: 'version' }],
  [1, { name: 'change', form: counted((change) => ['overwrite: the list begins anew', 'append'][change] ?? `${change}, unknown`) }],
  [2, { name: 'revoked', form: items('entry', mapped(ENTRY)) }],
  [3, { name: 'no longer revoked', form: items('entry', mapped(ENTRY)) }],
  [4, { name: 'extensions', form: extensions }],
]);

// ---- the issuer's part (SPEC §8.1, §8.2) -------------------------------------------------------------------------------------------

const coordinates: CborForm = mapped(new Map<number, CborRow>([
  [1, { name: 'key type', form: counted((type) => (type === 2 ? 'EC2' : String(type))) }],
  [-1, { name: 'curve', form: counted((curve) => (curve === 1 ? 'P-256' : String(curve))) }],
  [-2, { name: 'x' }],
  [-3, { name: 'y' }],
]));

const digests: CborForm = (value) => {
  const spaces = value instanceof Map ? [...value] : [];
  return { parts: spaces.map(([space, content]) => ({ name: typeof space === 'string' ? `name space “${space.replaceAll(/\p{C}/gu, '?')}”` : 'not a name space', ...digestsOf(content) })) };
};

const digestsOf: CborForm = (value) => {
  const { parts = [], ...rest } = mapped(new Map())(value);
  return { ...rest, parts: parts.map((part) => ({ ...part, name: 'digest' })) };
};

const VALIDITY: CborTable = new Map<string, CborRow>([
  ['1', { name: 'signed', form: dated }], ['2', { name: 'valid from', form: dated }], ['3', { name: 'valid until', form: dated }],
  ['4', { name: 'expected update', form: dated }], ['5', { name: 'validity iteration' }],
]);

const SECURITY_OBJECT: CborTable = new Map<string, CborRow>([
  ['1', { name: 'version' }],
  ['2', { name: 'digest algorithm' }],
  ['3', { name: 'digests', form: digests }],
  ['4', { name: 'credential key', form: mapped(new Map([['1', { name: 'key', form: coordinates }]])) }],
  ['5', { name: 'kind of document', form: kind }],
  ['6', { name: 'validity', form: mapped(VALIDITY) }],
  ['7', { name: 'time verification required' }],
]);

const certificate: CborForm = (value) => (value instanceof Uint8Array ? { says: byteCount(value.length), parts: describeX509(value) } : anything(value));

const HEADERS: CborTable = new Map<number, CborRow>([
  [1, { name: 'algorithm', form: counted((algorithm) => (algorithm === -7 ? 'ES256' : String(algorithm))) }],
  [4, { name: 'issuer’s key identifier' }],
  [33, { name: 'issuer’s certificate', form: certificate }],
]);

const issuerAuth: CborForm = items(
  ['protected headers', 'headers', 'security object', 'signature'],
  [inside(mapped(HEADERS)), mapped(HEADERS), inside(embedded(mapped(SECURITY_OBJECT))), anything],
);

// ---- documents, responses, requests (SPEC §8) --------------------------------------------------------------------------------------

/** Which kind of value stands in an element is told by its own keys: a Revocation Document's has a change. */
const elementValue: CborForm = (value) => mapped(value instanceof Map && typeof value.get(1) === 'number' ? REVOCATION_DATA : ACCESS_DATA)(value);

const ITEM: CborTable = new Map<string, CborRow>([
  ['1', { name: 'digest id' }], ['2', { name: 'random' }], ['3', { name: 'element' }], ['4', { name: 'value', form: elementValue }],
]);

const spaces: CborForm = (value) => {
  const { parts = [], ...rest } = mapped(new Map())(value);
  const entries = value instanceof Map ? [...value] : [];
  return { ...rest, parts: parts.map((part, index) => ({ ...part, name: 'name space', ...items('element', embedded(mapped(ITEM)))(entries[index]?.[1] ?? null) })) };
};

const DOCUMENT: CborTable = new Map<string, CborRow>([
  ['1', { name: 'issuer-signed', form: mapped(new Map([['1', { name: 'elements', form: spaces }], ['2', { name: 'issuer’s authentication', form: issuerAuth }]])) }],
  ['5', { name: 'kind of document', form: kind }],
]);

const STATUSES: ReadonlyMap<number, string> = new Map([[0, 'ok'], [10, 'general error'], [11, 'request not decodable'], [12, 'request not valid']]);

const RESPONSE: CborTable = new Map<string, CborRow>([
  ['1', { name: 'version' }],
  ['2', { name: 'documents', form: items('document', mapped(DOCUMENT)) }],
  ['3', { name: 'status', form: counted((status) => `${status}, ${STATUSES.get(status) ?? 'unknown'}`) }],
]);

const wanted: CborForm = (value) => {
  const { parts = [], ...rest } = mapped(new Map())(value);
  const entries = value instanceof Map ? [...value] : [];
  return { ...rest, parts: parts.map((part, index) => ({ ...part, name: 'name space', ...elementsWanted(entries[index]?.[1] ?? null) })) };
};

const elementsWanted = (value: Cbor): Meaning => {
  const { parts = [], ...rest } = mapped(new Map())(value);
  return { ...rest, parts: parts.map(({ says, ...part }) => ({ ...part, name: 'element', says: says === 'true' ? 'to be kept' : says === 'false' ? 'not to be kept' : says ?? '' })) };
};

const ITEMS_REQUEST: CborTable = new Map<string, CborRow>([
  ['1', { name: 'elements', form: wanted }], ['2', { name: 'request information' }], ['5', { name: 'kind of document', form: kind }],
]);

const REQUEST: CborTable = new Map<string, CborRow>([
  ['1', { name: 'version' }],
  ['2', { name: 'requests', form: items('request', mapped(new Map([['1', { name: 'items', form: embedded(mapped(ITEMS_REQUEST)) }]]))) }],
]);

export const describeDocument: CborForm = mapped(DOCUMENT);
export const describeDeviceResponse: CborForm = mapped(RESPONSE);
export const describeDeviceRequest: CborForm = mapped(REQUEST);
export const describeSecurityObject: CborForm = mapped(SECURITY_OBJECT);
export const describeIssuerAuth: CborForm = issuerAuth;
export const describeElementValue: CborForm = elementValue;
