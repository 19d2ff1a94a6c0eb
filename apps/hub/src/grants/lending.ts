// A request to lend, as it came.

import type { grantBody } from '@mortise/api/grants.ts';
import type { z } from '@mortise/api/schema.ts';

export type GrantRequest = z.output<typeof grantBody>;
/** `lentBy`: the owner who asks. `origin`: by which the request came; the link leads there. */
export type Lending = { readonly body: GrantRequest; readonly lentBy: string; readonly origin: string };
