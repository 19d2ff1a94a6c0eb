// What the controller says of itself: one JSON object a line on stderr. Only codes, numbers and truths go in, and the type
// keeps it so: no free text, hence no name, no secret, no message of a library.

/** A kebab-case word that stands in this source. */
export type Code = string;
export type Fields = { readonly [name: string]: number | boolean | { readonly code: Code } };
export type Log = (event: Code, fields?: Fields) => void;

const WORD = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Writes to `write`, a line each. What is not a code is replaced, so that a mistake here cannot leak. */
export const createLog = (write: (line: string) => void, nowMs: () => number): Log => (event, fields = {}) => {
  const said = Object.entries(fields).map(([name, value]) => [name, typeof value === 'object' ? word(value.code) : value]);
  write(`${JSON.stringify({ at: new Date(nowMs()).toISOString(), event: word(event), ...Object.fromEntries(said) })}\n`);
};

const word = (code: Code): string => (WORD.test(code) && code.length <= 40 ? code : 'unprintable');
