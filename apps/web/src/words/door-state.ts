// What a door's word, drawing and sentence say. All of it follows from what the lock sensed and when; nothing is shown in hope.
// A bolt on its way is no state of its own: the last sensed one stays until the lock says where the bolt came to rest.

import type { DoubtCode, Said } from '@mortise/wallet/lock-status.ts';
import { ago, when, zoneName } from '@mortise/words/time.ts';
import { heldWords } from './door-warnings.ts';
import { sensedWords } from './sensed.ts';

export type DoorState = 'locked' | 'unlocked' | 'open' | 'jammed' | 'unknown';

export const WORDS: Readonly<Record<DoorState, string>> = {
  locked: 'Locked', unlocked: 'Unlocked', open: 'Open', jammed: 'Jammed', unknown: 'Unknown',
};

/** What is known of a door at this moment. `jammed`: the last operation's record said so. */
export type Known = {
  readonly online: boolean;
  /** A passive lock: it has no link, and keys bring home what it says. */
  readonly passive?: boolean;
  /** What the lock signed last; null: nothing that this page has seen. */
  readonly state: Pick<Said, 'bolt' | 'door' | 'instant' | 'held' | 'built'> | null;
  /** Why that is not the state of now. */
  readonly doubt?: DoubtCode;
  readonly jammed: boolean;
  /** The state shown before, for the time the bolt moves. */
  readonly before?: DoorState;
};

const sensed = ({ state, doubt, jammed, before }: Known): DoorState => {
  if (state === null || doubt !== undefined) return 'unknown';
  if (state.bolt === 'moving') return before ?? 'unknown';
  if (state.bolt === 'unknown') return jammed ? 'jammed' : 'unknown';
  if (state.door === 'open') return 'open';
  return state.bolt === 'unlatched' ? 'unlocked' : state.bolt;
};

/** The word's key. A lock without a link is unknown, whatever it was when last heard. */
export const doorState = (known: Known): DoorState => (known.online ? sensed(known) : 'unknown');

/** At the door nobody tells when the state changes: what the lock said there counts for so long. */
const AT_DOOR_MS = 10_000;
/** `agoMs`: since the lock said it; undefined: it has said nothing. */
export const countsAtDoor = (agoMs: number | undefined): boolean => agoMs !== undefined && agoMs < AT_DOOR_MS;

/** Whether the bolt stands out of the leaf of an open door: it is drawn as it was sensed. */
export const isThrownOpen = (known: Known): boolean => doorState(known) === 'open' && known.state?.bolt === 'locked';

const LAST = { locked: 'locked', unlocked: 'unlocked', unlatched: 'unlatched', moving: 'moving', unknown: 'unclear' } as const;

const DOUBTS: Readonly<Record<DoubtCode, string>> = {
  'lock-unseen': 'Looking whether an owner of this site signed for this lock.',
  'lock-refused': 'The hub shows a lock that no owner of this site has signed for.',
  'site-unknown': 'The hub shows another site than the one that this browser has a key of.',
  'not-signed': 'The hub shows a state that the lock has not signed.',
  'not-heard': 'The hub has not heard this lock since it started. A key that is at the door is not affected.',
  'too-old': 'The hub shows a state that is more than 90 seconds old, by the lock’s clock and this device’s.',
  'ahead': 'The lock’s clock is ahead of this device’s: nobody can say how old its word is.',
};

/** No lock is older: a clock that says less has never been set. */
const FIRST_YEAR = Date.UTC(2020, 0, 1);

const passiveSentence = ({ state }: Known, now: number, zone: string): string => {
  if (state === null) return 'This lock has no link: keys that touch it bring home what it says, and none has brought its word since the hub started.';
  return `This lock has no link. When a key was at it last, ${when(state.instant, now, zone)}, ${zoneName(zone)}, it was ${LAST[state.bolt]}.`;
};

const lostSentence = (known: Known, now: number, zone: string): string => {
  const { state } = known;
  if (known.passive === true && (state === null || state.instant >= FIRST_YEAR)) return passiveSentence(known, now, zone);
  if (state === null) return DOUBTS['not-heard'];
  if (state.instant < FIRST_YEAR) return `No link. The lock does not know the time; when it was heard last it was ${LAST[state.bolt]}.`;
  const heard = when(state.instant, now, zone);
  return `No link. Last heard ${heard}, ${zoneName(zone)}: it was ${LAST[state.bolt]}${state.door === 'open' ? ', and the door open' : ''}.`;
};

/** What weighs more than that there is no link: whose word it would be. */
const WHOSE: readonly DoubtCode[] = ['lock-unseen', 'lock-refused', 'site-unknown', 'not-signed'];

const JAMMED = 'Neither locked nor unlocked: the bolt stopped on its way. Pull the door shut, then try again.';
const STUCK = 'It did not do what it was told. Look whether it has power and the door is shut, then try again.';
/** Kinds that are switched rather than driven. */
const SWITCHED: readonly string[] = ['strike', 'magnet', 'gate'] satisfies readonly NonNullable<Said['built']>['mechanism'][];

/** One sentence: by what, when, how fresh. `cause` is the beginning, such as "By itself at 14:06", when a record tells it. */
export const doorSentence = (known: Known, cause: string | undefined, now: number, zone: string): string => {
  if (known.doubt !== undefined && WHOSE.includes(known.doubt)) return DOUBTS[known.doubt];
  if (!known.online || known.state === null) return lostSentence(known, now, zone);
  if (known.doubt !== undefined) return DOUBTS[known.doubt];
  const state = doorState(known);
  if (state === 'jammed') return SWITCHED.includes(known.state.built?.mechanism ?? '') ? STUCK : JAMMED;
  const fresh = `Heard ${ago(known.state.instant, now, zone)}: ${sensedWords(known.state, known.state.built)}.`;
  const { held } = known.state;
  // The cause is of where the bolt is; nobody has told who opened the door.
  return [...(cause === undefined || state === 'open' ? [] : [`${cause}.`]), ...(held === undefined ? [] : [`${heldWords(held, now, zone)}.`]), fresh].join(' ');
};

/** The line above all doors: names only what is not locked. */
export const summary = (states: readonly DoorState[]): readonly { readonly state: DoorState; readonly count: number }[] =>
  (['jammed', 'unknown', 'open', 'unlocked'] as const)
    .map((state) => ({ state, count: states.filter((each) => each === state).length }))
    .filter(({ count }) => count > 0);
