// What the lock remembers of documents, as the shell stores it: three parts, each written whole when it changed. All three are there
// from the first start on. One that is missing or damaged is not taken for an empty one: that would give back uses that
// were spent and open what was revoked.

import type { DocumentMemory } from '@mortise/access/document-memory.ts';
import {
  decodeAdmissions, decodeIssuers, decodeUses, encodeAdmissions, encodeIssuers, encodeUses, MAX_ISSUERS, MAX_MEMORY_BYTES,
} from '@mortise/access/document-memory-cbor.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asNumber, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';

export const MEMORY_PARTS = ['issuers', 'admissions', 'uses'] as const;
/** Of passive locks: `revocations` (kept-revocations.ts), and `missed`, the number of attempts that were not recorded. Each may be missing. */
export const PASSIVE_PARTS = ['revocations', 'missed'] as const;
/** What is remembered of entries (entry-memory.ts). Each is missing until there was one. */
export const ENTRY_PARTS = ['lockouts', 'codes'] as const;
export const STORED_PARTS = [...MEMORY_PARTS, ...PASSIVE_PARTS, ...ENTRY_PARTS] as const;
export type MemoryPart = (typeof STORED_PARTS)[number];

/** Some of the parts, by name; each is opaque to the shell and at most 8 MiB. */
export type MemoryParts = { readonly [P in MemoryPart]?: Bytes };

const ENCODE: { readonly [P in (typeof MEMORY_PARTS)[number]]: (memory: DocumentMemory) => Bytes } = {
  issuers: ({ issuers }) => encodeIssuers(issuers),
  admissions: ({ admissions }) => encodeAdmissions(admissions),
  uses: ({ uses }) => encodeUses(uses),
};

export const encodeMemory = (memory: DocumentMemory): MemoryParts => partsOf(memory, MEMORY_PARTS);

/** What must be written to get from one to the other; empty when both say the same. */
export const changedParts = (before: DocumentMemory, after: DocumentMemory): MemoryParts =>
  partsOf(after, MEMORY_PARTS.filter((part) => before[part] !== after[part] && !equalBytes(ENCODE[part](before), ENCODE[part](after))));

/** Whether these parts could be read again: a lock writes nothing that it would not believe at its next start. */
export const isStorable = ({ issuers }: DocumentMemory, parts: MemoryParts): boolean =>
  issuers.size <= MAX_ISSUERS && Object.values(parts).every((bytes) => bytes.length <= MAX_MEMORY_BYTES);

/** Takes any bytes; undefined: a part is missing, or is not what was written. */
export const decodeMemory = (parts: MemoryParts): DocumentMemory | undefined => {
  const issuers = parts.issuers && decodeIssuers(parts.issuers);
  const admissions = parts.admissions && decodeAdmissions(parts.admissions);
  const uses = parts.uses && decodeUses(parts.uses);
  return issuers === undefined || admissions === undefined || uses === undefined ? undefined : { issuers, admissions, uses };
};

/** The part `missed`. */
export const encodeMissed = (missed: number): Bytes => encodeCbor([MISSED_VERSION, missed]);

/** Takes any bytes; a store without the part has missed none. */
export const decodeMissed = (bytes: Bytes | undefined): number | undefined => {
  if (bytes === undefined) return 0;
  const [version, missed, ...more] = asArray(decodeCbor(bytes, MAX_MISSED_BYTES), 2) ?? [];
  return version === MISSED_VERSION && more.length === 0 ? asNumber(missed) : undefined;
};

const MISSED_VERSION = 1;
const MAX_MISSED_BYTES = 16;

const partsOf = (memory: DocumentMemory, names: readonly (typeof MEMORY_PARTS)[number][]): MemoryParts =>
  names.reduce<MemoryParts>((parts, part) => ({ ...parts, [part]: ENCODE[part](memory) }), {});
