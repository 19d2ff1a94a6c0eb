// A journal record as one line of a timeline: who did what, how, and by which rule. A decision and the movement it led to are one
// happening: the operation is shown, and carries the decision that allowed it.

import { PAIR_MS } from '@mortise/access/second-factor.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import type { ActivityItem } from '@mortise/api/activity.ts';
import { isAlarm } from '@mortise/words/alarms.ts';
import { reasonNote } from '@mortise/words/reasons.ts';
import { clockTime } from '@mortise/words/time.ts';

export type Mark = 'locked' | 'open' | 'refused' | 'alarm' | 'note';

/** One happening. `decision` is the record that allowed `item` when both are known; `isFirst`: it was the first of two that then opened together, which is no refusal. */
export type Happening = { readonly item: ActivityItem; readonly decision?: ActivityItem; readonly isFirst?: boolean };

export type Line = { readonly mark: Mark; readonly bold: string; readonly rest: string; readonly how: string };

/** Events that tell of a movement which no operation asked for. */
const MOVED_BY_ITSELF: readonly string[] = ['manual', 'moved-by-other', 'auto-relock', 'exit-asked'];

/** Whether the record tells where a bolt came to: an operation, a turn by hand or key, an exit, the end of a release. */
export const isMovement = (item: ActivityItem): boolean => item.kind === 'operation' || (item.kind === 'event' && MOVED_BY_ITSELF.includes(item.reason));

// A request's two records share its id. What a lock does by itself has none: there the operation is the next one by the same rule.
const together = (operation: ActivityItem, decision: ActivityItem): boolean => {
  if (operation.lockId !== decision.lockId) return false;
  if (operation.requestId !== null || decision.requestId !== null) return operation.requestId === decision.requestId;
  return operation.rule !== null && operation.rule === decision.rule && operation.seq > decision.seq && operation.seq - decision.seq <= BETWEEN;
};

/** How many other records may stand between a decision of the lock's own and its operation. */
const BETWEEN = 4;

/** Newest first, as given; an allowed decision disappears into the operation it led to. */
export const happenings = (items: readonly ActivityItem[]): readonly Happening[] => {
  const operations = items.filter((item) => item.kind === 'operation');
  const decisions = items.filter((item) => item.kind === 'decision' && item.allowed === true);
  const folded = (item: ActivityItem): boolean => decisions.includes(item) && operations.some((each) => together(each, item));
  return items.filter((item) => !folded(item)).map((item) => {
    const decision = item.kind === 'operation' ? decisions.find((each) => together(each, item)) : undefined;
    if (decision !== undefined) return { item, decision };
    return decisions.some((each) => completes(each, item)) ? { item, isFirst: true } : { item };
  });
};

/** Whether it is the opening that this first of two led to: the lock keeps their time, and its rule names the first. */
const completes = (decision: ActivityItem, first: ActivityItem): boolean =>
  first.reason === 'second-factor-missing' && first.actor !== null && first.actor.personId !== null && decision.actor?.personId === first.actor.personId && decision.lockId === first.lockId &&
  decision.seq > first.seq && decision.at - first.at <= PAIR_MS && decision.rule?.includes(' with ') === true;

const WAYS: ReadonlyMap<number, string> = new Map([
  [INTERFACES.nfc, 'held to the lock'],
  [INTERFACES.ble, 'at the door'],
  [INTERFACES.contact, 'by contact'],
  [INTERFACES.relay, 'through the hub'],
]);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "Mira’s phone, through the hub." A guest’s key has the guest’s name, which stands before it already: "Through the hub." Empty when no credential asked. */
const howItCame = ({ actor, credential, interface: by }: ActivityItem): string => {
  if (actor === null && credential === null) return '';
  const way = by === null ? undefined : WAYS.get(by);
  const key = actor === null ? 'A key this hub does not know' : actor.keyLabel;
  const parts = [key === actor?.name ? undefined : key, way].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `${capital(parts.join(', '))}.`;
};

const DONE: Readonly<Record<string, string>> = {
  unlock: 'unlocked', lock: 'locked', unlatch: 'unlatched', 'hold-unlocked': 'kept unlocked', holdUnlocked: 'kept unlocked',
};
const ASKED: Readonly<Record<string, string>> = { unlock: 'to unlock', lock: 'to lock', unlatch: 'to unlatch', holdUnlocked: 'to keep it unlocked', endHold: 'to keep it unlocked no longer', syncOnly: 'to carry for it' };

/** A hold that was let go: the lock had answered, and was asked nothing. No key was shown. */
const isLetGo = (item: ActivityItem): boolean => item.allowed === false && item.credential === null && item.verb === null && item.rule === 'closed:aborted';

/** What the lock refused without a decision on a key. */
const REFUSALS: readonly string[] = ['refusals-suppressed', 'roster-refused', 'adoption-refused', 'revocations-refused', 'owners-refused', 'reset-refused'];

const MOVED_TO: Readonly<Record<ActivityItem['sensed']['bolt'], Mark>> = { locked: 'locked', unlocked: 'open', unlatched: 'open', moving: 'note', unknown: 'note' };

const markOf = (item: ActivityItem): Mark => {
  if (isLetGo(item)) return 'note';
  if (isAlarm(item.reason)) return 'alarm';
  if (item.allowed === false || REFUSALS.includes(item.reason)) return 'refused';
  if (!isMovement(item)) return 'note';
  return MOVED_TO[item.sensed.bolt];
};

const firstLine = (item: ActivityItem, place: string): Line =>
  ({ mark: 'note', bold: item.actor?.name ?? 'Somebody', rest: ` showed the first of two${place}`, how: `${reasonNote(item.reason)} ${howItCame(item)}`.trim() });

const refusedLine = (item: ActivityItem, place: string): Line => {
  const who = item.actor?.name ?? (item.credential === null ? 'somebody' : 'an unknown key');
  const asked = item.verb === null ? '' : `, who asked ${ASKED[item.verb] ?? `for “${item.verb}”`}`;
  return { mark: 'refused', bold: 'Refused:', rest: ` ${who}${place}${asked}`, how: `${reasonNote(item.reason)} ${howItCame(item)}`.trim() };
};

const operationLine = (item: ActivityItem, who: ActivityItem, place: string): Line => {
  const mark = markOf(item);
  const end = DONE[item.verb ?? ''] ?? (item.sensed.bolt === 'locked' ? 'locked' : 'unlocked');
  const door = place === '' ? '' : ` ${item.door.name}`;
  const subject = place === '' ? '' : `${item.door.name} `;
  if (mark === 'alarm') return { mark, bold: `${subject || 'The bolt '}jammed`, rest: '', how: jammedHow(item) };
  if (item.reason === 'auto-relock') return { mark, bold: capital(`${subject}locked`), rest: ' by itself', how: sensedHow(item) };
  if (item.reason === 'manual') return { mark, bold: capital(`${subject}${end} from inside`), rest: '', how: 'Somebody turned the thumb-turn. A lock cannot know who.' };
  if (item.reason === 'moved-by-other') return { mark, bold: capital(`${subject}${end}, not by the motor`), rest: '', how: reasonNote(item.reason) };
  const name = who.actor?.name;
  if (item.reason === 'not-turned') return { mark: 'note', bold: capital(`${name ?? 'a key'} freed the bolt${place}`), rest: '; nobody turned it', how: howItCame(who) };
  if (item.reason === 'bolt-returned') return { mark, bold: capital(`${subject}locked again`), rest: name === undefined ? '' : `, after ${name}`, how: howItCame(who) };
  if (name === undefined) return { mark, bold: capital(`${subject}${end}`), rest: '', how: howItCame(who) || reasonNote(item.reason) };
  return { mark, bold: `${name} ${end}${door}`, rest: '', how: howItCame(who) };
};

// A coil without power stays where it was, and its sensor says so.
const jammedHow = ({ sensed: { bolt } }: ActivityItem): string =>
  bolt === 'locked' || bolt === 'unlocked' ? `It did not move all the way, and was sensed ${bolt} then.` : 'The bolt stopped on its way. Neither locked nor unlocked.';

const sensedHow = (item: ActivityItem): string =>
  item.sensed.door === 'none' ? 'Sensed locked.' : `Sensed locked, door ${item.sensed.door}.`;

const allowedLine = (item: ActivityItem, place: string): Line => {
  const asked = item.verb === null ? 'to act' : (ASKED[item.verb] ?? `for “${item.verb}”`);
  if (item.reason === 'auto-relock') return { mark: 'note', bold: '', rest: `The lock${place} began to lock by itself; where the bolt came to rest is not known yet.`, how: '' };
  if (item.verb === 'syncOnly') return { mark: 'note', bold: item.actor?.name ?? 'A key', rest: ` carried news in and records out${place}; nothing was opened`, how: howItCame(item) };
  return { mark: 'note', bold: item.actor?.name ?? 'A key', rest: ` was allowed ${asked}${place}; where the bolt came to rest is not known yet.`, how: howItCame(item) };
};

const suppressedLine = (item: ActivityItem, withDoor: boolean): Line => {
  const count = item.rule?.match(/^count:(\d+)$/)?.[1];
  return { mark: 'refused', bold: withDoor ? `${item.door.name}:` : '', rest: ` ${count ?? 'many'} more refusals within a minute, only counted`, how: reasonNote(item.reason) };
};

/** The words of one happening. `withDoor` where several doors stand in one list. */
export const lineOf = ({ item, decision, isFirst = false }: Happening, withDoor: boolean): Line => {
  const place = withDoor ? ` at ${item.door.name}` : '';
  if (item.reason === 'refusals-suppressed') return suppressedLine(item, withDoor);
  if (isLetGo(item)) return { mark: 'note', bold: withDoor ? `${item.door.name}:` : '', rest: `${withDoor ? ' s' : 'S'}omebody began to ask and let go. Nothing was asked.`, how: '' };
  if (isFirst) return firstLine(item, place);
  if (item.allowed === false) return refusedLine(item, place);
  if (isMovement(item)) return operationLine(item, decision ?? item, place);
  if (item.kind === 'decision') return allowedLine(item, place);
  return { mark: markOf(item), bold: withDoor ? `${item.door.name}:` : '', rest: ` ${noteOf(item)}`, how: '' };
};

// The lock writes it when the release comes, and again once it is open.
const noteOf = ({ reason, sensed }: ActivityItem): string => (reason === 'fire-release' && sensed.bolt !== 'unlocked' ? 'The fire release came on.' : reasonNote(reason));

/** What stands right before a happening where the hub lacks records; undefined where it has them. */
export const gapLine = ({ item, decision }: Happening, withDoor: boolean): Line | undefined => {
  const after = [item, decision].find((each) => each !== undefined && each.missing > 0);
  if (after === undefined) return undefined;
  const [first, last] = [after.seq - after.missing, after.seq - 1];
  const which = first === last ? `Record ${first} is` : `Records ${first} to ${last} are`;
  return {
    mark: 'alarm', bold: withDoor ? `${item.door.name}:` : '', rest: ` ${after.missing === 1 ? 'a record is' : `${after.missing} records are`} missing here`,
    how: `${which} not on this hub: it lost them or never got them. The lock signed what stands before and after.`,
  };
};

/**
 * "By itself at 14:06": how a door came to its state, for the sentence under its word. `bolt`: as the lock said it last; what moved it
 * elsewhere is not why it is there, and the record of that may not have come yet.
 */
export const causeOf = ({ item, decision }: Happening, zone: string, me: string | undefined, bolt: ActivityItem['sensed']['bolt'] | undefined): string | undefined => {
  if (!isMovement(item) || ['bolt-jammed', 'not-turned'].includes(item.reason) || item.sensed.bolt !== bolt) return undefined;
  const time = ` at ${clockTime(item.at, zone)}`;
  if (item.reason === 'auto-relock') return `By itself${time}`;
  if (item.reason === 'manual') return `From inside${time}`;
  if (item.reason === 'moved-by-other') return `By key or force${time}`;
  const actor = (decision ?? item).actor;
  if (actor === null) return undefined;
  return `By ${actor.personId === me ? 'you' : actor.name}${time}`;
};

/** "Entry in roster version 3" for `trusted:3`. */
export const ruleWords = (rule: string | null): string => {
  const version = rule?.match(/^trusted:(\d+)$/)?.[1];
  if (version !== undefined) return `An owner’s phone, named in roster version ${version}`;
  const policy = rule?.match(/^policy:(\d+)$/)?.[1];
  if (policy !== undefined) return `By itself, as roster version ${policy} says`;
  const issuer = rule?.match(/^(owner|delegate|invitation):/)?.[1];
  if (issuer !== undefined) return `A lent key, ${ISSUERS[issuer] ?? 'signed'}${windowWords(rule ?? '')}`;
  if (rule?.startsWith('documents ') === true) return 'None: the key showed no document that counts';
  if (rule?.startsWith('revocation:') === true) return 'The list is signed by who may take keys back';
  const owners = rule?.match(/^owners:(\d+)$/)?.[1];
  if (owners !== undefined) return `Signed by the owners before it; it is number ${owners}`;
  if (rule === 'thumb-turn') return 'None: a hand needs no rule';
  return rule ?? 'None: no key was involved';
};

const ISSUERS: Readonly<Record<string, string>> = {
  owner: 'signed by an owner', delegate: 'signed by the hub within what the owners let it', invitation: 'signed by its own phone with the link of an owner’s invitation',
};

/** Which of its hours allowed it: `<issuer>:<digest> <place> <window n | always | why not> <clock> <zone>`. */
const windowWords = (rule: string): string => {
  const window = rule.match(/ window (\d+) /)?.[1];
  if (window !== undefined) return `, by the ${Number(window) === 0 ? 'first' : `${Number(window) + 1}.`} of its hours`;
  return rule.includes(' always ') ? ', at any hour' : '';
};

const CLOCK = {
  synced: 'Synced',
  held: 'Held: not compared with the hub’s for a while',
  lost: 'Lost: the time is not certain',
} as const;
export const clockWords = (quality: ActivityItem['clock']): string => CLOCK[quality];

export const FILTERS = ['everything', 'openings', 'refused'] as const;
export type Filter = (typeof FILTERS)[number];
export const passes = (filter: Filter, { item, isFirst = false }: Happening): boolean => {
  if (filter === 'everything') return true;
  if (filter === 'refused') return !isFirst && markOf(item) === 'refused';
  return isMovement(item) && markOf(item) === 'open';
};
