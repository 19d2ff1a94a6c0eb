// The API told to strangers: no session is needed, and nothing in it is of this site. Made once, when it is first asked for.

import type { OpenApi } from '@mortise/api/open-api.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { ok } from '@mortise/base/result.ts';
import { VERSION } from './claim.ts';
import { readsOpen, type App, type Web } from './mount.ts';

export const mountApiDocument = (app: App, web: Web): void => {
  let made: Promise<OpenApi> | undefined;
  readsOpen(app, web, ROUTES.openApi, async () => ok(await (made ??= make())));
};

const make = async (): Promise<OpenApi> => {
  const { openApi } = await import('@mortise/api/open-api.ts');
  return openApi(VERSION);
};
