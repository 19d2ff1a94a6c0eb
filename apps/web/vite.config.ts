// Two pages are built: the app (index.html), served by the hub, and the virtual lock's body (workbench.html), served by the
// controller. Everything is a file of our own, so that a policy of 'self' for scripts and styles is enough.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: here('index.html'), workbench: here('workbench.html') } },
  },
});
