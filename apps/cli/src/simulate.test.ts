import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from './simulate.ts';
import { EXIT, type Terminal } from './terminal.ts';

const heard = (args: readonly string[]): { readonly exit: number; readonly out: string; readonly err: string } => {
  let [out, err] = ['', ''];
  const terminal: Terminal = {
    out: (text) => { out += text; }, err: (text) => { err += text; }, errIsTty: false, now: () => 0, wallClock: () => 0, env: {},
  };
  return { exit: simulate(args, terminal), out, err };
};

void test('what cannot be simulated is told with what to do', () => {
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Say what to simulate: estate/], [['town'], /Say what to simulate/], [['estate', 'twice'], /Say what/],
    [['estate', '--seed', '-1'], /seed/], [['estate', '--seed', '4294967296'], /--seed is a whole number/], [['estate', '--days', '0'], /--days is a whole number from 1 to 366/],
    [['estate', '--days', '1.5'], /--days/], [['estate', '--speed', '2'], /--speed/],
  ];
  for (const [args, says] of table) {
    const { exit, out, err } = heard(args);
    assert.deepEqual([exit, out], [EXIT.refused, ''], args.join(' '));
    assert.match(err, says);
  }
  assert.match(heard(['estate', '--days', 'x', '--json']).out, /^\{"error":\{"code":"arguments-wrong"/);
});
