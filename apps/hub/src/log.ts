// One line of JSON per event, for people who run a hub. Fields are codes, counts and identifiers of locks; never a name, a key, a
// token, a PIN, a topic's payload or a message that somebody else wrote.

export type LogFields = Readonly<Record<string, string | number | boolean>>;
export type Log = (event: string, fields?: LogFields) => void;

export const createLog = (write: (line: string) => void, now: () => number): Log => (event, fields = {}) => {
  write(JSON.stringify({ at: new Date(now()).toISOString(), event, ...fields }));
};

/** What may be said of a caught exception: its class and system code, not its words. */
export const kindOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};
