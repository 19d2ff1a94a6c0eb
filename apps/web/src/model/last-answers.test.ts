// A network that swallows everything: what the hub never said is waited for; what it has said stands in, after a short wait.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROUTES } from '@mortise/api/routes.ts';
import { SHORT_PATIENCE_MS } from './client.ts';
import { callOrLast, forgetAnswers } from './last-answers.ts';

const SAID = { version: '1', claimed: true };

test('the hub’s last answer stands in for a hub that is silent, and only then is the wait short', async (t) => {
  const hub = { isSilent: true, waits: Array<number>(), nowMs: 0 };
  t.mock.method(performance, 'now', () => hub.nowMs);
  t.mock.method(AbortSignal, 'timeout', (ms: number) => {
    hub.waits.push(ms);
    return new AbortController().signal;
  });
  t.mock.method(globalThis, 'fetch', () => (hub.isSilent ? Promise.reject(new DOMException('', 'TimeoutError')) : Promise.resolve(Response.json(SAID))));
  assert.deepEqual(await callOrLast(ROUTES.health), { ok: false, error: { kind: 'unreachable' } }, 'the control: nothing is known');
  hub.isSilent = false;
  assert.deepEqual(await callOrLast(ROUTES.health), { ok: true, value: SAID });
  hub.isSilent = true;
  assert.deepEqual(await callOrLast(ROUTES.health), { ok: true, value: SAID });
  hub.nowMs += 5000;
  assert.deepEqual(await callOrLast(ROUTES.health), { ok: true, value: SAID }, 'just after that nobody waits anew');
  hub.nowMs += 6000;
  assert.deepEqual(await callOrLast(ROUTES.health), { ok: true, value: SAID });
  forgetAnswers();
  assert.equal((await callOrLast(ROUTES.health)).ok, false, 'and nothing of it stays after the sign-out');
  assert.deepEqual(hub.waits.map((ms) => ms === SHORT_PATIENCE_MS), [false, false, true, true, false]);
});
