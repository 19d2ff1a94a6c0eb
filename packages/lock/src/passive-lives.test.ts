// Random lives of a passive lock: keys good and bad, hands, garbage, lifts in the middle with some of the writes done, in any order. The world
// holds the lock to its invariants at each step; here its history is held to them over all lives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { required } from '@mortise/base/assert.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { pointOf, verifyEntries, type Entry } from '@mortise/journal/chain.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { Contacts, passiveLock } from './contact.conformance.ts';
import { Guests } from './guests.conformance.ts';
import type { NearLink } from './near-link.conformance.ts';
import { Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const base = passiveLock();

type Act =
  | { readonly kind: 'touch'; readonly silent: boolean }
  | { readonly kind: 'ask'; readonly who: 'owner' | 'guest' | 'stranger' | 'revoked'; readonly waitMs: number; readonly stays: boolean; readonly returns: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'turn'; readonly to: 'thrown' | 'withdrawn' | 'between' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'lift'; readonly survive: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('touch' as const), silent: fc.nat(3).map((n) => n === 0) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), waitMs: fc.constantFrom(5, 20, 60, 120, 700, 11_000, 12_000), stays: fc.nat(2).map((n) => n === 0), returns: fc.boolean(), who: fc.constantFrom('owner' as const, 'guest' as const, 'stranger' as const, 'revoked' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 5, 13, 40, 120, 700, 11_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const), to: fc.constantFrom('thrown' as const, 'withdrawn' as const, 'between' as const) }) },
  fc.record({ kind: fc.constant('garbage' as const) }),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lift' as const), survive: fc.nat(3) }) },
);

const asks = (waitMs: number, stays: boolean): Act => ({ kind: 'ask', who: 'guest', waitMs, stays, returns: true });
const TOUCH: Act = { kind: 'touch', silent: false };
/** One of each end, whatever chance brings: opened and returned, not turned, lifted in the middle, moved while nobody was there. */
const ORDINARY: readonly Act[] = [
  TOUCH, asks(700, false), { kind: 'wait', ms: 40 }, TOUCH, asks(12_000, true), TOUCH, asks(700, true), { kind: 'lift', survive: 0 }, TOUCH,
  { kind: 'lift', survive: 0 }, { kind: 'turn', to: 'withdrawn' }, TOUCH,
];

const phases = new Set<string>();
const counts = { lives: 0, opened: 0, returned: 0, notTurned: 0, otherwise: 0, closed: 0 };

const play = (acts: readonly Act[]): { readonly contacts: Contacts; readonly history: ReadonlyMap<number, Entry> } => {
  const world = new World('a lock', 'passive');
  const contacts = Contacts.after(base, new Guests(new Site(world)));
  const { site, guests } = contacts;
  const history = new Map<number, Entry>();
  let via: NearLink | undefined;
  world.watch = ({ sensors }, { kind }) => {
    phases.add(`${sensors.bolt.phase} × ${kind}`);
    for (const entry of world.stored.entries) {
      assert.deepEqual(history.get(entry.seq) ?? entry, entry, 'what is durable stays as it is');
      history.set(entry.seq, entry);
    }
  };
  for (const each of acts) {
    switch (each.kind) {
      case 'touch':
        via = contacts.touch({ silent: each.silent });
        world.run(20);
        counts.lives += 1;
        break;
      case 'ask':
        world.faults.stays = each.stays;
        if (via?.isOpen === true) site.ask({ verb: 'unlock', via, ...asking(contacts, each.who) });
        world.run(each.waitMs);
        if (each.returns && world.state.isStarted && world.position === 'withdrawn') world.turn('thrown');
        break;
      case 'wait':
        world.run(each.ms);
        break;
      case 'turn':
        world.position = each.to;
        if (world.state.isStarted) world.input({ kind: 'bolt', position: each.to });
        break;
      case 'garbage':
        via?.sayBytes(utf8('garbage'));
        break;
      case 'lift':
        contacts.lift(each.survive);
        via = undefined;
    }
  }
  assert.ok(guests.door.kind === 'door');
  return { contacts, history };
};

const asking = ({ guests, site }: Contacts, who: 'owner' | 'guest' | 'stranger' | 'revoked') => {
  switch (who) {
    case 'owner': return { phone: site.phone };
    case 'guest': return { phone: guests.guest, documents: [guests.issue()] };
    case 'stranger': return { phone: guests.second, documents: [guests.issue()] };
    case 'revoked': return { phone: guests.second, documents: [guests.issue({ grantId: guests.grantId('over') }, { to: guests.second }), guests.revoke(guests.id('over'))] };
  }
};

test('property: whatever happens to it, its history is one, each decision ends once, and the next key is let in', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 5, maxLength: 40 }), (acts) => {
      const { contacts } = play(acts);
      const { world, site, guests } = contacts;
      contacts.lift();
      world.faults.stays = false;
      world.wake();
      world.run(100);
      const [anchor, ...rest] = world.stored.entries;
      assert.ok(verifyEntries(site.crypto, world.state.lockId, pointOf(required(anchor, 'an anchor')), rest).ok);
      const records = rest.map(({ record }) => required(decodeRecord(record), 'a record'));
      const decided = records.filter(({ kind, allowed }) => kind === 'decision' && allowed === true).length;
      const ended = records.filter(({ kind, reason, requestId }) => requestId !== undefined && (reason === 'started' || (kind === 'operation' && reason !== 'bolt-returned'))).length;
      assert.equal(ended, decided);
      assert.ok(records.every(({ credential, allowed, kind }) => kind === 'event' || allowed !== true || credential !== undefined));
      counts.opened += records.filter(({ kind, sensed }) => kind === 'operation' && sensed.bolt === 'unlocked').length;
      counts.returned += records.filter(({ kind, reason }) => kind === 'operation' && reason === 'bolt-returned').length;
      counts.notTurned += records.filter(({ reason }) => reason === 'not-turned').length;
      counts.otherwise += records.filter(({ reason }) => reason === 'found-otherwise').length;
      counts.closed += records.filter(({ reason }) => reason === 'started').length;
      contacts.lift();
      world.position = 'thrown';
      assert.equal(contacts.visit([guests.issue()]).run.receipt?.record.sensed.bolt, 'unlocked');
    }),
    { numRuns: 100, examples: [[ORDINARY]] },
  );
  assert.ok(Object.values(counts).every((count) => count > 0), JSON.stringify(counts));
  console.log(`passive lives: ${JSON.stringify(counts)}, ${phases.size} cells of bolt × event`);
});
