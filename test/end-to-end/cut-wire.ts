// A wire to a virtual key that ends after so many bytes to it: in between stands this process, and passes on.

import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { required } from '@mortise/base/assert.ts';

/** `port`: of this machine, beside the key's own at `to`. `cutAfter`: bytes to the key of the next connection, besides the handshake. */
export const cutWire = async (to: number) => {
  let left = Infinity;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    let begun = false;
    near.on('data', (bytes) => {
      if (begun) left -= bytes.length;
      begun = true;
      if (left > 0) far.write(bytes);
      else near.destroy();
    });
    far.on('data', (bytes) => near.write(bytes));
    for (const [one, other] of [[near, far], [far, near]] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: required(typeof address === 'object' ? address?.port : undefined, 'it listens'),
    cutAfter: (bytes: number): void => { left = bytes; },
    stop: async (): Promise<void> => {
      server.close();
      await once(server, 'close');
    },
  };
};
