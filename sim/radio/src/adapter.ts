// A virtual controller for a host in this process, as a driver has it.

import type { Controller as Adapter } from '@mortise/bluetooth/driver.ts';
import type { Controller } from './controller.ts';
import { HciPort } from './hci-port.ts';

export type { Adapter };

export const adapterOf = (controller: Controller): Adapter => {
  const port = new HciPort(controller);
  return { isUp: () => controller.powered, listen: (host) => controller.listen(host), write: (packet) => { port.write(packet); } };
};
