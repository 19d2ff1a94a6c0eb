// May what was typed do this here now, and why (docs/CODES.md). It may hold PINs of the roster among decoy digits, and nine digits may be
// an offline code as well; any one that is allowed suffices. All of them are tried, so that the time it takes does not tell which was
// found. The decision names roster, window, clock and zone, or the code's key and time, and never a digit of what was typed.

import type { Reason } from '@mortise/base/reasons.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import type { CodeMemory } from './code-memory.ts';
import { behindLockout, proofsAfter } from './decide-entry.ts';
import { refusedEntry, type EntryMemory, type EntryOutcome, type EntryRequest } from './entry-request.ts';
import { judgeCode, type JudgedCode } from './judge-code.ts';
import { judgeEntry, type JudgedEntry } from './judge-entry.ts';
import { isCode } from './offline-code.ts';
import { findPins, guessUnits, isTyped, type PinBook } from './pin-book.ts';

export type CodeRequest = EntryRequest & {
  readonly source: 'keypad' | 'near' | 'relay';
  /** As it was typed; takes any text. */
  readonly typed: string;
  readonly pins: PinBook;
  /** At most 4. */
  readonly codeKeys: readonly CodeKeyEntry[];
};

/**
 * Decides by the roster's PINs and keys of codes. Reasons of its own: `locked-out`, `code-malformed` (nothing was tried), `code-unknown`,
 * `second-factor-missing`; of an offline code: `grant-not-yet`, `grant-expired`, `revoked`, `delegation-over`, `clock-lost`, `uses-spent`,
 * `uses-unknown`, `memory-full`. What comes out as memory is stored before the answer, also after a refusal.
 */
export const decideCode = (crypto: Crypto, request: CodeRequest, memory: EntryMemory): EntryOutcome => {
  const units = isTyped(request.typed) ? guessUnits(request.typed) : 0;
  const isBare = (): boolean => findPins(crypto, { ...request.pins, lengths: request.pins.lengths.filter((length) => length === request.typed.length) }, request.typed).length > 0;
  return behindLockout(request, memory, { units, isBare }, () => (units === 0 ? refuse(request, memory, 'code-malformed') : judgeTyped(crypto, request, memory)));
};

const refuse = (request: CodeRequest, memory: EntryMemory, reason: Reason): EntryOutcome =>
  ({ decision: refusedEntry(request, reason, `default:${request.rosterVersion}`), memory });

const judgeTyped = (crypto: Crypto, request: CodeRequest, memory: EntryMemory): EntryOutcome => {
  const pins = findPins(crypto, request.pins, request.typed).map((terms) => judgeEntry('pin', terms, request, memory.proofs));
  const codes = isCode(request.typed) ? judgeCodes(request, memory.codes) : [];
  const outcome = byPin(pins, memory) ?? byCode(codes, memory) ?? furthest(pins, codes, memory) ?? refuse(request, memory, 'code-unknown');
  // Where one of several PINs is of duress, a false alarm is better than none.
  const duress = outcome.decision.duress || pins.some(({ decision }) => decision.duress);
  return { ...outcome, decision: { ...outcome.decision, duress } };
};

const judgeCodes = (request: CodeRequest, codes: CodeMemory): readonly JudgedCode[] =>
  request.codeKeys.map((key) => judgeCode(key, request.pins.lockId, request.typed, request, codes)).filter((judged) => judged !== undefined);

const byPin = (pins: readonly JudgedEntry[], memory: EntryMemory): EntryOutcome | undefined => {
  const judged = pins.find(({ decision }) => decision.allowed);
  return judged && { decision: judged.decision, memory: { ...memory, proofs: proofsAfter(memory.proofs, judged) } };
};

const byCode = (codes: readonly JudgedCode[], memory: EntryMemory): EntryOutcome | undefined => {
  const judged = codes.find(({ decision }) => decision.allowed);
  return judged && { decision: judged.decision, memory: { ...memory, codes: judged.codes } };
};

/** Nothing opens: the PIN that waits for its second factor, else any PIN, else any code. Each first factor is remembered. */
const furthest = (pins: readonly JudgedEntry[], codes: readonly JudgedCode[], memory: EntryMemory): EntryOutcome | undefined => {
  const [told] = [...pins.filter(({ proof }) => proof !== undefined), ...pins, ...codes];
  return told && { decision: told.decision, memory: { ...memory, proofs: pins.reduce(proofsAfter, memory.proofs) } };
};
