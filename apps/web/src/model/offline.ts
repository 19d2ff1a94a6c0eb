// The app's page is kept by a worker (worker/page-worker.ts), so that it opens at a door without a network.

import { signal } from '@preact/signals';

const WORKER = '/page-worker.js';

/** Whether this page will open without a network; undefined: not known yet. */
export const pageKept = signal<boolean | undefined>(undefined);

/** Once somebody has a key here. */
export const keepPage = async (): Promise<void> => {
  if (pageKept.value === true) return;
  pageKept.value = 'serviceWorker' in navigator && (await registered(navigator.serviceWorker));
};

const registered = async (workers: ServiceWorkerContainer): Promise<boolean> => {
  try {
    const { scope } = await workers.register(WORKER, { scope: '/' });
    // An earlier form kept the pages of guests alone.
    for (const other of await workers.getRegistrations()) if (other.scope !== scope) await other.unregister();
    await workers.ready;
    return true;
  } catch {
    return false; // switched off, or no secure origin: the page works while it stays open
  }
};
