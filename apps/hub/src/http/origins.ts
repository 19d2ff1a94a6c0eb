// Where requests may come from. The Host must be the one of an allowed origin (against DNS rebinding); whatever changes something,
// and every WebSocket, must carry that origin in its Origin header (against other sites).

export type Origins = () => readonly string[];

/** The allowed origin that this Host header belongs to. */
export const originOfHost = (origins: Origins, host: string | undefined): string | undefined =>
  host === undefined ? undefined : origins().find((origin) => new URL(origin).host === host.toLowerCase());

/** Whether the Origin header is the allowed origin itself. Absent is not. */
export const comesFrom = (origin: string, header: string | undefined): boolean => header === origin;

export const isSecure = (origin: string): boolean => origin.startsWith('https:');

/** The WebAuthn relying party of an origin: its host name. */
export const relyingPartyOf = (origin: string): string => new URL(origin).hostname;

/** The session of an owner, and beside it that of a lent key: one browser may have both. */
export type CookieKind = 'owner' | 'key';
const STEMS = { owner: 'mortise', key: 'mortise-key' } as const satisfies Record<CookieKind, string>;

/** Cookies ignore ports, so two hubs on one host need two names. Over HTTPS the browser holds the cookie to this host and path. */
export const cookieName = (origin: string, kind: CookieKind = 'owner'): string => {
  const { port } = new URL(origin);
  const name = port === '' ? STEMS[kind] : `${STEMS[kind]}-${port}`;
  return isSecure(origin) ? `__Host-${name}` : name;
};
