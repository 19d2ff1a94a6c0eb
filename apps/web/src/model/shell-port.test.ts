// A native shell's radio: its places and channels are this page's, and what fails in it takes nothing else down.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { hasShell, shellPort } from './shell-port.ts';

const set = (shell: unknown): void => void Reflect.set(globalThis, 'mortiseNear', shell);
after(() => Reflect.deleteProperty(globalThis, 'mortiseNear'));

test('without a shell, or with what is none, there is no place and nobody opens', async () => {
  for (const none of [undefined, null, 5, {}, { places: [] }, { places: () => [] }]) {
    set(none);
    assert.deepEqual([hasShell(), await shellPort.places(), await shellPort.open('shell:a')], [false, [], undefined]);
  }
});

test('its places are of this port’s form, and open by the shell’s own name of them', async () => {
  const opened: string[] = [];
  set({ places: () => Promise.resolve(['a', 'b c']), open: (place: string) => { opened.push(place); } });
  const places = await shellPort.places();
  assert.deepEqual([hasShell(), places, places.every((place) => shellPort.has(place)), shellPort.has('ws://a')], [true, ['shell:a', 'shell:b c'], true, false]);
  for (const place of places) await shellPort.open(place);
  assert.deepEqual(opened, ['a', 'b c']);
});

test('one that throws or rejects has no places and opens nothing, and nothing else hears of it', async (t) => {
  const warned = t.mock.method(console, 'warn', () => undefined);
  const fails = [() => { throw new Error('no radio'); }, () => Promise.reject(new Error('no radio'))];
  for (const fail of fails) {
    set({ places: fail, open: fail });
    assert.deepEqual([await shellPort.places(), await shellPort.open('shell:a')], [[], undefined]);
  }
  assert.equal(warned.mock.callCount(), 4);
});
