import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import * as fc from 'fast-check';
import { openKeyBody, type KeyBody } from './key-body.ts';
import { lockAtPort, portOfLock } from './lock-address.ts';
import { parseAction } from './workbench-action.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-key-body-'));
test.after(() => rmSync(directory, { recursive: true }));

let count = 0;
const freshPath = (): string => join(directory, `body-${(count += 1)}.json`);
const open = (path: string): KeyBody => {
  const body = openKeyBody(path);
  assert.ok(body.ok);
  return body.value;
};

const HOUR = 3_600_000;
const isAbout = (ms: number | undefined, wanted: number): boolean => ms !== undefined && Math.abs(ms - wanted) < 2000;

test('its clock runs on while it is off, is moved by a hand, and says once that it lost its power', () => {
  const path = freshPath();
  const body = open(path);
  assert.ok(isAbout(body.readRtc(), Date.now()));
  body.moveClock(HOUR);
  assert.ok(isAbout(open(path).readRtc(), Date.now() + HOUR), 'also after a restart');
  body.loseClock();
  const next = open(path);
  assert.ok(isAbout(next.rtc, 0), 'looking at it tells nothing away');
  assert.equal(next.readRtc(), undefined);
  assert.ok(isAbout(next.readRtc(), 0), 'and from then on it runs, from 1970');
  assert.ok(isAbout(open(path).readRtc(), 0));
});

test('battery and lock survive; a file that is no body’s is refused', () => {
  const path = freshPath();
  open(path).setBattery(3300);
  open(path).putBeside(lockAtPort(8402));
  assert.deepEqual([open(path).batteryMv, open(path).lock], [3300, 'http://localhost:8402/']);
  for (const text of ['', '[]', '{"batteryMv":1,"aheadMs":0}', '{"batteryMv":-1,"aheadMs":0,"lock":null}', '{"batteryMv":1,"aheadMs":0.5,"lock":null}']) {
    writeFileSync(path, text);
    const opened = openKeyBody(path);
    assert.equal(!opened.ok && opened.error.code, 'body-malformed', text);
  }
});

test('a lock is on this machine, and nowhere else', () => {
  assert.deepEqual([portOfLock('http://localhost:8402/'), portOfLock('http://127.0.0.1:8402'), portOfLock(lockAtPort(1))], [8402, 8402, 1]);
  for (const bad of ['', 'localhost:8402', 'https://localhost:8402/', 'http://localhost/', 'http://example.org:8402/', 'http://localhost:8402/contact', 'http://a:b@localhost:8402/', 'http://localhost:8402/?x', 'http://localhost:8402/#x', 'http://127.0.0.1.example.org:80/', 'http://[::1]:8402/', `http://localhost:8402/${' '.repeat(80)}`]) {
    assert.equal(portOfLock(bad), undefined, bad);
  }
  fc.assert(fc.property(fc.domain(), (domain) => portOfLock(`http://${domain}:8402/`) === undefined), { numRuns: 30 });
});

test('any JSON is an action or none; each form is taken, and nothing beside it', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => ['undefined', 'object'].includes(typeof parseAction(value))));
  const good = [{ action: 'lock', address: 'x' }, { action: 'touch' }, { action: 'touch', liftAfter: 0 }, { action: 'lift' }, { action: 'turn', to: 'thrown' }, { action: 'pin', digits: '1234' },
    { action: 'choose-pin', digits: '1' }, { action: 'battery', mv: 5000 }, { action: 'clock', moveMs: -HOUR }, { action: 'clock-lost' }, { action: 'update' }, { action: 'reset' }];
  for (const action of good) assert.deepEqual(parseAction(action), action);
  for (const action of good) assert.equal(parseAction({ ...action, more: 1 }), undefined, JSON.stringify(action));
  const bad = [{ action: 'touch', liftAfter: 1.5 }, { action: 'touch', liftAfter: -1 }, { action: 'touch', liftAfter: 1_000_001 }, { action: 'pin', digits: 1234 }, { action: 'pin', digits: '' }, { action: 'pin', digits: '12 4' },
    { action: 'pin', digits: '1234567890123' }, { action: 'battery', mv: 5001 }, { action: 'clock', moveMs: 1e12 }, { action: 'turn', to: 'between' }, { action: 'lock' }];
  for (const action of bad) assert.equal(parseAction(action), undefined, JSON.stringify(action));
});
