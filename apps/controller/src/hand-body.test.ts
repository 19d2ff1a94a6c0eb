import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { NO_WIRES, type BodyEvent } from './body.ts';
import { openHandBody, type HandBody } from './hand-body.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-hand-'));
test.after(() => rmSync(directory, { recursive: true }));

let count = 0;
const freshPath = (): string => join(directory, `body-${(count += 1)}.json`);
const open = (path: string): HandBody => {
  const body = openHandBody(path);
  assert.ok(body.ok);
  return body.value;
};

test('a bolt that is blocked stays thrown; freed, a hand withdraws it; it can always be returned', () => {
  const body = open(freshPath());
  const heard: BodyEvent[] = [];
  body.listen((event) => heard.push(event));
  assert.equal(body.turn('withdrawn'), false);
  body.drive('throw');
  assert.equal(body.turn('withdrawn'), false, 'nothing throws it, and that frees nothing');
  body.drive('withdraw');
  assert.equal(body.turn('withdrawn'), true, 'the control');
  body.halt();
  assert.deepEqual([body.turn('thrown'), body.turn('withdrawn')], [true, false]);
  assert.deepEqual(heard, [{ kind: 'bolt', position: 'withdrawn' }, { kind: 'bolt', position: 'thrown' }]);
  assert.deepEqual(body.sense(), { ...NO_WIRES, position: 'thrown', doorOpen: undefined, batteryMv: 0 });
});

test('where it stands survives, and that it was free does not', () => {
  const path = freshPath();
  const body = open(path);
  body.drive('withdraw');
  body.turn('withdrawn');
  body.close();
  const next = open(path);
  assert.deepEqual(next.state(), { position: 'withdrawn', isFree: false, signal: null });
});

test('a file that is no body’s is refused', () => {
  for (const text of ['', '{', '{"position":"open"}\n', '{"position":"thrown","more":1}\n']) {
    const path = freshPath();
    writeFileSync(path, text);
    const opened = openHandBody(path);
    assert.equal(!opened.ok && opened.error.code, 'body-malformed', text);
  }
});
