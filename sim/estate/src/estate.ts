// The estate, built and at work: people with keys at passive locks, a station where keys come home, keys that are lost and found by the wrong
// hands, regions that are cut off for a day, and an office far away that approves what a technician asks for.

import type { GrantTerms } from '@mortise/access/grant.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { identifierOf, type GrantId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { Place } from '@mortise/documents/place.ts';
import { scheduleOf } from '@mortise/management/hours-window.ts';
import { Agenda } from './agenda.ts';
import { Archive } from './archive.ts';
import { Chance } from './chance.ts';
import { Checks } from './checks.ts';
import { ElectronicKey } from './electronic-key.ts';
import type { WorkingHours } from './hours.ts';
import { Judge } from './judge.ts';
import { Office, REVALIDATE_MS } from './office.ts';
import { PassiveLock } from './passive-lock.ts';
import { drawPlan, type Plan, type PlannedLocation, type PlannedPerson, type Region, type Size } from './plan.ts';
import { EstateSite, ZONE } from './site.ts';
import { Story } from './story.ts';

export const DAY_MS = 86_400_000;
const WORKING_DAYS = [1, 2, 3, 4, 5];

export type Location = Omit<PlannedLocation, 'locks'> & { readonly locks: readonly PassiveLock[] };
export type Worker = PlannedPerson & { key: ElectronicKey; readonly chance: Chance };

export class Estate {
  readonly agenda: Agenda;
  readonly checks = new Checks();
  readonly story: Story;
  readonly chance: Chance;
  readonly office: Office;
  readonly judge: Judge;
  readonly plan: Plan;
  readonly locations: readonly Location[];
  readonly keys: readonly ElectronicKey[];
  readonly workers: readonly Worker[];
  /** In the drawer. */
  readonly spare: ElectronicKey[];
  /** Regions whose station is out of order. */
  readonly cutOff = new Set<Region>();

  /** `onStep`: with each thing that happens, when. */
  constructor(crypto: Crypto, seed: number, start: Instant, size: Size, onStep: (at: Instant) => void) {
    this.chance = new Chance(crypto, `estate ${seed}`);
    this.agenda = new Agenda(start, () => onStep(this.agenda.now));
    this.story = new Story(() => this.agenda.now, ZONE);
    const site = new EstateSite(crypto, this.chance.branch('site'), start);
    const archive = new Archive(crypto, site.hub, this.checks);
    this.office = new Office(site, archive, this.chance.branch('office'));
    this.judge = new Judge(this.agenda, this.office, this.checks);
    this.plan = drawPlan(this.chance.branch('plan'), size);
    const world = { crypto, agenda: this.agenda, chance: this.chance, checks: this.checks };
    this.locations = this.plan.locations.map(({ locks, ...location }) => ({ ...location, locks: locks.map(({ name, place }) => this.#commission(new PassiveLock(world, name, place))) }));
    this.keys = Array.from({ length: size.keys }, (_, index) => this.#register(new ElectronicKey(world, `Key ${index + 1}`)));
    this.workers = this.plan.people.map((person, index) => this.#hire(person, required(this.keys[index], 'there are more keys than people')));
    this.spare = this.keys.slice(this.plan.people.length);
  }

  get locks(): readonly PassiveLock[] {
    return this.locations.flatMap(({ locks }) => locks);
  }

  /** An owner signs a grant for a key. */
  lend(key: ElectronicKey, places: readonly Place[], span: { readonly from: number; readonly until: number }, hours?: WorkingHours): void {
    const grantId = identifierOf<GrantId>(this.chance.entropy().slice(0, 16));
    const windows = hours === undefined ? [] : [required(scheduleOf(hours), 'hours in form')];
    const terms: GrantTerms = {
      grantId, places, verbs: ['unlock'], from: wholeSecond(span.from), until: wholeSecond(span.until), hours: windows, freshForS: REVALIDATE_MS / 1000, userVerification: false, remote: false,
    };
    this.judge.hours.set(grantId, hours);
    this.office.lend(key.keyId, terms, this.agenda.now);
  }

  /** What this person's work asks for, for a fortnight. */
  lendWork(person: PlannedPerson, key: ElectronicKey): void {
    const places = person.groups.map((id): Place => ({ kind: 'group', id }));
    this.lend(key, places, { from: this.agenda.now - DAY_MS, until: this.agenda.now + 14 * DAY_MS }, { days: WORKING_DAYS, from: person.from, until: person.until });
  }

  #commission(lock: PassiveLock): PassiveLock {
    const roster = this.office.site.adopt(lock, lock.commission());
    assert(roster.ok, 'a new lock takes its first owner');
    lock.install(roster.value);
    this.office.archive.expect(lock.name, lock.keys.identityKey);
    return lock;
  }

  #register(key: ElectronicKey): ElectronicKey {
    this.office.register(key.keyId, key.keys);
    this.office.archive.expect(key.name, key.keys.identityKey);
    return key;
  }

  #hire(person: PlannedPerson, key: ElectronicKey): Worker {
    this.lendWork(person, key);
    return { ...person, key, chance: this.chance.branch(person.name) };
  }
}

const wholeSecond = (at: number): Instant => instant(Math.floor(at / 1000) * 1000);
