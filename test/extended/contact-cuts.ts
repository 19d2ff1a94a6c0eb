// Every cut of a whole contact between an electronic key and a passive lock: each effect of either side, with each number of the lock's writes
// done, and each byte of each frame. A seed says where to begin; as many chunks as there are cover them all.

import { cutContact, everyCut, measureContact } from '@mortise/ekey/contact-cuts.conformance.ts';
import type { Part } from './part.ts';

const CUTS_PER_CHUNK = 40;

const all = everyCut(measureContact());
const done = new Set<number>();

export const contactCuts: Part = {
  name: 'contact: cut at each byte and effect',
  share: 6,
  maxChunks: Math.ceil(all.length / CUTS_PER_CHUNK),
  chunk: (seed) => {
    let [cuts, freed] = [0, 0];
    for (let index = 0; index < CUTS_PER_CHUNK; index += 1) {
      const at = (seed * CUTS_PER_CHUNK + index) % all.length;
      const cut = all[at];
      if (cut === undefined) continue;
      if (cutContact(cut)) freed += 1;
      cuts += 1;
      done.add(at);
    }
    return { cuts, 'after the lock was freed': freed };
  },
  seen: () => ({ 'different cuts': done.size, 'of all there are': all.length }),
};
