import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from '@mortise/api/schema.ts';
import { followDevice } from './device.ts';

class Events extends EventTarget {
  static readonly opened: Events[] = [];
  constructor() {
    super();
    Events.opened.push(this);
  }
  tell(body: unknown): void {
    this.dispatchEvent(new MessageEvent('body', { data: JSON.stringify(body) }));
  }
}

test('an answer that comes after the event of what followed it takes nothing back; a refusal is told', async (t) => {
  const answers = [Response.json({ count: 1 }), Response.json({ error: { message: 'Not now.' } }, { status: 409 })];
  Reflect.set(globalThis, 'EventSource', Events);
  t.after(() => Reflect.deleteProperty(globalThis, 'EventSource'));
  t.mock.method(globalThis, 'fetch', () => Promise.resolve(answers.shift()));
  const device = followDevice<{ count: number }, string>(z.object({ count: z.number() }));
  const [events] = Events.opened;
  events?.tell({ count: 1 });
  assert.equal(device.view.value?.count, 1, 'control: events are shown');
  const sent = device.send('type');
  events?.tell({ count: 2 });
  await sent;
  assert.deepEqual([device.view.value?.count, device.failure.value], [2, undefined]);
  await device.send('type');
  assert.equal(device.failure.value, 'Not now.');
});
