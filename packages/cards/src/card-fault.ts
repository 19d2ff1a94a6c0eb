// Why a card was not proven, or could not be enrolled: the closed list.

import { err, type Err } from '@mortise/base/result.ts';

export const CARD_FAULTS = {
  'answer-malformed': 'What came back is no answer to the command, by its length or its padding.',
  'application-missing': 'The card has no application of ours.',
  'application-exists': 'The card has an application of ours already.',
  'key-refused': 'The card does not accept the key, or has no key of this number.',
  'card-unproven': 'What answered does not hold the card’s key.',
  'mac-wrong': 'The answer’s MAC is wrong: it was altered, or belongs to another command or another session.',
  'status-unexpected': 'The card refused the command.',
  'settings-other': 'The file that is to hold the card’s id is not protected as it must be.',
  'card-id-other': 'The card holds another id.',
  'key-factory': 'A key is the one that every card leaves the factory with, or one key was to serve two purposes.',
} as const satisfies Record<string, string>;

export type CardFault = keyof typeof CARD_FAULTS;

/** A refusal, for decoders. */
export const refuse = (fault: CardFault): Err<CardFault> => err(fault);
