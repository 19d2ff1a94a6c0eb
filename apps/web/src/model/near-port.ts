// What brings channels to locks near by: the sockets that stand for a radio, Web Bluetooth, whatever a native shell has. Each knows the places where a
// lock may be; which lock is there says its hello, and proves its certificate.

import type { WireKind } from '@mortise/wallet/near-wire.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';

export type NearPort = {
  /** Whether it is a radio: what it reaches is within some metres. */
  readonly isRadio: boolean;
  /** At most 32, each of this port's own form. */
  readonly places: () => Promise<readonly string[]>;
  /** Whether a place has this port's form. */
  readonly has: (place: string) => boolean;
  /** What the pieces are that pass there: packets, or a contact's stream. */
  readonly wireOf: (place: string) => WireKind;
  /** A channel to whoever is there, nothing heard of it yet; undefined: nobody answers. */
  readonly open: (place: string) => Promise<NearChannel | undefined>;
};

export const MAX_PLACES = 32;
