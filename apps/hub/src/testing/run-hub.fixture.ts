// A hub in a process of its own, for tests that kill it: `node run-hub.fixture.ts DIRECTORY`. Says where it listens as one line of JSON.

import { startHub } from '../main.ts';

const [, , data = ''] = process.argv;
const hub = await startHub({ data, port: 0, brokerPort: 0, origins: [] });
process.stdout.write(`${JSON.stringify({ url: hub.url, brokerPort: hub.brokerPort })}\n`);
