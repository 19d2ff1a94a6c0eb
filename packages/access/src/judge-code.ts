// Whether an offline code opens now, under one key of the roster. What the key decodes but would never have been asked to make, or
// whose time is far away, is no code at all: nearly always it is nine other digits.

import { hex } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { CODE_LENGTHS_H, type CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import { recordCode, usedRefusal, type CodeMemory } from './code-memory.ts';
import { rightsRefusal, type AccessVerb } from './decide.ts';
import { entryRule, refusedEntry, type EntryDecision, type EntryRequest } from './entry-request.ts';
import { codeFrom, codeHours, codeNumber, codeUntil, decodeCode, HOUR_MS, type OfflineCode } from './offline-code.ts';

export type JudgedCode = { readonly decision: EntryDecision; readonly codes: CodeMemory };

/** Further from its time than this a code is unknown: as long as the longest. */
export const CODE_TOLD_MS = Math.max(...CODE_LENGTHS_H) * HOUR_MS;

/** Undefined: the nine digits are no code of this key that could be meant. */
export const judgeCode = (key: CodeKeyEntry, lockId: LockId, typed: string, request: EntryRequest, codes: CodeMemory): JudgedCode | undefined => {
  const code = decodeCode(key, lockId, typed);
  if (code === undefined || !isMeant(key, code, request)) return undefined;
  const refusal = codeRefusal(key, code, request);
  if (refusal !== undefined) return { decision: refused(key, code, request, refusal), codes };
  return code.kind === 'once' && OPENING.includes(request.verb) ? openOnce(key, code, request, codes) : { decision: allowed(key, code, request), codes };
};

const OPENING: readonly (AccessVerb | undefined)[] = ['unlock', 'unlatch', 'holdUnlocked'];

const isMeant = ({ kinds, longest }: CodeKeyEntry, code: OfflineCode, { clock }: EntryRequest): boolean => {
  const near = clock.quality === 'lost' || (codeFrom(code) - clock.now <= CODE_TOLD_MS && clock.now - codeUntil(code) <= CODE_TOLD_MS);
  return kinds.includes(code.kind) && code.length <= longest && near;
};

const codeRefusal = (key: CodeKeyEntry, code: OfflineCode, request: EntryRequest): Reason | undefined => {
  const { quality, now } = request.clock;
  if (quality === 'lost') return 'clock-lost';
  if (now < codeFrom(code)) return 'grant-not-yet';
  if (now > codeUntil(code)) return 'grant-expired';
  if (key.revoked.includes(codeNumber(code))) return 'revoked';
  if (key.until !== null && now > key.until) return 'delegation-over';
  return rightsRefusal(request, key.rights, request.source !== 'relay');
};

// Who has opened may also lock up: only openings are counted.
const openOnce = (key: CodeKeyEntry, code: OfflineCode, request: EntryRequest, codes: CodeMemory): JudgedCode => {
  const spent = usedRefusal(codes, key.keyId, code);
  if (spent !== undefined) return { decision: refused(key, code, request, spent), codes };
  const recorded = recordCode(codes, key.keyId, code, request.clock.now);
  return recorded.ok ? { decision: allowed(key, code, request), codes: recorded.value } : { decision: refused(key, code, request, recorded.error), codes };
};

const KEY_DIGITS = 12;

/** How records name a code: by its key's id and its time, never by a digit. Three words, with which the rule begins. */
export const codeWord = ({ keyId }: Pick<CodeKeyEntry, 'keyId'>, code: OfflineCode): string =>
  `code:${hex(keyId).slice(0, KEY_DIGITS)} ${code.kind} ${isoSeconds(codeFrom(code)).slice(0, 16)}Z+${codeHours(code)}h.${code.index}`;

const refused = (key: CodeKeyEntry, code: OfflineCode, request: EntryRequest, reason: Reason): EntryDecision =>
  ({ ...refusedEntry(request, reason, codeWord(key, code)), pseudonym: key.keyId });

const allowed = (key: CodeKeyEntry, code: OfflineCode, request: EntryRequest): EntryDecision => ({
  allowed: true,
  reason: request.verb === 'lock' ? 'secured-entry' : 'granted-code',
  rule: entryRule(request, codeWord(key, code), 'in-time'),
  pseudonym: key.keyId,
  duress: false,
});
