import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { testBody } from './body.conformance.ts';
import { NEW_BODY } from './physical.ts';
import { openVirtualBody, VirtualBody } from './virtual-body.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-body-'));
test.after(() => rmSync(directory, { recursive: true }));

testBody({
  name: 'the virtual body', travelLimitMs: 60, stallLimitMs: 60,
  make: () => {
    const body = new VirtualBody(NEW_BODY, () => undefined, { travelMs: 10, stallMs: 20 });
    return {
      body, turnThumb: (to) => body.turnThumb(to), moveDoor: (open) => body.moveDoor(open), setBattery: (mv) => body.setBattery(mv),
      holdBolt: (held) => body.setJam(held), motorRuns: () => body.state().motor !== 'still',
    };
  },
});

const open = (path: string): VirtualBody => {
  const body = openVirtualBody(path);
  assert.ok(body.ok);
  return body.value;
};

test('the bolt stands where it stood, also midway, after a restart', () => {
  const path = join(directory, 'body.json');
  const first = open(path);
  assert.equal(first.sense().position, 'thrown');
  first.moveDoor(true);
  first.drive('withdraw');
  first.close();
  const second = open(path);
  assert.deepEqual(second.sense(), { position: 'between', doorOpen: true, batteryMv: 6000 });
  second.turnThumb('withdrawn');
  second.close();
  assert.equal(open(path).sense().position, 'withdrawn');
});

test('a file that is no body is refused and left alone', () => {
  const path = join(directory, 'bad.json');
  const bad = ['', '{', 'null', '{}', JSON.stringify({ ...NEW_BODY, position: 'open' }), JSON.stringify({ ...NEW_BODY, batteryMv: 1e9 })];
  for (const content of bad) {
    writeFileSync(path, content);
    assert.deepEqual(openVirtualBody(path), { ok: false, error: { code: 'body-malformed' } });
    assert.equal(readFileSync(path, 'utf8'), content);
  }
  console.log(`bad body files refused: ${bad.length}`);
});

test('watchers hear of signals, which no sensor sees', () => {
  const body = open(join(directory, 'signals.json'));
  let told = 0;
  body.watch(() => (told += 1));
  body.signal('granted');
  body.signal('granted');
  assert.deepEqual([told, body.state().signal], [2, { what: 'granted', count: 2 }]);
  body.close();
});
