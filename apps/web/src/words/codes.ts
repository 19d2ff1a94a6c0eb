// What a typed code lacks, and why an adoption ended, in sentences. Each failure of an adoption says what did not change.

import type { AdoptionError } from '@mortise/documents/adoption-message.ts';
import type { SetupCodeError } from '@mortise/documents/setup-code.ts';
import type { PapersError } from '@mortise/wallet/lock-papers.ts';
import type { LockKeysError } from '@mortise/wallet/lock-keys.ts';
import type { KitError } from '@mortise/wallet/recovery-kit.ts';

/** Letters and digits typed so far: the checks of codes count these only. */
export const typedCharacters = (text: string): number => text.replace(/^\s*mortise:/i, '').replaceAll(/[^A-Za-z0-9]/g, '').length;

const SETUP: Readonly<Record<SetupCodeError['code'], string>> = {
  'setup-code-length': 'A setup code has 40 letters and digits, in 8 groups of five.',
  'setup-code-characters': 'A setup code has only letters and the digits 2 to 7.',
  'setup-code-checksum': 'There is a slip somewhere: compare group by group.',
  'setup-code-version': 'This code is of a newer kind of lock. Update this hub first.',
};

export const setupCodeSentence = ({ code }: SetupCodeError, text: string): string =>
  code === 'setup-code-length' ? `${SETUP[code]} This one has ${typedCharacters(text)}.` : SETUP[code];

export const kitSentence = ({ code, characters }: KitError): string => {
  if (code === 'kit-length') return `A kit has 56 letters and digits, in 14 groups of four. This one has ${characters}.`;
  if (code === 'kit-characters') return 'A kit has only letters and the digits 2 to 7.';
  if (code === 'kit-version') return 'This kit was printed by a newer Mortise. Update this hub first.';
  return 'There is a slip somewhere: compare group by group.';
};

const minutes = (ms: number): string => {
  const count = Math.max(1, Math.ceil(ms / 60_000));
  return count === 1 ? 'a minute' : `${count} minutes`;
};

const UNCHANGED = 'Nothing was changed.';

const ADOPTION: Readonly<Record<AdoptionError['code'], string>> = {
  'malformed': `What came back was not an answer of this handshake. Something between you and the lock is broken, or meddles. ${UNCHANGED}`,
  'identity-mismatch': `The lock that answered is not the one of this code: it is another lock, or somebody stands in between. ${UNCHANGED}`,
  'signature-invalid': `The lock’s signature does not hold: its answer was changed on the way. ${UNCHANGED}`,
  'setup-code-wrong': `The lock does not take this code. It may be an old one: after a reset a lock has a new code. ${UNCHANGED}`,
  'already-adopted': `This lock already belongs to somebody. To give it away, its owner resets it. ${UNCHANGED}`,
  'too-many-tries': `The lock has had too many wrong codes and does not listen for a while. ${UNCHANGED}`,
  'document-refused': `The lock found that the documents do not fit together, and refused them. ${UNCHANGED}`,
};

/** Why the lock was not adopted. */
export const adoptionSentence = ({ code, retryAfterMs }: AdoptionError): string =>
  code === 'too-many-tries' && retryAfterMs !== undefined && retryAfterMs > 0
    ? `The lock has had too many wrong codes. Try again in ${minutes(retryAfterMs)}. ${UNCHANGED}`
    : ADOPTION[code];

/** The same for the way to the lock, before the offer went out. */
export const ADOPTION_LINK = {
  'lock-offline': `The lock has no link to the hub now. See that it has power, then try again. ${UNCHANGED}`,
  'no-answer': `The lock did not answer in time. Try again. ${UNCHANGED}`,
  'link-lost': `The connection broke. Try again. ${UNCHANGED}`,
  'not-here': `The lock does not answer here any more. See that you are close, then try again. ${UNCHANGED}`,
} as const;

const LOCK_KEYS: Readonly<Record<LockKeysError['code'], string>> = {
  'identity-mismatch': 'The hub gave another lock’s key for this one.',
  'statement-refused': 'The hub could not show this lock’s own word for its keys.',
  'other-site': 'The hub shows a lock that another site owns.',
  'keys-differ': 'The hub gave other keys for this lock than the lock itself has named.',
};

/** Why a lock's keys, as the hub tells them, are not used. */
export const lockKeysSentence = ({ code }: LockKeysError): string => `${LOCK_KEYS[code]} It is broken, or it lies. Nothing was signed.`;

/** Why a roster that the hub shows is not followed. */
export const papersSentence = ({ code }: PapersError): string => {
  if (code === 'withheld') return 'The hub shows an older roster than this browser has seen: who was removed since would be back. Its backup was put back, or it keeps the newer one from you. Nothing was signed.';
  if (code === 'fork') return 'The hub shows another roster than the one this browser has seen. It is broken, or it lies. Nothing was signed.';
  return 'Its roster was not signed by an owner of this site.';
};
