// The days: who goes where with which key, and what goes wrong. Everything is put into the agenda; nothing runs here.

import type { ElectronicKey } from './electronic-key.ts';
import { DAY_MS, type Estate, type Location, type Worker } from './estate.ts';
import { wallClock } from './hours.ts';
import type { PassiveLock } from './passive-lock.ts';
import { REGIONS, type Region } from './plan.ts';
import { KeyUpdate } from './update.ts';
import { visit, type Hand } from './visit.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const UPDATE_MS = 4_000;
/** One update in so many is cut; at one refusal in so many the technician asks the office. */
const CUT_UPDATES = 6;
const ERRANDS = 3;
/** One place in so many has work behind doors that the key was not lent, among others. */
const STRAYS = 5;
const REMOTE_GRANT_MS = 4 * HOUR_MS;

/** Fills one day, which begins now. */
export const planDay = (estate: Estate): void => {
  cutRegions(estate);
  const { day } = wallClock(estate.agenda.now + 12 * HOUR_MS);
  for (const worker of estate.workers) if (day <= 5) planWork(estate, worker);
  if (day <= 5 && estate.spare.length > 0 && estate.chance.onceIn(2)) loseOne(estate);
};

const cutRegions = (estate: Estate): void => {
  estate.cutOff.clear();
  if (!estate.chance.onceIn(3)) return;
  const region = estate.chance.pick(REGIONS);
  estate.cutOff.add(region);
  estate.story.tell(`The station in ${region} is out of order: keys there go without their update today.`);
};

// ---- work --------------------------------------------------------------------------------------------------------------------

const planWork = (estate: Estate, worker: Worker): void => {
  const { chance } = worker;
  const begins = Number(worker.from.slice(0, 2)) * HOUR_MS + chance.whole(0, 90) * MINUTE_MS;
  estate.agenda.later(begins, () => {
    update(estate, worker.key, worker.region);
    roundOf(estate, worker, chance.whole(2, 4));
  });
};

/** One place after the other, and then home. Nobody is at two doors at once. */
const roundOf = (estate: Estate, worker: Worker, stops: number): void => {
  const { agenda, locations } = estate;
  const { chance, region } = worker;
  agenda.later(chance.whole(10, 90) * MINUTE_MS, () => {
    if (stops === 0) return update(estate, worker.key, region);
    const location = chance.pick(locations.filter((each) => each.region === region));
    const lent = location.locks.filter(({ place }) => place.groups.some((id) => worker.groups.includes(id)));
    const doors = chance.onceIn(STRAYS) ? location.locks : lent;
    tour(estate, worker, chance.some(doors, chance.whole(1, 4)), () => roundOf(estate, worker, stops - 1));
  });
};

const handOf = ({ agenda, judge, story }: Estate, { chance }: Pick<Worker, 'chance'>): Hand => ({ agenda, chance, judge, story });

const tour = (estate: Estate, worker: Worker, locks: readonly PassiveLock[], done: () => void): void => {
  const [lock, ...others] = locks;
  if (lock === undefined) return done();
  const { key, chance } = worker;
  const workMs = chance.onceIn(2) ? chance.whole(20, 50) * 1000 : chance.whole(3, 25) * MINUTE_MS;
  const goOn = (): void => estate.agenda.later(chance.whole(1, 6) * MINUTE_MS, () => tour(estate, worker, others, done));
  visit(handOf(estate, worker), key, lock, workMs, (opened) => (opened || worker.key !== key || !chance.onceIn(ERRANDS) ? goOn() : askFor(estate, worker, lock, workMs, goOn)));
};

/** The technician asks by phone for a lock that the key was not lent; somebody far away decides. */
const askFor = (estate: Estate, worker: Worker, lock: PassiveLock, workMs: number, done: () => void): void => {
  const { agenda, story } = estate;
  const { chance, key, name } = worker;
  story.count('requests from afar');
  agenda.later(chance.whole(2, 12) * MINUTE_MS, () => {
    if (worker.key !== key) return done();
    if (chance.onceIn(5)) {
      story.tell(`${name} asked for ${lock.name}, and was refused.`);
      return done();
    }
    story.tell(`${name} asked for ${lock.name}; the office lends it for four hours, and the phone brings it to the key.`);
    estate.lend(key, [{ kind: 'door', id: lock.place.door }], { from: agenda.now, until: agenda.now + REMOTE_GRANT_MS });
    updateBy(estate, key, () => visit(handOf(estate, worker), key, lock, workMs, (opened) => {
      story.count(opened ? 'requests that ended in an opening' : 'requests that opened nothing');
      done();
    }));
  });
};

// ---- updates -----------------------------------------------------------------------------------------------------------------

const update = (estate: Estate, key: ElectronicKey, region: Region): void => {
  if (!estate.cutOff.has(region)) return updateBy(estate, key, () => undefined);
  estate.story.count('updates that were not to be had');
};

/** By station or phone; one that is cut is made again. */
const updateBy = (estate: Estate, key: ElectronicKey, done: () => void): void => {
  const { agenda, chance, office, story } = estate;
  const isCut = chance.onceIn(CUT_UPDATES);
  const session = new KeyUpdate(agenda, office, key);
  agenda.later(isCut ? chance.whole(0, 250) : UPDATE_MS, () => {
    session.end();
    story.count(isCut ? 'updates that were cut' : 'updates');
    if (!isCut) return done();
    if (chance.onceIn(2)) key.jolt();
    agenda.later(30_000, () => updateBy(estate, key, done));
  });
};

/** All that is left to bring home, by those keys that are not lost. */
export const bringHome = (estate: Estate): void => {
  for (const { key } of estate.workers) updateBy(estate, key, () => undefined);
};

// ---- lost keys ---------------------------------------------------------------------------------------------------------------

const loseOne = (estate: Estate): void => {
  const { agenda, chance, story } = estate;
  const worker = chance.pick(estate.workers);
  agenda.later(chance.whole(9, 16) * HOUR_MS, () => {
    const [lost, spare] = [worker.key, estate.spare.shift()];
    if (spare === undefined) return;
    story.tell(`${worker.name} loses ${lost.name}.`);
    story.count('keys lost');
    find(estate, worker, lost);
    agenda.later(chance.whole(1, 20) * HOUR_MS, () => report(estate, worker, lost, spare));
  });
};

// Until it is reported nobody works with it; afterwards its holder has another one.
const report = (estate: Estate, worker: Worker, lost: ElectronicKey, spare: ElectronicKey): void => {
  estate.story.tell(`${worker.name} reports ${lost.name}: it is taken back, and ${spare.name} is issued.`);
  estate.office.takeBack(lost.keyId, estate.agenda.now);
  worker.key = spare;
  estate.lendWork(worker, spare);
};

/** Whoever found it tries doors for two days, by day and by night. */
const find = (estate: Estate, worker: Worker, lost: ElectronicKey): void => {
  const { agenda } = estate;
  const chance = estate.chance.branch(`finder of ${lost.name}`);
  const places = estate.locations.filter(({ region }) => region === worker.region);
  const end = agenda.now + 2 * DAY_MS;
  const tryOne = (): void => {
    if (agenda.now > end) return;
    const location: Location = chance.pick(places);
    visit({ ...handOf(estate, { chance }), chance }, lost, chance.pick(location.locks), 20_000, (opened) => {
      estate.story.count(opened ? 'openings by whoever found a key' : 'refusals to whoever found a key');
      agenda.later(chance.whole(20, 150) * MINUTE_MS, tryOne);
    });
  };
  agenda.later(chance.whole(1, 6) * HOUR_MS, tryOne);
};
