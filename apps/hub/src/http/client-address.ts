// Who asks, by address. Behind the operator's own reverse proxies the socket says who the proxy is; then X-Forwarded-For tells whom it heard,
// and of that only what such a proxy wrote counts: each appends the address that it heard, so that the right-most one which is no proxy's is
// the client. What stands left of that anybody may have written. Nothing is believed of a socket that is no such proxy's.

import { BlockList, isIP } from 'node:net';
import type { AddressRange } from '../config.ts';

/** `forwarded`: the header X-Forwarded-For as it came. */
export type ClientAddress = (socket: string | undefined, forwarded: string | undefined) => string;

/** Proxies in a row; what they cannot have written is not looked at. */
const MAX_PROXIES = 16;

/** `proxies`: where the operator's own reverse proxies are. Takes any header. */
export const clientAddressBehind = (proxies: readonly AddressRange[]): ClientAddress => {
  const list = new BlockList();
  for (const { address, prefix, family } of proxies) list.addSubnet(address, prefix, family);
  const isProxy = (address: string): boolean => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  return (socket = '', forwarded = '') => {
    const peer = addressIn(socket);
    // Only a socket within this process has no address.
    if (peer === undefined) return 'here';
    let client = peer;
    for (const told of forwarded.split(',').slice(-MAX_PROXIES).toReversed()) {
      const next = isProxy(client) ? addressIn(told) : undefined;
      if (next === undefined) break;
      client = next;
    }
    return client;
  };
};

/** The address in `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]:443`, `fe80::1%eth0`, `::ffff:192.0.2.1`; undefined: none. */
const addressIn = (text: string): string | undefined => {
  const [, inBrackets, plain = ''] = /^(?:\[([^\]]*)\](?::\d+)?|(.*))$/s.exec(text.trim()) ?? [];
  const bare = (inBrackets ?? plain.replace(/^([\d.]+):\d+$/, '$1')).replace(/%.*$/s, '').toLowerCase();
  const address = /^::ffff:([\d.]+)$/.exec(bare)?.[1] ?? bare;
  return isIP(address) === 0 ? undefined : address;
};
