import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { AccessRequest } from '@mortise/api/access-requests.ts';
import type { Ekey } from '@mortise/api/ekeys.ts';
import { ekeys, forgetEstate, hearEkey, hearRequest, requests, waitingRequests } from './estate.ts';
import { now } from './live.ts';

const NOW = 1_780_000_000_000;
const request = (id: string, over: Partial<AccessRequest> = {}): AccessRequest => ({
  id, state: 'asked', person: { id: 'P', name: 'Bob' }, ekey: { id: 'K', name: 'K-0217' }, door: { id: 'D', name: 'Relay room', lockId: 'L' }, from: NOW, until: NOW + 1000, reason: 'Hot',
  askedAt: NOW, decidedAt: null, decidedBy: null, answer: '', grantId: null, ...over,
});
const waiting = (): readonly string[] => waitingRequests.value.map(({ id }) => id);

afterEach(forgetEstate);

test('who waits is told by the stream, the newest first, until somebody has decided or the time is over', () => {
  now.value = NOW;
  hearRequest(request('a'));
  hearRequest(request('b', { askedAt: NOW + 1, until: NOW + 5000 }));
  hearRequest(request('c', { state: 'approved' }));
  assert.deepEqual(waiting(), ['b', 'a']);
  now.value = NOW + 2000;
  assert.deepEqual(waiting(), ['b']);
  hearRequest(request('b', { state: 'refused', until: NOW + 5000 }));
  assert.deepEqual(waiting(), []);
  assert.equal(requests.value, undefined, 'a list that no screen has asked for is not begun');
});

test('a key that is told changes a list that is there, and begins none', () => {
  const key: Ekey = {
    id: 'K', name: 'K-1', serial: '', identityKey: '', credentialKey: '', credential: '', state: 'inStock', person: null, dueBack: null, lostReport: null, clock: null, policy: { revalidateDays: 7, buffer: 'stop', pin: null },
    orders: { version: 0, held: 0, isCurrent: true, grants: 0, leftOut: 0, revalidateBy: null }, status: null, journal: { entries: 0, missing: 0, head: '', alerts: 0 }, registeredAt: NOW,
  };
  hearEkey(key);
  assert.equal(ekeys.value, undefined);
  ekeys.value = [key];
  hearEkey({ ...key, state: 'lost' });
  assert.deepEqual(ekeys.value.map(({ state }) => state), ['lost']);
});

test('whoever comes next sees nothing of it', () => {
  now.value = NOW;
  hearRequest(request('a'));
  ekeys.value = [];
  requests.value = [];
  forgetEstate();
  assert.deepEqual([waiting(), ekeys.value, requests.value], [[], undefined, undefined]);
});
