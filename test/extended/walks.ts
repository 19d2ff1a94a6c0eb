// Random lives of the pure lock: asked, turned, jammed, starved of store, signer, link and power, fed noise. Its world holds it to its
// invariants at every step; at the end its chain is whole, the hub has every entry once, and its owner still gets in.

import { assert } from '@mortise/base/assert.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import type { ToLockType } from '@mortise/courier/link-message.ts';
import { encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { GENESIS, verifyEntries } from '@mortise/journal/chain.ts';
import type { NearLink } from '@mortise/lock/near-link.conformance.ts';
import { ownedLock, Site, type PhoneRun } from '@mortise/lock/site.conformance.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { World } from '@mortise/lock/world.conformance.ts';
import { randomOf, type Part, type Random } from './part.ts';

const LIVES = 5;
const MAX_ACTS = 60;
const TYPES: readonly ToLockType[] = ['adopt', 'relay', 'roster', 'journal-ack', 'time-answer', 'status-ask', 'revocation', 'owner-set', 'time-bound'];
const VERBS: readonly Verb[] = ['unlock', 'lock', 'unlock', 'lock', 'unlatch', 'syncOnly'];
const PAUSES_MS = [1, 20, 25, 30, 45, 60, 100, 400, 3000, 9000];

type Life = { readonly world: World; readonly site: Site; readonly runs: PhoneRun[]; readonly links: NearLink[] };
type Act = (life: Life, random: Random) => void;

/** One of the near links that there are, or a new one. */
const linkOf = ({ links, site }: Life, random: Random): NearLink => {
  if (links.length === 0 || random.below(4) === 0) links.push(site.connect());
  return random.pick(links);
};

/** What couriers bring that counts, or did once. */
const CARGO: readonly ((site: Site) => readonly [ToLockType, Uint8Array])[] = [
  (site) => ['time-bound', site.timeBound(site.now())], (site) => ['journal-ack', site.ack(site.known.seq)], (site) => ['owner-set', site.owners([site.owner, site.issuer])],
  (site) => ['owner-set', site.ownerSetBytes], (site) => ['roster', site.roster().bytes],
];

const ACTS: readonly { readonly weight: number; readonly act: Act }[] = [
  { weight: 6, act: ({ world }, random) => { world.run(random.pick(PAUSES_MS)); } },
  { weight: 5, act: ({ site, runs }, random) => { runs.push(site.ask({ verb: random.pick(VERBS) })); } },
  { weight: 1, act: ({ world, site }, random) => { site.ask({ verb: random.pick(VERBS), phone: deriveKeyPair(world.crypto, site.entropy(), 'stranger') }); } },
  { weight: 4, act: (life, random) => { life.runs.push(life.site.ask({ verb: random.pick(VERBS), via: linkOf(life, random) })); } },
  { weight: 2, act: (life, random) => { linkOf(life, random).bring(...random.pick(CARGO)(life.site)); } },
  { weight: 1, act: ({ site }, random) => { site.say(...random.pick(CARGO)(site)); } },
  { weight: 1, act: (life, random) => { linkOf(life, random).sayBytes(random.bytes(random.below(60))); } },
  { weight: 1, act: (life, random) => { linkOf(life, random).bring(random.pick(TYPES), random.bytes(random.below(60))); } },
  { weight: 1, act: (life, random) => { linkOf(life, random).leave(); } },
  { weight: 2, act: ({ world }, random) => { world.turn(random.pick(['thrown', 'withdrawn'] as const)); } },
  { weight: 2, act: ({ world }, random) => { world.input({ kind: 'thumbTurn', to: random.pick(['thrown', 'withdrawn'] as const) }); } },
  { weight: 2, act: ({ world }, random) => { world.moveDoor(random.below(2) === 0); } },
  { weight: 1, act: ({ world }, random) => { world.input({ kind: 'battery', mv: random.pick([0, 3000, 6000, 1e9]) }); } },
  { weight: 2, act: ({ world }, random) => {
    world.position = random.pick(['thrown', 'withdrawn', 'between'] as const);
    world.input({ kind: 'bolt', position: world.position });
  } },
  { weight: 1, act: ({ world }, random) => { world.faults.jams = random.below(2) === 0; } },
  { weight: 1, act: ({ world }, random) => { world.faults.storeDelayMs = [undefined, 0, 2, 700, 6000][random.below(5)]; } },
  { weight: 1, act: ({ world }, random) => { world.faults.signDelayMs = [undefined, 0, 1, 2000][random.below(4)]; } },
  { weight: 1, act: ({ world }, random) => { world.input({ kind: random.pick(['linkUp', 'linkDown', 'tick'] as const) }); } },
  { weight: 1, act: ({ world }) => { world.restart(); } },
  { weight: 1, act: ({ world }, random) => { world.input({ kind: 'stored', id: 100_000 + random.below(400) }); } },
  { weight: 2, act: ({ site }, random) => { site.say(random.pick(TYPES), random.bytes(random.below(60)), site.session()); } },
  { weight: 2, act: ({ site, runs }, random) => {
    const old = runs[random.below(Math.max(1, runs.length))];
    const said = old?.said[random.below(Math.max(1, old.said.length))];
    if (old !== undefined && said !== undefined) site.say('relay', encodeRelayFrame(said), random.below(2) === 0 ? old.session : site.session());
  } },
];
const WEIGHED = ACTS.flatMap(({ weight, act }) => Array.from({ length: weight }, () => act));

const bolts = new Set<string>();
const stages = new Set<string>();
const states = new Set<string>();

const nameOf = ({ sensors, sessions, near, stores, signatures, relock, outbox, link }: LockState): string =>
  [sensors.bolt.phase, sensors.door.phase, relock.kind, outbox.kind, link.isUp, ...sessions.map(({ stage, peer }) => `${stage} ${peer.kind}`).toSorted(), ...near.map(({ carrying }) => carrying?.batch.kind ?? 'near').toSorted(), ...stores.map(({ after }) => after.kind), ...signatures.map(({ after }) => after.kind)].join(' ');

const base = ownedLock({ policy: { relockDelayMs: 8000 } });

const live = (random: Random): { readonly inputs: number; readonly drives: number; readonly records: number } => {
  const world = new World();
  const site = new Site(world);
  world.takeOver(base.world);
  site.takeOver(base.site);
  let inputs = 0;
  world.watch = (state, event) => {
    inputs += 1;
    bolts.add(`${state.sensors.bolt.phase} × ${event.kind}`);
    for (const { stage } of state.sessions) stages.add(`${stage} × ${event.kind}`);
    states.add(`${nameOf(state)} × ${event.kind}`);
  };
  const life: Life = { world, site, runs: [], links: [] };
  for (let acts = random.below(MAX_ACTS); acts > 0; acts -= 1) random.pick(WEIGHED)(life, random);
  mend(life);
  assert(verifyEntries(world.crypto, world.state.lockId, GENESIS, world.stored.entries).ok, 'the chain is whole');
  const heads = (entries: readonly { readonly head: Uint8Array }[]): string => entries.map(({ head }) => head.toHex()).join();
  assert(heads(site.ingested) === heads(world.stored.entries), 'the hub has each entry, once');
  assert(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt === 'unlocked', 'its owner gets in');
  assert(site.askAndWait({ verb: 'lock', via: site.connect() }).receipt?.record.sensed.bolt === 'locked', 'near the door too');
  return { inputs, drives: world.drives.length, records: world.stored.entries.length };
};

const mend = ({ world }: Life): void => {
  Object.assign(world.faults, { jams: false, storeDelayMs: 2, signDelayMs: 1, travelMs: 400 });
  world.restart();
  world.input({ kind: 'battery', mv: 6000 });
  world.moveDoor(false);
  world.run(70_000);
};

export const lockWalks: Part = {
  name: 'lock: random lives',
  share: 5,
  maxChunks: 100_000,
  chunk: (seed) => {
    const random = randomOf(seed);
    const lives = Array.from({ length: LIVES }, () => live(random));
    const sum = (of: (one: (typeof lives)[number]) => number): number => lives.reduce((total, one) => total + of(one), 0);
    return { lives: LIVES, inputs: sum(({ inputs }) => inputs), drives: sum(({ drives }) => drives), records: sum(({ records }) => records) };
  },
  seen: () => ({ 'bolt phase × input': bolts.size, 'session stage × input': stages.size, 'states × input': states.size }),
};
