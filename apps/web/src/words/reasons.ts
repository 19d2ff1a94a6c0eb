// Codes in plain sentences. The lock's own reasons have their sentence in base/reasons.ts; here stand those that read better on a
// phone, and what can go wrong on the way to the lock. Each says what to do where something can be done.

import { REASONS, type Reason } from '@mortise/base/reasons.ts';

const isReason = (code: string): code is Reason => Object.hasOwn(REASONS, code);

const FOR_THE_HAND: Readonly<Record<string, string>> = {
  'credential-unknown': 'This lock does not know this phone’s key. Restore it with the recovery kit, or ask an owner.',
  'right-missing': 'This phone’s key may not do this at this lock.',
  'remote-not-allowed': 'This phone’s key may not open this lock from afar.',
  'transaction-too-late': 'The answer reached the lock too late. Try again.',
  'signature-invalid': 'The lock refused the signature of this phone’s key.',
  'request-repeated': 'The lock had seen this request before and did nothing.',
  'bolt-jammed': 'The bolt did not reach its end. Push or pull the door, then try again.',
  'battery-empty': 'The lock’s battery is too low to move the bolt.',
  'lock-offline': 'The lock has no link to the hub. It opens when the link is back.',
  'lock-busy': 'The lock is busy with somebody else. Try again in a moment.',
  'busy': 'The lock is busy with somebody else. Try again in a moment.',
  'lock-unknown': 'The hub does not know this lock.',
  'not-adopted': 'This lock was reset and belongs to nobody. Add it again.',
  'too-late': 'The answer reached the lock too late. Try again.',
  'timed-out': 'The lock did not answer in time. It was not asked to do anything.',
  'link-lost': 'The connection to the hub broke before the lock was asked. Nothing was opened.',
  'not-confirmed': 'The lock was asked, but its signed answer did not come. It may have acted: look at the state above before you try again.',
  'receipt-refused': 'The answer was not signed by this lock for this request. Look at the state above before you try again.',
  'no-phone-key': 'This browser has no key for this site. Make it one under People.',
  'key-unusable': 'This browser could not use its key. Reload the page; if that does not help, restore it under People.',
  'other-lock': 'What answered is not the lock of this door. Nothing was opened.',
  'not-understood': 'This page and the lock did not understand each other. Nothing was opened.',
  'refused-by-lock': 'The lock refused, without a signed reason.',
};

/** A code of the lock, the wallet or the way between, as a sentence. An unknown code is shown as it is, never hidden. */
export const reasonSentence = (code: string): string => {
  const known = FOR_THE_HAND[code];
  if (known !== undefined) return known;
  return isReason(code) ? REASONS[code].sentence : `The lock did not open (${code}).`;
};

/** The same for a list of what happened: about the record, not to the hand. */
export const reasonNote = (code: string): string => (isReason(code) ? REASONS[code].sentence : code);
