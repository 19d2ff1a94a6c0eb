import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { linkTopic, parseLinkTopic, type TopicLeaf } from './link-topic.ts';

test('topics come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.constantFrom<TopicLeaf>('in', 'out', 'link'), (bytes, leaf) => {
      const lockId = identifierOf<LockId>(bytes);
      assert.deepEqual(parseLinkTopic(linkTopic(lockId, leaf)), { lockId, leaf });
    }),
  );
});

test('other topics, wildcards and deeper ones are refused', () => {
  const good = linkTopic(identifierOf<LockId>(new Uint8Array(16)), 'in');
  assert.ok(parseLinkTopic(good) !== undefined, 'the control');
  const wrong = ['', '#', 'mortise/1/+/in', `${good}/`, `${good}/x`, `/${good}`, good.replace('/1/', '/2/'), good.replace('/in', '/IN'), good.replace('/in', ''), good.replace('AA/', 'A/'), good.replace('AA/', 'AB/'), 'x'.repeat(100)];
  for (const topic of wrong) assert.equal(parseLinkTopic(topic), undefined, topic);
  fc.assert(fc.property(fc.string(), (topic) => parseLinkTopic(topic) === undefined));
});
