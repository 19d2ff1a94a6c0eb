// Why a lock did what it did (CONTRACTS: reasons). One table: app and CLI put the sentence keys into words, `number` goes
// into records and over wires and is never reused, `readerStatus` is what Aliro's tag 97 says (SPEC §7.1).

export const REASONS = {
  'granted-trusted': { number: 1, readerStatus: 0x0181, sentence: 'The key is in this lock’s roster.' },
  'bolt-secured': { number: 2, readerStatus: 0x0180, sentence: 'The key is in this lock’s roster.' },
  'manual': { number: 3, readerStatus: 0x0000, sentence: 'Turned by hand from inside.' },
  'auto-relock': { number: 4, readerStatus: 0x0000, sentence: 'Locked by itself.' },
  'moved-by-other': { number: 5, readerStatus: 0x0000, sentence: 'Moved by neither motor nor thumb-turn: a mechanical key, or force.' },
  'granted-document': { number: 6, readerStatus: 0x0181, sentence: 'The key’s grant allows it.' },
  'secured-document': { number: 7, readerStatus: 0x0180, sentence: 'The key’s grant allows it.' },
  'credential-unknown': { number: 20, readerStatus: 0x0001, sentence: 'This lock does not know the key.' },
  'right-missing': { number: 21, readerStatus: 0x0025, sentence: 'The key may not do this at this lock.' },
  'remote-not-allowed': { number: 22, readerStatus: 0x0025, sentence: 'The key may not open this lock from afar.' },
  'verb-missing': { number: 23, readerStatus: 0x0007, sentence: 'The request did not say what to do.' },
  'verb-not-supported': { number: 24, readerStatus: 0x0007, sentence: 'This lock cannot do that.' },
  'transaction-too-late': { number: 25, readerStatus: 0x0007, sentence: 'The answer came too late.' },
  'signature-invalid': { number: 26, readerStatus: 0x0004, sentence: 'The key’s signature was wrong.' },
  'protocol-error': { number: 27, readerStatus: 0x0007, sentence: 'The key and the lock did not understand each other.' },
  'request-repeated': { number: 28, readerStatus: 0x0007, sentence: 'This request was made before.' },
  'bolt-jammed': { number: 40, readerStatus: 0x0102, sentence: 'The bolt did not reach its end.' },
  'door-open': { number: 41, readerStatus: 0x0026, sentence: 'The door stands open.' },
  'battery-empty': { number: 42, readerStatus: 0x0026, sentence: 'The battery is too low to move the bolt.' },
  'adopted': { number: 60, readerStatus: 0x0000, sentence: 'The lock was adopted.' },
  'roster-accepted': { number: 61, readerStatus: 0x0000, sentence: 'The lock took a new roster.' },
  'roster-refused': { number: 62, readerStatus: 0x0000, sentence: 'The lock refused a roster.' },
  'started': { number: 63, readerStatus: 0x0000, sentence: 'The lock started.' },
  'adoption-refused': { number: 64, readerStatus: 0x0000, sentence: 'The lock refused to be adopted.' },
  'refusals-suppressed': { number: 65, readerStatus: 0x0000, sentence: 'So many refusals came at once that only their number was recorded.' },
  // What couriers bring: each proves itself (ADR 22).
  'revocations-accepted': { number: 66, readerStatus: 0x0000, sentence: 'The lock took a list of what must no longer open.' },
  'revocations-refused': { number: 67, readerStatus: 0x0000, sentence: 'The lock refused a list of what must no longer open.' },
  'owners-accepted': { number: 68, readerStatus: 0x0000, sentence: 'The lock took a new set of owners.' },
  'owners-refused': { number: 69, readerStatus: 0x0000, sentence: 'The lock refused a new set of owners.' },
  // Access documents and the grants in them (packages/access).
  'document-missing': { number: 70, readerStatus: 0x0025, sentence: 'The key brought no grant for this door.' },
  'document-invalid': { number: 71, readerStatus: 0x0006, sentence: 'The grant is damaged, or not in a form that this lock reads.' },
  'issuer-unknown': { number: 72, readerStatus: 0x0003, sentence: 'Whoever signed the grant has no power over this lock.' },
  'other-credential': { number: 73, readerStatus: 0x0003, sentence: 'The grant belongs to another key.' },
  'document-outdated': { number: 74, readerStatus: 0x0002, sentence: 'A newer document has replaced this one.' },
  'grant-not-yet': { number: 75, readerStatus: 0x0002, sentence: 'The grant has not begun.' },
  'grant-expired': { number: 76, readerStatus: 0x0002, sentence: 'The grant has ended.' },
  'revoked': { number: 77, readerStatus: 0x0003, sentence: 'The grant was taken back.' },
  'condition-unknown': { number: 78, readerStatus: 0x0007, sentence: 'The grant has a condition that this lock does not know.' },
  'outside-hours': { number: 79, readerStatus: 0x0025, sentence: 'The grant does not hold at this hour.' },
  'zone-unknown': { number: 80, readerStatus: 0x0007, sentence: 'The lock does not know its time zone at this date.' },
  'clock-lost': { number: 81, readerStatus: 0x0007, sentence: 'The lock has lost its clock, and the grant is limited in time.' },
  'delegation-exceeded': { number: 82, readerStatus: 0x0025, sentence: 'Whoever issued the grant went beyond the power that the owners gave.' },
  'delegation-over': { number: 83, readerStatus: 0x0002, sentence: 'The power to issue this grant has ended.' },
  'holiday': { number: 84, readerStatus: 0x0025, sentence: 'The grant does not hold on holidays.' },
  'verification-missing': { number: 85, readerStatus: 0x0025, sentence: 'The phone did not verify who holds it.' },
  'freshness-lapsed': { number: 86, readerStatus: 0x0002, sentence: 'The grant was not confirmed recently enough.' },
  'first-use-over': { number: 87, readerStatus: 0x0002, sentence: 'The time after the first use has passed.' },
  'uses-spent': { number: 88, readerStatus: 0x0025, sentence: 'The grant has been used as often as it may be.' },
  'uses-unknown': { number: 89, readerStatus: 0x0025, sentence: 'The lock no longer knows how often the grant was used.' },
  'delegation-spent': { number: 90, readerStatus: 0x0025, sentence: 'This lock has taken as many new keys of this issuer as it may in a day.' },
  'invitation-used': { number: 91, readerStatus: 0x0003, sentence: 'Another phone has used this invitation.' },
  'memory-full': { number: 92, readerStatus: 0x0007, sentence: 'The lock has no room to remember another grant.' },
  'revocations-full': { number: 93, readerStatus: 0x0007, sentence: 'The lock has no room for another revocation.' },
  // PINs, offline codes, cards and fingers (packages/access); the hand at the keypad is told by light and sound only.
  'granted-pin': { number: 100, readerStatus: 0x0000, sentence: 'The PIN is right.' },
  'granted-code': { number: 101, readerStatus: 0x0000, sentence: 'The code is right.' },
  'granted-card': { number: 102, readerStatus: 0x0000, sentence: 'The card is in this lock’s roster.' },
  'granted-finger': { number: 103, readerStatus: 0x0000, sentence: 'The finger is in this lock’s roster.' },
  'secured-entry': { number: 104, readerStatus: 0x0000, sentence: 'Locked by a PIN, a code, a card or a finger.' },
  'duress-alarm': { number: 105, readerStatus: 0x0000, sentence: 'Somebody opened under duress.' },
  'code-unknown': { number: 106, readerStatus: 0x0000, sentence: 'No such PIN or code.' },
  'code-malformed': { number: 107, readerStatus: 0x0000, sentence: 'Too few or too many digits for a PIN or a code.' },
  'card-unknown': { number: 108, readerStatus: 0x0000, sentence: 'This lock does not know the card.' },
  'finger-unknown': { number: 109, readerStatus: 0x0000, sentence: 'This lock does not know the finger.' },
  'second-factor-missing': { number: 110, readerStatus: 0x0000, sentence: 'Something else of the same person must come with it.' },
  'locked-out': { number: 111, readerStatus: 0x0000, sentence: 'After too many wrong entries the lock waits.' },
} as const satisfies Record<string, { number: number; readerStatus: number; sentence: string }>;

export type Reason = keyof typeof REASONS;

export const isReason = (text: string): text is Reason => Object.hasOwn(REASONS, text);

const BY_NUMBER = new Map(Object.keys(REASONS).filter(isReason).map((reason) => [REASONS[reason].number as number, reason]));

export const reasonNumber = (reason: Reason): number => REASONS[reason].number;
export const reasonOf = (number: number): Reason | undefined => BY_NUMBER.get(number);
