// A real Chromium for the tests, headless, with the flags that a machine without network needs, and virtual authenticators.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const found = (): string | undefined =>
  process.env['MORTISE_CHROMIUM'] ?? NAMES.flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))).find((file) => existsSync(file));

/** False, or why browser tests cannot run here: the `skip` of a test. */
export const noBrowser: string | false = found() === undefined ? 'no Chromium: apt-get install chromium (or name one in MORTISE_CHROMIUM)' : false;

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = (more: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Browser> =>
  chromium.launch({ executablePath: found() ?? 'chromium', headless: true, args: [...FLAGS, ...more], env: { ...process.env, ...env } });

/** What a device's authenticator can do: PRF or not. */
export type Authenticator = { readonly prf: boolean };

/** Gives the page's browser an authenticator of its own that says yes to user verification. */
export const addAuthenticator = async (page: Page, { prf }: Authenticator): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, hasPrf: prf, isUserVerified: true, automaticPresenceSimulation: true },
  });
};

// Who is not signed in asks who they are, and Chromium reports the answer by itself.
const EXPECTED = /status of 401/;

const PATIENCE_MS = 15_000;

/** A page that fails the test on an uncaught error of its own. */
export const watchedPage = async (context: BrowserContext): Promise<{ readonly page: Page; readonly errors: readonly string[] }> => {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error' && !EXPECTED.test(message.text())) errors.push(message.text()); });
  return { page, errors };
};

/** Trusts a CA certificate (PEM file) in the private home of a browser, by certutil of Debian's libnss3-tools. */
export const trustAuthority = (home: string, certificatePath: string): void => {
  const database = `sql:${join(home, '.pki', 'nssdb')}`;
  execFileSync('mkdir', ['-p', join(home, '.pki', 'nssdb')]);
  execFileSync('certutil', ['-N', '-d', database, '--empty-password']);
  execFileSync('certutil', ['-A', '-d', database, '-n', 'test authority', '-t', 'C,,', '-i', certificatePath]);
};
