// A hub as a process of its own, to be killed: `node hub-process.ts DATA PORT BROKER_PORT`. Its first line on stdout says where it is.

import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/mortise', import.meta.url)));
const { startHub } = await import('@mortise/hub/main.ts');

const [, , data = '', port = '0', brokerPort = '0'] = process.argv;
const { url, claimUrl, brokerCaPath } = await startHub({ data, port: Number(port), brokerPort: Number(brokerPort), origins: [] });
process.stdout.write(`${JSON.stringify({ url, claimUrl, brokerCaPath })}\n`);
// A process that is killed keeps nothing of what it compiled; the next start would take twice as long.
flushCompileCache();
// Whoever started it is gone.
process.stdin.on('end', () => { process.exit(0); }).resume();
