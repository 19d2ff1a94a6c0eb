// Where the app is met: on localhost, or over HTTPS on a name of its own with a certificate that only this browser trusts.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { fromUtf8 } from '@mortise/base/bytes.ts';
import { createCa, issueBrokerCertificate } from '@mortise/node/certificates.ts';
import { generateP256KeyPair, privateKeyPem } from '@mortise/node/p256-keys.ts';
import { launch, trustAuthority } from '../support/browser.ts';
import { freePorts, startMortise, type Mortise } from '../support/mortise.ts';
import { temporaryDirectory } from '../support/processes.ts';

export type Place = {
  readonly mortise: Mortise;
  /** Where the hub's broker listens. */
  readonly brokerPort: number;
  readonly context: BrowserContext;
  /** A browser of somebody else: nothing is shared. */
  readonly another: () => Promise<BrowserContext>;
  readonly close: () => Promise<void>;
};

const PERSON = { viewport: { width: 390, height: 844 }, locale: 'en-GB', timezoneId: 'Europe/Zurich' } as const;

/** `program`: what is run, where it is not as everywhere. */
type Setting = { readonly env: Readonly<Record<string, string>>; readonly flags: readonly string[]; readonly program?: string };

const openPlace = async (prepare: (home: string, port: number) => Promise<Setting>): Promise<Place> => {
  const directory = await temporaryDirectory();
  const ports = await freePorts();
  const { env, flags, program } = await prepare(directory.path, ports.port);
  const mortise = await startMortise(join(directory.path, 'data'), ports, env, program);
  const browser = await launch(flags, { HOME: directory.path });
  const close = async (): Promise<void> => {
    await browser.close();
    await mortise.running.stop();
    await directory.remove();
  };
  return { mortise, brokerPort: ports.brokerPort, context: await browser.newContext(PERSON), another: () => browser.newContext(PERSON), close };
};

export const onLocalhost = (setting: Setting = { env: {}, flags: [] }): Promise<Place> => openPlace(() => Promise.resolve(setting));

const NAME = 'mortise.test';

/** An authority of this test's own, and a certificate of it for `NAME`. */
const certify = async (home: string): Promise<{ readonly authority: string; readonly certificate: string; readonly key: string }> => {
  const [authority, keys] = [await createCa(), generateP256KeyPair()];
  const files = { authority: authority.certificate, certificate: await issueBrokerCertificate(authority, keys.publicKey, [NAME]), key: fromUtf8(privateKeyPem(keys).reveal()) };
  const at = (name: string): string => join(home, `${name}.pem`);
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  return { authority: at('authority'), certificate: at('certificate'), key: at('key') };
};

/** `env`: of the hub, besides its name. */
export const onOtherName = (more: Readonly<Record<string, string>> = {}): Promise<Place> =>
  openPlace(async (home, port) => {
    const { authority, certificate, key } = await certify(home);
    trustAuthority(home, authority);
    return {
      env: { ...more, MORTISE_ORIGIN: `https://${NAME}:${port}`, MORTISE_TLS_CERT: certificate, MORTISE_TLS_KEY: key },
      flags: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
    };
  });

/** What stood on the screens when a walk broke off: as text with the failure, as pictures when MORTISE_SHOTS names a directory. */
export const asItStands = async ({ context, mortise }: Pick<Place, 'context' | 'mortise'>, name: string, pages: readonly Page[] = context.pages()): Promise<void> => {
  for (const [index, page] of pages.entries()) {
    process.stderr.write(`${page.url()}\n${await page.locator('body').innerText()}\n\n`);
    const directory = process.env['MORTISE_SHOTS'];
    if (directory !== undefined) await page.screenshot({ path: join(directory, `broken-${name}-${index}.png`) });
  }
  process.stderr.write(`${mortise.running.output()}\n${readFileSync(join(mortise.data, 'mortise.log'), 'utf8')}\n`);
};
