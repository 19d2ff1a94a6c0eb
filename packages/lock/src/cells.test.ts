// Every event in every state: the bolt’s phases, the stages of a session, of an adoption, of the outbox, of a relock. The step is
// pure, so each state is taken from a real run and each event is tried on it. Nothing throws, only a stored grant drives, and
// what was due is done: the next wake-up lies ahead.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { encodeNearFrame, type NearFrame } from '@mortise/courier/near-frame.ts';
import { encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { ownerHello } from '@mortise/documents/adoption.ts';
import type { LockEvent } from './events.ts';
import { Guests } from './guests.conformance.ts';
import { lockWith, PIN, UID } from './entries.fixture.ts';
import { ownedLock, Site } from './site.conformance.ts';
import { step } from './step.ts';
import { RTC_MS, World } from './world.conformance.ts';
import type { LockState } from './state.ts';

type Seen = { readonly name: string; readonly state: LockState; readonly atMs: number };

const nameOf = (state: LockState): string =>
  [
    state.membership.kind, state.membership.kind === 'factory' ? state.membership.handshakes.map(({ peer }) => `greeted ${peer.kind}`).join() : '',
    state.sensors.bolt.phase, state.sensors.door.phase, `relock ${state.relock.kind}`, `outbox ${state.outbox.kind}`, state.link.isUp ? 'up' : 'down',
    state.card === undefined ? '' : `card ${state.card.session.phase.kind}`,
    ...state.sessions.map(({ stage, peer }) => `${stage} ${peer.kind}`), ...state.near.map(({ isProven, carrying }) => (isProven ? `near ${carrying?.batch.kind}` : 'near')), ...state.stores.map(({ after }) => `store ${after.kind}`), ...state.signatures.map(({ after }) => `sign ${after.kind}`),
  ].filter(Boolean).join(', ');

// Real runs; each different state that they pass through is kept once.
const states = (): readonly Seen[] => {
  const seen = new Map<string, Seen>();
  const watch = (world: World): void => {
    world.watch = (state) => void seen.set(nameOf(state), { name: nameOf(state), state, atMs: world.nowMs - world.bootMs });
  };
  const fresh = new World();
  const owner = new Site(fresh);
  watch(fresh);
  fresh.start();
  owner.adopt({ secret: utf8('0000000000') });
  owner.adopt({ policy: { relockDelayMs: 10_000 } });
  fresh.run(500);
  owner.askAndWait({ verb: 'unlock' });
  fresh.run(6000);
  owner.askAndWait({ verb: 'unlatch' });
  owner.askAndWait({ verb: 'unlock', phone: owner.issuer });
  owner.ask({ verb: 'unlock' });
  fresh.input({ kind: 'linkDown' });
  fresh.input({ kind: 'linkUp' });
  fresh.moveDoor(true);
  fresh.run(1000);
  fresh.faults.jams = true;
  fresh.moveDoor(false);
  owner.ask({ verb: 'lock' });
  fresh.run(5000);
  fresh.turn('withdrawn');
  fresh.run(1000);
  fresh.input({ kind: 'bolt', position: 'between' });
  fresh.position = 'between';
  fresh.run(100);
  owner.ask({ verb: 'unlock' });
  fresh.run(4000);
  fresh.restart();
  fresh.run(100);
  const guests = new Guests(owner);
  guests.welcome();
  guests.ask([guests.issue({ uses: 1 })]);
  guests.ask([guests.issue({ uses: 1 }), guests.revoke(guests.id('grant'))]);
  const via = owner.connect();
  owner.ask({ verb: 'unlock', via: owner.connect() });
  owner.askAndWait({ verb: 'unlock', via });
  via.bring('owner-set', owner.owners([owner.owner, owner.issuer]));
  via.takes = false;
  fresh.turn('thrown');
  fresh.run(200);
  guests.ask([guests.issue({ grantId: guests.grantId('near') })], { verb: 'syncOnly', via });
  // The same with hands at keypad, finger pad and card pad.
  const hands = lockWith({ pins: { [PIN]: {}, '999990': { second: ['finger'], duress: true } }, fingers: { 7: { second: ['pin'] } }, card: {} });
  watch(hands.world);
  for (const typed of [PIN, '999990', '111111', '1']) hands.type(typed);
  hands.touch(7);
  hands.lay(hands.card);
  return [...seen.values()];
};

const message = (type: ToLockType, body: Bytes, session: Bytes): LockEvent => ({ kind: 'link', message: { type, session, seq: 0, expires: 0, body } });

const eventsFor = (state: LockState, site: Site): readonly LockEvent[] => {
  const peer = state.sessions.map((each) => each.peer).find(({ kind }) => kind === 'relay');
  const session = peer?.kind === 'relay' ? peer.session : site.session();
  const greeted = state.membership.kind === 'factory' ? state.membership.handshakes.map((each) => each.peer).find(({ kind }) => kind === 'relay') : undefined;
  const handshake = greeted?.kind === 'relay' ? greeted.session : session;
  const signature = new Uint8Array(64).fill(1);
  return [
    { kind: 'started' }, { kind: 'tick' }, { kind: 'linkUp' }, { kind: 'linkDown' },
    { kind: 'bolt', position: 'thrown' }, { kind: 'bolt', position: 'withdrawn' }, { kind: 'bolt', position: 'between' },
    { kind: 'thumbTurn', to: 'thrown' }, { kind: 'thumbTurn', to: 'withdrawn' },
    { kind: 'door', open: true }, { kind: 'door', open: false }, { kind: 'battery', mv: 0 }, { kind: 'battery', mv: 100 }, { kind: 'battery', mv: 6000 },
    { kind: 'typed', digits: PIN, verb: 'unlock' }, { kind: 'typed', digits: 'x', verb: 'lock' }, { kind: 'finger', slot: 7, verb: 'unlock' }, { kind: 'finger', slot: undefined, verb: 'lock' },
    { kind: 'cardFound', product: 'ntag424', uid: UID, verb: 'unlock' }, { kind: 'cardAnswer', apdu: Uint8Array.of(0x90, 0) }, { kind: 'cardAnswer', apdu: utf8('garbage') }, { kind: 'cardGone' },
    ...(['adopt', 'relay', 'roster', 'journal-ack', 'time-answer', 'status-ask', 'revocation', 'owner-set', 'time-bound', 'network'] as const).map((type) => message(type, utf8('garbage'), session)),
    message('relay', encodeRelayFrame({ kind: 'open' }), session), message('relay', encodeRelayFrame({ kind: 'open' }), site.session()),
    message('relay', encodeRelayFrame({ kind: 'apdu', apdu: Uint8Array.of(0x90, 0) }), session), message('relay', encodeRelayFrame({ kind: 'closed', code: 'x' }), session),
    message('adopt', encodeAdoptBody({ step: 1, bytes: ownerHello(site.crypto, site.entropy()).message }), handshake),
    message('adopt', encodeAdoptBody({ step: 3, bytes: utf8('offer') }), handshake),
    ...[...state.near.map(({ connection }) => connection), 999_999].flatMap((connection) => nearEvents(connection)),
    ...[...state.stores.map(({ id }) => id), 999_999].map((id) => ({ kind: 'stored', id }) as const),
    ...[...state.signatures.map(({ id }) => id), 999_999].map((id) => ({ kind: 'signed', id, signature }) as const),
  ];
};

const nearEvents = (connection: number): readonly LockEvent[] => [
  { kind: 'nearOpened', connection }, { kind: 'nearClosed', connection }, { kind: 'nearFrame', connection, bytes: utf8('garbage') },
  ...NEAR_FRAMES.map((frame) => ({ kind: 'nearFrame', connection, bytes: encodeNearFrame(frame) }) as const),
];

const NEAR_FRAMES: readonly NearFrame[] = [
  { kind: 'open' }, { kind: 'apdu', apdu: Uint8Array.of(0x90, 0) }, { kind: 'receipt', receipt: Uint8Array.of(1) }, { kind: 'closed', code: 'x' }, { kind: 'took', seq: 3 },
  ...(['roster', 'owner-set', 'revocation', 'time-answer', 'time-bound', 'journal-ack', 'adopt'] as const).map((type): NearFrame =>
    ({ kind: 'carry', message: encodeToLock({ type, session: NO_SESSION, seq: 1, expires: 0, body: utf8('garbage') }) })),
];

test('every event in every state: nothing throws, and only a stored grant drives', () => {
  const { site } = ownedLock();
  let cells = 0;
  let drives = 0;
  const seen = states();
  for (const { name, state, atMs } of seen) {
    for (const event of eventsFor(state, site)) {
      for (const laterMs of [0, 700_000]) {
        const now = { monotonicMs: atMs + laterMs, rtcMs: RTC_MS };
        const { effects, state: next } = step({ crypto: site.crypto }, state, { now, entropy: site.entropy(), event });
        const pending = event.kind === 'stored' ? state.stores.find(({ id }) => id === event.id) : undefined;
        if (effects.some(({ kind }) => kind === 'drive')) {
          assert.equal(pending?.after.kind, 'granted', `${name} × ${event.kind}`);
          drives += 1;
        }
        assert.ok(next.nextWakeMs === undefined || next.nextWakeMs > now.monotonicMs, `${name} × ${event.kind}: it would be woken for nothing`);
        cells += 1;
      }
    }
  }
  const phases = new Set(seen.map(({ state }) => state.sensors.bolt.phase));
  const stages = new Set(seen.flatMap(({ state }) => state.sessions.map(({ stage }) => stage)));
  assert.deepEqual([...phases].toSorted(), ['drifting', 'jammed', 'throwing', 'thrown', 'turning', 'unknown', 'withdrawing', 'withdrawn']);
  assert.equal(stages.size, 6);
  assert.ok(drives > 0, 'control: a stored grant drives');
  console.log(`cells: ${seen.length} states × their events = ${cells} cells, ${phases.size} bolt phases, ${stages.size} session stages; ${drives} drives, each on a stored grant`);
});
