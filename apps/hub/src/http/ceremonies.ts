// Ceremonies that were begun and not ended: claim, sign-in, kit, lent key, another passkey, joining. Each is used once and lapses after five minutes;
// they are kept in memory, so a restart asks people to begin again.

import { base64url, type Bytes } from '@mortise/base/bytes.ts';

export type Ceremony =
  | { readonly kind: 'claim'; readonly challenge: string; readonly origin: string; readonly personId: string }
  | { readonly kind: 'passkey'; readonly challenge: string; readonly origin: string; readonly personId: string }
  | { readonly kind: 'sign-in'; readonly challenge: string; readonly origin: string }
  | { readonly kind: 'kit'; readonly nonce: Bytes; readonly origin: string }
  | { readonly kind: 'key'; readonly nonce: Bytes; readonly origin: string }
  /** Of somebody who asks by this link to become an owner. */
  | { readonly kind: 'join'; readonly challenge: string; readonly origin: string; readonly personId: string; readonly invitationKey: string };

export type Ceremonies = {
  /** Answers the ceremony's name (base64url of 16 bytes). */
  readonly begin: (ceremony: Ceremony, now: number) => string;
  /** Takes the ceremony out, if it is of this kind, of this origin and fresh. */
  readonly take: <K extends Ceremony['kind']>(name: string, kind: K, origin: string, now: number) => Extract<Ceremony, { kind: K }> | undefined;
};

export const CEREMONY_MS = 300_000;
export const MAX_CEREMONIES = 1000;

export const createCeremonies = (random: (length: number) => Bytes): Ceremonies => {
  const begun = new Map<string, { readonly ceremony: Ceremony; readonly at: number }>();
  return {
    begin: (ceremony, at) => {
      const name = base64url(random(16));
      begun.set(name, { ceremony, at });
      const oldest = begun.size > MAX_CEREMONIES ? begun.keys().next().value : undefined;
      if (oldest !== undefined) begun.delete(oldest);
      return name;
    },
    take: (name, kind, origin, now) => {
      const found = begun.get(name);
      if (found === undefined || now - found.at > CEREMONY_MS || found.ceremony.origin !== origin) return undefined;
      if (!isOfKind(found.ceremony, kind)) return undefined;
      begun.delete(name);
      return found.ceremony;
    },
  };
};

const isOfKind = <K extends Ceremony['kind']>(ceremony: Ceremony, kind: K): ceremony is Extract<Ceremony, { kind: K }> => ceremony.kind === kind;
