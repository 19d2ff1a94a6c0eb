// The page's link to the hub as a machine without clock. A connection that broke tells so; one whose other end sleeps, or whose network
// is gone, tells nothing. The hub says something at least every PING_MS: past SILENCE_MS its silence counts as a break.

import { PING_MS } from '@mortise/api/activity.ts';

/** The stream of events: live, or lost since an instant. */
export type Link = { readonly kind: 'opening' } | { readonly kind: 'live' } | { readonly kind: 'lost'; readonly since: number };

/** Two pings may be late before the third is missed. */
export const SILENCE_MS = 2.5 * PING_MS;
/** A stream that was refused is not asked for again at once. */
export const REOPEN_MS = 5000;

/** `heardAt`: when the hub, or the start of this attempt, was last noticed. `reopenAt`: the stream is closed until then. */
export type Listening = { readonly link: Link; readonly heardAt: number; readonly reopenAt: number | undefined };

/**
 * `heard`: anything came. `caughtUp`: all that the hub knows came. `broke`: the connection did; `closed`: the browser does not try again.
 * `looked`: time has passed. `returned`: the page is seen again, or the network is back. `leftNetwork`: the device says so.
 * All times are milliseconds of one clock, which may be set meanwhile.
 */
export type LinkEvent =
  | { readonly kind: 'heard' | 'caughtUp' | 'looked' | 'returned' | 'leftNetwork'; readonly at: number }
  | { readonly kind: 'broke'; readonly at: number; readonly closed: boolean };

export type LinkStep = { readonly listening: Listening; readonly reopen: boolean };

const stays = (listening: Listening): LinkStep => ({ listening, reopen: false });

const lost = ({ link }: Listening, since: number): Link => (link.kind === 'lost' ? link : { kind: 'lost', since });

const opened = (link: Link, at: number): LinkStep => ({ listening: { link, heardAt: at, reopenAt: undefined }, reopen: true });

/** The first attempt; `link`: what is known of it before. */
export const opening = (at: number, link: Link = { kind: 'opening' }): Listening => opened(link, at).listening;

const looked = (listening: Listening, at: number): LinkStep => {
  const { link, heardAt, reopenAt } = listening;
  if (reopenAt !== undefined) return at >= reopenAt ? opened(link, at) : stays(listening);
  // A clock that was set back tells as little as one that ran on.
  return Math.abs(at - heardAt) > SILENCE_MS ? opened(lost(listening, Math.min(heardAt, at)), at) : stays(listening);
};

/** What the event makes of the link, and whether the stream is to be opened anew. */
export const stepLink = (listening: Listening, event: LinkEvent): LinkStep => {
  const { at } = event;
  switch (event.kind) {
    case 'heard':
      return stays({ ...listening, heardAt: at, reopenAt: undefined });
    case 'caughtUp':
      return stays({ link: listening.link.kind === 'live' ? listening.link : { kind: 'live' }, heardAt: at, reopenAt: undefined });
    case 'broke':
      return stays({ link: lost(listening, at), heardAt: at, reopenAt: event.closed ? at + REOPEN_MS : undefined });
    case 'looked':
      return looked(listening, at);
    case 'returned':
      return listening.link.kind === 'lost' ? opened(listening.link, at) : looked(listening, at);
    case 'leftNetwork':
      return opened(lost(listening, at), at);
  }
};
