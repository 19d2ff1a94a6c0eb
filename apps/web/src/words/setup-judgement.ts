// What a typed setup code is worth now: the lock it names, or what is missing.

import type { Door, WaitingLock } from '@mortise/api/locks.ts';
import { equalBytes } from '@mortise/base/bytes.ts';
import { identifierBytes, parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { parseSetupCode, SETUP_CODE_CHARACTERS, type SetupCode } from '@mortise/documents/setup-code.ts';
import { setupCodeSentence, typedCharacters } from './codes.ts';
import { waitingObstacle } from './waiting.ts';

export type Judgement = { readonly note: string; readonly bad: boolean; readonly code?: SetupCode; readonly lock?: WaitingLock };

/** What the hub knows of: locks without a door here, and the doors of this site. */
export type Around = {
  /** Undefined: the hub has not said it. */
  readonly waiting: readonly WaitingLock[] | undefined;
  readonly doors: readonly (Pick<Door, 'name'> & { readonly lock: Pick<Door['lock'], 'lockId'> })[];
};

/** Whether the code names this lock. */
export const isLockOf = ({ lockIdPrefix }: SetupCode, lockId: string): boolean => {
  const id = parseIdentifier<LockId>(lockId);
  return id !== undefined && equalBytes(identifierBytes(id).subarray(0, lockIdPrefix.length), lockIdPrefix);
};

const usedUp = (door: string): Judgement => ({ note: `This code was used up: its lock is yours already, on ${door}. After a reset the lock has a new code.`, bad: true });

const unreadable = (text: string, error: Parameters<typeof setupCodeSentence>[0]): Judgement => {
  const typed = typedCharacters(text);
  const bad = typed >= SETUP_CODE_CHARACTERS || (error.code !== 'setup-code-length' && typed > 0);
  return { note: bad ? setupCodeSentence(error, text) : `40 letters and digits, from the label or the Workbench. ${typed} so far.`, bad };
};

/** Of a lock that is here: whether the code is whole, and not that of a lock of this site. Which lock is here, its hello tells. */
export const judgeCodeAlone = (crypto: Crypto, text: string, doors: Around['doors']): Omit<Judgement, 'lock'> => {
  const parsed = parseSetupCode(crypto, text);
  if (!parsed.ok) return unreadable(text, parsed.error);
  const own = doors.find(({ lock }) => isLockOf(parsed.value, lock.lockId));
  if (own !== undefined) return { ...usedUp(own.name), code: parsed.value };
  return { note: 'The code is whole.', bad: false, code: parsed.value };
};

export const judgeSetupCode = (crypto: Crypto, text: string, { waiting, doors }: Around): Judgement => {
  const parsed = parseSetupCode(crypto, text);
  if (!parsed.ok) return unreadable(text, parsed.error);
  const code = parsed.value;
  const own = doors.find(({ lock }) => isLockOf(code, lock.lockId));
  if (own !== undefined) return { ...usedUp(own.name), code };
  if (waiting === undefined) return { note: 'The code is whole. Whether its lock is on the link, the hub has not said yet.', bad: false, code };
  const lock = waiting.find(({ lockId }) => isLockOf(code, lockId));
  const obstacle = waitingObstacle(lock);
  if (lock === undefined || obstacle !== undefined) return { note: obstacle ?? '', bad: true, code };
  return { note: `The code is whole. Its lock is on the link${lock.model === null ? '' : `: ${lock.model}`}.`, bad: false, code, lock };
};
