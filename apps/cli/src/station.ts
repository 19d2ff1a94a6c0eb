// `mortise station`: a serial line on one side, a hub on the other (electronic-key’s station.ts).

import { once } from 'node:events';
import { readStation } from '@mortise/electronic-key/config.ts';
import { Station, type StationError } from '@mortise/electronic-key/station.ts';
import { refuse } from './command.ts';
import { EXIT, printable, type Terminal } from './terminal.ts';

/** Exit code 0: done, or ended by a signal; 1: with --once, the key was not updated, or the line was lost; 2: wrong arguments, no line. */
export const station = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const isJson = args.includes('--json');
  const config = readStation(args.filter((arg) => arg !== '--json'), terminal.env);
  if (!config.ok) return refuse(terminal, config.error, isJson);
  const ended = Promise.withResolvers<number>();
  const opened = await Station.open({ ...config.value, ended: () => ended.resolve(EXIT.wrong) });
  if (!opened.ok) return refuse(terminal, opened.error, isJson);
  const told = { updated: ({ keyId, given }: { readonly keyId: string; readonly given: number }) => tell(terminal, isJson, { keyId, given }), failed: (error: StationError) => tellError(terminal, isJson, error) };
  return config.value.once ? updateOne(opened.value, told) : serve(opened.value, told, ended.promise);
};

type Told = { readonly updated: (said: { readonly keyId: string; readonly given: number }) => void; readonly failed: (error: StationError) => void };

const updateOne = async (at: Station, { updated, failed }: Told): Promise<number> => {
  const done = await at.updateOnce();
  at.close();
  if (done.ok) updated(done.value);
  else failed(done.error);
  return done.ok ? EXIT.good : EXIT.wrong;
};

const serve = async (at: Station, told: Told, lost: Promise<number>): Promise<number> => {
  void at.serve(told);
  const code = await Promise.race([lost, once(process, 'SIGINT').then(() => EXIT.good), once(process, 'SIGTERM').then(() => EXIT.good)]);
  at.close();
  return code;
};

const tell = (terminal: Terminal, isJson: boolean, said: { readonly keyId: string; readonly given: number }): void =>
  terminal.out(isJson ? `${JSON.stringify({ updated: said })}\n` : `mortise: key ${said.keyId} is up to date; it was given ${said.given} messages\n`);

const tellError = (terminal: Terminal, isJson: boolean, { code, message }: StationError): void =>
  (isJson ? terminal.out(`${JSON.stringify({ error: { code, message } })}\n`) : terminal.err(`mortise: ${printable(message)}\n`));
