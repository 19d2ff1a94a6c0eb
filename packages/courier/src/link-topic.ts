// The three topics of a lock's link (CONTRACTS: MQTT): `in` is what the lock reads, `out` what it writes, `link` its last
// will. The lock's certificate names it (CN = lockId); the broker lets it use these and nothing else.

import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';

export type TopicLeaf = 'in' | 'out' | 'link';

export const linkTopic = (lockId: LockId, leaf: TopicLeaf): string => `${PREFIX}${lockId}/${leaf}`;

/** What the hub subscribes to. */
export const HUB_SUBSCRIPTIONS: readonly string[] = ['mortise/1/+/out', 'mortise/1/+/link'];

/** Takes any text; undefined when it is not a topic of a lock's link. */
export const parseLinkTopic = (topic: string): { readonly lockId: LockId; readonly leaf: TopicLeaf } | undefined => {
  if (!topic.startsWith(PREFIX) || topic.length > 64) return undefined;
  const [id, leaf, ...more] = topic.slice(PREFIX.length).split('/');
  const lockId = parseIdentifier<LockId>(id);
  if (lockId === undefined || more.length > 0) return undefined;
  return leaf === 'in' || leaf === 'out' || leaf === 'link' ? { lockId, leaf } : undefined;
};

const PREFIX = 'mortise/1/';
