// A phone in a process of its own: noble over the controller that is served at the path of the first argument. Finds the lock, writes three
// values, prints what it is notified in hexadecimal, and leaves.

import { connectController } from '@mortise/bluetooth/h4-socket.ts';
import { next, nobleOn, pipeOf, SERVICE, type Peripheral } from './stacks.fixture.ts';

const phone = nobleOn(connectController(process.argv[2] ?? ''));
await phone.waitForPoweredOnAsync();
const found = new Promise<Peripheral>((resolve) => { phone.once('discover', resolve); });
await phone.startScanningAsync([SERVICE]);
const peripheral = await found;
await peripheral.connectAsync();
const { write, notify } = await pipeOf(peripheral);
await notify.subscribeAsync();
for (const value of [1, 2, 3]) {
  const heard = next(notify, 'data');
  await write.writeAsync(Buffer.alloc(200, value), false);
  const [data] = await heard;
  process.stdout.write(`${Buffer.isBuffer(data) ? data.toString('hex') : ''}\n`);
}
await peripheral.disconnectAsync();
phone.stop();
