// While a page shows or holds what is shown only once, leaving it would make a paper worthless: the browser asks first.

import { useEffect } from 'preact/hooks';

const guard = (event: BeforeUnloadEvent): void => event.preventDefault();

export const useLeaveGuard = (): void => {
  useEffect(() => {
    addEventListener('beforeunload', guard);
    return () => removeEventListener('beforeunload', guard);
  }, []);
};
