// The process: one electronic key. Its first word names keyId, workbench and update, the address of the socket that updates it; the rest is every
// device's process.

import { err, ok, type Result } from '@mortise/base/result.ts';
import { processLog, runDevice, sayJson, type Device, type Say, type StartError } from '@mortise/device/process.ts';
import { readConfig, type Config } from './config.ts';
import { ElectronicKey } from './electronic-key.ts';
import { openKeyBody } from './key-body.ts';
import { lifePaths } from './life.ts';
import { Network } from './network.ts';
import { SerialPlug } from './serial-plug.ts';
import { UPDATE_PATH } from './update-sockets.ts';
import { Bench, type Ways } from './workbench.ts';

const log = processLog();

const start = async (config: Config): Promise<Result<Device, StartError>> => {
  const bodyPath = lifePaths(config.data).body;
  const body = openKeyBody(bodyPath);
  if (!body.ok) return err({ code: body.error.code, message: `${bodyPath} cannot be read as a key's body. Put it back, or remove it for a new body; nothing was changed.` });
  const key = new ElectronicKey(config.data, body.value, log);
  const begun = key.start();
  if (!begun.ok) return begun;
  const ways = waysOf(key, config);
  const bench = new Bench(key, ways, config.name);
  const page = await bench.serve(config.workbenchPort);
  const close = async (): Promise<void> => {
    bench.close();
    ways.close();
    await key.close();
  };
  if (page.ok) {
    const { port } = page.value;
    const said = { keyId: key.state()?.keyId ?? '', workbench: `http://localhost:${port}/`, update: `ws://localhost:${port}${UPDATE_PATH}` };
    return ok({ said, close: () => Promise.all([close(), page.value.close()]) });
  }
  await close();
  return err({ code: page.error.code, message: `The Workbench's port ${config.workbenchPort} cannot be used. Stop what uses it, or give another --workbench-port (MORTISE_WORKBENCH_PORT).` });
};

const NO_NETWORK = { code: 'no-network', message: 'This key was given no hub. Start it with --hub.' } as const;

const waysOf = (key: ElectronicKey, { hub, serial }: Config): Ways & { readonly close: () => void } => {
  const network = hub === undefined ? undefined : new Network(key, hub, log);
  const plug = serial === undefined ? undefined : new SerialPlug(key, serial, log);
  return {
    network: () => network?.view() ?? null,
    serial: () => plug?.view() ?? null,
    update: () => network?.update() ?? err(NO_NETWORK),
    close: () => {
      network?.close();
      plug?.close();
    },
  };
};

/** Reads the arguments and runs the key until it is told to end. Sets the exit code. */
export const run = (argv: readonly string[] = process.argv.slice(2), say: Say = sayJson): Promise<void> => {
  const config = readConfig(argv, process.env);
  return runDevice(() => (config.ok ? start(config.value) : Promise.resolve(config)), log, say);
};
