// Who may talk to the Workbench: pages that it served itself, and programs of this machine. A website in the same browser
// can send requests here; it must not turn the thumb-turn, nor read the setup code by pointing its own name at this address
// (DNS rebinding). So the name that was dialled is checked, and where the request comes from.

export type Refusal = { readonly status: 403 | 415; readonly code: string; readonly message: string };

export type RequestFacts = {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site: browsers say it, and pages cannot change it. */
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
};

const NAMES = ['localhost', '127.0.0.1'] as const;
const OWN_SITES = ['same-origin', 'none'] as const;

/** Undefined: go on. `port` is the Workbench's own. */
export const refuseRequest = (request: RequestFacts, port: number): Refusal | undefined => {
  const hosts = NAMES.map((name) => `${name}:${port}`);
  if (request.host === undefined || !hosts.includes(request.host)) {
    return { status: 403, code: 'host-refused', message: `Open the Workbench as http://localhost:${port}/.` };
  }
  const foreignOrigin = request.origin !== undefined && !hosts.some((host) => request.origin === `http://${host}`);
  // Following a link to the page from elsewhere is fine; asking for anything on another site's behalf is not.
  const foreignSite = request.method !== 'GET' && request.fetchSite !== undefined && !OWN_SITES.some((site) => site === request.fetchSite);
  if (foreignOrigin || foreignSite) {
    return { status: 403, code: 'origin-refused', message: 'Only the Workbench’s own page may do this.' };
  }
  if (request.method === 'POST' && !/^application\/json(?:\s*;|$)/i.test(request.contentType ?? '')) {
    return { status: 415, code: 'not-json', message: 'Send JSON, with content-type application/json.' };
  }
  return undefined;
};
