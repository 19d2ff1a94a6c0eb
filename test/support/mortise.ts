// A whole Mortise as `npm start` runs it: hub, broker, virtual lock, in a temporary directory on free ports.

import { freePort, startNode, temporaryDirectory, type Running } from './processes.ts';
import { programOf } from './programs.ts';

export type Mortise = {
  readonly url: string;
  readonly workbench: string;
  readonly claimUrl: string | undefined;
  readonly data: string;
  readonly running: Running;
};

export type Ports = { readonly port: number; readonly brokerPort: number; readonly workbenchPort: number };
export const freePorts = async (): Promise<Ports> => ({ port: await freePort(), brokerPort: await freePort(), workbenchPort: await freePort() });

/** Starts `mortise run` on `data`; answers when it says that it is ready. */
export const startMortise = async (data: string, ports: Ports, env: Readonly<Record<string, string>> = {}, program: string = programOf('mortise')): Promise<Mortise> => {
  const running = startNode([program, 'run'], {
    MORTISE_DATA: data,
    MORTISE_PORT: String(ports.port),
    MORTISE_MQTT_PORT: String(ports.brokerPort),
    MORTISE_WORKBENCH_PORT: String(ports.workbenchPort),
    ...env,
  });
  await running.line(/ready in/);
  const [, url = ''] = await running.line(/the app\s+(\S+)/);
  const [, workbench = ''] = await running.line(/the virtual lock\s+(http\S+)/);
  const claim = /become its owner\s+(\S+)/.exec(running.output()) ?? (await claimSoon(running));
  return { url, workbench, claimUrl: claim?.[1], data, running };
};

const CLAIM_WAIT_MS = 300;

// The claim link is the last line of a first start, and is absent later.
const claimSoon = async (running: Running): Promise<RegExpExecArray | undefined> =>
  Promise.race([running.line(/become its owner\s+(\S+)/).catch(() => undefined), new Promise<undefined>((resolve) => { setTimeout(() => { resolve(undefined); }, CLAIM_WAIT_MS); })]);

/** A Mortise of its own for one test, with its directory; `stop` removes both. */
export const privateMortise = async (env: Readonly<Record<string, string>> = {}): Promise<Mortise & { readonly stop: () => Promise<void> }> => {
  const place = await temporaryDirectory();
  const mortise = await startMortise(place.path, await freePorts(), env);
  const stop = async (): Promise<void> => {
    await mortise.running.stop();
    await place.remove();
  };
  return { ...mortise, stop };
};
