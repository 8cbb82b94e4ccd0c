/** `npm run app`: the Cockpit, built and served. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { buildSite, siteFolder } from './app/build.ts';
import { startApp } from './app/start.ts';
import { specFile } from './chain/specs.ts';
import { main } from './lib/main.ts';
import { describeOptions, parseOptions, UsageError } from './lib/options.ts';
import { endBySignalWith, onShutdown } from './lib/shutdown.ts';

const table = {
  port: { type: 'port', default: 3000, help: 'Listen on this port; 0 means any free one.' },
  host: { type: 'text', placeholder: 'IP', help: 'Listen on this address. (default: 127.0.0.1)' },
  network: { type: 'file', help: 'The network that the Cockpit is for: served as /network.json.' },
  'chain-spec': {
    type: 'file',
    help: "The chain's specification: served as /chain-spec.json. (default: that of npm run chain)",
  },
  dx: { type: 'list', placeholder: 'MULTIADDR', help: 'Without --network: a Dx server; can be repeated.' },
  stun: {
    type: 'list',
    placeholder: 'ADDRESS',
    help: 'Without --network: a STUN server, stun:HOST:PORT; can be repeated.',
  },
  'tls-cert': { type: 'file', help: 'Speak https with this certificate, in PEM.' },
  'tls-key': { type: 'file', help: "The certificate's key, in PEM." },
  build: { type: 'flag', help: 'Only build the site, into out/.' },
} as const;

const help = `Serves the Cockpit, the web app of Airo. It is built first if its sources have changed since the last time.

npm run app -- [OPTION...]

${describeOptions(table)}

The site in out/ is static: any web server can serve it. It has to be given a network.json beside it.`;

await main('npm run app', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const { network, build, 'tls-cert': certFile, 'tls-key': keyFile } = options;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new UsageError('--tls-cert and --tls-key belong together; give both or none.');
  }
  if (network !== undefined && options.dx.length + options.stun.length > 0) {
    throw new UsageError('--dx and --stun are part of what --network says; leave them out, or leave --network out.');
  }
  if (network !== undefined) await requireJson('--network', network);
  if (options['chain-spec'] !== undefined) await requireJson('--chain-spec', options['chain-spec']);
  if (build) {
    const built = await buildSite({ onLine: console.error, onOutput: console.error });
    console.log(`${built ? 'The site was built' : 'The site is up to date'}: ${siteFolder}`);
    return 0;
  }
  // To be stopped is how this program ends, so it is no failure.
  endBySignalWith(0);
  const app = await startApp({
    port: options.port,
    ...(options.host === undefined ? {} : { host: options.host }),
    network: network === undefined ? await localNetwork(options.dx, options.stun) : resolve(network),
    chainSpec: options['chain-spec'] === undefined ? specFile('airo-dev') : resolve(options['chain-spec']),
    ...(certFile === undefined || keyFile === undefined ? {} : { tls: { certFile, keyFile } }),
    onLine: console.error,
    onOutput: console.error,
  });
  console.log(`The Cockpit is at ${app.url}. Ctrl-C stops it.`);
  return new Promise<never>(() => undefined);
});

/** The network of `npm run chain` on this machine, with the given Dx servers. */
async function localNetwork(servers: readonly string[], stun: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-app-'));
  onShutdown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'network.json');
  await writeFile(
    file,
    JSON.stringify({ name: 'This machine', chainSpec: './chain-spec.json', dx: { servers, stun } }),
  );
  return file;
}

/** @throws {UsageError} that names the option */
async function requireJson(option: string, file: string): Promise<void> {
  try {
    JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${option}: ${file} is not a JSON file that can be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
