// `node apps/controller/src/main.ts --data DIR [--broker mqtts://HOST:PORT --broker-ca FILE] [--wifi-interface NAME [--wifi-file FILE]]
// [--workbench-port N] [--name TEXT] [--mechanism KIND]`, or `… --passive --data DIR …`.
// What node compiled once is kept beside the other installed code (not in a directory that strangers can write), so that the
// next start takes half the time.

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'mortise'));
const { run } = await import('./run.ts');
await run();
