// What a lock's own link certificate can be misused for: garbage under every type of message, other topics, too long packets. The
// hub says so in its log (and in an alert where a journal does not add up), hears on, and the door still opens.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { encodeFromLock, MAX_LINK_MESSAGE_BYTES, NO_SESSION, type FromLockType } from '@mortise/courier/link-message.ts';
import { linkTopic } from '@mortise/courier/link-topic.ts';
import type { MqttClient } from 'mqtt';
import { adoptedCredentials, dial } from '../../apps/hub/src/testing/lock.fixture.ts';
import { until } from '../support/owner.ts';
import { ownedMortise } from '../support/owned.ts';

// The authority of this hub's link: whoever has it can issue what an adopted lock has.
const authorityOf = (data: string) => {
  const database = new DatabaseSync(join(data, 'hub.sqlite'), { readOnly: true });
  const row = required(database.prepare("SELECT private_key, public_key, certificate FROM hub_key WHERE name = 'link-ca'").get(), 'the link authority');
  database.close();
  const { private_key: privateKey, public_key: publicKey, certificate } = row;
  assert.ok(privateKey instanceof Uint8Array && publicKey instanceof Uint8Array && typeof certificate === 'string');
  return { keys: { privateKey: new Secret(new Uint8Array(privateKey)), publicKey: new Uint8Array(publicKey) }, certificate };
};

const garbage = utf8('this is no CBOR at all \u0000\u0001');

const message = (type: FromLockType, body: Bytes): Bytes => encodeFromLock({ type, session: NO_SESSION, seq: 1, expires: 0, body });

describe('garbage by an adopted lock’s certificate', async () => {
  const world = await ownedMortise({ after });
  const { owner, door } = world;
  const { data } = world.mortise();
  const lockId = required(parseIdentifier<LockId>(door.lock.lockId), 'a lock id');
  const other = required(parseIdentifier<LockId>('AAAAAAAAAAAAAAAAAAAAAA'), 'a lock id');
  const authority = authorityOf(data);
  const { certificate: ca } = authority;
  const { brokerPort } = world.ports;
  const log = (): Promise<string> => readFile(join(data, 'mortise.log'), 'utf8');
  const credentials = await adoptedCredentials(lockId, authority);
  const joinLink = (): Promise<MqttClient> => dial(brokerPort, ca, credentials, lockId);

  test('is dropped or ends the connection, and is said in the log', async (t) => {
    await world.workbench().act({ action: 'link', on: false });
    await owner.doorUntil('the door offline', door.id, ({ lock }) => !lock.online);
    const out = linkTopic(lockId, 'out');
    type Row = { readonly name: string; readonly topic: string; readonly payload: Bytes; readonly log: RegExp; readonly retain?: boolean; readonly qos?: 0 | 1 | 2 };
    const table: readonly Row[] = [
      { name: 'nothing', topic: out, payload: new Uint8Array(0), log: /"link-message-malformed".*"bytes":0/ },
      { name: 'garbage', topic: out, payload: garbage, log: /"link-message-malformed"/ },
      { name: 'a message to a lock', topic: out, payload: Uint8Array.of(0x86, 1, 6, 0x48, ...NO_SESSION, 1, 0, 0x40), log: /"link-message-malformed"/ },
      { name: 'a message and more', topic: out, payload: concat(message('time-ask', new Uint8Array(0)), garbage), log: /"link-message-malformed"/ },
      { name: 'a garbage status', topic: out, payload: message('status', garbage), log: /"status-refused"/ },
      { name: 'a garbage answer about a roster', topic: out, payload: message('roster-answer', garbage), log: /"link-message-malformed"/ },
      { name: 'a garbage question for the time', topic: out, payload: message('time-ask', garbage), log: /"link-message-malformed"/ },
      { name: 'a garbage journal', topic: out, payload: message('journal', garbage), log: /"journal-invalid"/ },
      { name: 'a topic of another lock', topic: linkTopic(other, 'out'), payload: garbage, log: /"link-ended".*publish-refused/ },
      { name: 'its own inbox', topic: linkTopic(lockId, 'in'), payload: garbage, log: /"link-ended".*publish-refused/ },
      { name: 'a topic of nobody', topic: 'mortise', payload: garbage, log: /"link-ended".*publish-refused/ },
      { name: 'a topic of the broker', topic: '$SYS/x', payload: garbage, log: /"link-ended".*publish-refused/ },
      { name: 'retained', topic: out, payload: garbage, retain: true, log: /"link-ended".*publish-refused/ },
      { name: 'exactly once', topic: out, payload: garbage, qos: 2, log: /"link-ended".*publish-refused/ },
      { name: 'too long a packet', topic: out, payload: new Uint8Array(MAX_LINK_MESSAGE_BYTES + 4096), log: /"link-cut".*packet-too-long/ },
    ];
    for (const { name, topic, payload, log: expected, retain = false, qos = 1 } of table) {
      const before = (await log()).length;
      const client = await joinLink();
      client.on('error', () => undefined);
      client.publish(topic, Buffer.from(payload), { qos, retain });
      const line = await until(`a line about ${name}`, async () => (await log()).slice(before).split('\n').find((each) => expected.test(each)), 3000);
      assert.ok(line.includes(lockId), `${name}: the line names the lock`);
      assert.ok(!line.includes('no CBOR'), `${name}: the line does not repeat what was sent`);
      await client.endAsync(true);
    }
    t.diagnostic(`${table.length} misuses of a lock’s certificate, each said in the log`);
  });

  test('cannot listen to anybody else', async () => {
    for (const topic of ['#', '+/+/+/in', linkTopic(other, 'in'), linkTopic(lockId, 'out'), '$SYS/#']) {
      const client = await joinLink();
      client.on('error', () => undefined);
      const granted = await client.subscribeAsync(topic, { qos: 1 }).then((grants) => grants.some(({ qos }) => qos !== 128), () => false);
      assert.equal(granted, false, topic);
      await client.endAsync(true);
    }
  });

  test('a certificate of another authority does not get in', async () => {
    await assert.rejects(adoptedCredentials(lockId).then((strange) => dial(brokerPort, ca, strange, lockId)));
  });

  test('and the door still opens, with one alert and no record lost', async () => {
    const { alerts } = await owner.session.call(ROUTES.alerts);
    assert.deepEqual(alerts.map(({ code, lockId: of }) => [code, of]), [['journal-invalid', lockId]]);
    const before = await owner.activity();
    await world.workbench().act({ action: 'link', on: true });
    await owner.doorUntil('the door online', door.id, ({ lock }) => lock.online);
    for (const verb of ['unlock', 'lock'] as const) assert.equal((await owner.operate(door, verb)).outcome.kind, 'sensed');
    const afterwards = await until('four more records', async () => {
      const all = await owner.activity();
      return all.length >= before.length + 4 ? all : undefined;
    });
    assert.deepEqual(afterwards.slice(0, before.length), before);
  });
});
