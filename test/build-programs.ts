// Puts each program that tests start together in one file: they start some four hundred processes, and most of a start is to find and read a thousand modules.

import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { assert } from '@mortise/base/assert.ts';
import { SOURCES } from './support/programs.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** As deep as the sources, which find the app's pages from where they stand. */
const FOLDER = fileURLToPath(new URL('../apps/cli/dist', import.meta.url));
/** Stay where they are: what has native parts, and what loads only after a polyfill of its own. */
const APART = ['@stoprocent/bleno', '@stoprocent/noble', 'serialport', '@simplewebauthn/server'];

const ASKED = "import.meta.resolve('@mortise/controller/main.ts')";

/** `mortise run` starts the lock by its path: the one that stands beside it. */
const lockBeside: Plugin = {
  name: 'lock-beside',
  enforce: 'pre',
  transform: (code, id) => {
    if (!id.endsWith('/apps/cli/src/run.ts')) return null;
    assert(code.includes(ASKED), 'run.ts says where the lock is');
    return { code: code.replace(ASKED, "new URL('controller.js', import.meta.url).href"), map: null };
  },
};

/** Answers the folder: MORTISE_BUILT of what runs by them. */
export const buildPrograms = async (): Promise<string> => {
  await build({
    root: ROOT, configFile: false, logLevel: 'error', plugins: [lockBeside],
    ssr: { noExternal: true, external: APART },
    build: {
      ssr: true, target: 'esnext', minify: false, outDir: FOLDER, emptyOutDir: true,
      rolldownOptions: { input: SOURCES, output: { entryFileNames: '[name].js', chunkFileNames: 'part-[hash].js' } },
    },
  });
  return FOLDER;
};
