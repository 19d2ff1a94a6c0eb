// The Workbench of a passive lock, and on its port the contacts of its keys.

import { join } from 'node:path';
import type { PassiveAction, PassiveBody } from '@mortise/api/passive-workbench.ts';
import { unreachable } from '@mortise/base/assert.ts';
import { err, type Result } from '@mortise/base/result.ts';
import { servePage, type ActionError, type Page, type PageError } from '@mortise/device/page-server.ts';
import { view } from '@mortise/lock/view.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { HandBody } from './hand-body.ts';
import type { PassiveLock } from './passive-lock.ts';
import { malformed, WORKBENCH_PAGE } from './workbench.ts';

/** Where the built pages lie. */
export const PAGE_ROOT = join(import.meta.dirname, '..', '..', 'web', 'dist');

/** Serves it on 127.0.0.1; port 0 takes any free one. */
export const startPassiveWorkbench = (lock: PassiveLock, body: HandBody, name: string, wantedPort: number, pageRoot = PAGE_ROOT): Promise<Result<Page, PageError>> =>
  servePage({
    pageRoot, page: WORKBENCH_PAGE, sockets: [lock.sockets],
    read: () => viewOf(lock, body, name),
    watch: (watcher) => {
      const stops = [lock.watch(watcher), body.watch(watcher)];
      return () => stops.forEach((stop) => stop());
    },
    act: (json) => {
      const action = parsePassiveAction(json);
      return Promise.resolve(action === undefined ? err(malformed(PASSIVE_FORMS)) : act(lock, action));
    },
  }, wantedPort);

/** What is taken, in words for a refusal. */
export const PASSIVE_FORMS = '{"action":"turn","to":"thrown"|"withdrawn"} or {"action":"reset"}';

/** Takes any JSON value; undefined when it is not exactly one of the forms above. */
export const parsePassiveAction = (value: unknown): PassiveAction | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [action, to] = [fields.get('action'), fields.get('to')];
  if (action === 'reset' && fields.size === 1) return { action };
  return action === 'turn' && fields.size === 2 && (to === 'thrown' || to === 'withdrawn') ? { action, to } : undefined;
};

const act = (lock: PassiveLock, action: PassiveAction): Result<undefined, ActionError> => {
  switch (action.action) {
    case 'turn':
      return lock.turn(action.to);
    case 'reset':
      return lock.reset();
    default:
      return unreachable(action);
  }
};

const viewOf = (lock: PassiveLock, body: HandBody, name: string): PassiveBody => {
  const { position, isFree, signal } = body.state();
  const bytes = lock.contactBytes();
  return {
    kind: 'passive', name, position, free: isFree, signal, ...lockView(lock, bytes !== undefined),
    contact: bytes === undefined ? null : { bytes }, fault: lock.fault()?.message ?? null, canReset: position === 'withdrawn' && bytes === undefined,
  };
};

type OfLock = Pick<PassiveBody, 'lockId' | 'bolt' | 'adopted' | 'rosterVersion' | 'journal' | 'setup'>;

const lockView = (lock: PassiveLock, hasPower: boolean): OfLock => {
  const state = lock.state();
  if (state === undefined) return { lockId: '', bolt: null, adopted: false, rosterVersion: 0, journal: { records: 0, acknowledged: 0 }, setup: null };
  const { lockId, bolt, adopted, rosterVersion, setup = null, acknowledged } = view(nodeCrypto, state);
  return { lockId, bolt: hasPower ? bolt : null, adopted, rosterVersion, setup, journal: { records: state.journal.durable, acknowledged } };
};
