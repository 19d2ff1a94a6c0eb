// Settings that cannot work: the program says which one and what to write instead, ends with a code of its own, and leaves the data
// as it is; a right one beside it starts.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { freePorts, startMortise } from '../support/mortise.ts';
import { command } from '../support/owned.ts';
import { startNode, temporaryDirectory } from '../support/processes.ts';
import { programOf } from '../support/programs.ts';

const CONTROLLER = programOf('controller');

describe('bad settings', async () => {
  const place = await temporaryDirectory();
  after(() => place.remove());
  const taken = createServer();
  await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve); });
  after(() => new Promise((resolve) => { taken.close(resolve); }));
  const address = taken.address();
  const takenPort = typeof address === 'object' && address !== null ? (address satisfies AddressInfo).port : 0;
  const file = join(place.path, 'a-file');
  await writeFile(file, 'no directory');
  const broken = join(place.path, 'broken');
  await mkdir(broken);
  await writeFile(join(broken, 'hub.sqlite'), 'no database, but long enough to be looked at as one'.repeat(200));
  const base = { MORTISE_DATA: join(place.path, 'data'), MORTISE_PORT: '0', MORTISE_MQTT_PORT: '0', MORTISE_WORKBENCH_PORT: '0' };

  test('of a run are named, with what to do', async (t) => {
    const table: readonly (readonly [name: string, words: readonly string[], env: Readonly<Record<string, string>>, code: number, says: RegExp])[] = [
      ['a port that is no number', [], { MORTISE_PORT: 'http' }, 2, /MORTISE_PORT "http" is not a port/],
      ['a port too large', [], { MORTISE_MQTT_PORT: '65536' }, 2, /MORTISE_MQTT_PORT "65536" is not a port/],
      ['a workbench port below zero', [], { MORTISE_WORKBENCH_PORT: '-1' }, 2, /MORTISE_WORKBENCH_PORT "-1" is not a port/],
      ['an origin with a path', [], { MORTISE_ORIGIN: 'https://lock.example/app' }, 2, /MORTISE_ORIGIN .* is not an origin/],
      ['an origin without a scheme', [], { MORTISE_ORIGIN: 'lock.example' }, 2, /MORTISE_ORIGIN .* is not an origin/],
      ['half of TLS', [], { MORTISE_TLS_CERT: file }, 2, /needs both/],
      ['TLS files that are not there', [], { MORTISE_TLS_CERT: join(place.path, 'no.pem'), MORTISE_TLS_KEY: file }, 1, /no\.pem cannot be read/],
      ['TLS files that are no PEM', [], { MORTISE_TLS_CERT: file, MORTISE_TLS_KEY: file }, 1, /MORTISE_TLS_CERT and MORTISE_TLS_KEY/],
      ['a flag that is none', ['--prot', '80'], {}, 2, /--prot/],
      ['data in a file', [], { MORTISE_DATA: join(file, 'data') }, 1, /MORTISE_DATA/],
      ['data where no directory can be made', [], { MORTISE_DATA: '/proc/mortise' }, 1, /\/proc\/mortise cannot be made or written.*MORTISE_DATA/],
      ['data that is no database', [], { MORTISE_DATA: broken }, 1, /damaged|cannot be opened/],
      ['a port that is taken', [], { MORTISE_PORT: String(takenPort) }, 1, /MORTISE_PORT/],
      ['a broker port that is taken', [], { MORTISE_MQTT_PORT: String(takenPort) }, 1, /MORTISE_MQTT_PORT/],
      ['a workbench port that is taken', [], { MORTISE_WORKBENCH_PORT: String(takenPort) }, 1, /workbench-port|MORTISE_WORKBENCH_PORT/i],
    ];
    for (const [name, words, env, code, says] of table) {
      const ended = await command(['run', ...words], { ...base, ...env });
      assert.deepEqual([ended.code, says.test(ended.output)], [code, true], `${name}: exit ${ended.code}: ${ended.output}`);
      assert.doesNotMatch(ended.output, /^\s+at .*:\d+:\d+/m, `${name}: a sentence, not a stack`);
    }
    assert.match(await readFile(join(broken, 'hub.sqlite'), 'utf8'), /^no database/, 'what cannot be believed is left alone');
    t.diagnostic(`${table.length} bad settings of a run named`);
  });

  test('of a second hub on the same data are named; the first goes on', async () => {
    const first = await startMortise(base.MORTISE_DATA, await freePorts());
    const second = await command(['run'], base);
    assert.deepEqual([second.code, /Another hub uses/.test(second.output)], [1, true], second.output);
    assert.equal((await fetch(`${first.url}/api/health`)).status, 200);
    await first.running.stop();
  });

  test('of a lock are named, with what to do', async (t) => {
    const ca = join(place.path, 'data', 'link-ca.pem');
    const right = { 'data': join(place.path, 'lock'), 'broker': 'mqtts://localhost:1', 'broker-ca': ca, 'workbench-port': '0' };
    const table: readonly (readonly [name: string, changes: Readonly<Record<string, string>>, says: RegExp])[] = [
      ['a broker without TLS', { broker: 'mqtt://localhost' }, /mqtts:/],
      ['a broker with a password', { broker: 'mqtts://a:b@localhost' }, /mqtts:/],
      ['no such authority', { 'broker-ca': join(place.path, 'none.pem') }, /does not exist/],
      ['an authority that is none', { 'broker-ca': file }, /no PEM certificate/],
      ['data in a file', { data: join(file, 'x') }, /cannot be|no directory/],
      ['a port that is none', { 'workbench-port': 'x' }, /port/],
      ['an option that is none', { 'brocker': 'x' }, /brocker/],
    ];
    for (const [name, changes, says] of table) {
      const running = startNode([CONTROLLER, ...Object.entries({ ...right, ...changes }).map(([option, value]) => `--${option}=${value}`)]);
      await new Promise((resolve) => running.process.once('close', resolve));
      assert.deepEqual([running.process.exitCode, says.test(running.output())], [78, true], `${name}: ${running.output()}`);
    }
    t.diagnostic(`${table.length} bad settings of a lock named`);
    const control = startNode([CONTROLLER, ...Object.entries(right).map(([option, value]) => `--${option}=${value}`)]);
    await control.line(/"ready":true/);
    await control.stop();
  });
});
