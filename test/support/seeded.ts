// Loaded before each test file: its properties draw from the run's seed (MORTISE_SEED), so that what fails on one machine fails on every other.

import { createHash } from 'node:crypto';
import fc from 'fast-check';

const { MORTISE_SEED } = process.env;
if (MORTISE_SEED !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: createHash('sha256').update(MORTISE_SEED).digest().readInt32BE(0) });
