// AccessData (SPEC §8.3): the value of an Access Document's element, which is what a credential may do at one place. Unknown keys are
// refused, since they might narrow the right; extensions are how it is widened or narrowed.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asList, asNumber, field, type Cbor } from '@mortise/base/cbor.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { asNumbered, isRead, readRule, readSchedule, ruleCbor, scheduleCbor, type AccessRule } from './access-schedule.ts';
import { optional } from './document-cbor.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { accessExtensionsCbor, extensionsCbor, readAccessExtensions, readExtensions, type AccessExtension, type Extension } from './extension.ts';

/** `id`: at most 16 bytes (ours: the grant's). `rules`, `schedules`: 1 to 8 where there are any. `readerRuleIds`: at most 16 of 16 bits. */
export type AccessData = {
  readonly id?: Bytes;
  readonly rules?: readonly AccessRule[];
  readonly schedules?: readonly Schedule[];
  readonly readerRuleIds?: readonly number[];
  readonly extensions?: readonly Extension[];
  readonly accessExtensions?: readonly AccessExtension[];
};

export const MAX_ACCESS_ID_BYTES = 16;
export const MAX_RULES = 8;
export const MAX_SCHEDULES = 8;
export const MAX_READER_RULES = 16;

const VERSION = 1;
const LAST_KEY = 6;
const MAX_UINT16 = 0xffff;
const KEYS = { version: 0, id: 1, rules: 2, schedules: 3, readerRuleIds: 4, extensions: 5, accessExtensions: 6 } as const;

const malformed = refuseDocument('access-data-malformed');

export const asAccessId = (value: Cbor | undefined): Bytes | undefined => {
  const id = asBytes(value);
  return id !== undefined && id.length <= MAX_ACCESS_ID_BYTES ? id : undefined;
};

const readParts = (map: ReadonlyMap<number | string, Cbor>): AccessData | undefined => {
  const id = asAccessId(map.get(KEYS.id));
  const [rules, schedules] = [asList(map.get(KEYS.rules), 1, MAX_RULES, readRule), asList(map.get(KEYS.schedules), 1, MAX_SCHEDULES, readSchedule)];
  const readerRuleIds = asList(map.get(KEYS.readerRuleIds), 0, MAX_READER_RULES, (rule) => asNumber(rule, 0, MAX_UINT16));
  const [extensions, accessExtensions] = [readExtensions(map.get(KEYS.extensions)), readAccessExtensions(map.get(KEYS.accessExtensions))];
  const parts = { id, rules, schedules, readerRuleIds, extensions, accessExtensions };
  if (![id, rules, schedules, readerRuleIds, extensions, accessExtensions].every((part, index) => isRead(map, index + 1, part))) return undefined;
  return present(parts);
};

type Parts = { readonly [K in keyof AccessData]-?: AccessData[K] | undefined };

/** Only what is there. */
const present = ({ id, rules, schedules, readerRuleIds, extensions, accessExtensions }: Parts): AccessData => ({
  ...(id && { id }),
  ...(rules && { rules }),
  ...(schedules && { schedules }),
  ...(readerRuleIds && { readerRuleIds }),
  ...(extensions && { extensions }),
  ...(accessExtensions && { accessExtensions }),
});

/** `access-data-version`: a version other than 1; `access-data-malformed`: anything else that SPEC §8.3 does not say. */
export const readAccessData = (value: Cbor): Result<AccessData, DocumentError> => {
  const version = asNumber(field(value, KEYS.version));
  if (version === undefined) return malformed;
  if (version !== VERSION) return refuseDocument('access-data-version');
  const map = asNumbered(value, LAST_KEY);
  const data = map && readParts(map);
  return data === undefined ? malformed : ok(data);
};

/** Asserts that the data are within their bounds: they are ours. */
export const accessDataCbor = (data: AccessData): Cbor => {
  const { id, rules, schedules, readerRuleIds, extensions, accessExtensions } = data;
  const value = new Map<number, Cbor>([
    [KEYS.version, VERSION],
    ...optional(KEYS.id, id),
    ...optional(KEYS.rules, rules?.map(ruleCbor)),
    ...optional(KEYS.schedules, schedules?.map(scheduleCbor)),
    ...optional(KEYS.readerRuleIds, readerRuleIds),
    ...optional(KEYS.extensions, extensions && extensionsCbor(extensions)),
    ...optional(KEYS.accessExtensions, accessExtensions && accessExtensionsCbor(accessExtensions)),
  ]);
  assert(readAccessData(value).ok, 'access data within their bounds');
  return value;
};
