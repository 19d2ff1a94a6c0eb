// A hand with a key at a lock: touch, wait for the light, turn, and once the work is done turn back. Hands slip; then one touches again.

import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import { Contact } from './contact.ts';
import type { ElectronicKey } from './electronic-key.ts';
import type { Judge } from './judge.ts';
import type { PassiveLock } from './passive-lock.ts';
import type { Story } from './story.ts';

/** In which one in so many touches the hand slips. */
const SLIPS = 10;
const SLIP_MS = 400;
/** When the key has shown what came of it, and who is let in has turned. */
const DECIDED_MS = 4_000;
/** What a key shows that was told that the lock is open, also where somebody else had opened it. */
const OPEN = 'Open';
const CARRIED_MS = 3_000;
const MAX_TRIES = 4;

export type Hand = { readonly agenda: Agenda; readonly chance: Chance; readonly judge: Judge; readonly story: Story };
export type Outcome = 'opened' | 'refused' | 'slipped';

/** Touches, and turns when the lock lets it; `done` hears what came of it, with the key still there if it opened. */
const touchOnce = ({ agenda, chance, judge, story }: Hand, key: ElectronicKey, lock: PassiveLock, done: (outcome: Outcome, contact: Contact) => void): void => {
  let [opened, slipped] = [false, false];
  const contact = new Contact(agenda, key, lock, () => {
    judge.opened(key, lock);
    agenda.later(chance.whole(500, 2500), () => {
      if (slipped) return;
      opened = true;
      lock.turn('withdrawn');
    });
  });
  story.count('contacts');
  if (chance.onceIn(SLIPS)) {
    agenda.later(chance.whole(0, SLIP_MS), () => {
      slipped = !opened;
      if (slipped) contact.lift();
    });
  }
  agenda.later(DECIDED_MS, () => {
    story.count('frames', contact.figures.frames);
    story.count('bytes', contact.figures.bytes);
    if (slipped) story.count('contacts that broke off');
    if (!opened && !slipped && key.shows === OPEN) {
      story.count('found open by others');
      judge.opened(key, lock);
      opened = true;
    }
    done(opened ? 'opened' : slipped ? 'slipped' : 'refused', contact);
  });
};

/** Touches until it opens or is refused; then the work, and the bolt back. `done` hears whether it opened. */
export const visit = (hand: Hand, key: ElectronicKey, lock: PassiveLock, workMs: number, done: (opened: boolean) => void, tries = 1): void =>
  touchOnce(hand, key, lock, (outcome, contact) => {
    const { agenda, story } = hand;
    if (outcome === 'slipped' && tries < MAX_TRIES) return agenda.later(3_000, () => visit(hand, key, lock, workMs, done, tries + 1));
    if (outcome !== 'opened') {
      story.count(`refused, and the key shows: ${key.shows}`);
      contact.lift();
      return done(false);
    }
    story.count('openings');
    work(hand, key, lock, contact, workMs, () => done(true));
  });

// Short work leaves the key in; else it comes out, and the bolt is turned back with it later.
const work = (hand: Hand, key: ElectronicKey, lock: PassiveLock, contact: Contact, workMs: number, done: () => void): void => {
  const { agenda, chance } = hand;
  if (workMs < 60_000) return agenda.later(workMs, () => close(hand, lock, contact, done));
  agenda.later(CARRIED_MS, () => {
    contact.lift();
    agenda.later(workMs, () => {
      const back = new Contact(agenda, key, lock, () => undefined);
      agenda.later(chance.whole(1_500, 4_000), () => close(hand, lock, back, done));
    });
  });
};

const close = ({ agenda, story }: Hand, lock: PassiveLock, contact: Contact, done: () => void): void => {
  lock.turn('thrown');
  story.count('closings');
  agenda.later(CARRIED_MS, () => {
    contact.lift();
    done();
  });
};
