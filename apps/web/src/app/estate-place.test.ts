import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ekeyCoveragePath, ekeyGrantPath, ekeyPath, estatePlaceOf, locationPath, requestPath } from './estate-place.ts';
import { placeOf } from './router.ts';

const id = 'AAAAAAAAAAAAAAAAAAAAAA';

test('each path of the estate leads to its place, and nothing else does', () => {
  assert.deepEqual([locationPath(id), ekeyPath(id), ekeyGrantPath(id), ekeyCoveragePath(id), requestPath(id)].map(estatePlaceOf), [
    { kind: 'location', locationId: id }, { kind: 'ekey', ekeyId: id }, { kind: 'ekey-grant', ekeyId: id }, { kind: 'ekey-coverage', ekeyId: id }, { kind: 'request', requestId: id },
  ]);
  assert.deepEqual(['/estate', '/estate/keys', '/estate/requests', '/estate/records'].map((path) => estatePlaceOf(path)?.kind), ['locations', 'ekeys', 'requests', 'records']);
  assert.deepEqual(['/estate/', '/estate/keys/short', `/estate/keys/${id}/other`, '/toString', '/'].map(estatePlaceOf), [undefined, undefined, undefined, undefined, undefined]);
  assert.deepEqual([placeOf('/estate/records'), placeOf('/estate/nothing')], [{ kind: 'estate', at: { kind: 'records' } }, { kind: 'nowhere' }]);
});
