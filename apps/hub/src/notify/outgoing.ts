// The queue of messages, kept in the store: tried one at a time for each kind, again after pauses that grow, until taken, refused or over.
// A try is counted before it is made, so that one that ends the process is counted too; a message that was taken just before a crash
// goes out twice, under one id, rather than never.

import type { Instant } from '@mortise/base/instant.ts';
import { kindOf, type Log } from '../log.ts';
import type { Database } from '../store/open-store.ts';
import { eraseLapsed, moveToOutbox, nextDue, settleMessage, takeDue, type DueMessage } from '../store/message-store.ts';
import { MAX_SEND_MS, type MessageKind, type Sender, type SendOutcome, type Senders } from './sender.ts';

/** A message is given up, as refused, after this many tries: some twenty hours. */
export const MAX_ATTEMPTS = 24;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 3_600_000;
const LONGEST_SLEEP_MS = 60_000;
const KINDS = ['mail', 'sms'] as const satisfies readonly MessageKind[];

/** How long after the try of this number (from 1) the next one comes. */
export const pauseMsAfter = (attempts: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 4 ** Math.min(attempts - 1, 8));

export type Outgoing = {
  /** Whether messages of this kind are sent; else they go to the outbox. */
  readonly sends: (kind: MessageKind) => boolean;
  /** Tries what is due. Resolves once nothing is; what comes due later is tried by itself. */
  readonly wake: () => Promise<void>;
  /** Ends a try that is under way; it is made again after the next start. */
  readonly close: () => Promise<void>;
};

/** Of the hub. */
type Parts = { readonly database: Database; readonly now: () => Instant; readonly log: Log; readonly scrub: () => Promise<void> };

/** `changed`: something about this grant's message is another than before. */
export const createOutgoing = (hub: Parts, senders: Senders, changed: (grantId: string) => Promise<void>): Outgoing => {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const lines = KINDS.map((kind) => createLine(() => sendDue({ hub, changed, stop: stop.signal }, kind, senders[kind])));
  const sleep = async (): Promise<void> => {
    const due = await nextDue(hub.database);
    clearTimeout(timer);
    if (stop.signal.aborted) return;
    timer = setTimeout(wakeByTimer, Math.min(LONGEST_SLEEP_MS, Math.max(0, (due ?? Infinity) - hub.now()))).unref();
  };
  const work = async (): Promise<void> => {
    for (const grantId of await eraseLapsed(hub.database, hub.now())) await changed(grantId);
    await Promise.all(lines.map((line) => line.run()));
    await hub.scrub();
    await sleep();
  };
  const waking = new Set<Promise<void>>();
  const wake = async (): Promise<void> => {
    if (stop.signal.aborted) return;
    const working = work();
    waking.add(working);
    await working.finally(() => { waking.delete(working); });
  };
  const wakeByTimer = (): void => {
    wake().catch((error: unknown) => { hub.log('outgoing-failed', { code: kindOf(error) }); });
  };
  return {
    sends: (kind) => senders[kind] !== undefined,
    wake,
    close: async () => {
      stop.abort();
      clearTimeout(timer);
      await Promise.allSettled(waking);
    },
  };
};

/** One piece of work at a time; asked for again while it is done, it is done once more after. */
const createLine = (work: () => Promise<void>): { readonly run: () => Promise<void> } => {
  let running: Promise<void> | undefined;
  let again = false;
  const loop = async (): Promise<void> => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return {
    run: () => {
      again = true;
      running ??= loop().finally(() => { running = undefined; });
      return running;
    },
  };
};

type Context = { readonly hub: Parts; readonly changed: (grantId: string) => Promise<void>; readonly stop: AbortSignal };

const sendDue = async (context: Context, kind: MessageKind, sender: Sender | undefined): Promise<void> => {
  const { hub, changed, stop } = context;
  if (sender === undefined) {
    for (const grantId of await moveToOutbox(hub.database, kind)) await changed(grantId);
    return;
  }
  while (!stop.aborted) {
    const message = await takeDue(hub.database, kind, hub.now(), pauseMsAfter);
    if (message === undefined) return;
    await sendOne(context, message, sender);
  }
};

const sendOne = async ({ hub, changed, stop }: Context, message: DueMessage, sender: Sender): Promise<void> => {
  const outcome = await sender(message, AbortSignal.any([stop, AbortSignal.timeout(MAX_SEND_MS)]));
  // Cut short by us: nobody refused anything.
  if (outcome.kind !== 'sent' && stop.aborted) return;
  const state = stateAfter(outcome, message);
  await settleMessage(hub.database, message.id, state, outcome.kind === 'sent' ? null : outcome.answer);
  hub.log(`message-${state}`, { kind: message.kind, attempts: message.attempts, ...(outcome.kind !== 'sent' && { code: outcome.code }) });
  if (message.grantId !== undefined) await changed(message.grantId);
};

const stateAfter = ({ kind }: SendOutcome, { attempts }: DueMessage): 'sent' | 'refused' | 'queued' => {
  if (kind === 'sent') return 'sent';
  return kind === 'refused' || attempts >= MAX_ATTEMPTS ? 'refused' : 'queued';
};
