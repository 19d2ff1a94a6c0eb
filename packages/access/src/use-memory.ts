// How often each grant with a count was used here, and when first. What is forgotten must not open again: an entry may go only when its
// grant has ended, only when there is no room, and then a grant with a count that began before that end and is not remembered is
// refused, since it may be the forgotten one with a later end. Pure: the lock stores what comes out before the bolt moves.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';

/** All owners are one issuer: a grant that another owner signs anew keeps its count. A delegate counts for itself. */
export type UseIssuer = 'owners' | { readonly delegate: Bytes };

/** `until`: the latest end of a document of this grant. */
export type Use = { readonly uses: number; readonly first: Instant; readonly until: Instant };

export type UseMemory = {
  /** By issuer and grant id. At most `MAX_USES`, at most `MAX_USES_OF_DELEGATE` of one delegate. */
  readonly uses: ReadonlyMap<string, Use>;
  /** The latest end of a grant that was forgotten, of owners and of delegates; 0: none was. */
  readonly forgotten: { readonly owners: Instant; readonly delegates: Instant };
};

export const MAX_USES = 2048;
export const MAX_USES_OF_DELEGATE = 256;
export const NO_USES: UseMemory = { uses: new Map(), forgotten: { owners: instant(0), delegates: instant(0) } };

/**
 * A grant as its document has it. `grantId`: at most 16 bytes. `isContinued`: the document says that it goes on counting where earlier ones of this
 * grant were; then all that was used of it counts, whoever signed those.
 */
export type UsedGrant = { readonly issuer: UseIssuer; readonly grantId: Bytes; readonly isContinued: boolean; readonly from: Instant; readonly until: Instant };
export type UseLimits = { readonly uses?: number; readonly minutesAfterFirstUse?: number };

/** Whether the limits leave a use. `uses-unknown`, `first-use-over` (after the last millisecond of the last minute), `uses-spent`. */
export const useRefusal = (memory: UseMemory, grant: UsedGrant, { uses, minutesAfterFirstUse }: UseLimits, now: Instant): Reason | undefined => {
  if (uses === undefined && minutesAfterFirstUse === undefined) return undefined;
  const used = usedOf(memory, grant);
  if (memory.uses.get(keyOf(grant)) === undefined && grant.from <= memory.forgotten[sideOf(grant)]) return 'uses-unknown';
  if (used === undefined) return undefined;
  const end = firstUseEnd(used, minutesAfterFirstUse);
  if (end !== undefined && now > end) return 'first-use-over';
  return uses !== undefined && used.uses >= uses ? 'uses-spent' : undefined;
};

/** The last instant after a first use that was or is `now`; undefined without that limit. */
export const lastAfterFirstUse = (memory: UseMemory, grant: UsedGrant, { minutesAfterFirstUse }: UseLimits, now: Instant): number | undefined =>
  (minutesAfterFirstUse === undefined ? undefined : firstUseEnd(usedOf(memory, grant) ?? { first: now }, minutesAfterFirstUse));

/** What was used of this grant here. A delegate that names another's grant can so only spend its own. */
const usedOf = ({ uses }: UseMemory, grant: UsedGrant): Pick<Use, 'uses' | 'first'> | undefined => {
  if (!grant.isContinued) return uses.get(keyOf(grant));
  const all = [...uses].filter(([key]) => key.endsWith(`:${hex(grant.grantId)}`)).map(([, use]) => use);
  return all.length === 0 ? undefined : { uses: all.reduce((sum, use) => sum + use.uses, 0), first: instant(Math.min(...all.map(({ first }) => first))) };
};

const firstUseEnd = ({ first }: Pick<Use, 'first'>, minutes: number | undefined): number | undefined =>
  minutes === undefined ? undefined : first + minutes * 60_000;

/** One more use, now. `memory-full`: there is no room, and nothing that has ended. */
export const recordUse = (memory: UseMemory, grant: UsedGrant, now: Instant): Result<UseMemory, Reason> => {
  const key = keyOf(grant);
  const used = memory.uses.get(key);
  const room = used === undefined ? withRoom(memory, grant, now) : memory;
  if (room === undefined) return err('memory-full');
  const until = instant(Math.max(grant.until, used?.until ?? 0));
  const next: Use = { uses: (used?.uses ?? 0) + 1, first: used?.first ?? now, until };
  return ok({ ...room, uses: new Map([...room.uses, [key, next]]) });
};

const sideOf = ({ issuer }: UsedGrant): 'owners' | 'delegates' => (issuer === 'owners' ? 'owners' : 'delegates');
const prefixOf = ({ issuer }: UsedGrant): string => (issuer === 'owners' ? OWNERS : `${hex(issuer.delegate)}:`);
const keyOf = (grant: UsedGrant): string => `${prefixOf(grant)}${hex(grant.grantId)}`;
const OWNERS = 'owners:';

const withRoom = (memory: UseMemory, grant: UsedGrant, now: Instant): UseMemory | undefined => {
  const prefix = prefixOf(grant);
  const own = [...memory.uses.keys()].filter((key) => key.startsWith(prefix));
  // A delegate that has its share makes room among its own, and cannot push out what others used.
  if (prefix !== OWNERS && own.length >= MAX_USES_OF_DELEGATE) return forgetOne(memory, now, (key) => key.startsWith(prefix));
  return memory.uses.size < MAX_USES ? memory : forgetOne(memory, now, () => true);
};

/** Forgets the grant that ended first. */
const forgetOne = (memory: UseMemory, now: Instant, may: (key: string) => boolean): UseMemory | undefined => {
  const ended = [...memory.uses].filter(([key, { until }]) => may(key) && until < now).toSorted(([, one], [, other]) => one.until - other.until);
  const [key, gone] = ended[0] ?? [];
  if (key === undefined || gone === undefined) return undefined;
  const side = key.startsWith(OWNERS) ? 'owners' : 'delegates';
  const forgotten = { ...memory.forgotten, [side]: instant(Math.max(memory.forgotten[side], gone.until)) };
  return { uses: new Map([...memory.uses].filter(([other]) => other !== key)), forgotten };
};
