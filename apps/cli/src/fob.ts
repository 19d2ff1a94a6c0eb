// `mortise fob`: a Bluetooth Aliro device with one button. With a link it becomes a key; without, each line on its standard input is a press.

import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { openAdapter, parseAdapter } from '@mortise/bluetooth/adapter.ts';
import { Central } from '@mortise/bluetooth/central.ts';
import { generateP256KeyPair } from '@mortise/node/p256-keys.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { readArguments, refuse, type CommandError } from './command.ts';
import { readFob, writeFob, type Fob } from './fob/fob-file.ts';
import { fetchHeld, readLink, redeemLink, type FobLink } from './fob/fob-hub.ts';
import { press, type Pressed, type PressError } from './fob/press.ts';
import { EXIT, printable, type Terminal } from './terminal.ts';

const OPTIONS = { file: { type: 'string', default: 'fob.json' }, bluetooth: { type: 'string', default: 'hci0' }, json: { type: 'boolean', default: false } } as const;

// A key that was made for this link's hub and has been told nothing yet: no answer of the hub came, and the same may be tried again by it.
const begunBy = ({ hub, siteId }: FobLink, path: string): Result<Fob, CommandError> => {
  const there = readFob(path);
  if (there.ok && there.value.hub === hub && there.value.siteId === siteId && there.value.keys === null) return there;
  return err({ code: 'file-exists', message: `${path} is there already, and may be a key. Give another --file.` });
};

const take = async (terminal: Terminal, text: string, path: string): Promise<Result<Fob, CommandError>> => {
  const link = readLink(text);
  if (!link.ok) return link;
  const isAgain = existsSync(path);
  const begun = isAgain ? begunBy(link.value, path) : ok({ hub: link.value.hub, siteId: link.value.siteId, key: generateP256KeyPair(), keys: null });
  if (!begun.ok) return begun;
  const fob = begun.value;
  const written = writeFob(path, fob);
  if (!written.ok) return written;
  const redeemed = await (isAgain ? redeemAgain : redeemFirst)(link.value, fob);
  if (!redeemed.ok) return redeemed;
  terminal.err(`mortise: ${path} is a key now. Whoever has the file has the key.\n`);
  return ok(await refreshed(fob, path));
};

const redeemFirst = (link: FobLink, { key }: Fob): Promise<Result<undefined, CommandError>> => redeemLink(link, key);

// The answer alone may have been lost the first time: whom the hub knows by this key has the link's key already.
const redeemAgain = async (link: FobLink, { hub, key }: Fob): Promise<Result<undefined, CommandError>> => {
  const held = await fetchHeld(hub, key);
  if (held.ok) return ok(undefined);
  return held.error.code === 'hub-unreachable' ? held : redeemLink(link, key);
};

const centralOn = async (text: string): Promise<Result<Central, CommandError>> => {
  const name = parseAdapter(text);
  if (name === undefined) return err({ code: 'adapter-wrong', message: `--bluetooth ${text} is no adapter. Give one of this machine, like hci0, or h4:/path/of/socket.` });
  const adapter = openAdapter(name);
  const central = adapter.ok ? await Central.open(adapter.value) : adapter;
  return central.ok ? central : err({ code: central.error.code, message: `The Bluetooth adapter ${text} cannot be used (${central.error.code}). See that it is there, and that this user may use it.` });
};

const NOT_PRESSED: { readonly [C in PressError['code']]: string } = {
  'no-adapter': 'The Bluetooth adapter is gone, or off. No lock was asked.',
  'no-lock': 'No lock of this key’s site is heard. Go nearer.', 'not-vouched': 'Nothing proves whose lock this is; it was not asked.', 'no-door': 'This key is for other doors.',
};

const saidOf = (pressed: Result<Pressed, PressError>): { readonly opened: boolean; readonly door: string; readonly says: string } => {
  if (!pressed.ok) return { opened: false, door: '', says: NOT_PRESSED[pressed.error.code] };
  const { door, outcome } = pressed.value;
  if (outcome.kind === 'sensed') return { opened: outcome.receipt.record.sensed.bolt === 'unlocked', door, says: `${door}: ${outcome.receipt.record.sensed.bolt}.` };
  const says = outcome.kind === 'refused' && outcome.receipt !== undefined ? reasonSentence(outcome.receipt.record.reason) : 'The lock did not say that it opened.';
  return { opened: false, door, says: `${door}: ${says}` };
};

/** The newest of what the hub has for it, if there is a network; else what it has. */
const refreshed = async (fob: Fob, path: string): Promise<Fob> => {
  const keys = await fetchHeld(fob.hub, fob.key);
  if (!keys.ok) return fob;
  const fresh = { ...fob, keys: keys.value };
  writeFob(path, fresh);
  return fresh;
};

// An adapter that was pulled out, or off, is tried anew at the next press; until it answers the press hears of nothing.
const stillThere = async (central: Central, adapter: string): Promise<Central> => {
  if (!central.isDown()) return central;
  const next = await centralOn(adapter);
  if (!next.ok) return central;
  central.close();
  return next.value;
};

const presses = async (terminal: Terminal, fob: Fob, first: Central, { bluetooth, json }: { readonly bluetooth: string; readonly json: boolean }): Promise<number> => {
  let central = first;
  terminal.err('mortise: press Enter at the door; end with Ctrl-D\n');
  let code: number = EXIT.good;
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    central = await stillThere(central, bluetooth);
    terminal.err('mortise: listening for the lock\n');
    const said = saidOf(await press(fob, central));
    terminal.out(json ? `${JSON.stringify(said)}\n` : `${printable(said.says)}\n`);
    code = said.opened ? EXIT.good : EXIT.denied;
  }
  central.close();
  return code;
};

/** The exit code is that of the last press. */
export const fob = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const parsed = readArguments('fob', args, OPTIONS);
  if (!parsed.ok) return refuse(terminal, parsed.error, args.includes('--json'));
  const { values: { file, bluetooth, json }, positionals: [link] } = parsed.value;
  const held = link === undefined ? readFob(file) : await take(terminal, link, file);
  if (!held.ok) return refuse(terminal, held.error, json);
  if (link !== undefined) return EXIT.good;
  const central = await centralOn(bluetooth);
  if (!central.ok) return refuse(terminal, central.error, json);
  return presses(terminal, await refreshed(held.value, file), central.value, { bluetooth, json });
};
