// Makes a fresh clone ready: npm packages, the built app, a browser for the tests. Plain JavaScript for whatever Node is on
// the machine (20 or later); idempotent; asks nothing. Usage: node setup.mjs [app] [browser]

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(fileURLToPath(import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');
const say = (line) => process.stdout.write(`mortise: ${line}\n`);
const fail = (line) => {
  process.stderr.write(`mortise: ${line}\n`);
  process.exit(1);
};

const run = (command, args, what) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}\n`);
  fail(`${what} did not work; what it printed stands above.`);
};

const stampOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

const installPackages = () => {
  const stamp = join(ROOT, 'node_modules', '.mortise-packages');
  const wanted = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json'))).digest('hex');
  if (stampOf(stamp) === wanted) return;
  say('installing npm packages (once, about half a minute)');
  // No package of ours needs its install script; those of the Bluetooth stacks would look for a compiler and, without one, take the package away.
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) run(process.execPath, [npm, ...flags], 'npm ci');
  else run('npm', flags, 'npm ci');
  writeFileSync(stamp, wanted);
};

const NODE_MAJOR = 26;

const checkNode = () => {
  const pinned = join(BIN, 'node');
  const { stdout } = spawnSync(existsSync(pinned) ? pinned : 'node', ['--version'], { encoding: 'utf8' });
  const major = Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0);
  if (major < NODE_MAJOR) fail(`no Node ${NODE_MAJOR} comes as an npm package for ${process.platform} on ${process.arch}. Install Node ${NODE_MAJOR} yourself and try again.`);
};

const walk = (path, visit) => {
  const stat = statSync(path);
  if (!stat.isDirectory()) visit(path, stat);
  else for (const name of readdirSync(path).toSorted()) if (!['node_modules', 'dist'].includes(name)) walk(join(path, name), visit);
};

const fingerprint = (paths) => {
  const hash = createHash('sha256');
  for (const path of paths) walk(join(ROOT, path), (file, { size, mtimeMs }) => hash.update(`${file} ${size} ${mtimeMs}\n`));
  return hash.digest('hex');
};

const buildApp = () => {
  const stamp = join(ROOT, 'apps', 'web', 'dist', '.mortise-build');
  const wanted = fingerprint(['apps/web', 'packages', 'platform/browser', 'package-lock.json']);
  if (stampOf(stamp) === wanted) return;
  say('building the app (about five seconds)');
  run(join(BIN, 'node'), [join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', 'apps/web', '--logLevel', 'warn'], 'the build of the app');
  writeFileSync(stamp, wanted);
};

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const onPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false; // not there, or not ours to run: look on
    }
  });

// socat makes the serial lines of tests.
const DEBIAN_PACKAGES = ['chromium', 'fonts-liberation', 'libnss3-tools', 'socat'];

const browserMissing = () => !(process.env.MORTISE_CHROMIUM ?? BROWSERS.map(onPath).find(Boolean)) || !onPath('certutil') || !onPath('socat');

const installBrowser = () => {
  const help = `tests in a browser and over a serial line need Debian's packages: apt-get install ${DEBIAN_PACKAGES.join(' ')} (or name a Chromium in MORTISE_CHROMIUM).`;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    say(`${help} They are skipped until then.`);
    return;
  }
  say('installing Chromium and socat for the tests from Debian (once, about a minute)');
  process.env.DEBIAN_FRONTEND = 'noninteractive';
  run('apt-get', ['update', '-q'], 'apt-get update');
  run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...DEBIAN_PACKAGES], 'apt-get install');
};

mkdirSync(join(ROOT, 'node_modules'), { recursive: true });
installPackages();
checkNode();
const wants = new Set(process.argv.slice(2));
if (wants.has('app')) buildApp();
if (wants.has('browser') && browserMissing()) installBrowser();
