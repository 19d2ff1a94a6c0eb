// Two ends of a serial line, by socat of Debian: what is written to one comes out of the other.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

const isThere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'socat')));

/** False, or why tests over a serial line cannot run here: the `skip` of a test. */
export const noSerialPair: string | false = isThere ? false : 'no socat: apt-get install socat';

const PATIENCE_MS = 5000;

export const serialPair = async (t: TestContext, directory: string): Promise<{ readonly key: string; readonly station: string; readonly cut: () => void }> => {
  const ends = { key: join(directory, 'tty-key'), station: join(directory, 'tty-station') };
  const child = spawn('socat', [`pty,rawer,link=${ends.key}`, `pty,rawer,link=${ends.station}`], { stdio: 'ignore' });
  const cut = (): void => void child.kill();
  t.after(cut);
  for (const end = performance.now() + PATIENCE_MS; !existsSync(ends.key) || !existsSync(ends.station); ) {
    if (performance.now() > end) throw new Error('socat makes no serial line');
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  return { ...ends, cut };
};
