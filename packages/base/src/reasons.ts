// Why a lock did what it did (CONTRACTS: reasons). One table: app and CLI put the sentence keys into words, `number` goes
// into records and over wires and is never reused, `readerStatus` is what Aliro's tag 97 says (SPEC §7.1).

export const REASONS = {
  'granted-trusted': { number: 1, readerStatus: 0x0181, sentence: 'The key is in this lock’s roster.' },
  'bolt-secured': { number: 2, readerStatus: 0x0180, sentence: 'The key is in this lock’s roster.' },
  'manual': { number: 3, readerStatus: 0x0000, sentence: 'Turned by hand from inside.' },
  'auto-relock': { number: 4, readerStatus: 0x0000, sentence: 'Locked by itself.' },
  'moved-by-other': { number: 5, readerStatus: 0x0000, sentence: 'Moved by neither motor nor thumb-turn: a mechanical key, or force.' },
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
} as const satisfies Record<string, { number: number; readerStatus: number; sentence: string }>;

export type Reason = keyof typeof REASONS;

export const isReason = (text: string): text is Reason => Object.hasOwn(REASONS, text);

const BY_NUMBER = new Map(Object.keys(REASONS).filter(isReason).map((reason) => [REASONS[reason].number as number, reason]));

export const reasonNumber = (reason: Reason): number => REASONS[reason].number;
export const reasonOf = (number: number): Reason | undefined => BY_NUMBER.get(number);
