/** `npm run chain:build`: builds host, runtime, specifications and weights from source and refreshes what is committed. */
import { stat } from 'node:fs/promises';

import { main } from '../lib/main.ts';
import { describeOptions, parseOptions } from '../lib/options.ts';
import { cargoTargetFolder } from '../lib/paths.ts';
import { cargo, runtimeBlob } from './cargo.ts';
import { writeRecord } from './generated.ts';
import { builtHost, packHost } from './host.ts';
import { makeSpecs } from './make-specs.ts';
import { hostSources } from './sources.ts';
import { requireHostTools, requireWasmTarget } from './toolchain.ts';
import { measureWeights } from './weights.ts';

const table = {
  host: { type: 'flag', help: 'Build, lint and test airo-node, and refresh chain/prebuilt.' },
  runtime: { type: 'flag', help: 'Build the runtime.' },
  specs: { type: 'flag', help: 'Build the runtime and refresh chain/specs.' },
  weights: { type: 'flag', help: "Measure the pallets' calls and refresh their weights." },
} as const;

const help = `Builds the Airo chain from source and refreshes what is committed of it.

npm run chain:build -- [OPTION...]

${describeOptions(table)}

Without an option: host, runtime and specifications. What is missing on the machine is installed where that is
possible, or named. Cargo works in ${cargoTargetFolder()}.`;

await main('npm run chain:build', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const all = !Object.values(options).includes(true);
  if (all || options.host) await step('airo-node (from nothing about 15 minutes on 2 cores)', buildHost);
  // New weights are sources of the runtime, so they come before it.
  if (options.weights) await step('weights (from nothing about 30 minutes on 2 cores)', buildWeights);
  if (all || options.runtime || options.specs) {
    const blob = await step('airo-runtime (from nothing about 5 minutes on 2 cores)', buildRuntime);
    if (all || options.specs) await step('specifications', () => makeSpecs(blob, say));
  }
  return 0;
});

/** Announces a part of the work and tells how long it took. */
async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  console.log(`\n== ${what}`);
  const began = Date.now();
  const result = await work();
  console.log(`== done in ${Math.round((Date.now() - began) / 1000)} s`);
  return result;
}

function say(line: string): void {
  console.log(line);
}

/** The linter and the tests run here and not in `npm test`, which must not compile the whole SDK. */
async function buildHost(): Promise<void> {
  await requireHostTools(say);
  const sources = hostSources();
  const crate = ['--profile', 'host', '-p', 'airo-node'];
  await cargo(['build', '--locked', ...crate], { onLine: say });
  await cargo(['test', '--locked', ...crate], { onLine: say });
  await cargo(['clippy', '--locked', ...crate, '--all-targets', '--', '-D', 'warnings'], { onLine: say });
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say(`The prebuilt host is for Linux on x86-64 and stays as it is. The one for this machine: ${builtHost()}`);
    return;
  }
  say('Compressing ...');
  const { size, sha256 } = await packHost(builtHost(), sources);
  say(`chain/prebuilt holds ${builtHost()}: ${(size / 1e6).toFixed(1)} MB unpacked, SHA-256 ${sha256}`);
}

/** Measures on this machine, which the weights name. */
async function buildWeights(): Promise<void> {
  await writeRecord({ weights: await measureWeights(say) });
}

/** @returns the path of the runtime's blob */
async function buildRuntime(): Promise<string> {
  const env = await requireWasmTarget(say);
  const build = ['build', '--locked', '--release', '-p', 'airo-runtime', '--features', 'metadata-hash'];
  await cargo(build, { env, onLine: say });
  const blob = runtimeBlob();
  say(`${blob}: ${((await stat(blob)).size / 1024).toFixed(0)} KiB`);
  return blob;
}
