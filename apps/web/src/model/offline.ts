// The app's page is kept by a worker (worker/page-worker.ts), so that it opens at a door without a network.

import { signal } from '@preact/signals';

const WORKER = '/page-worker.js';

/** Whether this page will open without a network; undefined: not known yet. */
export const pageKept = signal<boolean | undefined>(undefined);

/** Once somebody has a key here. */
export const keepPage = async (): Promise<void> => {
  if (pageKept.value === true || isKeeping) return;
  isKeeping = true;
  pageKept.value = 'serviceWorker' in navigator && (await registered(navigator.serviceWorker));
  isKeeping = false;
};

let isKeeping = false;

const registered = async (workers: ServiceWorkerContainer): Promise<boolean> => {
  try {
    const registration = await workers.register(WORKER, { scope: '/' });
    // An earlier form kept the pages of guests alone.
    for (const other of await workers.getRegistrations()) if (other.scope !== registration.scope) await other.unregister();
    return registration.active !== null || (await comesToWork(registration.installing ?? registration.waiting));
  } catch {
    return false; // switched off, or no secure origin: the page works while it stays open
  }
};

// One that could not keep the page is thrown away.
const comesToWork = (worker: ServiceWorker | null): Promise<boolean> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (worker?.state === 'activated') resolve(true);
      else if (worker === null || worker.state === 'redundant') resolve(false);
    };
    worker?.addEventListener('statechange', look);
    look();
  });
