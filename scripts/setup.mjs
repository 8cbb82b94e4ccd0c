/**
 * Runs a TypeScript script of this project from a clean checkout: `node scripts/setup.mjs SCRIPT [ARGUMENT...]`.
 *
 * It is plain JavaScript without dependencies, because it runs before anything is installed and on any Node from 20 on.
 * It installs the packages of package-lock.json when node_modules does not match it, and hands over to the Node that is
 * one of these packages: that one runs TypeScript as it is.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error('usage: node scripts/setup.mjs SCRIPT [ARGUMENT...]');
  process.exit(2);
}

if (!isInstalled()) {
  console.error('Installing the packages of package-lock.json ...');
  // Standard output belongs to the script that follows, so npm writes to standard error. Its warnings are about the Node
  // that runs npm and about packages' own dependencies: nothing that a user could do something about.
  const npm = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // The package has the library for the processor; its script would download the one for CUDA. An npm that knows
    // allowScripts of package.json does not run it anyway, and would warn of this setting in .npmrc.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  if (npm.status !== 0) {
    console.error(
      npm.error ? `npm could not be started: ${npm.error.message}` : 'npm ci failed; its output is above this line.',
    );
    process.exit(1);
  }
}

// onnxruntime reports to its maker otherwise. lib/inference sees to it for itself; this is for what loads it directly.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

const file = resolve(root, script);
if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.argv.splice(1, 2, file);
  await import(pathToFileURL(file).href);
} else {
  await handOver();
}

/**
 * Whether node_modules holds exactly what package-lock.json lists. npm keeps a list of what it installed; comparing the
 * lists is right where comparing times is not: after a checkout of another commit, or an install that was interrupted.
 * .npmrc leaves out what is only there as somebody's peer.
 *
 * @returns {boolean}
 */
function isInstalled() {
  const installedList = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return false;
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(installedList);
  for (const [path, entry] of wanted) {
    const found = installed.get(path);
    if (found === undefined ? !entry.optional && !entry.peer : found.version !== entry.version) return false;
  }
  return true;
}

/**
 * @param {string} file a lock file of npm
 * @returns {Map<string, { version?: string, optional?: boolean, peer?: boolean }>} the packages by their folder, without the project
 */
function packagesIn(file) {
  /** @type {{ packages?: Record<string, { version?: string, optional?: boolean, peer?: boolean }> }} */
  const { packages = {} } = JSON.parse(readFileSync(file, 'utf8'));
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
}

/** Runs the script with the installed Node, passes signals on and ends as it ended. */
async function handOver() {
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  const child = spawn(node, [file, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}` },
  });
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  /** @type {number} */
  const code = await new Promise((done) => {
    child.once('error', (error) => {
      console.error(`Node 24 could not be started from node_modules: ${error.message}`);
      done(1);
    });
    child.once('exit', (status, signal) => done(status ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  process.exit(code);
}
