// Which topics a lock's certificate is good for (CONTRACTS: MQTT): it writes `out` and its last will on `link`, it reads `in`, all
// under its own lock id, QoS 0 or 1, never retained. Everything else is refused.

import type { LockId } from '@mortise/base/identifiers.ts';
import { linkTopic } from '@mortise/courier/link-topic.ts';

export type Publication = { readonly topic: string; readonly qos: number; readonly retain: boolean };

export const mayPublish = (lockId: LockId, { topic, qos, retain }: Publication): boolean =>
  !retain && qos <= 1 && (topic === linkTopic(lockId, 'out') || topic === linkTopic(lockId, 'link'));

export const maySubscribe = (lockId: LockId, topic: string): boolean => topic === linkTopic(lockId, 'in');
