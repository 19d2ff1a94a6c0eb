// A link that a hub does not know: it may be of another site, which the link itself says.

import { ROUTES } from '@mortise/api/routes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import { call } from '../model/client.ts';

/** Whether the hub that answers here is of another site than this one. */
export const isOtherSite = async (siteId: SiteId): Promise<boolean> => {
  const health = await call(ROUTES.health);
  return health.ok && health.value.siteId !== undefined && health.value.siteId !== siteId;
};
