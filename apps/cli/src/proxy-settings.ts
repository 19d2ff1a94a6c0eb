// Whose word the hub takes for who asks: MORTISE_TRUST_PROXY, the addresses of the operator's own reverse proxies.

import { isIP } from 'node:net';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { AddressRange } from '@mortise/hub/config.ts';

export type ProxySettings = { readonly trustedProxies?: readonly AddressRange[] };

const LOOPBACK: readonly AddressRange[] = [{ address: '127.0.0.0', prefix: 8, family: 'ipv4' }, { address: '::1', prefix: 128, family: 'ipv6' }];

/** Addresses, ranges like 10.0.0.0/8, and `loopback`, with commas. An empty variable is as good as none. Error: the part that is none of these. */
export const readProxies = (text: string): Result<ProxySettings, string> => {
  const parts = text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  const read = parts.map((part) => (part === 'loopback' ? LOOPBACK : rangeOf(part)));
  const bad = parts.find((_, index) => read[index] === undefined);
  if (bad !== undefined) return err(bad);
  return ok(parts.length === 0 ? {} : { trustedProxies: read.flatMap((ranges) => ranges ?? []) });
};

const rangeOf = (text: string): readonly AddressRange[] | undefined => {
  const [, address = '', digits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const family = FAMILIES[isIP(address)];
  if (family === undefined) return undefined;
  const prefix = digits === undefined ? family.bits : Number(digits);
  // A range of everybody would believe everybody.
  return prefix < 1 || prefix > family.bits ? undefined : [{ address, prefix, family: family.name }];
};

const FAMILIES: Readonly<Record<number, { readonly name: AddressRange['family']; readonly bits: number }>> = { 4: { name: 'ipv4', bits: 32 }, 6: { name: 'ipv6', bits: 128 } };
