// PINs, cards, fingers and codes: listed, codes noted, digits sent on. Entries themselves come with rosters (http/locks.ts).

import { MAX_CODES } from '@mortise/api/entries.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { ok } from '@mortise/base/result.ts';
import { sendDigits } from '../entries/entry-message.ts';
import { noteCode } from '../entries/note-code.ts';
import type { Hub } from '../hub.ts';
import { codesOf, entriesOf } from '../store/entry-store.ts';
import { reads, takes, type App, type Web } from './mount.ts';

const allOf = async ({ database }: Hub, lockId?: string) => ({ entries: await entriesOf(database, lockId), codes: await codesOf(database, MAX_CODES, lockId) });

/** Tells whoever watches what a lock has now. */
export const announceEntries = async (hub: Hub, lockId: string): Promise<void> => {
  hub.live.publish({ event: 'entries', data: { lockId, ...await allOf(hub, lockId) } });
};

export const mountEntries = (app: App, web: Web): void => {
  const { hub } = web;
  reads(app, web, ROUTES.entries, async () => ok(await allOf(hub)));
  takes(app, web, ROUTES.addCode, async ({ body, caller }) => {
    const code = await noteCode(hub, body, caller.personId);
    if (code.ok) await announceEntries(hub, code.value.lockId);
    return code.ok ? ok({ code: code.value }) : code;
  });
  takes(app, web, ROUTES.sendEntry, async ({ body, caller }) => {
    const sent = await sendDigits(hub, body, caller.personId);
    return sent.ok ? ok({ state: sent.value }) : sent;
  });
};
