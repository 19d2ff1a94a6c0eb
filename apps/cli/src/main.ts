#!/usr/bin/env node
// The command line of Mortise: runs one command and ends with its exit code.

import { dispatch } from './dispatch.ts';
import { EXIT, processTerminal } from './terminal.ts';

// Who reads only the beginning (`mortise verify | head`) has what they wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.good);
});

try {
  process.exitCode = await dispatch(process.argv.slice(2), processTerminal());
} catch (error) {
  process.stderr.write(`mortise: this is a defect of Mortise, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = EXIT.bug;
}
