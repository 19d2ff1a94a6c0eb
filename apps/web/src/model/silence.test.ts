import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PING_MS } from '@mortise/api/activity.ts';
import { opening, REOPEN_MS, SILENCE_MS, stepLink, type LinkEvent, type Listening } from './silence.ts';

const run = (...events: readonly LinkEvent[]): { listening: Listening; reopened: number } => {
  let listening = opening(0);
  let reopened = 0;
  for (const event of events) {
    const step = stepLink(listening, event);
    listening = step.listening;
    reopened += Number(step.reopen);
  }
  return { listening, reopened };
};
const told = ({ listening, reopened }: ReturnType<typeof run>) => [listening.link, reopened];
const LIVE: LinkEvent = { kind: 'caughtUp', at: 10 };

test('a hub that pings is live, however long nothing else happens', () => {
  const events = Array.from({ length: 600 }, (_, second): LinkEvent => ({ kind: second * 1000 % PING_MS === 0 ? 'heard' : 'looked', at: second * 1000 }));
  assert.deepEqual(told(run(LIVE, ...events)), [{ kind: 'live' }, 0]);
});

test('a hub that is silent without closing is lost past the limit, since it was last heard, and asked anew', () => {
  const pinged: LinkEvent = { kind: 'heard', at: PING_MS };
  assert.deepEqual(told(run(LIVE, pinged, { kind: 'looked', at: PING_MS + SILENCE_MS })), [{ kind: 'live' }, 0], 'control: within the limit');
  const silent = [LIVE, pinged, { kind: 'looked', at: PING_MS + SILENCE_MS + 1 }] as const;
  assert.deepEqual(told(run(...silent)), [{ kind: 'lost', since: PING_MS }, 1]);
  const [later, back] = [PING_MS + 2 * SILENCE_MS, PING_MS + 2 * SILENCE_MS + 2];
  assert.deepEqual(told(run(...silent, { kind: 'looked', at: later })), [{ kind: 'lost', since: PING_MS }, 1], 'each attempt has its own limit');
  assert.deepEqual(told(run(...silent, { kind: 'looked', at: back })), [{ kind: 'lost', since: PING_MS }, 2]);
  assert.deepEqual(told(run(...silent, { kind: 'heard', at: back })), [{ kind: 'lost', since: PING_MS }, 1], 'a ping alone does not make old states true');
  assert.deepEqual(told(run(...silent, { kind: 'caughtUp', at: back })), [{ kind: 'live' }, 1]);
});

test('a page that slept judges at once on its return; one that did not stays live', () => {
  assert.deepEqual(told(run(LIVE, { kind: 'returned', at: 600_000 })), [{ kind: 'lost', since: 10 }, 1]);
  assert.deepEqual(told(run(LIVE, { kind: 'returned', at: 5000 })), [{ kind: 'live' }, 0], 'the control');
  assert.deepEqual(told(run(LIVE, { kind: 'leftNetwork', at: 20 })), [{ kind: 'lost', since: 20 }, 1]);
  assert.deepEqual(told(run(LIVE, { kind: 'leftNetwork', at: 20 }, { kind: 'returned', at: 30 })), [{ kind: 'lost', since: 20 }, 2], 'back in the network it asks at once');
});

test('a broken connection is lost; a stream that the browser gave up is opened again after a pause', () => {
  assert.deepEqual(told(run(LIVE, { kind: 'broke', at: 20, closed: false }, { kind: 'looked', at: 20 + REOPEN_MS })), [{ kind: 'lost', since: 20 }, 0]);
  const closed = [LIVE, { kind: 'broke', at: 20, closed: true }] as const;
  assert.deepEqual(told(run(...closed, { kind: 'looked', at: 19 + REOPEN_MS })), [{ kind: 'lost', since: 20 }, 0]);
  assert.deepEqual(told(run(...closed, { kind: 'looked', at: 20 + REOPEN_MS })), [{ kind: 'lost', since: 20 }, 1]);
});

test('a clock that is set back hides no silence for long', () => {
  assert.deepEqual(told(run({ kind: 'caughtUp', at: 1_000_000 }, { kind: 'looked', at: 5000 })), [{ kind: 'lost', since: 5000 }, 1]);
});

test('whatever happens, the link is live only if the hub was heard within the limit before the last look', () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constantFrom('heard', 'caughtUp', 'looked', 'returned', 'leftNetwork'), wait: fc.nat(SILENCE_MS * 2) }),
    fc.record({ kind: fc.constant('broke'), wait: fc.nat(SILENCE_MS), closed: fc.boolean() }),
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 40 }), (events) => {
    let [listening, at, heardAt] = [opening(0), 0, 0];
    for (const { wait, ...each } of events) {
      at += wait;
      const next: LinkEvent = 'closed' in each ? { kind: 'broke', at, closed: each.closed } : { kind: each.kind, at };
      if (next.kind === 'heard' || next.kind === 'caughtUp') heardAt = at;
      listening = stepLink(listening, next).listening;
      if (next.kind === 'looked' || next.kind === 'returned') assert.ok(listening.link.kind !== 'live' || at - heardAt <= SILENCE_MS);
    }
  }));
});
