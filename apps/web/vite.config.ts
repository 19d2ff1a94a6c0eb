// Three pages are built: the app (index.html), served by the hub, and the bodies of a lock (workbench.html) and a key (key-workbench.html), served by their
// processes; and the worker that keeps the app's page. Everything is a file of our own, so that a policy of 'self' for scripts and styles is enough.

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
    // Browsers with light-dark(). Lowered for older ones it would follow the device alone, and the kit would not be ink on paper in the dark.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { 'index': here('index.html'), 'workbench': here('workbench.html'), 'key-workbench': here('key-workbench.html'), 'page-worker': here('src/worker/page-worker.ts') },
      // A worker's scope ends where its address does, so that this one stands at the root, under a name that stays.
      output: { entryFileNames: ({ name }) => (name === 'page-worker' ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
});
