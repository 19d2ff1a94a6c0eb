// The zod that every schema of this room is made with. Under a strict content security policy `new Function` is refused, and zod
// would probe for it: `jitless` keeps it from trying.

import * as z from 'zod';

z.config({ jitless: true });

export { z };
