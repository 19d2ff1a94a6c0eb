// Random lives of a lock: asked, turned, jammed, starved of store, signer, link and power, fed garbage, in any order. The world
// checks at every step that it neither throws nor drives without a durable decision, says only what is sensed and keeps its
// bounds; at the end its chain is whole, the hub has each entry once, and its owner still gets in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GENESIS, verifyEntries } from '@mortise/journal/chain.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { ToLockType } from '@mortise/courier/link-message.ts';
import { encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { Guests } from './guests.conformance.ts';
import type { NearLink } from './near-link.conformance.ts';
import { ownedLock, Site, type PhoneRun } from './site.conformance.ts';
import { World } from './world.conformance.ts';

type Life = { readonly world: World; readonly site: Site; readonly runs: PhoneRun[]; readonly links: NearLink[] };
type Act = (life: Life) => void;

const POLICY = { relockDelayMs: 8000 };
const base = ownedLock({ policy: POLICY });
const guests = new Guests(base.site);
guests.welcome();
/** What a guest shows, told once: signing costs more than the lives. */
const SHOWN: readonly (readonly StoredDocument[])[] = [
  [guests.issue()], [guests.issue({ uses: 2 })], [guests.issue({ until: guests.at(-1000) })], [guests.redeem(guests.guest)], [guests.issue({}, { by: guests.second })],
  [guests.issue(), guests.revoke(guests.id('another grant'))], [{ docType: 'aliro-a', bytes: new Uint8Array(40) }],
];
const { bytes: REVOCATION } = guests.revoke(guests.id('yet another grant'));

const owned = (): Life => {
  const world = new World();
  const site = new Site(world);
  world.takeOver(base.world);
  site.takeOver(base.site);
  return { world, site, runs: [], links: [] };
};

const factory = (): Life => {
  const world = new World();
  const site = new Site(world);
  world.start();
  return { world, site, runs: [], links: [] };
};

const TYPES: readonly ToLockType[] = ['adopt', 'relay', 'roster', 'journal-ack', 'time-answer', 'status-ask', 'revocation', 'owner-set', 'time-bound'];
const VERBS: readonly Verb[] = ['unlock', 'lock', 'unlock', 'lock', 'unlatch', 'syncOnly'];

/** What couriers bring that counts, or did once. */
const CARGO: readonly ((site: Site) => readonly [ToLockType, Bytes])[] = [
  (site) => ['time-bound', site.timeBound(site.now())], (site) => ['journal-ack', site.ack(site.known.seq)], () => ['revocation', REVOCATION],
  (site) => ['owner-set', site.world.state.membership.kind === 'adopted' ? site.owners([site.owner, site.issuer]) : site.ownerSetBytes], (site) => ['owner-set', site.ownerSetBytes], (site) => ['roster', site.roster().bytes],
];

/** One of the near links that there are, or a new one. */
const linkOf = ({ links, site }: Life, which: number): NearLink => {
  const known = which === 0 ? undefined : links[which % Math.max(1, links.length)];
  if (known !== undefined) return known;
  links.push(site.connect());
  return links.at(-1) ?? site.connect();
};
const bytes = fc.uint8Array({ maxLength: 60 });

// Each action in words, so that a failure reads as a story.
const action = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(1, 20, 25, 30, 45, 60, 100, 400, 3000, 9000).map((ms): [string, Act] => [`${ms} ms pass`, ({ world }) => world.run(ms)]) },
  { weight: 5, arbitrary: fc.constantFrom(...VERBS).map((verb): [string, Act] => [`a phone asks to ${verb}`, ({ site, runs }) => void runs.push(site.ask({ verb }))]) },
  { weight: 3, arbitrary: fc.tuple(fc.nat({ max: SHOWN.length - 1 }), fc.constantFrom(...VERBS)).map(([which, verb]): [string, Act] => [`a guest shows ${which} to ${verb}`, ({ site, runs }) =>
    void runs.push(site.ask({ verb, phone: guests.guest, documents: SHOWN[which] ?? [] }))]) },
  { weight: 2, arbitrary: fc.constantFrom('thrown' as const, 'withdrawn' as const).map((to): [string, Act] => [`a hand turns to ${to}`, ({ world }) => world.turn(to)]) },
  { weight: 2, arbitrary: fc.constantFrom('thrown' as const, 'withdrawn' as const).map((to): [string, Act] => [`a hand begins to turn to ${to}`, ({ world }) => world.input({ kind: 'thumbTurn', to })]) },
  { weight: 2, arbitrary: fc.boolean().map((open): [string, Act] => [`the door ${open ? 'opens' : 'closes'}`, ({ world }) => world.moveDoor(open)]) },
  { weight: 1, arbitrary: fc.constantFrom('471108', '471109', '999999999', '').map((digits): [string, Act] => [`typed ${digits}`, ({ world }) => world.input({ kind: 'typed', digits, verb: 'unlock' })]) },
  { weight: 1, arbitrary: fc.constantFrom(7, undefined).map((slot): [string, Act] => [`finger ${slot}`, ({ world }) => world.input({ kind: 'finger', slot, verb: 'unlock' })]) },
  { weight: 1, arbitrary: fc.constantFrom(0, 3000, 6000, 1e9).map((mv): [string, Act] => [`battery ${mv}`, ({ world }) => world.input({ kind: 'battery', mv })]) },
  { weight: 2, arbitrary: fc.constantFrom('thrown' as const, 'withdrawn' as const, 'between' as const).map((position): [string, Act] => [`the bolt is ${position}`, ({ world }) => {
    world.position = position;
    world.input({ kind: 'bolt', position });
  }]) },
  { weight: 1, arbitrary: fc.boolean().map((jams): [string, Act] => [`jams: ${jams}`, ({ world }) => void (world.faults.jams = jams)]) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, 0, 2, 700, 6000).map((ms): [string, Act] => [`store: ${ms}`, ({ world }) => void (world.faults.storeDelayMs = ms)]) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, 0, 1, 2000).map((ms): [string, Act] => [`signer: ${ms}`, ({ world }) => void (world.faults.signDelayMs = ms)]) },
  { weight: 1, arbitrary: fc.constantFrom('linkUp' as const, 'linkDown' as const, 'tick' as const).map((kind): [string, Act] => [kind, ({ world }) => world.input({ kind })]) },
  { weight: 1, arbitrary: fc.constant<[string, Act]>(['the power fails', ({ world }) => world.restart()]) },
  { weight: 1, arbitrary: fc.nat({ max: 400 }).map((id): [string, Act] => [`stored ${id + 1000}`, ({ world }) => world.input({ kind: 'stored', id: id + 100_000 })]) },
  { weight: 1, arbitrary: fc.nat({ max: 400 }).map((id): [string, Act] => [`signed ${id}`, ({ world }) => world.input({ kind: 'signed', id: id + 100_000, signature: new Uint8Array(64) })]) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...TYPES), bytes).map(([type, body]): [string, Act] => [`${type} of ${body.length} bytes`, ({ site }) => site.say(type, body, site.session())]) },
  { weight: 4, arbitrary: fc.tuple(fc.nat({ max: 5 }), fc.constantFrom(...VERBS)).map(([which, verb]): [string, Act] => [`a phone at the door (${which}) asks to ${verb}`, (life) =>
    void life.runs.push(life.site.ask({ verb, via: linkOf(life, which) }))]) },
  { weight: 3, arbitrary: fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: SHOWN.length - 1 }), fc.constantFrom(...VERBS)).map(([which, shown, verb]): [string, Act] => [`a guest at the door (${which}) shows ${shown} to ${verb}`, (life) =>
    void life.runs.push(life.site.ask({ verb, phone: guests.guest, documents: SHOWN[shown] ?? [], via: linkOf(life, which) }))]) },
  { weight: 2, arbitrary: fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: CARGO.length - 1 })).map(([which, cargo]): [string, Act] => [`a phone (${which}) brings ${cargo}`, (life) => {
    const [type, body] = CARGO[cargo]?.(life.site) ?? ['roster', new Uint8Array(0)];
    linkOf(life, which).bring(type, body);
  }]) },
  { weight: 1, arbitrary: fc.nat({ max: CARGO.length - 1 }).map((cargo): [string, Act] => [`the hub brings ${cargo}`, ({ site }) => site.say(...(CARGO[cargo]?.(site) ?? ['roster', new Uint8Array(0)] as const))]) },
  { weight: 1, arbitrary: fc.tuple(fc.nat({ max: 5 }), bytes).map(([which, any]): [string, Act] => [`a phone (${which}) says ${any.length} bytes`, (life) => linkOf(life, which).sayBytes(any)]) },
  { weight: 1, arbitrary: fc.nat({ max: 5 }).map((which): [string, Act] => [`a phone (${which}) goes away`, (life) => linkOf(life, which).leave()]) },
  { weight: 2, arbitrary: fc.tuple(fc.nat(), fc.nat()).map(([run, frame]): [string, Act] => ['an old frame comes again', (life) => replay(life, run, frame)]) },
);

const replay = ({ site, runs }: Life, run: number, frame: number): void => {
  const old = runs[run % Math.max(1, runs.length)];
  const said: RelayFrame | undefined = old?.said[frame % Math.max(1, old.said.length)];
  if (old !== undefined && said !== undefined) site.say('relay', encodeRelayFrame(said), old.session);
};

const story = (maxLength: number): fc.Arbitrary<readonly (readonly [string, Act])[]> => fc.array(action, { maxLength });

const mend = ({ world }: Life): void => {
  Object.assign(world.faults, { jams: false, storeDelayMs: 2, signDelayMs: 1, travelMs: 400 });
  world.restart();
  world.input({ kind: 'battery', mv: 6000 });
  world.moveDoor(false);
  world.run(70_000);
};

test('random lives of an adopted lock', () => {
  const cells = new Set<string>();
  const stages = new Set<string>();
  let drives = 0;
  fc.assert(
    fc.property(story(40), (acts) => {
      const life = owned();
      const { world, site } = life;
      world.watch = (state, event) => {
        cells.add(`${state.sensors.bolt.phase} × ${event.kind}`);
        for (const { stage } of state.sessions) stages.add(`${stage} × ${event.kind}`);
      };
      for (const [, act] of acts) act(life);
      mend(life);
      assert.ok(verifyEntries(world.crypto, world.state.lockId, GENESIS, world.stored.entries).ok);
      assert.deepEqual(site.ingested.map(({ head }) => head.toHex()), world.stored.entries.map(({ head }) => head.toHex()));
      assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt, 'unlocked');
      assert.equal(site.askAndWait({ verb: 'lock', via: site.connect() }).receipt?.record.sensed.bolt, 'locked');
      drives += world.drives.length;
    }),
    { numRuns: 40 },
  );
  console.log(`lives: ${cells.size} of 112 cells of bolt × event, ${stages.size} of session stage × event reached, ${drives} drives, each with its decision`);
  assert.ok(cells.size > 20 && stages.size > 6 && drives > 0);
});

test('random lives of a lock that nobody owns: it moves nothing, and can still be adopted', () => {
  fc.assert(
    fc.property(story(30), (acts) => {
      const life = factory();
      for (const [, act] of acts) act(life);
      mend(life);
      assert.deepEqual(life.world.drives, []);
      assert.ok(life.site.adopt().ok);
    }),
    { numRuns: 12 },
  );
});
