// One polite live region for the page. Each phase is said once; seconds are never counted aloud.

import { signal } from '@preact/signals';

export const announcement = signal('');

export const announce = (text: string): void => {
  announcement.value = text;
};
