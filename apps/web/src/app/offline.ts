// The page of a guest's keys is kept by a worker (worker/keys-worker.ts), so that it opens at a door without a network. Its scope is that
// page alone.

/** True once the page will open without a network. */
export const keepPage = async (): Promise<boolean> => {
  if (!('serviceWorker' in navigator)) return false;
  try {
    await navigator.serviceWorker.register('/keys-worker.js', { scope: '/key' });
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false; // switched off, or no secure origin: the page works while it stays open
  }
};
