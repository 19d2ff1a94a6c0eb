// A hub that stalls in the midst of a text, or never ends: the page goes on, and can ask again.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchText, type TextBounds } from './client.ts';

const BOUNDS: TextBounds = { pauseMs: 500, wholeMs: 10_000, bytes: 100 };
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Answers every request with `parts`, one each `everyMs`; after the last one the text ends, or nothing more comes. */
const hub = (t: TestContext, parts: readonly Uint8Array<ArrayBuffer>[], { everyMs = 0, ends = true, status = 200 } = {}): void => {
  t.mock.method(globalThis, 'fetch', (_address: string, { signal }: { readonly signal: AbortSignal }) => {
    let next = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => { signal.addEventListener('abort', () => { controller.error(new DOMException('', 'AbortError')); }); },
      pull: async (controller) => {
        await sleep(everyMs);
        const part = parts[next];
        next += 1;
        if (part !== undefined) controller.enqueue(part);
        else if (ends) controller.close();
        else await new Promise(() => undefined);
      },
    });
    return Promise.resolve(new Response(body, { status }));
  });
};
const asked = async (bounds = BOUNDS): Promise<string> => {
  const text = await fetchText('/api/locks/:lockId/journal', { lockId: 'L' }, bounds);
  return text.ok ? text.value : text.error.kind;
};

test('a text comes whole, however it is cut, and slowly', async (t) => {
  const [key] = [bytes('a 🔑 b')];
  hub(t, [...key].map((byte) => Uint8Array.of(byte)), { everyMs: 20 });
  assert.equal(await asked(), 'a 🔑 b');
});

test('a text that stalls, or that trickles on for ever, ends', async (t) => {
  hub(t, [bytes('begun')], { ends: false });
  assert.equal(await asked(), 'unreachable');
  hub(t, [], { ends: false });
  assert.equal(await asked(), 'unreachable');
  hub(t, Array.from({ length: 1000 }, () => bytes('.')), { everyMs: 20 });
  assert.equal(await asked({ ...BOUNDS, wholeMs: 150 }), 'unreachable');
});

test('a text beyond its bound is none, and a refusal is told as one', async (t) => {
  hub(t, Array.from({ length: 11 }, () => bytes('ten bytes.')));
  assert.equal(await asked(), 'unreadable');
  hub(t, [bytes(JSON.stringify({ error: { code: 'lock-unknown', message: 'No such lock.' } }))], { status: 404 });
  assert.equal(await asked(), 'refused');
});
