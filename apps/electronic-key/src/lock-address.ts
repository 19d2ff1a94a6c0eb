// Where the Workbench of a lock is: on this machine, and nowhere else. A key cannot touch what is not there.

/** The port of an address like http://localhost:8402/; undefined: it is none on this machine. Takes any text. */
export const portOfLock = (address: string): number | undefined => {
  const url = address.length > MAX_ADDRESS ? null : URL.parse(address);
  if (url === null || url.protocol !== 'http:' || !NAMES.includes(url.hostname) || url.port === '') return undefined;
  const isPlain = url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === '';
  return isPlain ? Number(url.port) : undefined;
};

/** The address of a port, as it is remembered and shown. */
export const lockAtPort = (port: number): string => `http://localhost:${port}/`;

const MAX_ADDRESS = 64;
const NAMES: readonly string[] = ['localhost', '127.0.0.1'];
