// Codes in plain sentences: the lock's own reasons, as they read best on a phone, and what can go wrong on the way to the lock. Each
// says what to do where something can be done.

import { REASONS, type Reason } from '@mortise/base/reasons.ts';

const isReason = (code: string): code is Reason => Object.hasOwn(REASONS, code);

// To the hand that asked. A reason that is only ever about a record keeps its own sentence; the type asks for each of them.
const BY_THE_LOCK: Readonly<Record<Reason, string>> = {
  'granted-trusted': REASONS['granted-trusted'].sentence,
  'bolt-secured': REASONS['bolt-secured'].sentence,
  'manual': REASONS.manual.sentence,
  'auto-relock': REASONS['auto-relock'].sentence,
  'moved-by-other': 'The bolt was moved by neither motor nor thumb-turn: a mechanical key, or force.',
  'granted-document': REASONS['granted-document'].sentence,
  'secured-document': REASONS['secured-document'].sentence,
  'credential-unknown': 'This lock does not know this phone’s key. Restore it with the recovery kit, or ask an owner.',
  'right-missing': 'This phone’s key may not do this at this lock.',
  'remote-not-allowed': 'This phone’s key may not open this lock from afar.',
  'verb-missing': REASONS['verb-missing'].sentence,
  'verb-not-supported': REASONS['verb-not-supported'].sentence,
  'transaction-too-late': 'The answer reached the lock too late. Try again.',
  'signature-invalid': 'The lock refused the signature of this phone’s key.',
  'protocol-error': REASONS['protocol-error'].sentence,
  'request-repeated': 'The lock had seen this request before and did nothing.',
  'bolt-jammed': 'The bolt did not reach its end. Push or pull the door, then try again.',
  'door-open': REASONS['door-open'].sentence,
  'battery-empty': 'The lock’s battery is too low to move the bolt.',
  'adopted': REASONS.adopted.sentence,
  'roster-accepted': REASONS['roster-accepted'].sentence,
  'roster-refused': REASONS['roster-refused'].sentence,
  'started': REASONS.started.sentence,
  'adoption-refused': REASONS['adoption-refused'].sentence,
  'refusals-suppressed': 'So many refusals came at once that the lock recorded only their number.',
  'revocations-accepted': REASONS['revocations-accepted'].sentence,
  'revocations-refused': REASONS['revocations-refused'].sentence,
  'owners-accepted': REASONS['owners-accepted'].sentence,
  'owners-refused': REASONS['owners-refused'].sentence,
  'document-missing': 'This phone has no key for this door. Ask whoever lent it to you.',
  'document-invalid': 'The key on this phone is damaged. Open its link again, or ask for a new one.',
  'issuer-unknown': 'Whoever gave this key has no power over this lock any more. Ask for a new one.',
  'other-credential': 'This key was given to another phone.',
  'document-outdated': 'A newer key has replaced this one. Connect to the internet to fetch it.',
  'grant-not-yet': 'This key does not work yet.',
  'grant-expired': 'This key has ended.',
  'revoked': 'This key was taken back.',
  'condition-unknown': 'This key has a condition that this lock does not know. The lock may need an update.',
  'outside-hours': 'This key does not work at this hour.',
  'zone-unknown': 'The lock’s table of its time zone has ended. An owner must renew it.',
  'clock-lost': 'The lock has lost its clock. An owner can open it, and a phone with a connection can set it.',
  'delegation-exceeded': 'This key says more than its issuer may give. Ask an owner for a new one.',
  'delegation-over': 'The permission behind this key has ended. Ask an owner for a new one.',
  'holiday': 'This key does not work on holidays.',
  'verification-missing': 'This key asks for your fingerprint, face or code on the phone. Try again and confirm.',
  'freshness-lapsed': 'This key must be confirmed. Connect to the internet for a moment, then try again.',
  'first-use-over': 'The time for this key has passed since it was first used.',
  'uses-spent': 'This key has been used as often as it may be.',
  'uses-unknown': 'The lock no longer knows how often this key was used. Ask for a new one.',
  'delegation-spent': 'This lock takes no more new keys today. Try again tomorrow, or ask an owner.',
  'invitation-used': 'Another phone has used this invitation. Tell whoever sent it to you.',
  'memory-full': 'The lock has no room for another key like this. Ask an owner.',
  'revocations-full': 'The lock has no room for more revocations. Ask an owner.',
  'granted-pin': REASONS['granted-pin'].sentence,
  'granted-code': REASONS['granted-code'].sentence,
  'granted-card': REASONS['granted-card'].sentence,
  'granted-finger': REASONS['granted-finger'].sentence,
  'secured-entry': REASONS['secured-entry'].sentence,
  'duress-alarm': REASONS['duress-alarm'].sentence,
  'code-unknown': 'This lock knows no such PIN or code. Look at the digits, then try again.',
  'code-malformed': 'A PIN or a code has 6 to 9 digits; with decoys around it, at most 20.',
  'card-unknown': REASONS['card-unknown'].sentence,
  'finger-unknown': REASONS['finger-unknown'].sentence,
  'second-factor-missing': 'Something else of yours must come with it within 30 seconds: a card, a finger, a PIN or a phone.',
  'locked-out': 'After too many wrong entries the lock waits before it listens again. A phone still opens it.',
};

const ON_THE_WAY: Readonly<Record<string, string>> = {
  'lock-offline': 'The lock has no link to the hub. It opens when the link is back.',
  'lock-busy': 'The lock is busy with somebody else. Try again in a moment.',
  'busy': 'The lock is busy with somebody else. Try again in a moment.',
  'go-nearer': 'The lock does not answer from here. Go nearer to the door and try again.',
  'lock-unknown': 'The hub does not know this lock.',
  'not-adopted': 'This lock was reset and belongs to nobody. Add it again.',
  'too-late': 'The answer reached the lock too late. Try again.',
  'timed-out': 'The lock did not answer in time. It was not asked to do anything.',
  'link-lost': 'The connection to the hub broke before the lock was asked. Nothing was opened.',
  'not-confirmed': 'The lock was asked, but its signed answer did not come. It may have acted: look at the state above before you try again.',
  'receipt-refused': 'The answer was not signed by this lock for this request. Look at the state above before you try again.',
  'no-phone-key': 'This browser has no key for this site. Make it one under People.',
  'key-unread': 'This browser’s storage could not be read, and its key with it. Try again; the key may well be there.',
  'key-unusable': 'This browser could not use its key. Reload the page; if that does not help, restore it under People.',
  'other-lock': 'What answered is not the lock of this door. Nothing was opened.',
  'not-understood': 'This page and the lock did not understand each other. Nothing was opened.',
  'refused-by-lock': 'The lock refused, without a signed reason.',
};

/** A code of the lock, the wallet or the way between, as a sentence. An unknown code is shown as it is, never hidden. */
export const reasonSentence = (code: string): string => {
  if (isReason(code)) return BY_THE_LOCK[code];
  const known = Object.hasOwn(ON_THE_WAY, code) ? ON_THE_WAY[code] : undefined; // the code may be anybody’s word
  return known ?? `The lock did not open (${code}).`;
};

/** The same for a list of what happened: about the record, not to the hand. */
export const reasonNote = (code: string): string => (isReason(code) ? REASONS[code].sentence : code);
