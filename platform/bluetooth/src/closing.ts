// The end of a connection, once what was said has gone out: a controller that is told to end it might not send the rest first.

const CLOSE_MS = 1000;
const LOOK_MS = 20;

/** Calls `disconnect` once nothing is under way, after a second at the latest; not at all if it is gone before. */
export const closeWhenIdle = ({ isIdle, isGone, disconnect }: { readonly isIdle: () => boolean; readonly isGone: () => boolean; readonly disconnect: () => void }): void => {
  const endMs = performance.now() + CLOSE_MS;
  const look = (): void => {
    if (isGone()) return;
    if (isIdle() || performance.now() >= endMs) disconnect();
    else setTimeout(look, LOOK_MS).unref();
  };
  look();
};
