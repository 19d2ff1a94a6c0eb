// What happened, by page; what does not add up; and each lock's journal as the file that `mortise verify` checks.

import type { Context } from 'hono';
import { activityQuery } from '@mortise/api/activity.ts';
import { recordsQuery } from '@mortise/api/records.ts';
import { ROUTES, STREAMS } from '@mortise/api/routes.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { ok } from '@mortise/base/result.ts';
import { encodeJournalHeader, encodeJournalLine } from '@mortise/journal/journal-file.ts';
import { isGap } from '@mortise/journal/stored-journal.ts';
import type { Hub } from '../hub.ts';
import { activityPage, alerts } from '../store/activity-store.ts';
import { journalItems, newestStatement } from '../store/journal-store.ts';
import { recordsPage } from '../store/record-store.ts';
import { reads, refused, signedIn, type App, type Env, type Web } from './mount.ts';
import { readInput } from './refusal.ts';

const MAX_ALERTS = 200;
const ENTRIES_AT_ONCE = 256;

export const mountActivity = (app: App, web: Web): void => {
  const { hub } = web;
  reads(app, web, ROUTES.activity, async ({ context }) => {
    const query = readInput(activityQuery, context.req.query());
    if (!query.ok) return query;
    const { before, limit, door } = query.value;
    return ok(await activityPage(hub.database, { before, limit, door }));
  });
  reads(app, web, ROUTES.records, async ({ context }) => {
    const query = readInput(recordsQuery, context.req.query());
    return query.ok ? ok(await recordsPage(hub.database, query.value)) : query;
  });
  reads(app, web, ROUTES.alerts, async () => ok({ alerts: await alerts(hub.database, MAX_ALERTS) }));
  app.get(STREAMS.journal, async (context) => {
    const caller = await signedIn(web, context);
    if (!caller.ok) return refused(context, caller.error);
    const lockId = parseIdentifier<LockId>(context.req.param('lockId'));
    const identityKey = lockId === undefined ? undefined : hub.adopted.get(lockId);
    if (lockId === undefined || identityKey === undefined) return refused(context, { code: 'lock-unknown', message: 'This site has no such lock. Look at the list of doors.' });
    return answerJournal(context, hub, lockId, identityKey);
  });
};

/** The journal of a lock, or of an electronic key by its id. */
export const answerJournal = (context: Context<Env>, hub: Hub, lockId: LockId, identityKey: Uint8Array): Response =>
  context.body(journalLines(hub, lockId, identityKey), 200, {
    'Content-Type': 'application/jsonl',
    'Content-Disposition': `attachment; filename="journal-${lockId}.jsonl"`,
  });

// Pulled piece by piece, so that a slow reader holds no more than one piece in memory.
const journalLines = (hub: Hub, lockId: LockId, identityKey: Uint8Array): ReadableStream<Uint8Array> => {
  let after = 0;
  return new ReadableStream({
    start: async (controller) => {
      const statement = await newestStatement(hub.database, lockId);
      controller.enqueue(utf8(`${encodeJournalHeader({ lockId, identityKey, ...(statement === undefined ? {} : { statement }) })}\n`));
    },
    pull: async (controller) => {
      const items = await journalItems(hub.database, lockId, after, ENTRIES_AT_ONCE);
      const last = items.at(-1);
      if (last === undefined || isGap(last)) {
        controller.close();
        return;
      }
      after = last.seq;
      controller.enqueue(utf8(items.map((item) => `${encodeJournalLine(item)}\n`).join('')));
    },
  });
};
