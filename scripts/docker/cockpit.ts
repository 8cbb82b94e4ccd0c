/** Serves the Cockpit in a container, where the site has been built before: `node cockpit.ts [OPTION...]`. */
import { join } from 'node:path';

import { createSiteServer } from '../app/server.ts';
import { main } from '../lib/main.ts';
import { describeOptions, parseOptions } from '../lib/options.ts';
import { root } from '../lib/paths.ts';
import { endBySignalWith, onShutdown } from '../lib/shutdown.ts';

const table = {
  port: { type: 'port', default: 3000, help: 'Listen on this port.' },
  host: { type: 'text', placeholder: 'IP', help: 'Listen on this address. (default: 127.0.0.1)' },
  network: { type: 'file', help: 'Served as /network.json; read at each request, so it may be written later.' },
  'chain-spec': { type: 'file', help: 'Served as /chain-spec.json.' },
  site: { type: 'path', help: 'The built site. (default: out)' },
} as const;

await main('cockpit', async () => {
  const { options, help } = parseOptions(process.argv.slice(2), table);
  if (help) {
    console.log(describeOptions(table));
    return 0;
  }
  // To be stopped is how this program ends, so it is no failure.
  endBySignalWith(0);
  const { port, host = '127.0.0.1', network, 'chain-spec': chainSpec, site = join(root, 'out') } = options;
  const server = await createSiteServer({
    folder: site,
    files: {
      ...(network === undefined ? {} : { '/network.json': network }),
      ...(chainSpec === undefined ? {} : { '/chain-spec.json': chainSpec }),
    },
  });
  onShutdown(() => server.close());
  console.log(`The Cockpit is served: ${await server.listen({ port, host })}`);
  return new Promise<never>(() => undefined);
});
