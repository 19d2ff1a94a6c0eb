// `node apps/electronic-key/src/main.ts --data DIR [--workbench-port N] [--name TEXT] [--hub URL] [--serial PATH]`. What node compiled once is kept
// beside the other installed code (not in a directory that strangers can write).

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'mortise'));
const { run } = await import('./run.ts');
await run();
