// A request for a door, to the owner who decides: who asks for what, and what has come of it.

import type { AccessRequest } from '@mortise/api/access-requests.ts';
import { datesWords } from '@mortise/words/terms.ts';
import { when, zoneName } from '@mortise/words/time.ts';
import type { Mark, Times } from './grant-state.ts';

const MARKS: Readonly<Record<AccessRequest['state'], Mark>> = {
  asked: { tone: 'alarm', word: 'Waits for you' }, approved: { tone: 'wait', word: 'On its way to the key' }, onTheKey: { tone: 'ok', word: 'On the key' },
  refused: { tone: 'open', word: 'Refused' }, lapsed: { tone: 'unknown', word: 'Over' },
};

/** `lapsed` as soon as its time is over, whatever the hub said last. */
const stateNow = ({ state, until }: Pick<AccessRequest, 'state' | 'until'>, now: number): AccessRequest['state'] => (state === 'asked' && until < now ? 'lapsed' : state);

export const requestMark = (request: Pick<AccessRequest, 'state' | 'until'>, { now }: Pick<Times, 'now'>): Mark => MARKS[stateNow(request, now)];

/** "from Friday 29 May 14:00 to 18:00, Zurich time": when it is wanted. */
export const wantedWords = (request: Pick<AccessRequest, 'from' | 'until'>, { now, zone }: Times): string => `${datesWords(request, now, zone)}, ${zoneName(zone)}`;

/** What the state means. */
export const requestSentence = (request: Pick<AccessRequest, 'state' | 'until' | 'person' | 'ekey' | 'decidedBy' | 'decidedAt' | 'grantId'>, { now, zone }: Times): string => {
  const { person, ekey, decidedBy, decidedAt, grantId } = request;
  const by = `${decidedBy ?? 'An owner'} ${decidedAt === null ? '' : when(decidedAt, now, zone)}`.trim();
  switch (stateNow(request, now)) {
    case 'asked':
      return `${person.name} has asked, and waits for an answer.`;
    case 'approved':
      return `Approved by ${by}. ${ekey.name} gets it with its next update; ${person.name}’s phone or any station brings that.`;
    case 'onTheKey':
      return `Approved by ${by}. ${ekey.name} has said that it holds the grant.`;
    case 'refused':
      return `Refused by ${by}.`;
    case 'lapsed':
      return grantId === null ? 'Nobody answered in time, or the key changed hands. It opens nothing by this.' : `It was approved by ${by}, and is over.`;
  }
};
